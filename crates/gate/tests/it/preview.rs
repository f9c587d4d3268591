//! What a change would do, before anybody is asked.

use serde_json::{Value, json};

use crate::{
    okta::{Answer, Seen},
    setup::Rig,
};

async fn preview(rig: &Rig, tool: &str, arguments: Value) -> Value {
    let told = rig.done("preview_change", json!({ "tool": tool, "arguments": arguments })).await;
    assert_eq!(rig.okta.writes(), []);
    told
}

/// An Okta with a group that has a member, and roles that only some may read.
async fn rig(roles: Answer) -> Rig {
    let rig = Rig::new().await;
    rig.okta.program(move |seen: &Seen| match seen.path.rsplit('/').next().unwrap() {
        "roles" => roles.clone(),
        "users" => Answer::json(200, &json!([{ "profile": { "login": "ana@acme.example" } }])),
        "apps" => Answer::json(200, &json!([])),
        _ => Answer::json(200, &json!({ "id": "x1", "profile": { "name": "Staff" } })),
    });
    rig
}

#[tokio::test]
async fn a_preview_tells_what_is_lost() {
    let rig = rig(Answer::json(200, &json!([]))).await;
    let told = preview(&rig, "delete_group", json!({ "group_id": "x1" })).await;
    let loss = ["It has 1 member: ana@acme.example.", "It is assigned no application."];
    assert_eq!((&told["loss"], told.get("notes")), (&json!(loss), None), "{told}");
    let args = json!({ "group_id": "x1", "profile": { "description": "d" } });
    let told = preview(&rig, "update_group", args).await;
    assert_eq!(told.get("loss"), None, "{told}");
}

#[tokio::test]
async fn a_preview_tells_the_query_that_would_be_sent() {
    let rig = rig(Answer::json(200, &json!([]))).await;
    let profile = json!({ "login": "new@acme.example" });
    let args = json!({ "profile": profile, "activate": false });
    let told = preview(&rig, "create_user", args).await;
    assert_eq!(
        told["requests"],
        json!([{
            "send": "POST /api/v1/users", "query": { "activate": "false" },
            "body": { "profile": profile },
        }])
    );
    let told = preview(&rig, "create_user", json!({ "profile": profile })).await;
    assert_eq!(told["requests"][0].get("query"), None, "{told}");
}

#[tokio::test]
async fn a_preview_tells_what_a_person_would_be_told_of_what_is_unknown() {
    let denied = json!({ "errorCode": "E0000006", "errorSummary": "no" });
    let args = || json!({ "group_id": "x1", "profile": { "description": "d" } });
    let blind = rig(Answer::json(403, &denied)).await;
    let told = preview(&blind, "update_group", args()).await;
    assert_eq!(told["decision"]["decision"], "confirm", "{told}");
    let note = told["decision"]["notes"][0].as_str().unwrap();
    assert!(note.starts_with("Whether group \"Staff\" makes super admins is unknown: "), "{note}");
    let seeing = rig(Answer::json(200, &json!([]))).await;
    let told = preview(&seeing, "update_group", args()).await;
    assert_eq!(told["decision"]["decision"], "allow", "{told}");
    assert_eq!(told["decision"].get("notes"), None, "{told}");
}
