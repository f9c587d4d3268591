//! `okta-mcp approvals`: deciding at a terminal about what a client asked for.

use std::{
    io::{Read as _, Write as _},
    os::fd::AsFd as _,
    process::{Child, Stdio},
    sync::Arc,
};

use okta_client::Clock as _;
use okta_mcp_server::SystemClock;
use okta_storage::{NewApproval, Sqlite, Store};
use process_wrap::std::{CommandWrap, ProcessSession};
use pty_process::blocking::{Command, Pty};
use rustix::termios::{LocalModes, tcgetattr};
use serde_json::Value;

use crate::{
    support::{BINARY, Home, Ran, Sandbox, assert_shown},
    terminal::read_to,
};

const PASSPHRASE: &str = "correct horse battery";
const VICTOR: &str = "user_id=victor.lindqvist@acme.example";

/// A run of `okta-mcp approvals` at a terminal.
struct Typing {
    pty: Pty,
    child: Child,
    shown: String,
}

impl Typing {
    fn start(home: &Home, args: &[&str]) -> Self {
        Self::run(home, &[], &[&["approvals"], args].concat())
    }

    fn run(home: &Home, env: &[(&str, &str)], args: &[&str]) -> Self {
        let (pty, pts) = pty_process::blocking::open().unwrap();
        let child = Command::new(BINARY)
            .args(args)
            .env_clear()
            .envs(home.environment())
            .envs(env.iter().copied())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn(pts)
            .unwrap();
        Self { pty, child, shown: String::new() }
    }

    /// Types a line once the prompt is there and the terminal no longer shows what is typed.
    fn answer(mut self, prompt: &str, line: &str) -> Self {
        self.shown += &read_to(&mut self.pty, prompt);
        while tcgetattr(self.pty.as_fd()).unwrap().local_modes.contains(LocalModes::ECHO) {
            std::thread::yield_now();
        }
        self.pty.write_all(line.as_bytes()).unwrap();
        self
    }

    /// All that the terminal showed, and the run.
    fn end(mut self) -> (String, Ran) {
        let ran: Ran = self.child.wait_with_output().unwrap().into();
        let mut rest = Vec::new();
        // Without a process at it, a terminal ends with an error.
        let _ = self.pty.read_to_end(&mut rest);
        self.shown += &String::from_utf8(rest).unwrap().replace("\r\n", "\n");
        (self.shown, ran)
    }
}

fn set_up(home: &Home) -> (String, Ran) {
    Typing::start(home, &["setup"])
        .answer("The new passphrase: ", &format!("{PASSPHRASE}\n"))
        .answer("The same again: ", &format!("{PASSPHRASE}\n"))
        .end()
}

/// Decides with that passphrase.
fn decide(home: &Home, verb: &str, id: &str, passphrase: &str) -> (String, Ran) {
    let prompt = if verb == "approve" { "to approve this: " } else { "to decline this: " };
    Typing::start(home, &[verb, id]).answer(prompt, &format!("{passphrase}\n")).end()
}

/// Runs where there is no terminal.
fn apart(home: &Home, env: &[(&str, &str)], args: &[&str]) -> Ran {
    let mut command = home.command(args);
    command.envs(env.iter().copied()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = CommandWrap::from(command).wrap(ProcessSession).spawn().unwrap();
    child.wait_with_output().unwrap().into()
}

/// A client asks to deactivate Victor, and has no terminal to ask on.
fn deactivate(home: &Home, org: &Sandbox) -> Ran {
    apart(home, &org.env(), &["call", "deactivate_user", VICTOR])
}

/// The approval that it waits for.
fn asked(home: &Home, org: &Sandbox) -> String {
    let ran = deactivate(home, org);
    let id = ran.json()["approval_required"]["approval_id"].as_str().unwrap().to_owned();
    assert_eq!(status(home, org), "ACTIVE");
    id
}

fn status(home: &Home, org: &Sandbox) -> String {
    let user = home.run_with(&org.env(), &["call", "get_user", VICTOR, "fields=status"]).json();
    user["status"].as_str().unwrap().to_owned()
}

fn listed(home: &Home, args: &[&str]) -> Vec<Value> {
    let list = home.run(&[&["approvals", "list", "--json"], args].concat()).json();
    list["approvals"].as_array().unwrap().clone()
}

/// The rows of the trail of that kind.
fn rows(home: &Home, kind: &str) -> Vec<Value> {
    let folder = home.path().join("state/okta-mcp/audit");
    let mut rows = Vec::new();
    for file in std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()) {
        if file.extension().is_some_and(|extension| extension == "jsonl") {
            let text = std::fs::read_to_string(file).unwrap();
            rows.extend(text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()));
        }
    }
    rows.retain(|row| row["kind"] == kind);
    rows
}

/// An approval with that question, as another process would open it.
fn open(home: &Home, id: &str, question: &str) {
    let state = home.path().join("state/okta-mcp");
    let store: Arc<dyn Store> = Arc::new(Sqlite::new(&state));
    let now = SystemClock.now();
    let new = NewApproval {
        id: id.to_owned(),
        binding: id.to_owned(),
        tool: "delete_group".to_owned(),
        effect: "destructive".to_owned(),
        level: "desktop".to_owned(),
        summary: question.to_owned(),
        question: question.to_owned(),
        principal: "0oa1".to_owned(),
        asker: None,
        approvers: None,
        org: "acme.okta.com".to_owned(),
        profile: "default".to_owned(),
        client: "Claude\u{202e}\nState: approved".to_owned(),
        call_id: "7-0123456789abcdef".to_owned(),
        sealed: Vec::new(),
        expires: now.checked_add(jiff::SignedDuration::from_hours(1)).unwrap(),
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(store.open(new, now)).unwrap();
}

#[test]
fn what_is_approved_is_done_once() {
    let home = Home::new();
    let org = home.sandbox(&[]);
    let (shown, ran) = set_up(&home);
    assert!(!shown.contains("horse"), "{shown}");
    insta::with_settings!({ filters => vec![(r"\S+store\.sqlite3", "[state]/store.sqlite3")] }, {
        insta::assert_snapshot!("setup", format!("{shown}\n{}", ran.shown()));
    });
    let id = asked(&home, &org);
    // Asked again, it is the same question.
    assert_eq!(asked(&home, &org), id);
    let list = listed(&home, &[]);
    assert_eq!((list.len(), &list[0]["id"]), (1, &Value::from(id.as_str())));
    let (shown, ran) = decide(&home, "approve", &id, PASSPHRASE);
    assert!(!shown.contains("horse"), "{shown}");
    let shown = format!("{shown}\n{}", ran.shown()).replace(&id, "[approval]");
    insta::with_settings!({ filters => decided_filters() }, {
        insta::assert_snapshot!("approve", shown);
    });
    let ran = deactivate(&home, &org);
    assert!(ran.stdout.contains("is deactivated"), "{ran:?}");
    assert_eq!(status(&home, &org), "DEPROVISIONED");
    let list = listed(&home, &["--all"]);
    assert_eq!((list.len(), &list[0]["state"]), (1, &Value::from("consumed")));
    assert_eq!(list[0]["decided"]["by"], "terminal");
    assert!(listed(&home, &[]).is_empty());
    let (_, ran) = Typing::start(&home, &["approve", &id]).end();
    assert_eq!(ran.stderr, format!("error: {id} was approved and used already\n"));
    let decided = rows(&home, "approval.decided");
    assert_eq!((decided.len(), &decided[0]["result"]), (1, &Value::from("approved")));
    assert_eq!((&decided[0]["by"], &decided[0]["level"]), (&"terminal".into(), &"desktop".into()));
    assert_eq!(rows(&home, "approval.passphrase_set").len(), 1);
}

#[test]
fn a_call_at_a_terminal_takes_the_passphrase() {
    let home = Home::new();
    let org = home.sandbox(&[]);
    set_up(&home);
    let call = |passphrase: &str| {
        Typing::run(&home, &org.env(), &["call", "deactivate_user", VICTOR])
            .answer("Approval passphrase, to do it: ", &format!("{passphrase}\n"))
            .end()
    };
    for no in ["yes", "", "correct horse"] {
        let (_, ran) = call(no);
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(1), ""), "{ran:?}");
        assert_eq!(status(&home, &org), "ACTIVE");
    }
    let (shown, ran) = call(PASSPHRASE);
    assert!(shown.starts_with("Deactivate user Victor Lindqvist"), "{shown}");
    assert!(!shown.contains("horse"), "{shown}");
    assert!(ran.stdout.contains("is deactivated"), "{ran:?}");
    assert_eq!(rows(&home, "intent").last().unwrap()["confirmed"], "desktop");
}

fn decided_filters() -> Vec<(&'static str, &'static str)> {
    let mut filters = crate::support::filters();
    filters.push((r"\[day\] \d\d:\d\d:\d\d UTC", "[time]"));
    filters
}

#[test]
fn what_is_declined_is_not_done() {
    let home = Home::new();
    let org = home.sandbox(&[]);
    set_up(&home);
    let id = asked(&home, &org);
    let (_, ran) = decide(&home, "deny", &id, PASSPHRASE);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(0), "Declined: nothing is changed\n"));
    let ran = deactivate(&home, &org);
    assert_eq!(ran.stderr, "error: not confirmed: the person declined\n");
    assert_eq!(status(&home, &org), "ACTIVE");
    let (_, ran) = Typing::start(&home, &["approve", &id]).end();
    assert_eq!(ran.stderr, format!("error: {id} is declined already\n"));
}

#[test]
fn a_wrong_passphrase_decides_nothing() {
    let home = Home::new();
    set_up(&home);
    open(&home, "-A", "Delete the group Night shift?");
    let mut said = String::new();
    for passphrase in ["wrong", "\u{4}", "", "\u{3}", "wrong", "wrong", "wrong", "wrong"] {
        let (shown, ran) = decide(&home, "approve", "-A", passphrase);
        assert!(!shown.contains("wrong"), "{shown}");
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(1), ""), "{ran:?}");
        said += &ran.stderr;
    }
    // Not even the right one is compared now.
    let (_, ran) = decide(&home, "deny", "-A", PASSPHRASE);
    said += &ran.stderr;
    insta::with_settings!({ filters => vec![(r"\d\d:\d\d:\d\d UTC", "[time]")] }, {
        insta::assert_snapshot!("wrong-passphrases", said);
    });
    assert_eq!(listed(&home, &[])[0]["state"], "pending");
    assert_eq!(rows(&home, "approval.refused").len(), 6);
}

#[test]
fn the_passphrase_is_changed_by_whoever_knows_it() {
    let home = Home::new();
    set_up(&home);
    let old = "The passphrase that is set now: ";
    let (new, again) = ("The new passphrase: ", "The same again: ");
    let setup = || Typing::start(&home, &["setup"]);
    let (_, ran) = setup().answer(old, "wrong\n").end();
    let mut said = ran.stderr;
    let good = format!("{PASSPHRASE}\n");
    let (_, ran) = setup().answer(old, &good).answer(new, "short\n").end();
    said += &ran.stderr;
    let (_, ran) =
        setup().answer(old, &good).answer(new, "another four words\n").answer(again, "x\n").end();
    said += &ran.stderr;
    let (_, ran) = setup()
        .answer(old, &good)
        .answer(new, "another four words\n")
        .answer(again, "another four words\n")
        .end();
    said += &ran.shown();
    insta::assert_snapshot!("change", said);
    open(&home, "a", "Delete the group Night shift?");
    let (_, ran) = decide(&home, "approve", "a", PASSPHRASE);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    let (_, ran) = decide(&home, "approve", "a", "another four words");
    assert_eq!(ran.code, Some(0), "{ran:?}");
}

#[test]
fn deciding_takes_a_terminal_and_a_passphrase() {
    let home = Home::new();
    open(&home, "a", "Delete the group Night shift?");
    let mut said = String::new();
    for args in [&["approve", "a"][..], &["deny", "a"], &["setup"]] {
        let ran = apart(&home, &[], &[&["approvals"], args].concat());
        said = format!("{said}{args:?}: {}", ran.shown());
    }
    for args in [&["approve", "a"][..], &["deny", "nobody"]] {
        let (_, ran) = Typing::start(&home, args).end();
        said = format!("{said}{args:?}: {}", ran.shown());
    }
    insta::assert_snapshot!("without", said);
    assert_eq!(listed(&home, &[])[0]["state"], "pending");
}

#[test]
fn what_others_wrote_is_shown_as_text() {
    let home = Home::new();
    let ran = home.run(&["approvals", "list"]);
    assert_eq!((ran.stdout.as_str(), ran.stderr.as_str()), ("", "Nothing waits\n"));
    let long = "W".repeat(100);
    let question = format!("Delete \u{202e}x\u{1b}[2J\u{200b}?\nLevel: none\n{long}");
    open(&home, "a", &question);
    let mut shown = home.run(&["approvals", "list"]).shown();
    shown += &home.run(&["approvals", "list", "--all"]).shown();
    shown += &home.run(&["approvals", "show", "a"]).shown();
    shown += &home.run(&["approvals", "show", "b"]).shown();
    insta::with_settings!({ filters => decided_filters() }, {
        insta::assert_snapshot!("list", shown);
    });
    let json = home.run(&["approvals", "list", "--json"]);
    assert!(!json.stdout.contains('\u{202e}'), "{json:?}");
    assert_eq!(json.json()["approvals"][0]["question"], question);
}

#[test]
fn every_command_has_help_with_an_example() {
    let home = Home::new();
    let mut shown = String::new();
    for command in ["list", "show", "approve", "deny", "setup"] {
        let ran = home.run(&["approvals", command, "--help"]);
        assert!(ran.stdout.contains("Example"), "{ran:?}");
        shown = format!("{shown}--- {command}\n{}", ran.stdout);
    }
    assert_shown!("help", shown);
}

#[test]
fn explain_tells_the_level_that_is_set_up_and_leaves_nothing_behind() {
    let home = Home::new();
    let explain = || {
        let told = home.run(&["policy", "explain", "delete_group", "group_id=00g1", "--json"]);
        told.json()["level"].clone()
    };
    let files = || fs_err::read_dir(home.path()).unwrap().count();
    let before = files();
    assert_eq!(explain(), "client");
    assert_eq!(files(), before);
    set_up(&home);
    assert_eq!(explain(), "desktop");
}
