//! What the rows of a call say of it.

use serde_json::{Value, json};

use crate::{
    okta::{Answer, Seen},
    setup::{Person, Rig},
};

/// The last row of a call.
fn last(rig: &Rig) -> Value {
    let rows = rig.trail.rows.lock().unwrap();
    Value::Object(rows.last().unwrap().0.clone())
}

#[tokio::test]
async fn how_many_secrets_were_taken_out_is_told() {
    for (body, redactions) in [
        (json!({ "id": "x1", "label": "Wiki" }), Value::Null),
        (
            json!({ "id": "x1", "credentials": { "oauthClient": { "client_secret": "s" } } }),
            json!(1),
        ),
    ] {
        let rig = Rig::new().await;
        rig.okta.program(move |_: &Seen| Answer::json(200, &body));
        rig.done_text("get_application", json!({ "app_id": "x1" })).await;
        let row = last(&rig);
        assert_eq!((&row["outcome"], &row["redactions"]), (&json!("success"), &redactions));
    }
}

#[tokio::test]
async fn a_refused_call_names_each_request_once() {
    let rig = Rig::new().await;
    rig.okta.program(|_: &Seen| {
        let error = json!({ "errorCode": "E0000007", "errorSummary": "Not found" });
        Answer::json(404, &error).header("x-okta-request-id", "okta-id")
    });
    rig.call("get_group", json!({ "group_id": "x1" }), &Person::mute()).await;
    let row = last(&rig);
    assert_eq!(row["outcome"], "not_found", "{row}");
    assert_eq!(row["okta_request_ids"], json!(["okta-id"]));
}
