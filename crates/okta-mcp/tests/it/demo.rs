//! `okta-mcp demo`: what the README shows.

use crate::support::{BINARY, Home, assert_shown};

#[test]
fn it_walks_through_a_morning_and_leaves_nothing() {
    let home = Home::new();
    // It must not matter what the environment says of an org.
    let env = [
        ("OKTA_ORG_URL", "https://acme.okta.com"),
        ("OKTA_API_TOKEN", "00abc"),
        ("OKTA_LOG_FILE", "/nowhere/okta.log"),
        ("https_proxy", "http://127.0.0.1:1"),
    ];
    let ran = home.run_with(&env, &["demo"]);
    assert_shown!("demo", ran.shown().replace(BINARY, "[okta-mcp]"));
    assert_eq!(fs_err::read_dir(home.path()).unwrap().count(), 0);
}
