//! Taking a change back.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use okta_gate::{CallError, Called};
use serde_json::{Value, json};

use crate::{
    okta::{Answer, Seen},
    setup::{Person, Rig},
};

/// An Okta with one group, which can be read, replaced and deleted; and new ones.
fn group(rig: &Rig) -> Arc<Mutex<Option<Value>>> {
    let group = json!({
        "id": "00g1",
        "lastUpdated": "2026-01-01T00:00:00.000Z",
        "type": "OKTA_GROUP",
        "profile": { "name": "Ops", "description": "old" },
    });
    let state = Arc::new(Mutex::new(Some(group)));
    let shared = Arc::clone(&state);
    rig.okta.program(move |seen: &Seen| {
        let mut group = shared.lock().unwrap();
        if seen.path.ends_with("/roles") {
            return Answer::json(200, &json!([]));
        }
        match seen.method.as_str() {
            "GET" => group.as_ref().map_or_else(
                || Answer::json(404, &json!({ "errorCode": "E0000007", "errorSummary": "gone" })),
                |group| Answer::json(200, group),
            ),
            "DELETE" => {
                *group = None;
                Answer { status: 204, headers: Vec::new(), body: String::new() }
            }
            "POST" => {
                let body = seen.body.clone().unwrap();
                *group = Some(json!({ "id": "00gnew", "profile": body["profile"] }));
                Answer::json(200, group.as_ref().unwrap())
            }
            _ => {
                let group = group.as_mut().unwrap();
                group["profile"] = seen.body.clone().unwrap()["profile"].clone();
                group["lastUpdated"] = json!("2026-01-02T00:00:00.000Z");
                Answer::json(200, group)
            }
        }
    });
    state
}

async fn change(rig: &Rig) -> String {
    let args = json!({ "group_id": "00g1", "profile": { "description": "new" } });
    let answer = rig.done("update_group", args).await;
    assert_eq!(answer["profile"]["description"], "new");
    answer["_undo"].as_str().unwrap().to_owned()
}

async fn undo(rig: &Rig, id: &str) -> Called {
    rig.call("undo_change", json!({ "undo_id": id }), &Person::agrees()).await
}

fn refused(called: &Called) -> String {
    match called {
        Called::Failed(error @ CallError::Refused { .. }) => error.to_string(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_change_is_taken_back_once() {
    let rig = Rig::new().await;
    let state = group(&rig);
    let id = change(&rig).await;
    let called = undo(&rig, &id).await;
    assert!(matches!(called, Called::Done(_)), "{called:?}");
    let now = state.lock().unwrap().clone().unwrap();
    assert_eq!(now["profile"], json!({ "name": "Ops", "description": "old" }));
    assert_eq!(refused(&undo(&rig, &id).await), "this change was taken back already");
    assert_eq!(rig.okta.writes().len(), 2);
}

#[tokio::test]
async fn it_is_recorded_and_judged_as_any_change() {
    let rig = Rig::new().await;
    group(&rig);
    let id = change(&rig).await;
    rig.trail.rows.lock().unwrap().clear();
    undo(&rig, &id).await;
    assert_eq!(rig.trail.kinds(), ["call", "intent", "outcome"]);
    let rows = rig.trail.rows.lock().unwrap();
    assert_eq!(rows[1].0["undoes"], id.as_str());
    assert_eq!(rows[1].0["requests"][0]["operation"], "/api/v1/groups/{groupId}");
}

#[tokio::test]
async fn what_changed_since_is_left_alone() {
    let rig = Rig::new().await;
    let state = group(&rig);
    let id = change(&rig).await;
    state.lock().unwrap().as_mut().unwrap()["profile"]["name"] = json!("Ops 2");
    let told = refused(&undo(&rig, &id).await);
    assert_eq!(told, "the object is no longer as the change left it");
    assert_eq!(rig.okta.writes().len(), 1);
    // Back as the change left it, the undo is still there.
    state.lock().unwrap().as_mut().unwrap()["profile"]["name"] = json!("Ops");
    assert!(matches!(undo(&rig, &id).await, Called::Done(_)));
}

#[tokio::test]
async fn something_new_is_taken_away_by_a_person() {
    let rig = Rig::new().await;
    let state = group(&rig);
    let answer = rig.done("create_group", json!({ "profile": { "name": "New" } })).await;
    let id = answer["_undo"].as_str().unwrap();
    // To delete is destructive, whatever it takes back.
    let mute = rig.call("undo_change", json!({ "undo_id": id }), &Person::mute()).await;
    assert!(matches!(mute, Called::Failed(CallError::CannotAsk { .. })), "{mute:?}");
    assert!(state.lock().unwrap().is_some());
    assert!(matches!(undo(&rig, id).await, Called::Done(_)));
    assert!(state.lock().unwrap().is_none());
}

#[tokio::test]
async fn an_undo_that_was_refused_by_okta_can_be_tried_again() {
    let rig = Rig::new().await;
    let state = group(&rig);
    let id = change(&rig).await;
    let left = state.lock().unwrap().clone().unwrap();
    let refuse = left.clone();
    rig.okta.program(move |seen: &Seen| match seen.method.as_str() {
        "GET" if seen.path.ends_with("/roles") => Answer::json(200, &json!([])),
        "GET" => Answer::json(200, &refuse),
        _ => Answer::json(400, &json!({ "errorCode": "E0000001", "errorSummary": "no" })),
    });
    assert!(matches!(undo(&rig, &id).await, Called::Failed(CallError::Okta { .. })));
    *group(&rig).lock().unwrap() = Some(left);
    assert!(matches!(undo(&rig, &id).await, Called::Done(_)));
}

#[tokio::test]
async fn it_is_kept_for_thirty_days() {
    let rig = Rig::new().await;
    group(&rig);
    let id = change(&rig).await;
    rig.gate.clock().sleep(Duration::from_secs(30 * 24 * 3600 + 1)).await;
    assert_eq!(refused(&undo(&rig, &id).await), format!("there is no change to take back {id:?}"));
    assert_eq!(rig.okta.writes().len(), 1);
}

#[tokio::test]
async fn what_cannot_be_undone_says_so_in_the_preview() {
    let rig = Rig::new().await;
    group(&rig);
    let preview = |tool: &str, arguments: Value| {
        rig.done("preview_change", json!({ "tool": tool, "arguments": arguments }))
    };
    let told =
        preview("update_group", json!({ "group_id": "00g1", "profile": { "description": "new" } }))
            .await;
    assert_eq!(told["can_be_undone"], true);
    assert_eq!(told["decision"]["decision"], "allow");
    assert_eq!(
        told["changes"],
        json!([{ "field": "profile.description", "before": "old", "after": "new" }])
    );
    assert_eq!(told["requests"][0]["send"], "PUT /api/v1/groups/00g1");
    let told = preview("delete_group", json!({ "group_id": "00g1" })).await;
    assert_eq!(told["can_be_undone"], false);
    assert_eq!(told["decision"]["decision"], "confirm");
    assert_eq!(rig.okta.writes(), []);
}

#[tokio::test]
async fn the_rules_of_the_tools_that_make_such_changes_hold() {
    let source = json!({ "rules": [{ "decision": "deny", "tools": ["delete_group"] }] });
    let policy = okta_policy::Policy::new(serde_json::from_value(source).unwrap()).unwrap();
    let rig = Rig::under(policy, crate::setup::every_scope(), false).await;
    let state = group(&rig);
    let answer = rig.done("create_group", json!({ "profile": { "name": "New" } })).await;
    let called = undo(&rig, answer["_undo"].as_str().unwrap()).await;
    assert!(matches!(called, Called::Failed(CallError::Denied { .. })), "{called:?}");
    assert!(state.lock().unwrap().is_some());
    let args = json!({ "tool": "delete_group", "arguments": { "group_id": "00gnew" } });
    let told = rig.done("preview_change", args).await;
    assert_eq!(told["decision"]["decision"], "deny", "{told}");
}
