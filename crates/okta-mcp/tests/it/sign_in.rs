//! `okta-mcp login`, `logout` and `whoami`, where no person is needed; people sign in in
//! `e2e/sign_in.mjs`.

use crate::support::{Home, Ran};

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
