//! A person confirms: in both eras, and never by anything else than a clear yes.

use std::time::Duration;

use serde_json::{Value, json};

use crate::client::{Client, ERAS, Era, OrgBox, asks, text};

/// The eras that know elicitation.
fn eras() -> impl Iterator<Item = Era> {
    ERAS.iter().copied().filter(|era| *era != Era::Legacy("2025-03-26"))
}

fn yes() -> Value {
    json!({ "action": "accept", "content": { "confirm": true } })
}

async fn group(client: &mut Client, name: &str) -> Value {
    let made = client.done("create_group", json!({ "profile": { "name": name } })).await;
    json!({ "group_id": made["id"] })
}

async fn exists(client: &mut Client, group: &Value) -> bool {
    client.call("get_group", group.clone()).await["result"]["isError"] != true
}

#[tokio::test]
async fn a_yes_deletes() {
    let sandbox = OrgBox::new().await;
    for era in eras() {
        let mut client = sandbox.connect(era, asks()).await;
        let group = group(&mut client, &format!("{era:?}")).await;
        let done = client.call_answering("delete_group", group.clone(), yes()).await;
        assert_ne!(done["result"]["isError"], true, "{era:?}: {done}");
        assert!(!exists(&mut client, &group).await, "{era:?}");
    }
}

#[tokio::test]
async fn anything_else_does_not() {
    let sandbox = OrgBox::new().await;
    let noes = [
        json!({ "action": "decline" }),
        json!({ "action": "cancel" }),
        json!({ "action": "accept" }),
        json!({ "action": "accept", "content": {} }),
        json!({ "action": "accept", "content": { "confirm": false } }),
        json!({ "action": "accept", "content": { "confirm": "true" } }),
        json!({ "code": -32603, "message": "the form broke" }),
    ];
    for era in eras() {
        let mut client = sandbox.connect(era, asks()).await;
        let group = group(&mut client, &format!("{era:?}")).await;
        for no in &noes {
            let refused = client.call_answering("delete_group", group.clone(), no.clone()).await;
            assert_eq!(refused["result"]["isError"], true, "{era:?} {no}: {refused}");
            assert_eq!(text(&refused)["error"]["kind"], "not_confirmed", "{era:?} {no}");
            assert!(exists(&mut client, &group).await, "{era:?} {no}");
        }
    }
}

#[tokio::test]
async fn a_client_that_cannot_ask_is_told_how_to_go_on() {
    let sandbox = OrgBox::new().await;
    for capabilities in [json!({}), json!({ "elicitation": { "url": {} } })] {
        for era in ERAS {
            let mut client = sandbox.connect(*era, capabilities.clone()).await;
            let group = group(&mut client, &format!("{era:?}{capabilities}")).await;
            let refused = client.call("delete_group", group.clone()).await;
            assert_eq!(refused["result"]["isError"], true, "{refused}");
            let told = text(&refused);
            assert_eq!(told["error"]["kind"], "confirmation_unavailable");
            assert!(told["error"]["next"].as_str().unwrap().contains("okta-mcp call"));
            assert!(exists(&mut client, &group).await);
        }
    }
}

/// Asks for the deletion of the group, and answers with the call and the sealed state.
async fn ask(client: &mut Client, group: &Value) -> (Value, Value) {
    let params = json!({ "name": "delete_group", "arguments": group });
    let asked = client.request("tools/call", params.clone()).await;
    assert_eq!(asked["result"]["resultType"], "input_required", "{asked}");
    (params, asked["result"]["requestState"].clone())
}

/// True if the server asks again instead of believing the state.
fn asks_again(answer: &Value) -> bool {
    answer["result"]["resultType"] == "input_required"
}

#[tokio::test]
async fn a_state_holds_for_its_own_call_alone() {
    let sandbox = OrgBox::new().await;
    let mut client = sandbox.connect(Era::Modern, asks()).await;
    let one = group(&mut client, "One").await;
    let two = group(&mut client, "Two").await;
    let (_, state) = ask(&mut client, &one).await;
    let other = json!({ "name": "delete_group", "arguments": two });
    assert!(asks_again(&client.again(other, yes(), state).await));
    assert!(exists(&mut client, &two).await);
}

#[tokio::test]
async fn a_state_is_used_once() {
    let sandbox = OrgBox::new().await;
    let mut client = sandbox.connect(Era::Modern, asks()).await;
    // Not the first: it is a super admin, whose memberships nobody changes here.
    let search = json!({ "search": r#"profile.lastName eq "Lindqvist""#, "fields": "id" });
    let user = client.done("list_users", search).await;
    let mut member = group(&mut client, "Once").await;
    member["user_id"] = user["items"][0]["id"].clone();
    client.done("add_user_to_group", member.clone()).await;
    let params = json!({ "name": "remove_user_from_group", "arguments": member });
    let asked = client.request("tools/call", params.clone()).await;
    let state = asked["result"]["requestState"].clone();
    let done = client.again(params.clone(), yes(), state.clone()).await;
    assert_ne!(done["result"]["isError"], true, "{done}");
    client.done("add_user_to_group", member).await;
    assert!(asks_again(&client.again(params, yes(), state).await));
}

#[tokio::test]
async fn a_state_grows_old() {
    let sandbox = OrgBox::new().await;
    let mut client = sandbox.connect(Era::Modern, asks()).await;
    let group = group(&mut client, "Old").await;
    let (params, state) = ask(&mut client, &group).await;
    sandbox.clock.forward(Duration::from_secs(301));
    assert!(asks_again(&client.again(params, yes(), state).await));
    assert!(exists(&mut client, &group).await);
}

#[tokio::test]
async fn a_state_that_was_touched_or_never_given_is_worth_nothing() {
    let sandbox = OrgBox::new().await;
    let mut client = sandbox.connect(Era::Modern, asks()).await;
    let group = group(&mut client, "Touched").await;
    let (params, state) = ask(&mut client, &group).await;
    let mut touched = state.as_str().unwrap().to_owned();
    let last = touched.pop().unwrap();
    touched.push(if last == 'A' { 'B' } else { 'A' });
    for state in [json!(touched), json!(""), json!("rs1.x.y"), Value::Null] {
        assert!(asks_again(&client.again(params.clone(), yes(), state).await));
    }
    assert!(exists(&mut client, &group).await);
}

#[tokio::test]
async fn a_yes_to_what_has_changed_since_is_no_yes() {
    let sandbox = OrgBox::new().await;
    let mut client = sandbox.connect(Era::Modern, asks()).await;
    let group = group(&mut client, "Before").await;
    let (params, state) = ask(&mut client, &group).await;
    let change = json!({ "group_id": group["group_id"], "profile": { "name": "After" } });
    client.done("update_group", change).await;
    assert!(asks_again(&client.again(params, yes(), state).await));
    assert!(exists(&mut client, &group).await);
}

#[tokio::test]
async fn another_process_does_not_know_the_state() {
    let sandbox = OrgBox::new().await;
    let mut client = sandbox.connect(Era::Modern, asks()).await;
    let group = group(&mut client, "Elsewhere").await;
    let (params, state) = ask(&mut client, &group).await;
    let mut other = sandbox.connect(Era::Modern, asks()).await;
    assert!(asks_again(&other.again(params, yes(), state).await));
    assert!(exists(&mut client, &group).await);
}
