//! `okta-mcp login`, `logout` and `whoami`, where no person is needed; people sign in in
//! `e2e/sign_in.mjs`.

use crate::support::{Home, Ran, fed, session};

fn run(arguments: &[&str]) -> Ran {
    Home::new().run(arguments)
}

#[test]
fn an_app_signs_in_by_itself() {
    let ran = run(&["--sandbox", "login"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(ran.stdout.contains("is signed in to 127.0.0.1"), "{ran:?}");
    let ran = run(&["--sandbox", "logout"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(ran.stdout.contains("its app signs in by itself"), "{ran:?}");
}

#[test]
fn whoami_tells_what_the_app_may_do() {
    let told = run(&["--sandbox", "whoami", "--json"]).json();
    assert_eq!(told["by"], "service app with a private key");
    assert_eq!(told["admin_roles"], serde_json::json!(["Super Administrator"]));
    assert_eq!(told["tokens"], "in memory only");
    let scopes = told["scopes"].as_array().unwrap();
    assert!(scopes.iter().any(|scope| scope == "okta.users.manage"), "{told}");
    assert!(told["expires"].as_str().unwrap().ends_with('Z'));
    let ran = run(&["--sandbox", "whoami"]);
    assert_eq!(ran.stdout.lines().count(), told.as_object().unwrap().len(), "{ran:?}");
}

/// The opener of the desktop is a program of the system: here one that tells what it was given.
#[cfg(target_os = "linux")]
#[test]
fn the_server_opens_the_page_in_the_persons_browser() {
    use std::os::unix::fs::PermissionsExt as _;

    let home = Home::new();
    let org = home.sandbox(&[]);
    let bin = home.path().join("bin");
    let told = home.path().join("told");
    assert!(std::process::Command::new("mkfifo").arg(&told).status().unwrap().success());
    fs_err::create_dir(&bin).unwrap();
    let opener = bin.join("xdg-open");
    fs_err::write(&opener, format!("#!/bin/sh\nprintf %s \"$1\" > '{}'\n", told.display()))
        .unwrap();
    fs_err::set_permissions(&opener, std::fs::Permissions::from_mode(0o755)).unwrap();

    let call = serde_json::json!({ "name": "list_users", "arguments": {} });
    let mut command = home.command(&[]);
    command
        .env("OKTA_ORG_URL", org.env["OKTA_ORG_URL"].as_str().unwrap())
        .env("OKTA_CLIENT_ID", org.sign_in["native"]["client_id"].as_str().unwrap())
        .env("PATH", bin)
        .env("DISPLAY", ":0");
    let input = session("tools/call", &call).map(|message| format!("{message}\n")).concat();
    let ran = fed(command, &input);
    let answer: serde_json::Value =
        serde_json::from_str(ran.stdout.lines().last().unwrap()).unwrap();
    let text = answer["result"]["content"][0]["text"].as_str().unwrap();
    let needed: serde_json::Value = serde_json::from_str(text).unwrap();
    let sign_in = &needed["error"]["sign_in"];
    assert_eq!(sign_in["opened"], true, "{needed}");
    // It waits for who opens it.
    assert_eq!(fs_err::read_to_string(told).unwrap(), sign_in["url"].as_str().unwrap());
}
