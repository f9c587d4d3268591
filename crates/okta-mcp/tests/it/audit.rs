//! `okta-mcp audit`, over the trail of real calls.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    path::{Path, PathBuf},
    process::Stdio,
};

use serde_json::{Value, json};

use crate::support::{BINARY, Home, Ran, session};

/// Where the trail of a home is.
fn folder(home: &Home) -> PathBuf {
    let state = if cfg!(target_os = "linux") {
        "state/okta-mcp"
    } else if cfg!(target_os = "macos") {
        "Library/Application Support/okta-mcp/state"
    } else {
        "okta-mcp/state"
    };
    home.path().join(state).join("audit")
}

fn segments(home: &Home) -> Vec<PathBuf> {
    let entries = fs_err::read_dir(folder(home)).unwrap();
    let mut paths: Vec<PathBuf> = entries
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "jsonl"))
        .collect();
    paths.sort();
    paths
}

/// A home with a read, a write and a call that Okta refused.
fn morning() -> Home {
    let home = Home::new();
    home.run(&["call", "--sandbox", "get_user", "user_id=ana.silva@acme.example"]).json();
    home.run(&["call", "--sandbox", "create_group", "profile.name=Night shift"]).json();
    assert_eq!(home.run(&["call", "--sandbox", "get_group", "group_id=nope"]).code, Some(1));
    home
}

fn items(ran: &Ran) -> Vec<Value> {
    ran.json()["items"].as_array().unwrap().clone()
}

/// Compares with the snapshot, without what differs from run to run.
macro_rules! assert_told {
    ($name:expr, $text:expr) => {
        insta::with_settings!({ filters => vec![
            (r"\d{8}T\d{6}\.\d{6}Z-[0-9a-f]{8}", "[segment]"),
            (r"\b\d+-[0-9a-f]{16}\b", "[call]"),
            (r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", "[time]"),
            (r"or \d{4}-\d\d-\d\dT\S+", "or [now]"),
            (r"\b[0-9a-f]{16,}\b", "[hash]"),
            (r"0oa\w{17}", "[app]"),
            (r"okta-mcp \d+\.\d+\.\d+", "okta-mcp [version]"),
            (r"call \d+\.\d+\.\d+", "call [version]"),
            (r#""version": "\d+\.\d+\.\d+""#, "\"version\": [version]"),
            (r#"("?ms"?): \d+"#, "$1: [ms]"),
            (r"bytes: \d+", "bytes: [bytes]"),
            (r"in \S+ is not", "in [folder] is not"),
        ] }, {
            insta::assert_snapshot!($name, $text);
        })
    };
}

#[cfg(unix)]
mod terminal {
    use pty_process::blocking::Command;

    use super::*;

    /// Runs at a terminal: what it shows.
    fn at_terminal(home: &Home, args: &[&str]) -> String {
        let (mut pty, pts) = pty_process::blocking::open().unwrap();
        pty.resize(pty_process::Size::new(50, 200)).unwrap();
        let mut child = Command::new(BINARY)
            .args(args)
            .env_clear()
            .envs(home.environment())
            .env("NO_COLOR", "1")
            .env("USER", "ana")
            .spawn(pts)
            .unwrap();
        let mut text = Vec::new();
        let mut block = [0; 4096];
        // Its end of the terminal is closed at the end: then reading fails.
        while let Ok(length @ 1..) = pty.read(&mut block) {
            text.extend_from_slice(&block[..length]);
        }
        child.wait().unwrap();
        String::from_utf8(text).unwrap().replace("\r\n", "\n")
    }

    #[test]
    fn people_get_tables() {
        let home = morning();
        assert_told!("tail", &at_terminal(&home, &["audit", "tail", "-n", "9"]));
        assert_told!("search", &at_terminal(&home, &["audit", "search"]));
        let call = items(&home.run(&["audit", "search", "--tool", "create_group"]))[0].clone();
        let id = call["id"].as_str().unwrap();
        assert_told!("show", &at_terminal(&home, &["audit", "show", id]));
        assert_told!("verify", &at_terminal(&home, &["audit", "verify"]));
    }

    #[test]
    fn what_is_invisible_is_shown() {
        let home = Home::new();
        let name = "profile.name=Night\u{202e}\u{1b}[2Jshift";
        home.run(&["call", "--sandbox", "create_group", name]).json();
        for args in [&["audit", "tail"][..], &["audit", "search", "--kind", "call"]] {
            let text = at_terminal(&home, args);
            assert!(!text.contains(['\u{202e}', '\u{1b}']), "{text}");
        }
        let id = items(&home.run(&["audit", "search", "--tool", "create_group"]))[0]["id"].clone();
        let text = at_terminal(&home, &["audit", "show", id.as_str().unwrap()]);
        assert!(text.contains("Night\\u202e\\u001b[2Jshift"), "{text}");
        assert!(!text.contains(['\u{202e}', '\u{1b}']), "{text}");
    }
}

#[test]
fn every_part_has_help_with_an_example() {
    let home = Home::new();
    let mut all = String::new();
    for part in ["tail", "search", "show", "export", "verify", "reconcile", "report"] {
        let ran = home.run(&["audit", part, "--help"]);
        assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{part}");
        assert!(ran.stdout.contains("Example"), "{part}");
        all = format!("{all}{}\n", ran.stdout);
    }
    assert_told!("help", all);
}

#[test]
fn without_a_trail_there_is_nothing_and_none_is_made() {
    let home = Home::new();
    assert_eq!(home.run(&["audit", "tail"]).json(), json!({ "items": [] }));
    assert_eq!(home.run(&["audit", "search"]).json(), json!({ "items": [], "left_out": 0 }));
    assert_eq!(home.run(&["audit", "verify"]).json()["whole"], true);
    let ran = home.run(&["audit", "show", "1-0000000000000000"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(1), ""), "{ran:?}");
    let out = home.path().join("evidence.zip");
    let ran = home.run(&["audit", "report", "--since", "1d", "--out", out.to_str().unwrap()]);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(!folder(&home).exists() && !out.exists());
}

#[test]
fn calls_are_found_and_shown() {
    let home = morning();
    let find = |args: &[&str]| items(&home.run(&[&["audit", "search"], args].concat()));
    assert_eq!(find(&["--outcome", "not_found"])[0]["tool"], "get_group");
    assert_eq!(find(&["--kind", "intent"])[0]["tool"], "create_group");
    assert_eq!(find(&["ANA.SILVA"])[0]["tool"], "get_user");
    assert_eq!(find(&["--since", "1h", "--tool", "get_user"]).len(), 1);
    assert!(find(&["--until", "1h"]).is_empty());
    assert!(find(&["--since", "2001-01-01", "--until", "2001-01-02"]).is_empty());
    let made = &find(&["--tool", "create_group"])[0];
    let id = made["id"].as_str().unwrap();
    let request = made["request_ids"][0].as_str().unwrap();
    assert_eq!(&find(&["--request-id", request, "--tool", "create_group"])[0], made);
    let rows = home.run(&["audit", "show", id]).json()["rows"].clone();
    let kinds: Vec<&str> =
        rows.as_array().unwrap().iter().map(|row| row["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["call", "intent", "outcome"]);
    // The id that is in Okta's System Log.
    let intent = &rows[1];
    let sent = format!("{}-{}", intent["seq"], &intent["hash"].as_str().unwrap()[..16]);
    assert_eq!(home.run(&["audit", "show", &sent]).json()["call"], id);
    let ran = home.run(&["audit", "search", "--limit", "1"]);
    assert_eq!(items(&ran).len(), 1);
    assert!(ran.stderr.contains("earlier ones are left out"), "{}", ran.stderr);
}

#[test]
fn reading_leaves_a_row() {
    let home = morning();
    home.run(&["audit", "tail"]).json();
    home.run_with(&[("USER", "ana")], &["audit", "search", "--tool", "get_user"]).json();
    assert_eq!(home.run(&["audit", "export", "--format", "jsonl"]).code, Some(0));
    home.run(&["audit", "verify"]).json();
    let rows = items(&home.run(&["audit", "tail", "-n", "1000"]));
    let told = |kind: &str| {
        let rows = rows.iter().filter(|row| row["kind"] == kind);
        rows.map(|row| row["command"].as_str().or(row["format"].as_str()).unwrap_or(""))
            .collect::<Vec<_>>()
    };
    assert_eq!(told("audit.read"), ["tail", "search", "verify"]);
    assert_eq!(told("audit.exported"), ["jsonl"]);
    assert_eq!(told("audit.verified"), [""]);
    assert!(rows.iter().any(|row| row["os_user"] == "ana" && row["tool"] == "get_user"));
}

#[test]
fn exports_come_in_three_forms() {
    let home = morning();
    let export = |format: &str| home.run(&["audit", "export", "--format", format]);
    let lines = |ran: &Ran| -> Vec<Value> {
        assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{ran:?}");
        ran.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    };
    let rows = lines(&export("jsonl"));
    let kept: Vec<Value> = segments(&home)[..3]
        .iter()
        .flat_map(|path| {
            fs_err::read_to_string(path).unwrap().lines().map(str::to_owned).collect::<Vec<_>>()
        })
        .map(|line| serde_json::from_str(&line).unwrap())
        .collect();
    assert_eq!(rows, kept);
    let events = lines(&export("ocsf"));
    let classes: Vec<(u64, &str)> = events
        .iter()
        .map(|event| (event["type_uid"].as_u64().unwrap(), event["status"].as_str().unwrap()))
        .collect();
    assert_eq!(classes, [(600_302, "Success"), (600_301, "Success"), (600_302, "Failure")]);
    let csv = export("csv");
    assert_eq!(csv.stdout.lines().count(), 4);
    assert!(csv.stdout.starts_with("time,id,principal,client,tool,"), "{}", csv.stdout);
    // To a file that is not there yet, and that others cannot read.
    let out = home.path().join("calls.csv");
    let args = ["audit", "export", "--format", "csv", "--out", out.to_str().unwrap()];
    let ran = home.run(&args);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(0), ""), "{ran:?}");
    assert_eq!(fs_err::read_to_string(&out).unwrap(), csv.stdout);
    assert_eq!(home.run(&args).code, Some(2));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(fs_err::metadata(&out).unwrap().permissions().mode() & 0o777, 0o600);
    }
}

#[test]
fn the_evidence_pack_is_one_archive() {
    let home = morning();
    let out = home.path().join("evidence.zip");
    let args = ["audit", "report", "--since", "1d", "--out", out.to_str().unwrap()];
    let ran = home.run(&args);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(0), ""), "{ran:?}");
    assert!(ran.stderr.contains("and 3 calls are in"), "{}", ran.stderr);
    assert!(fs_err::read(&out).unwrap().starts_with(b"PK"));
    assert_eq!(home.run(&args).code, Some(2));
    let ran = home.run(&["audit", "report", "--since", "1h", "--until", "2h", "--out", "x.zip"]);
    assert_eq!(ran.code, Some(2), "{ran:?}");
}

/// Another copy of a trail, which nothing writes.
fn copy(home: &Home) -> PathBuf {
    let copy = home.path().join("copy");
    fs_err::create_dir(&copy).unwrap();
    for entry in fs_err::read_dir(folder(home)).unwrap() {
        let entry = entry.unwrap();
        fs_err::copy(entry.path(), copy.join(entry.file_name())).unwrap();
    }
    copy
}

fn change(path: &Path, from: &str, to: &str) {
    let text = fs_err::read_to_string(path).unwrap();
    assert!(text.contains(from), "{text}");
    fs_err::write(path, text.replacen(from, to, 1)).unwrap();
}

#[test]
fn what_was_changed_is_named() {
    let home = morning();
    change(&segments(&home)[1], "Night shift", "Late shift");
    let ran = home.run(&["audit", "verify"]);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert_told!("changed", ran.stderr);
    let report: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(
        (&report["whole"], &report["problems"][0]["kind"]),
        (&json!(false), &json!("changed"))
    );
}

#[test]
fn a_trail_that_is_gone_is_missed() {
    let home = morning();
    fs_err::remove_dir_all(folder(&home)).unwrap();
    let ran = home.run(&["audit", "verify"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(1), ""), "{ran:?}");
    assert!(ran.stderr.contains("is gone: only its key is there"), "{}", ran.stderr);
}

#[test]
fn a_copy_is_checked_as_it_is() {
    let home = morning();
    let copy = copy(&home);
    let path = copy.to_str().unwrap();
    let verify = |more: &[&str]| home.run(&[&["audit", "verify", "--folder", path], more].concat());
    let ran = verify(&[]);
    assert_eq!(ran.json()["whole"], true);
    assert!(ran.stderr.contains("--key"), "{}", ran.stderr);
    let key = folder(&home).join("audit-key.pub");
    let key = key.to_str().unwrap();
    let ran = verify(&["--key", key]);
    assert_eq!(ran.json()["segments"].as_array().unwrap().len(), 3);
    // Another key.
    let other = home.path().join("other.pub");
    fs_err::write(&other, "07".repeat(32)).unwrap();
    let ran = verify(&["--key", other.to_str().unwrap()]);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.stderr.contains("not the expected one"), "{}", ran.stderr);
    // Checkpoints that were sent away, among other lines.
    let rows = home.run(&["audit", "search", "--kind", "checkpoint"]);
    let sent: Vec<String> = items(&rows)
        .iter()
        .map(|row| format!("<109>1 x - okta-mcp 1 checkpoint - {row}\nsomething else\n"))
        .collect();
    let sent = sent.concat();
    let log = home.path().join("checkpoints.log");
    fs_err::write(&log, sent).unwrap();
    let log = log.to_str().unwrap();
    let ran = verify(&["--key", key, "--checkpoints", log]);
    assert_eq!(ran.json()["whole"], true);
    let last = fs_err::read_dir(&copy).unwrap().map(|entry| entry.unwrap().path());
    let last = last.filter(|path| path.extension().is_some_and(|it| it == "jsonl")).max().unwrap();
    fs_err::remove_file(last.with_extension("jsonl.head")).unwrap();
    fs_err::remove_file(last).unwrap();
    assert_eq!(verify(&["--key", key]).json()["whole"], true);
    let ran = verify(&["--key", key, "--checkpoints", log]);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.stderr.contains("a checkpoint that was sent away names it"), "{}", ran.stderr);
    assert_eq!(verify(&["--checkpoints", log]).code, Some(2));
    assert_eq!(verify(&["--key", log]).code, Some(2));
    // Nothing of this was written there.
    assert!(!copy.join("begin.lock.new").exists());
    assert_eq!(home.run(&["audit", "verify", "--folder", "/nowhere/at/all"]).code, Some(2));
}

#[test]
fn mistakes_are_named() {
    let home = Home::new();
    let mut all = String::new();
    for args in [
        &["search", "--since", "soon"][..],
        &["search", "--until", "2026-13-01"],
        &["tail", "-n", "0"],
        &["export", "--format", "xml"],
        &["report", "--since", "1d"],
        &["show"],
    ] {
        let ran = home.run(&[&["audit"], args].concat());
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""), "{args:?}");
        let line = ran.stderr.lines().next().unwrap();
        all = format!("{all}{args:?}\n  {line}\n");
    }
    assert_told!("mistakes", all);
}

#[test]
fn a_server_that_ends_closes_its_trail() {
    let home = Home::new();
    let message = json!({
        "jsonrpc": "2.0", "id": 1, "method": "tools/list",
        "params": { "_meta": {
            "io.modelcontextprotocol/protocolVersion": "2026-07-28",
            "io.modelcontextprotocol/clientInfo": { "name": "test", "version": "1" },
            "io.modelcontextprotocol/clientCapabilities": {},
        } },
    });
    let ran = home.run_fed(&["--sandbox"], &format!("{message}\n"));
    assert!(ran.stdout.contains("\"tools\""), "{ran:?}");
    let report = home.run(&["audit", "verify"]).json();
    assert_eq!((&report["whole"], &report["segments"][0]["end"]), (&json!(true), &json!("closed")));
}

/// A server that is killed leaves a trail that the next process completes.
#[test]
fn a_killed_server_leaves_a_whole_trail() {
    let home = Home::new();
    let mut command = home.command(&["--sandbox"]);
    let mut server = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut input = server.stdin.take().unwrap();
    let mut output = BufReader::new(server.stdout.take().unwrap());
    let group = json!({ "profile": { "name": "Night" } });
    let call = json!({ "name": "create_group", "arguments": group });
    for message in session("tools/call", &call) {
        writeln!(input, "{message}").unwrap();
    }
    let mut answered = String::new();
    while !answered.contains("\"id\":1") {
        answered.clear();
        assert!(output.read_line(&mut answered).unwrap() > 0);
    }
    // While it lives nobody takes it for dead.
    let report = home.run(&["audit", "verify"]).json();
    assert_eq!((&report["whole"], &report["segments"][0]["end"]), (&json!(true), &json!("live")));
    server.kill().unwrap();
    server.wait().unwrap();
    let report = home.run(&["audit", "verify"]).json();
    assert_eq!(
        (&report["whole"], &report["segments"][0]["end"]),
        (&json!(true), &json!("recovered"))
    );
    assert_eq!(items(&home.run(&["audit", "search", "--kind", "recovered"])).len(), 1);
}

/// A full disk: nothing is changed in Okta, the error says why, the trail stays whole.
#[cfg(unix)]
#[test]
fn where_there_is_no_room_nothing_is_changed() {
    let home = Home::new();
    let org = home.sandbox(&[]);
    let long = "x".repeat(1_000_000);
    let args = json!({ "profile": { "name": "Night shift", "description": long } }).to_string();
    let mut command = std::process::Command::new("sh");
    command
        // No file may become larger than 512 or 1,024 times this, in bytes.
        .args(["-c", "trap '' XFSZ; ulimit -f 900; exec \"$0\" \"$@\"", BINARY])
        .args(["call", "create_group", "--json", "-"])
        .env_clear()
        .envs(home.environment())
        .envs(org.env())
        .env("PATH", "/usr/bin:/bin")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(args.as_bytes()).unwrap();
    let ran: Ran = child.wait_with_output().unwrap().into();
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.stderr.contains("cannot be written"), "{}", ran.stderr);
    assert!(ran.stderr.contains("make room"), "{}", ran.stderr);
    let groups = home.run_with(&org.env(), &["call", "list_groups", "q=Night"]).json();
    assert_eq!(groups["items"], json!([]));
    assert_eq!(home.run(&["audit", "verify"]).json()["whole"], true);
}
