//! Answers that Okta leaves empty: the object is read, and told.

use std::sync::atomic::{AtomicBool, Ordering};

use okta_gate::Called;
use serde_json::{Value, json};

use crate::{
    okta::{Answer, Seen},
    setup::{Person, Rig},
};

const EMPTY: Answer = Answer { status: 204, headers: Vec::new(), body: String::new() };

/// Creates brand "Acme" in an org whose list has two pages; afterwards the last one names this.
async fn created(last: &'static str) -> Value {
    let rig = Rig::new().await;
    let origin = rig.okta.origin.clone();
    let made = AtomicBool::new(false);
    rig.okta.program(move |seen: &Seen| {
        let is_last = seen.query.iter().any(|(name, _)| name == "after");
        let brand = json!({ "id": "bnd9", "name": last });
        match (seen.method.as_str(), seen.path.as_str()) {
            ("POST", _) => {
                made.store(true, Ordering::Relaxed);
                Answer::json(201, &json!({}))
            }
            ("GET", "/api/v1/brands") if is_last && made.load(Ordering::Relaxed) => {
                Answer::json(200, &json!([brand]))
            }
            ("GET", "/api/v1/brands") if is_last => Answer::json(200, &json!([])),
            ("GET", "/api/v1/brands") => {
                let next = format!("<{origin}/api/v1/brands?limit=200&after=c>; rel=\"next\"");
                Answer::json(200, &json!([{ "id": "bnd1", "name": "Other" }])).header("link", next)
            }
            _ => Answer::json(200, &brand),
        }
    });
    let told = rig.done("create_brand", json!({ "name": "Acme" })).await;
    assert_eq!(rig.okta.writes().len(), 1);
    told
}

#[tokio::test]
async fn a_new_brand_is_found_on_the_last_page() {
    let told = created("Acme").await;
    assert_eq!((&told["id"], &told["name"]), (&json!("bnd9"), &json!("Acme")));
    assert_eq!(told["_notes"], json!(["Okta's answer was empty: this was read afterwards."]));
    assert!(told["_undo"].is_string(), "{told}");
}

#[tokio::test]
async fn what_is_not_listed_is_not_made_up() {
    let told = created("acme").await;
    assert_eq!(told["done"], "The brand is created.");
    let note = "Okta's answer was empty, and the object is not found (yet).";
    assert_eq!(told["notes"], json!([note]));
}

#[tokio::test]
async fn a_new_domain_is_told_and_can_be_taken_back() {
    let rig = Rig::new().await;
    rig.okta.program({
        let made = AtomicBool::new(false);
        move |seen: &Seen| {
            let domain = json!({ "id": "OcD1", "domain": "login.acme.test" });
            match (seen.method.as_str(), seen.path.as_str()) {
                ("POST", _) => {
                    made.store(true, Ordering::Relaxed);
                    EMPTY
                }
                ("GET", "/api/v1/domains") if made.load(Ordering::Relaxed) => {
                    Answer::json(200, &json!({ "domains": [{ "id": "default" }, domain] }))
                }
                ("GET", "/api/v1/domains") => Answer::json(200, &json!({ "domains": [] })),
                ("GET", _) => Answer::json(200, &domain),
                _ => EMPTY,
            }
        }
    });
    let args = json!({ "domain": "LOGIN.acme.test.", "certificate_source_type": "MANUAL" });
    let told = rig.done("create_custom_domain", args).await;
    assert_eq!(told["id"], "OcD1");
    assert_eq!(told["_notes"], json!(["Okta's answer was empty: this was read afterwards."]));
    let undo = json!({ "undo_id": told["_undo"] });
    let called = rig.call("undo_change", undo, &Person::agrees()).await;
    assert!(matches!(called, Called::Done(_)), "{called:?}");
    let last = rig.okta.writes().pop().unwrap();
    assert_eq!((last.method.as_str(), last.path.as_str()), ("DELETE", "/api/v1/domains/OcD1"));
}

#[tokio::test]
async fn a_change_is_done_though_it_cannot_be_read() {
    let rig = Rig::new().await;
    rig.okta.program({
        let sent = AtomicBool::new(false);
        move |seen: &Seen| {
            let mail =
                json!({ "id": "OeD1", "domain": "acme.test", "validationStatus": "POLLING" });
            match seen.method.as_str() {
                "POST" => {
                    sent.store(true, Ordering::Relaxed);
                    EMPTY
                }
                _ if sent.load(Ordering::Relaxed) => Answer::json(
                    403,
                    &json!({ "errorCode": "E0000006", "errorSummary": "no permission" }),
                ),
                _ => Answer::json(200, &mail),
            }
        }
    });
    let told: Value = rig.done("verify_email_domain", json!({ "email_domain_id": "OeD1" })).await;
    assert_eq!(told["done"], "Okta checks the DNS records.");
    let note = told["notes"][0].as_str().unwrap();
    assert!(note.starts_with("Okta's answer was empty, and reading it failed: "), "{note}");
    assert_eq!(rig.okta.writes().len(), 1);
    assert!(rig.trail.kinds().contains(&"outcome".to_owned()));
}
