//! What is read where not every scope is there.

use std::sync::Arc;

use okta_catalog::Caller;
use okta_client::Grant;
use okta_gate::{CallError, Called};
use serde_json::json;

use crate::{
    okta::{Answer, Seen},
    setup::{Person, Rig, SignedIn},
};

const SCOPES: &[&str] = &["okta.groups.manage"];

fn scopes() -> Vec<String> {
    SCOPES.iter().map(|scope| (*scope).to_owned()).collect()
}

/// An Okta with a group that makes super admins.
fn admins(rig: &Rig) {
    rig.okta.program(|seen: &Seen| {
        if seen.path.ends_with("/roles") {
            return Answer::json(200, &json!([{ "type": "SUPER_ADMIN" }]));
        }
        let profile = json!({ "name": "Admins", "login": "ana@acme.example" });
        let id = seen.path.rsplit('/').next().unwrap();
        Answer::json(200, &json!({ "id": id, "profile": profile }))
    });
}

fn update() -> serde_json::Value {
    json!({ "group_id": "00g1", "profile": { "description": "d" } })
}

/// The configured scopes are for what callers do with the token.
#[tokio::test]
async fn with_an_api_token_protection_sees_beyond_the_configured_scopes() {
    let rig = Rig::arranged(|setup| {
        setup.configured.scopes = scopes();
        setup.configured.caller = Caller::ApiToken;
    })
    .await;
    admins(&rig);
    let called = rig.call("update_group", update(), &Person::agrees()).await;
    assert!(matches!(called, Called::Failed(CallError::Protected { .. })), "{called:?}");
    assert_eq!(rig.okta.writes(), []);
}

#[tokio::test]
async fn what_a_service_app_was_not_granted_is_not_read_and_a_person_is_told() {
    let rig = Rig::arranged(|setup| {
        setup.configured.caller = Caller::App;
        let wire = Arc::clone(&setup.wire);
        setup.wire = Arc::new(SignedIn { wire, sign_in: || Ok(Grant::Scopes(scopes())) });
    })
    .await;
    admins(&rig);
    let person = Person::agrees();
    let called = rig.call("update_group", update(), &person).await;
    assert!(matches!(called, Called::Done(_)), "{called:?}");
    let asked = person.asked.lock().unwrap();
    assert!(asked[0].text.contains("is unknown: needs okta.roles.read."), "{}", asked[0].text);
    assert!(rig.okta.seen().iter().all(|seen| !seen.path.ends_with("/roles")));
}

#[tokio::test]
async fn what_a_tool_may_not_read_is_left_out() {
    let rig = Rig::arranged(|setup| {
        setup.configured.scopes = scopes();
        // Whom and what protection reads is another matter.
        setup.policy = crate::protect_org::unprotected();
    })
    .await;
    admins(&rig);
    let person = Person::agrees();
    let args = json!({ "group_id": "00g1", "user_id": "00u1" });
    let called = rig.call("add_user_to_group", args, &person).await;
    assert!(matches!(called, Called::Done(_)), "{called:?}");
    let paths: Vec<String> = rig.okta.seen().into_iter().map(|seen| seen.path).collect();
    let known = ["/api/v1/groups/00g1", "/api/v1/groups/00g1/users/00u1"];
    assert!(paths.iter().all(|path| known.contains(&path.as_str())), "{paths:?}");
    let asked = person.asked.lock().unwrap();
    assert!(asked[0].text.starts_with("Add user 00u1 to group \"Admins\"?"), "{}", asked[0].text);
}
