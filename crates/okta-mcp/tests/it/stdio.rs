//! The MCP server on standard input and output.

use serde_json::{Value, json};

use crate::support::Home;

#[test]
fn closed_standard_input_ends_it_cleanly() {
    let ran = Home::new().run(&["--sandbox"]);
    assert_eq!(ran.shown(), "exit code 0\n--- stdout\n--- stderr\n");
}

#[test]
fn it_serves_until_standard_input_closes() {
    let messages = [
        json!({
            "jsonrpc": "2.0", "id": 0, "method": "initialize",
            "params": {
                "protocolVersion": "2025-06-18", "capabilities": {},
                "clientInfo": { "name": "test", "version": "1" },
            },
        }),
        json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }),
        json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/list" }),
    ];
    let input = messages.map(|message| message.to_string()).join("\n") + "\n";
    let home = Home::new();
    let ran = home.run_fed(&["--sandbox"], &input);
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""));
    let answers: Vec<Value> =
        ran.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(answers[0]["result"]["serverInfo"]["name"], "okta-mcp");
    let listed = &answers[1]["result"]["tools"];
    assert_eq!(listed, &home.run(&["tools", "--json"]).json()["tools"]);
}
