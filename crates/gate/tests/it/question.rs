//! What a person reads before a change: all that will be sent, whatever surrounds it.

use okta_gate::{CallError, Called, Verdict};
use serde_json::{Value, json};

use crate::{
    okta::{Answer, Seen},
    setup::{Person, Rig},
};

fn rule(excluded: &Value) -> Value {
    json!({
        "id": "0pr1",
        "name": "Everybody else",
        "type": "ACCESS_POLICY",
        "conditions": { "people": { "users": { "exclude": excluded } } },
        "actions": { "appSignOn": { "access": "DENY" } },
    })
}

/// What is asked before the rule is changed to this one.
async fn asked(before: Value, after: Value) -> Result<String, CallError> {
    let rig = Rig::new().await;
    rig.okta.program(move |_: &Seen| Answer::json(200, &before));
    let person = Person::who(Verdict::Declined);
    let args = json!({ "policy_id": "00p1", "rule_id": "0pr1", "rule_data": after });
    let called = rig.call("update_policy_rule", args, &person).await;
    assert_eq!(rig.okta.writes(), []);
    let asked = person.asked.into_inner().unwrap().pop();
    match (asked, called) {
        (Some(question), _) => Ok(question.text),
        (None, Called::Failed(error)) => Err(error),
        (None, called) => panic!("{called:?}"),
    }
}

#[tokio::test]
async fn of_a_list_what_joins_and_what_leaves_is_shown() {
    let many: Vec<String> = (0..300).map(|at| format!("00u{at}")).collect();
    let mut other = many.clone();
    other.retain(|id| id != "00u7");
    other.insert(250, "00uintruder".to_owned());
    let text = asked(rule(&json!(many)), rule(&json!(other))).await.unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(
        lines[1..],
        [
            "conditions.people.users.exclude: without \"00u7\"",
            "conditions.people.users.exclude: with \"00uintruder\"",
            "Sends PUT /api/v1/policies/00p1/rules/0pr1",
            "Org acme.okta.com, asked by tests through update_policy_rule.",
        ]
    );
    let mut turned = many.clone();
    turned.reverse();
    let text = asked(rule(&json!(many)), rule(&json!(turned))).await.unwrap();
    assert!(text.contains("more characters) → [\"00u299\",\"00u298\""), "{text}");
}

#[tokio::test]
async fn nothing_hides_behind_a_long_text() {
    let mut after = rule(&json!([]));
    after["name"] = json!("x".repeat(100_000));
    after["system"] = json!(true);
    let text = asked(rule(&json!([])), after).await.unwrap();
    assert!(text.contains("… (85000 more characters)"), "{text}");
    assert!(text.contains("system: (none) → true"), "{text}");
}

#[tokio::test]
async fn what_nobody_would_read_is_refused() {
    let mut after = rule(&json!([]));
    for at in 0..2000 {
        after[format!("padding{at}")] = json!("nothing to see here");
    }
    let error = asked(rule(&json!([])), after).await.unwrap_err();
    assert!(error.to_string().contains("at most 20000 can be shown"), "{error}");
    assert_eq!(error.envelope()["error"]["next"], "change less at a time");
}
