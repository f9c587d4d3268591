//! Questions at the terminal that controls the process.

use std::{
    io::{Read as _, Write as _},
    process::Stdio,
};

use process_wrap::std::{CommandWrap, ProcessSession};
use pty_process::blocking::{Command, Pty};

use crate::support::{BINARY, Home, Ran, Sandbox};

const VICTOR: &str = "user_id=victor.lindqvist@acme.example";
const PROMPT: &str = "Type yes to do it: ";

/// Calls `deactivate_user` at a terminal, with that answer: what the terminal showed, and the run.
fn deactivate(home: &Home, org: &Sandbox, answer: &str) -> (String, Ran) {
    let (mut pty, pts) = pty_process::blocking::open().unwrap();
    let child = Command::new(BINARY)
        .args(["call", "deactivate_user", VICTOR])
        .env_clear()
        .envs(home.environment())
        .envs(org.env())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn(pts)
        .unwrap();
    let shown = read_to(&mut pty, PROMPT);
    pty.write_all(answer.as_bytes()).unwrap();
    (shown, child.wait_with_output().unwrap().into())
}

pub(crate) fn read_to(pty: &mut Pty, end: &str) -> String {
    let mut shown = Vec::new();
    while !shown.ends_with(end.as_bytes()) {
        let mut byte = [0];
        pty.read_exact(&mut byte).unwrap_or_else(|error| {
            panic!("{error} after {:?}", String::from_utf8_lossy(&shown));
        });
        shown.extend(byte);
    }
    String::from_utf8(shown).unwrap().replace("\r\n", "\n")
}

fn status(home: &Home, org: &Sandbox) -> String {
    let user = home.run_with(&org.env(), &["call", "get_user", VICTOR, "fields=status"]).json();
    user["status"].as_str().unwrap().to_owned()
}

#[test]
fn only_yes_is_a_yes() {
    let home = Home::new();
    let org = home.sandbox(&[]);
    // Ctrl-D at the start of a line closes it.
    for (no, why) in
        [("no\n", "declined"), ("\n", "declined"), ("y\n", "declined"), ("\u{4}", "cancelled")]
    {
        let (shown, ran) = deactivate(&home, &org, no);
        assert!(shown.starts_with("Deactivate user Victor Lindqvist"), "{shown}");
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(1), ""), "{ran:?}");
        assert_eq!(ran.stderr, format!("error: not confirmed: the person {why}\n"));
        assert_eq!(status(&home, &org), "ACTIVE");
    }
    let (shown, ran) = deactivate(&home, &org, "yes\n");
    insta::assert_snapshot!("question", shown);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(ran.stdout.contains("is deactivated"), "{ran:?}");
    assert_eq!(status(&home, &org), "DEPROVISIONED");
}

#[test]
fn without_a_terminal_nothing_is_destroyed() {
    let home = Home::new();
    let org = home.sandbox(&[]);
    let mut command = home.command(&["call", "deactivate_user", VICTOR]);
    command.envs(org.env()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = CommandWrap::from(command).wrap(ProcessSession).spawn().unwrap();
    let ran: Ran = child.wait_with_output().unwrap().into();
    assert_eq!(
        ran.shown(),
        "exit code 1\n--- stdout\n--- stderr\n\
         error: a person must confirm this, and there is no terminal to ask on\n\
         hint: run it in a terminal, where it asks; there is no option to skip the question; or \
         set an approval passphrase once, on a terminal of this machine: `okta-mcp approvals \
         setup`\n"
    );
    assert_eq!(status(&home, &org), "ACTIVE");
}

#[test]
fn at_a_terminal_the_server_says_what_it_waits_for() {
    let home = Home::new();
    let (mut pty, pts) = pty_process::blocking::open().unwrap();
    let mut child = Command::new(BINARY)
        .arg("--sandbox")
        .env_clear()
        .envs(home.environment())
        .stdout(Stdio::null())
        .spawn(pts)
        .unwrap();
    let shown = read_to(&mut pty, "\r\n");
    assert!(
        shown.contains("waits for an MCP client") && shown.contains("okta-mcp demo"),
        "{shown}"
    );
    pty.write_all(b"\x04").unwrap();
    assert!(child.wait().unwrap().success());
}

#[test]
fn at_a_terminal_lists_are_tables() {
    let home = Home::new();
    let (mut pty, pts) = pty_process::blocking::open().unwrap();
    pty.resize(pty_process::Size::new(24, 60)).unwrap();
    let mut child = Command::new(BINARY)
        .args(["call", "--sandbox", "list_users", "limit=1"])
        .env_clear()
        .envs(home.environment())
        .stderr(Stdio::null())
        .spawn(pts)
        .unwrap();
    let head = read_to(&mut pty, "\r\n");
    assert_eq!(head, "ID                    STATUS  PROFILE.LOGIN\n");
    assert!(child.wait().unwrap().success());
}
