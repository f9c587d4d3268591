//! What a model reads of Okta's answer.

use serde_json::{Value, json};

use crate::{
    okta::{Answer, Seen},
    setup::Rig,
};

async fn answered(tool: &str, args: Value, body: Value) -> Value {
    let rig = Rig::new().await;
    rig.okta.program(move |_: &Seen| Answer::json(200, &body));
    rig.done(tool, args).await
}

#[tokio::test]
async fn links_are_left_out_unless_they_are_the_answer() {
    let body = json!({ "id": "x1", "_links": { "self": { "href": "https://acme.okta.com/x" } } });
    let told = answered("get_group", json!({ "group_id": "x1" }), body.clone()).await;
    assert_eq!(told, json!({ "id": "x1" }));
    let args = json!({ "brand_id": "x1" });
    assert_eq!(answered("get_sign_in_page_resources", args, body.clone()).await, body);
}

/// Beside Okta's own properties, whatever those are called.
#[tokio::test]
async fn where_secrets_were_is_told_and_how_many_more_there_were() {
    let more = ["", "", " and 1 more", " and 2 more"];
    for (number, more) in (4..).zip(more) {
        let items = vec![json!({ "client_secret": "s" }); number];
        let told =
            answered("get_application", json!({ "app_id": "x1" }), json!({ "items": items })).await;
        let places: Vec<String> =
            (0..number.min(5)).map(|at| format!("/items/{at}/client_secret")).collect();
        let note = format!("Secrets are redacted: {}{more}.", places.join(", "));
        assert_eq!(told["_notes"], json!([note]), "{told}");
        assert_eq!(told["items"][number - 1]["client_secret"], "[redacted]");
    }
}
