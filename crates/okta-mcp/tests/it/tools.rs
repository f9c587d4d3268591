//! `okta-mcp tools`.

use crate::support::{Home, assert_shown};

const CONFIGURED: &[(&str, &str)] = &[
    ("OKTA_ORG_URL", "https://acme.okta.com"),
    ("OKTA_API_TOKEN", "00abc"),
    ("OKTA_SCOPES", "okta.groups.manage"),
];

#[test]
fn the_configured_scopes_unlock_tools() {
    let ran = Home::new().run_with(CONFIGURED, &["tools"]);
    assert_shown!("tools-groups", ran.shown());
}

#[test]
fn without_a_configuration_there_are_all_with_their_scopes() {
    let home = Home::new();
    let ran = home.run(&["tools"]);
    assert_eq!(ran.code, Some(0));
    assert_eq!(ran.stdout.lines().count(), 1 + okta_catalog::tools().count());
    assert!(ran.stderr.contains("all tools"), "{}", ran.stderr);
    assert_eq!(home.run(&["tools", "--all"]).stdout, ran.stdout);
}

#[test]
fn all_marks_what_is_not_configured() {
    let ran = Home::new().run_with(CONFIGURED, &["tools", "--all"]);
    let has = |start: &str, end: &str| {
        ran.stdout.lines().any(|line| line.starts_with(start) && line.ends_with(end))
    };
    assert!(has("NAME", "CONFIGURED") && has("list_users", "no") && has("get_group", "yes"));
    assert_eq!(ran.stderr, "");
}

#[test]
fn json_is_what_clients_get() {
    let all = Home::new().run_with(CONFIGURED, &["tools", "--json"]).json();
    let tools = all["tools"].as_array().unwrap();
    assert!(tools.iter().all(|tool| tool["inputSchema"].is_object()));
    assert!(tools.iter().any(|tool| tool["name"] == "delete_group"));
    assert!(!tools.iter().any(|tool| tool["name"] == "list_users"));
}

#[test]
fn a_wrong_configuration_is_told() {
    let ran = Home::new().run_with(&[("OKTA_ORG_URL", "https://acme.okta.com")], &["tools"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""), "{ran:?}");
}
