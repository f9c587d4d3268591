//! `okta-mcp approvals` about what takes a person who signs in.

use std::sync::Arc;

use okta_client::Clock as _;
use okta_mcp_server::SystemClock;
use okta_storage::{Approver, NewApproval, Sqlite, Store};
use serde_json::json;

use crate::support::Home;

const ID: &str = "4uZk3vQ0b1TjW8sXyLr5uC";

/// A store with an approval that takes a person, of that profile.
fn open(home: &Home, profile: &str) -> Arc<dyn Store> {
    let store: Arc<dyn Store> = Arc::new(Sqlite::new(&home.path().join("state/okta-mcp")));
    let now = SystemClock.now();
    let new = NewApproval {
        id: ID.to_owned(),
        binding: ID.to_owned(),
        tool: "delete_group".to_owned(),
        effect: "destructive".to_owned(),
        level: "person".to_owned(),
        summary: "Delete group \"Night shift\"".to_owned(),
        question: "Delete group \"Night shift\"?".to_owned(),
        principal: "bo@acme.example".to_owned(),
        asker: Some("00uBo000000000000000".to_owned()),
        approvers: Some(r#"{"another_person":true,"of":[["*@acme.example"]]}"#.to_owned()),
        org: "acme.okta.com".to_owned(),
        profile: profile.to_owned(),
        client: "Claude".to_owned(),
        call_id: "7-0123456789abcdef".to_owned(),
        sealed: Vec::new(),
        expires: now + jiff::SignedDuration::from_hours(1),
    };
    block_on(store.open(new, now)).unwrap();
    store
}

fn block_on<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(work)
}

/// The environment of a server that approvers sign in to, or not.
fn env(approvers: bool) -> Vec<(&'static str, &'static str)> {
    let mut env = vec![("OKTA_ORG_URL", "https://acme.okta.com"), ("OKTA_API_TOKEN", "00token")];
    env.extend(approvers.then_some(("OKTA_MCP_APPROVER_CLIENT_ID", "0oaApprovers")));
    env
}

#[test]
fn what_is_decided_says_by_whom() {
    let home = Home::new();
    let store = open(&home, "default");
    let shown = home.run(&["approvals", "show", ID]);
    let words = "Approvers:     another person than asked, one of *@acme.example";
    assert!(shown.stdout.contains(words), "{}", shown.stdout);
    let ana = Approver {
        id: "00uAna00000000000000".to_owned(),
        login: Some("ana@acme.example".to_owned()),
        signed_in: "2026-11-21T20:30:00Z".parse().unwrap(),
        acr: Some("phr".to_owned()),
        amr: vec!["mfa".to_owned(), "swk".to_owned()],
    };
    let now = SystemClock.now();
    block_on(store.decide(ID, true, "person", "page", Some(&ana), now)).unwrap();
    let shown = home.run(&["approvals", "show", ID]);
    let words = "By:            ana@acme.example (00uAna00000000000000), signed in \
                 2026-11-21 20:30:00 UTC, phr";
    assert!(shown.stdout.contains(words), "{}", shown.stdout);
    let listed = home.run(&["approvals", "list", "--all", "--json"]).json();
    let one = &listed["approvals"][0];
    assert_eq!(one["asker"], "00uBo000000000000000");
    assert_eq!(one["may_approve"], json!({ "another_person": true, "of": [["*@acme.example"]] }));
    let approver = json!({
        "id": "00uAna00000000000000",
        "login": "ana@acme.example",
        "signed_in": "2026-11-21T20:30:00Z",
        "acr": "phr",
        "amr": ["mfa", "swk"],
    });
    assert_eq!(one["decided"]["approver"], approver);
}

#[test]
fn where_nobody_can_sign_in_it_is_told_what_is_missing() {
    let home = Home::new();
    open(&home, "default");
    let ran = home.run_with(&env(false), &["approvals", "approve", ID]);
    assert_eq!(ran.code, Some(1), "{}", ran.stderr);
    assert!(ran.stderr.contains("nobody can sign in here to give it"), "{}", ran.stderr);
    assert!(ran.stderr.contains("approver_client_id"), "{}", ran.stderr);
}

#[test]
fn an_approval_of_another_profile_is_not_decided_by_this_one() {
    let home = Home::new();
    open(&home, "prod");
    let ran = home.run_with(&env(true), &["approvals", "approve", ID]);
    assert_eq!(ran.code, Some(1), "{}", ran.stderr);
    assert!(ran.stderr.contains("of profile \"prod\""), "{}", ran.stderr);
    let next = format!("okta-mcp approvals approve {ID} --profile prod");
    assert!(ran.stderr.contains(&next), "{}", ran.stderr);
}
