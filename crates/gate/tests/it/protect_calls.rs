//! Protected objects in the pipeline: nothing is sent, nobody is asked, the refusal is a row.

use okta_catalog::Effect;
use okta_gate::{CallError, Called};
use okta_policy::{Policy, Source};
use serde_json::{Value, json};

use crate::{
    okta::{Answer, Seen},
    pipeline::{fitting, obliging},
    setup::{Person, Rig, every_scope},
};

async fn rig(protect: Value) -> Rig {
    let source: Source = serde_json::from_value(json!({ "protect": protect })).unwrap();
    Rig::under(Policy::new(source).unwrap(), every_scope(), false).await
}

fn message(called: &Called) -> &str {
    match called {
        Called::Failed(error @ CallError::Protected { message, .. }) => {
            assert_eq!(error.envelope()["error"]["kind"], "protected");
            assert!(error.envelope()["error"]["next"].is_string());
            message
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn every_tool_that_touches_what_is_named_is_refused() {
    let rig = rig(json!({ "users": ["x1"], "groups": ["x1"], "apps": ["x1"] })).await;
    let mut refused = Vec::new();
    for tool in okta_catalog::tools().filter(|tool| tool.effect() != Effect::Read) {
        obliging(&rig, tool.name);
        rig.trail.rows.lock().unwrap().clear();
        let person = Person::agrees();
        let called = rig.call(tool.name, fitting(tool), &person).await;
        let path = tool.operation.map_or("", |operation| operation.path);
        let touches = ["users/{", "groups/{", "apps/{"].iter().any(|part| path.contains(part));
        if !touches {
            continue;
        }
        assert!(message(&called).contains("names it"), "{}: {called:?}", tool.name);
        assert_eq!(rig.okta.writes(), [], "{}", tool.name);
        assert_eq!(person.asked.lock().unwrap().len(), 0, "{}", tool.name);
        let rows = rig.trail.rows.lock().unwrap();
        let kinds: Vec<&Value> = rows.iter().map(|(row, _)| &row["kind"]).collect();
        assert_eq!(kinds, ["call", "outcome"], "{}", tool.name);
        assert_eq!(rows[1].0["outcome"], "protected", "{}", tool.name);
        refused.push(tool.name);
    }
    assert!(refused.len() >= 10, "{refused:?}");
}

#[tokio::test]
async fn a_super_admin_is_refused_and_unreadable_roles_are_shown() {
    let rig = rig(json!({})).await;
    let answer = |roles: Answer| {
        move |seen: &Seen| match seen.path.as_str() {
            "/api/v1/users/x1/roles" => roles.clone(),
            path if path.ends_with("/appLinks") => Answer::json(200, &json!([])),
            _ => Answer::json(
                200,
                &json!({ "id": "x1", "status": "ACTIVE", "profile": { "login": "root@a.b" } }),
            ),
        }
    };
    let update = json!({ "user_id": "x1", "profile": { "title": "CISO" } });
    let role = json!([{ "type": "SUPER_ADMIN", "assignmentType": "USER" }]);
    rig.okta.program(answer(Answer::json(200, &role)));
    for (tool, args) in [("update_user", &update), ("deactivate_user", &json!({ "user_id": "x1" }))]
    {
        let called = rig.call(tool, args.clone(), &Person::agrees()).await;
        assert_eq!(message(&called), "user root@a.b is protected: super admin");
        assert_eq!(rig.okta.writes(), []);
    }
    // Without a right to read roles a person decides, and sees what is not known.
    let denied = json!({ "errorCode": "E0000006", "errorSummary": "no" });
    rig.okta.program(answer(Answer::json(403, &denied)));
    let person = Person::agrees();
    let called = rig.call("update_user", update, &person).await;
    assert!(matches!(called, Called::Done(_)), "{called:?}");
    let asked = person.asked.lock().unwrap();
    assert!(
        asked[0].text.contains("Whether user root@a.b is super admin is unknown: "),
        "{}",
        asked[0].text
    );
    assert_eq!(rig.okta.writes().len(), 1);
}

#[tokio::test]
async fn the_judgement_is_noted_among_the_exchanges_of_the_call() {
    let rig = rig(json!({ "groups": ["Break Glass"] })).await;
    rig.okta.program(|seen: &Seen| {
        let list = seen.path.ends_with("users") || seen.path.ends_with("apps");
        let group = json!({ "id": "x1", "profile": { "name": "break glass" } });
        Answer::json(200, &if list { json!([]) } else { group })
            .header("x-okta-request-id", seen.path.replace('/', "."))
    });
    let args = json!({ "group_id": "x1", "user_id": "u1" });
    let called = rig.call("add_user_to_group", args, &Person::agrees()).await;
    assert!(message(&called).starts_with("group \"break glass\""));
    let rows = rig.trail.rows.lock().unwrap();
    let ids = rows.last().unwrap().0["okta_request_ids"].clone();
    assert!(ids.as_array().unwrap().contains(&json!(".api.v1.groups.x1")), "{ids}");
}
