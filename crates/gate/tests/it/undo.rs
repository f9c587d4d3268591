//! Taking a change back.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use okta_gate::{CallError, Called, Level, Verdict};
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
    let [early, late] = [2_591_999, 2_592_000];
    for (seconds, kept) in [(early, true), (late, false)] {
        let rig = Rig::new().await;
        group(&rig);
        let id = change(&rig).await;
        rig.gate.clock().sleep(Duration::from_secs(seconds)).await;
        let called = undo(&rig, &id).await;
        if kept {
            assert!(matches!(called, Called::Done(_)), "{called:?}");
        } else {
            assert_eq!(refused(&called), format!("there is no change to take back {id:?}"));
            assert_eq!(rig.okta.writes().len(), 1);
        }
    }
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

#[tokio::test]
async fn an_undo_that_may_have_been_done_is_not_sent_again() {
    let rig = Rig::new().await;
    let state = group(&rig);
    let id = change(&rig).await;
    let left = state.lock().unwrap().clone().unwrap();
    rig.okta.program(move |seen: &Seen| match seen.method.as_str() {
        "GET" if seen.path.ends_with("/roles") => Answer::json(200, &json!([])),
        "GET" => Answer::json(200, &left),
        _ => Answer { status: 502, headers: Vec::new(), body: "<html>Bad gateway</html>".into() },
    });
    match undo(&rig, &id).await {
        Called::Failed(error) => assert!(error.is_unknown(), "{error}"),
        other => panic!("{other:?}"),
    }
    assert_eq!(refused(&undo(&rig, &id).await), "this change was taken back already");
    assert_eq!(rig.okta.writes().len(), 1);
}

#[tokio::test]
async fn an_undo_of_which_a_part_was_done_is_not_sent_again() {
    let rig = Rig::new().await;
    // A new person is deactivated, and then deleted: Okta refuses that one.
    let refuses = |method: &'static str| {
        rig.okta.program(move |seen: &Seen| {
            let user =
                json!({ "id": "00unew", "status": "ACTIVE", "profile": { "login": "a@b.c" } });
            match (seen.method.as_str(), seen.path.as_str()) {
                ("GET", path) if path.ends_with("/roles") => Answer::json(200, &json!([])),
                ("GET", _) | ("POST", "/api/v1/users") => Answer::json(200, &user),
                (sent, _) if sent == method => {
                    Answer::json(400, &json!({ "errorCode": "E0000001", "errorSummary": "no" }))
                }
                _ => Answer::json(200, &json!({})),
            }
        });
    };
    refuses("DELETE");
    let answer = rig.done("create_user", json!({ "profile": { "login": "a@b.c" } })).await;
    let id = answer["_undo"].as_str().unwrap();
    let failed = async || match undo(&rig, id).await {
        Called::Failed(error @ CallError::Okta { .. }) => error.envelope(),
        other => panic!("{other:?}"),
    };
    refuses("POST");
    let told = failed().await;
    assert!(told["error"].get("requests_done").is_none(), "{told}");
    refuses("DELETE");
    let told = failed().await;
    assert_eq!(told["error"]["requests_done"], 1, "{told}");
    assert_eq!(rig.okta.writes().len(), 2);
    assert_eq!(refused(&undo(&rig, id).await), "this change was taken back already");
    assert_eq!(rig.okta.writes().len(), 2);
}

#[tokio::test]
async fn an_undo_tells_what_changed() {
    let rig = Rig::new().await;
    group(&rig);
    let id = change(&rig).await;
    let told = rig.done("undo_change", json!({ "undo_id": id })).await;
    let back = json!({ "field": "profile.description", "before": "new", "after": "old" });
    assert!(told["_changed"].as_array().unwrap().contains(&back), "{told}");
}

#[tokio::test]
async fn what_cannot_be_taken_back_has_no_undo() {
    let rig = Rig::new().await;
    group(&rig);
    let told = rig.done("delete_group", json!({ "group_id": "00g1" })).await;
    assert_eq!(told, json!({ "done": "Group \"Ops\" is deleted." }));
}

/// A pipeline under these rules, where sensitive changes need nobody that no rule wants.
async fn under(policy: Value) -> Rig {
    let policy = okta_policy::Policy::new(serde_json::from_value(policy).unwrap()).unwrap();
    Rig::under(policy, crate::setup::every_scope(), true).await
}

#[tokio::test]
async fn of_the_rules_for_the_undo_and_for_such_changes_the_stricter_holds() {
    let confirm = |name: &str, tool: &str, level: &str| json!({ "name": name, "decision": "confirm", "tools": [tool], "level": level });
    let (undoing, changing) = ("undo_change", "update_group");
    for (rules, decides) in [
        (json!([confirm("a", undoing, "client")]), "a"),
        (json!([confirm("a", changing, "client")]), "a"),
        (json!([confirm("a", undoing, "client"), confirm("b", changing, "desktop")]), "b"),
        (json!([confirm("a", undoing, "desktop"), confirm("b", changing, "client")]), "a"),
        // Of two that are as strict, the undo's own is told.
        (json!([confirm("a", undoing, "client"), confirm("b", changing, "client")]), "a"),
        (json!([confirm("b", changing, "client"), confirm("a", undoing, "client")]), "a"),
    ] {
        let rig = under(json!({ "rules": rules })).await;
        group(&rig);
        let yes = Verdict::Yes { level: Level::Desktop, waited: true };
        let sure = || Person { level: Some(Level::Desktop), ..Person::who(yes.clone()) };
        let args = json!({ "group_id": "00g1", "profile": { "description": "new" } });
        let Called::Done(told) = rig.call("update_group", args, &sure()).await else { panic!() };
        let told: Value = serde_json::from_str(&told).unwrap();
        let undo = json!({ "undo_id": told["_undo"] });
        let mute = rig.call("undo_change", undo.clone(), &Person::mute()).await;
        assert!(matches!(mute, Called::Failed(CallError::CannotAsk { .. })), "{rules}: {mute:?}");
        let called = rig.call("undo_change", undo.clone(), &Person::agrees()).await;
        let desktop = rules.to_string().contains("desktop");
        assert_eq!(matches!(called, Called::Done(_)), !desktop, "{rules}: {called:?}");
        if desktop {
            let called = rig.call("undo_change", undo, &sure()).await;
            assert!(matches!(called, Called::Done(_)), "{rules}: {called:?}");
        }
        let rows = rig.trail.rows.lock().unwrap();
        let intent = rows.iter().rfind(|(row, _)| row["kind"] == "intent").unwrap();
        assert_eq!(intent.0["rule"], decides, "{rules}");
    }
}

/// The setting for where nobody can be asked yields to a rule, whichever of the tools it is about.
#[tokio::test]
async fn a_rule_for_such_changes_asks_though_the_setting_lets_others_through() {
    let page = crate::pages::PAGE;
    for (tool, asks) in [("replace_customized_sign_in_page", true), ("update_brand", false)] {
        let rig = under(json!({ "rules": [{ "decision": "confirm", "tools": [tool] }] })).await;
        crate::pages::brand(&rig, Some(json!({ "pageContent": page })));
        let args = crate::pages::args(&page.replace("Sign in", "Log in"));
        let told = rig.done("replace_customized_sign_in_page", args).await;
        let undo = json!({ "undo_id": told["_undo"] });
        let called = rig.call("undo_change", undo, &Person::mute()).await;
        let refused = matches!(called, Called::Failed(CallError::CannotAsk { .. }));
        assert_eq!((refused, matches!(called, Called::Done(_))), (asks, !asks), "{called:?}");
    }
}

#[tokio::test]
async fn an_undo_counts_for_the_limits_of_both() {
    let limit = |name: &str, tool: &str, at_most: u64| json!({ "name": name, "tools": [tool], "at_most": at_most, "within": "1h", "count": "calls" });
    // A change, its undo, and both again; each is a change to the group.
    for (changes, undos, asked) in [(2, 9, [0, 0, 1, 1]), (9, 1, [0, 0, 0, 1])] {
        let rig = under(json!({ "limits": [
            limit("changes", "update_group", changes), limit("undos", "undo_change", undos),
        ] }))
        .await;
        group(&rig);
        let mut id = Value::Null;
        for (at, wanted) in asked.into_iter().enumerate() {
            let person = Person::agrees();
            let called = if at % 2 == 0 {
                let args = json!({ "group_id": "00g1", "profile": { "description": "new" } });
                rig.call("update_group", args, &person).await
            } else {
                rig.call("undo_change", json!({ "undo_id": id }), &person).await
            };
            let Called::Done(told) = called else { panic!("{called:?}") };
            id = serde_json::from_str::<Value>(&told).unwrap()["_undo"].clone();
            assert_eq!(person.asked.lock().unwrap().len(), wanted, "{changes} {undos}: call {at}");
        }
    }
}
