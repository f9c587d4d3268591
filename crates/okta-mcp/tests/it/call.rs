//! `okta-mcp call`, with all the forms that arguments have.

use serde_json::json;

use crate::support::{Home, assert_shown};

const ANA: &str = "ana.silva@acme.example";

#[test]
fn arguments_come_in_every_form() {
    let home = Home::new();
    let args = json!({ "user_id": ANA, "fields": "status" }).to_string();
    let file = home.path().join("args.json");
    fs_err::write(&file, &args).unwrap();
    let file = format!("@{}", file.display());
    let locked = "{\"status\":\"LOCKED_OUT\"}\n";
    let start = ["call", "--sandbox", "get_user"];
    for form in
        [&[&format!("user_id={ANA}"), "fields=status"][..], &["--json", &args], &["--json", &file]]
    {
        let ran = home.run(&[&start, form].concat());
        assert_eq!((ran.code, ran.stdout.as_str(), ran.stderr.as_str()), (Some(0), locked, ""));
    }
    let ran = home.run_fed(&[&start[..], &["--json", "-"]].concat(), &args);
    assert_eq!(ran.stdout, locked);
    // `--sandbox` stands before the command as well.
    let ran = home.run(&["--sandbox", "call", "get_user", "--json", &args]);
    assert_eq!(ran.stdout, locked);
}

#[test]
fn dotted_keys_build_objects() {
    let args = ["profile.name=Night shift", "profile.description=Berlin, 3rd floor"];
    let made =
        Home::new().run(&[&["call", "--sandbox", "create_group"], &args[..]].concat()).json();
    assert_eq!(
        made["profile"],
        json!({ "name": "Night shift", "description": "Berlin, 3rd floor" })
    );
}

#[test]
fn types_follow_the_schema() {
    let args = ["limit=2", "fetch_all=false", "fields=profile.login"];
    let list = Home::new().run(&[&["call", "--sandbox", "list_users"], &args[..]].concat()).json();
    assert_eq!(list["items"].as_array().unwrap().len(), 2);
}

#[test]
fn lists_are_tables_where_asked_for() {
    let home = Home::new();
    let fields = "fields=id,status,profile.login,profile.firstName";
    let args = ["call", "--sandbox", "list_users", "limit=4", fields, "--output", "table"];
    assert_shown!("table", home.run(&args).shown());
    // What is no list is JSON all the same.
    let args = ["call", "--sandbox", "get_user", &format!("user_id={ANA}"), "fields=status"];
    let ran = home.run(&[&args[..], &["--output", "table"]].concat());
    assert_eq!(ran.stdout, "{\"status\":\"LOCKED_OUT\"}\n");
}

#[test]
fn what_is_granted_is_known() {
    let status = Home::new().run(&["call", "--sandbox", "get_scope_status"]).json();
    assert!(
        status["granted_scopes"].as_array().is_some_and(|scopes| !scopes.is_empty()),
        "{status}"
    );
}

#[test]
fn failures_say_why_and_what_to_do_next() {
    let home = Home::new();
    let mut shown = String::new();
    for (env, args) in [
        (None, &["get_user", "user_id=nobody"][..]),
        (None, &["get_user"]),
        (None, &["list_users", "lmit=3"]),
        (None, &["create_user", "profile.firstName=Ana"]),
        (Some("okta.groups.read"), &["list_users"]),
    ] {
        let env: Vec<(&str, &str)> =
            env.map(|scopes| ("OKTA_SCOPES", scopes)).into_iter().collect();
        let ran = home.run_with(&env, &[&["call", "--sandbox"], args].concat());
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(1), ""), "{args:?}");
        shown = format!("{shown}{args:?}\n{}", ran.stderr);
    }
    insta::with_settings!({ filters => vec![("request id: .*", "request id: [id]")] }, {
        insta::assert_snapshot!("call-errors", shown);
    });
}

#[test]
fn every_call_is_in_the_trail() {
    let home = Home::new();
    home.run(&["call", "--sandbox", "create_group", "profile.name=Night shift"]).json();
    let folder = if cfg!(target_os = "linux") { "state/okta-mcp" } else { "" };
    let rows = trail(&home.path().join(folder));
    let calls = ["call", "intent", "outcome"];
    let kinds = rows.iter().filter_map(|row| row["kind"].as_str());
    let kinds: Vec<&str> = kinds.filter(|kind| calls.contains(kind)).collect();
    assert_eq!(kinds, calls);
    let call = rows.iter().find(|row| row["kind"] == "call").unwrap();
    assert_eq!(call["client"]["name"], "okta-mcp call");
    assert_eq!(call["era"], "cli");
}

/// The rows of every file below that folder.
fn trail(folder: &std::path::Path) -> Vec<serde_json::Value> {
    let mut rows = Vec::new();
    for entry in fs_err::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            rows.extend(trail(&path));
        } else if path.extension().is_some_and(|extension| extension == "jsonl") {
            let text = fs_err::read_to_string(path).unwrap();
            rows.extend(
                text.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()),
            );
        }
    }
    rows
}
