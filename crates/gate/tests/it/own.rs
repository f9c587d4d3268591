//! What is a person's own: there for people who sign in, and for nobody else.

use okta_catalog::Caller;
use okta_gate::{CallError, Called};
use serde_json::json;

use crate::{
    pipeline::fitting,
    setup::{Person, Rig},
};

#[tokio::test]
async fn what_is_a_persons_own_is_there_where_a_person_signs_in() {
    for (caller, why) in [
        (Caller::App, "a service app is no person"),
        (Caller::ApiToken, "an API token is nobody's sign-in"),
    ] {
        let rig = Rig::arranged(|setup| setup.configured.caller = caller).await;
        let own: Vec<_> = okta_catalog::tools().filter(|tool| tool.needs_person()).collect();
        assert_eq!(own.len(), 3);
        assert!(rig.gate.listed().iter().all(|tool| !tool.needs_person()));
        assert_eq!(rig.gate.listed().len(), okta_catalog::tools().count() - own.len());
        for tool in own {
            let called = rig.call(tool.name, fitting(tool), &Person::agrees()).await;
            let Called::Failed(error) = called else { panic!("{}", tool.name) };
            let told = error.envelope();
            assert_eq!(told["error"]["kind"], "no_person", "{told}");
            let message = format!("{} is about the person who signs in, and {why}", tool.name);
            assert_eq!(told["error"]["message"], message);
            assert!(told["error"]["next"].as_str().unwrap().contains("okta.users.read.self"));
            let rows = rig.trail.rows.lock().unwrap();
            let [.., call, last] = rows.as_slice() else { panic!("{}", rows.len()) };
            assert_eq!(
                (&call.0["tool"], &last.0["outcome"]),
                (&json!(tool.name), &json!("no_person"))
            );
        }
        assert_eq!(rig.okta.seen(), [], "nothing is sent");
        let status = rig.done("get_scope_status", json!({})).await;
        assert_eq!(status["disabled_tools"], json!({}), "a scope would not help");
        assert_eq!(status["only_where_a_person_signs_in"].as_array().unwrap().len(), 3);
    }
}

#[tokio::test]
async fn a_scope_for_everybody_is_none_for_oneself_and_the_other_way_round() {
    let own = Rig::with(vec!["okta.users.read.self".to_owned()], false).await;
    let names: Vec<&str> = own.gate.listed().iter().map(|tool| tool.name).collect();
    let always = okta_catalog::tools().filter(|tool| tool.scopes().is_empty());
    let mine = ["get_my_user_profile", "list_assigned_applications", "get_application_sso_link"];
    assert_eq!(names, always.map(|tool| tool.name).chain(mine).collect::<Vec<_>>());
    for scope in ["okta.users.read", "okta.users.manage", "okta.users.manage.self"] {
        let rig = Rig::with(vec![scope.to_owned()], false).await;
        assert!(rig.gate.listed().iter().all(|tool| !tool.needs_person()), "{scope}");
        let called = rig.call("get_my_user_profile", json!({}), &Person::agrees()).await;
        let Called::Failed(error @ CallError::Scope { .. }) = called else { panic!("{called:?}") };
        assert!(error.to_string().contains("okta.users.read.self"), "{error}");
        let status = rig.done("get_scope_status", json!({})).await;
        assert_eq!(status["disabled_tools"]["get_my_user_profile"], "okta.users.read.self");
        assert_eq!(status.get("only_where_a_person_signs_in"), None);
    }
}
