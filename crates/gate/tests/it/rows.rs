//! What the rows of a call say of it.

use okta_gate::Called;
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

#[tokio::test]
async fn a_change_that_okta_refuses_is_recorded_as_that() {
    let rig = Rig::new().await;
    rig.okta.program(|seen: &Seen| match seen.method.as_str() {
        "GET" => Answer::json(200, &json!({ "id": "x1", "profile": { "name": "n" } })),
        _ => Answer::json(400, &json!({ "errorCode": "E0000001", "errorSummary": "No" })),
    });
    let args = json!({ "group_id": "x1", "profile": { "description": "d" } });
    let Called::Failed(error) = rig.call("update_group", args, &Person::agrees()).await else {
        panic!("Okta refused it");
    };
    assert_ne!(error.kind(), "outcome_unknown");
    assert_eq!(last(&rig)["outcome"], error.kind());
}

/// There is nothing in it, and the next try would find it in its way.
#[tokio::test]
async fn no_file_for_secrets_stays_where_none_came() {
    for (status, kind) in [(400, "bad_argument"), (502, "outcome_unknown")] {
        let rig = Rig::new().await;
        rig.okta.program(move |_: &Seen| {
            Answer::json(status, &json!({ "errorCode": "E0000001", "errorSummary": "No" }))
        });
        let args = json!({ "app_config": { "label": "l" }, "secret_file": "new.json" });
        let called = rig.call("create_application", args, &Person::agrees()).await;
        assert!(matches!(&called, Called::Failed(error) if error.kind() == kind), "{called:?}");
        assert_eq!(rig.okta.writes().len(), 1);
        assert!(!rig.exports.join("new.json").exists(), "{status}");
    }
}
