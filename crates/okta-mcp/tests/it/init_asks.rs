//! `okta-mcp init` at a terminal: it asks for what was not given.

use std::io::{Read as _, Write as _};

use pty_process::blocking::{Command, Pty};
use serde_json::json;

use crate::{
    init::Machine,
    support::{BINARY, assert_shown},
    terminal::read_to,
};

/// Runs `init` at a terminal, answering each prompt that ends so; all that was shown.
fn answer(machine: &Machine, args: &[&str], answers: &[(&str, &str)]) -> (String, Option<i32>) {
    let (mut pty, pts) = pty_process::blocking::open().unwrap();
    let mut child = Command::new(BINARY)
        .arg("init")
        .args(args)
        .env_clear()
        .envs(machine.home.environment())
        .envs(machine.env())
        .env("NO_COLOR", "1")
        .spawn(pts)
        .unwrap();
    let mut shown = String::new();
    for (prompt, answer) in answers {
        shown.push_str(&read_to(&mut pty, prompt));
        // Ctrl-C and Ctrl-D are heard at once.
        let end = if answer.ends_with(char::is_control) { "" } else { "\n" };
        pty.write_all(format!("{answer}{end}").as_bytes()).unwrap();
    }
    shown.push_str(&rest(&mut pty));
    (shown, child.wait().unwrap().code())
}

/// What is shown until the other side closes.
fn rest(pty: &mut Pty) -> String {
    let (mut all, mut buffer) = (Vec::new(), [0; 1024]);
    // Linux says so by an error.
    while let Ok(length @ 1..) = pty.read(&mut buffer) {
        all.extend(buffer.iter().take(length));
    }
    String::from_utf8(all).unwrap().replace("\r\n", "\n")
}

#[test]
fn a_person_is_led_through_all_of_it() {
    let machine = Machine::new();
    fs_err::create_dir_all(machine.file(".cursor")).unwrap();
    let (shown, code) = answer(
        &machine,
        &["--profile", "prod"],
        &[
            ("The org, such as https://acme.okta.com: ", "okta"),
            // Not an org: it is asked for again.
            ("The org, such as https://acme.okta.com: ", machine.of_org("OKTA_ORG_URL")),
            ("Number [1]: ", "9"),
            ("Number [1]: ", "2"),
            ("Number [1]: ", ""),
            ("[all]: ", "users"),
            ("Number [1]: ", "2"),
            ("The file of the private key: ", &machine.key),
            ("where the file says it: ", machine.of_org("OKTA_KEY_ID")),
            ("The Client ID of the app: ", machine.of_org("OKTA_CLIENT_ID")),
            ("[cursor]: ", ""),
            ("Write this? [yes]: ", ""),
        ],
    );
    assert_eq!(code, Some(0), "{shown}");
    if cfg!(target_os = "linux") {
        assert_shown!("init-asks", machine.plain(&shown));
    }
    assert!(machine.read(".cursor/mcp.json").contains("okta-prod"));
    let users = machine.home.run(&["call", "list_users", "limit=2", "--profile", "prod"]).json();
    assert_eq!(users["items"].as_array().unwrap().len(), 2);
}

#[test]
fn what_oktas_own_server_is_told_is_offered() {
    let machine = Machine::new();
    let entry = json!({ "mcpServers": { "okta-mcp-server": {
        "command": "uvx", "args": ["okta-mcp-server"],
        "env": {
            "OKTA_ORG_URL": machine.of_org("OKTA_ORG_URL"),
            "OKTA_CLIENT_ID": machine.of_org("OKTA_CLIENT_ID"),
            "OKTA_SCOPES": "okta.users.read",
            "OKTA_PRIVATE_KEY": machine.key,
            "OKTA_KEY_ID": machine.of_org("OKTA_KEY_ID"),
        },
    } } });
    fs_err::create_dir_all(machine.file(".cursor")).unwrap();
    fs_err::write(machine.file(".cursor/mcp.json"), entry.to_string()).unwrap();
    let (shown, code) = answer(
        &machine,
        &[],
        &[
            ("and replace it? [yes]: ", ""),
            // All is known, and can be corrected.
            ("]: ", ""),
            ("Number [2]: ", ""),
            ("]: ", ""),
            ("Write this? [yes]: ", ""),
        ],
    );
    assert_eq!(code, Some(0), "{shown}");
    assert!(shown.contains("is signed in to localhost: 1 scope\n"), "{shown}");
    let after = machine.read(".cursor/mcp.json");
    assert!(after.contains(BINARY) && !after.contains("OKTA_"), "{after}");
}

#[test]
fn a_token_that_is_typed_is_not_shown_and_goes_into_a_file_of_its_own() {
    let machine = Machine::new();
    let token = machine.org.api_token.clone();
    let args =
        ["--org", machine.of_org("OKTA_ORG_URL"), "--app-kind", "api-token", "--client", "none"];
    let (shown, code) = answer(
        &machine,
        &args,
        &[
            ("Number [1]: ", ""),
            ("[all]: ", "users"),
            ("The API token (not shown): ", &token),
            ("Write this? [yes]: ", "yes"),
        ],
    );
    assert_eq!(code, Some(0), "{shown}");
    assert!(!shown.contains(&token), "{shown}");
    assert!(shown.contains("The API token is good for localhost"), "{shown}");
}

#[test]
fn no_is_a_no_and_so_is_an_end() {
    let machine = Machine::new();
    let args =
        ["--org", machine.of_org("OKTA_ORG_URL"), "--app-kind", "native", "--client-id", "0oa1"];
    let args = [&args[..], &["--client", "none", "--toolsets", "users"]].concat();
    for end in ["no", "\u{4}", "\u{3}"] {
        let (shown, code) = answer(&machine, &args, &[("Write this? [yes]: ", end)]);
        assert_eq!(code, Some(1), "{end:?}: {shown}");
        assert!(!machine.file(".config").exists(), "{end:?}");
    }
}
