//! What the rows of a call say of it.

use std::{sync::Arc, time::Duration};

use okta_client::{Error, ErrorKind};
use okta_gate::Called;
use serde_json::{Value, json};

use crate::{
    okta::{Answer, Seen},
    setup::{Person, Rig, SignedIn},
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

#[tokio::test]
async fn where_the_secrets_went_is_told() {
    let secret = json!({ "oauthClient": { "client_secret": "s" } });
    for (answer, told) in [
        (json!({ "id": "x1", "credentials": secret }), "The secrets are in "),
        (json!({ "id": "x1" }), "Okta issued no secret; "),
    ] {
        let rig = Rig::new().await;
        rig.okta.program(move |_: &Seen| Answer::json(200, &answer));
        let args = json!({ "app_config": { "label": "l" }, "secret_file": "new.json" });
        let answer = rig.done("create_application", args).await;
        let notes = answer["_notes"].as_array().unwrap();
        let note = format!("{told}{}", rig.exports.join("new.json").display());
        let said = notes.iter().filter(|there| there.as_str().unwrap().starts_with(&note));
        assert_eq!(said.count(), 1, "{notes:?}");
    }
}

#[tokio::test]
async fn how_many_secrets_the_arguments_held_is_kept() {
    let rig = Rig::new().await;
    rig.okta.program(|_: &Seen| Answer::json(200, &json!({ "id": "x1" })));
    let client = json!({ "oauthClient": { "client_secret": "mine" } });
    let args = json!({ "app_config": { "label": "l", "credentials": client } });
    rig.done_text("create_application", args).await;
    rig.done_text("get_application", json!({ "app_id": "x1" })).await;
    let rows = rig.trail.rows.lock().unwrap();
    let calls: Vec<_> = rows.iter().filter(|(row, _)| row["kind"] == "call").collect();
    assert_eq!(calls[0].0["redactions"], 1);
    assert!(!calls[1].0.contains_key("redactions"), "{:?}", calls[1]);
}

#[tokio::test]
async fn requests_are_told_by_operation_and_status_with_number_and_time() {
    let rig = Rig::new().await;
    let gate = rig.gate.clone();
    let origin = rig.okta.origin.clone();
    rig.okta.program(move |seen: &Seen| {
        // Each takes five milliseconds.
        drop(gate.clock().sleep(Duration::from_millis(5)));
        let next = |after| format!("<{origin}/api/v1/users?after={after}>; rel=\"next\"");
        let page = Answer::json(200, &json!([{ "id": "x1" }]));
        match seen.query.iter().find(|(name, _)| name == "after") {
            None => page.header("link", next("two")),
            Some((_, after)) if after == "two" => page.header("link", next("three")),
            Some((_, after)) if after == "three" => page.header("link", next("four")),
            Some(_) => Answer::json(403, &json!({ "errorCode": "E0000006", "errorSummary": "no" })),
        }
    });
    rig.done_text("list_users", json!({ "fetch_all": true })).await;
    let pages = json!({ "operation": "GET /api/v1/users", "status": 200, "count": 3, "ms": 15 });
    let refused = json!({ "operation": "GET /api/v1/users", "status": 403, "count": 1, "ms": 0 });
    assert_eq!(last(&rig)["okta"], json!([pages, refused]));
    // Another operation is another line, whatever its status.
    rig.okta.program(|seen: &Seen| {
        let list = seen.path.ends_with("users") || seen.path.ends_with("apps");
        let group = json!({ "id": "x1", "profile": { "name": "n" } });
        Answer::json(200, &if list || seen.path.ends_with("roles") { json!([]) } else { group })
    });
    rig.done_text("delete_group", json!({ "group_id": "x1" })).await;
    let row = last(&rig);
    let told = row["okta"].as_array().unwrap();
    let operations: Vec<&str> = told.iter().map(|it| it["operation"].as_str().unwrap()).collect();
    assert_eq!(operations.len(), rig.okta.seen().len(), "{operations:?}");
    // A call that sent nothing has none.
    rig.call("get_group", json!({ "group": "x1" }), &Person::mute()).await;
    assert!(last(&rig).get("okta").is_none(), "{}", last(&rig));
}

#[tokio::test]
async fn a_sign_in_that_failed_is_told_with_its_request_ids() {
    let rig = Rig::arranged(|setup| {
        let wire = Arc::clone(&setup.wire);
        let sign_in = || {
            let error = Error::new(ErrorKind::SignIn, "Okta knows no such key");
            Err(Error { request_ids: vec!["one".to_owned(), "two".to_owned()], ..error })
        };
        setup.wire = Arc::new(SignedIn { wire, sign_in });
    })
    .await;
    let called = rig.call("get_group", json!({ "group_id": "x1" }), &Person::mute()).await;
    let Called::Failed(error) = called else { panic!("{called:?}") };
    assert_eq!(error.envelope()["error"]["okta"], json!({ "request_id": "two" }));
    let row = last(&rig);
    assert_eq!(row["outcome"], "sign_in", "{row}");
    assert_eq!(row["okta_request_ids"], json!(["one", "two"]));
}

#[tokio::test]
async fn what_was_not_known_when_a_person_agreed_is_kept() {
    for readable in [false, true] {
        let rig = Rig::new().await;
        rig.okta.program(move |seen: &Seen| match seen.path.as_str() {
            path if path.ends_with("/roles") && readable => Answer::json(200, &json!([])),
            path if path.ends_with("/roles") => {
                Answer::json(403, &json!({ "errorCode": "E0000006", "errorSummary": "no" }))
            }
            _ => Answer::json(200, &json!({ "id": "x1", "profile": { "name": "n" } })),
        });
        let args = json!({ "group_id": "x1", "profile": { "description": "d" } });
        rig.done_text("update_group", args).await;
        let rows = rig.trail.rows.lock().unwrap();
        let intent = &rows.iter().find(|(row, _)| row["kind"] == "intent").unwrap().0;
        let note = "Whether group \"n\" makes super admins is unknown: ";
        let notes = intent.get("notes").map(|notes| notes[0].as_str().unwrap());
        assert_eq!(notes.map(|told| told.starts_with(note)), (!readable).then_some(true));
    }
}

#[tokio::test]
async fn a_row_about_the_server_itself_is_kept_after_the_policy() {
    let rig = Rig::new().await;
    rig.gate.note("tools", || json!({ "served": 3 }));
    rig.gate.drain().await;
    let rows = rig.trail.rows.lock().unwrap();
    assert_eq!((rows.len(), &rows[0].0["kind"]), (1, &json!("tools")));
    assert_eq!(rows[0].0["about"], json!({ "served": 3 }));
    assert_eq!(rig.trail.about.lock().unwrap()[0]["kind"], "policy");
}
