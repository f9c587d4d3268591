//! The MCP server on standard input and output.

use serde_json::{Value, json};

use crate::support::{Home, session};

#[test]
fn closed_standard_input_ends_it_cleanly() {
    let ran = Home::new().run(&["--sandbox"]);
    assert_eq!(ran.shown(), "exit code 0\n--- stdout\n--- stderr\n");
}

#[test]
fn it_serves_until_standard_input_closes() {
    let input =
        session("tools/list", &json!({})).map(|message| message.to_string()).join("\n") + "\n";
    let home = Home::new();
    let ran = home.run_fed(&["--sandbox"], &input);
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""));
    let answers: Vec<Value> =
        ran.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(answers[0]["result"]["serverInfo"]["name"], "okta-mcp");
    let listed = &answers[1]["result"]["tools"];
    assert_eq!(listed, &home.run(&["tools", "--json", "--sandbox"]).json()["tools"]);
}

/// Clients end their servers with SIGTERM, too.
#[cfg(unix)]
#[test]
fn told_to_stop_it_closes_its_trail() {
    use std::{
        io::{BufRead as _, BufReader, Write as _},
        process::Stdio,
    };

    use process_wrap::std::{CommandWrap, ProcessSession};

    const SIGTERM: i32 = 15;

    let home = Home::new();
    let mut command = home.command(&["--sandbox"]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = CommandWrap::from(command).wrap(ProcessSession).spawn().unwrap();
    let mut input = child.stdin().take().unwrap();
    let call = json!({ "name": "get_scope_status", "arguments": {} });
    for message in session("tools/call", &call) {
        writeln!(input, "{message}").unwrap();
    }
    let mut answers = BufReader::new(child.stdout().take().unwrap()).lines();
    assert!(answers.any(|line| line.unwrap().contains(r#""id":1,"#)));
    child.signal(SIGTERM).unwrap();
    assert!(child.wait().unwrap().success());
    drop(input);
    let closed = home.run(&["audit", "search", "--kind", "closed"]).json();
    assert_eq!(closed["items"].as_array().unwrap().len(), 1, "{closed}");
    let ran = home.run(&["audit", "search", "--tool", "get_scope_status"]);
    assert_eq!(ran.json()["items"][0]["outcome"], "success");
}
