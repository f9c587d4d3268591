//! The private key of a domain's certificate: it goes to Okta, and nobody sees it.

use okta_gate::{CallError, Called, Verdict};
use serde_json::{Value, json};

use crate::{
    okta::{Answer, Seen},
    setup::{DOMAIN_KEY, Person, Rig},
};

const TOOL: &str = "upsert_custom_domain_certificate";
const CERTIFICATE: &str = "-----BEGIN CERTIFICATE-----\nMIIE\n-----END CERTIFICATE-----\n";

async fn rig() -> Rig {
    let rig = Rig::new().await;
    rig.okta.program(|seen: &Seen| match seen.method.as_str() {
        "GET" => Answer::json(200, &json!({ "id": "OcD1", "domain": "login.acme.test" })),
        _ => Answer { status: 204, headers: Vec::new(), body: String::new() },
    });
    rig
}

fn put(rig: &Rig, content: &str) -> String {
    std::fs::create_dir_all(rig.exports.join("keys")).unwrap();
    let path = rig.exports.join("keys/login.pem");
    std::fs::write(&path, content).unwrap();
    path.display().to_string()
}

fn args(place: &str) -> Value {
    json!({
        "domain_id": "OcD1", "certificate": CERTIFICATE, "certificate_chain": CERTIFICATE,
        "private_key_file_path": place,
    })
}

#[tokio::test]
async fn the_key_goes_out_and_is_seen_nowhere() {
    let rig = rig().await;
    let path = put(&rig, &DOMAIN_KEY.replace("S3CR3T", "0THER"));
    for (place, secret) in [("$OKTA_MCP_DOMAIN_KEY", "S3CR3T"), (path.as_str(), "0THER")] {
        let person = Person::agrees();
        let called = rig.call(TOOL, args(place), &person).await;
        let Called::Done(told) = &called else { panic!("{called:?}") };
        let sent = rig.okta.writes().pop().unwrap();
        let key = sent.body.unwrap()["privateKey"].take();
        assert_eq!(key, DOMAIN_KEY.replace("S3CR3T", secret));
        let preview = json!({ "tool": TOOL, "arguments": args(place) });
        let shown = rig.done_text("preview_change", preview).await;
        let question = person.asked.into_inner().unwrap().pop().unwrap().text;
        assert!(question.contains("\"privateKey\":\"[redacted]\""), "{question}");
        for text in [rig.trail.text(), shown, question, told.clone()] {
            assert!(!text.contains(secret), "{text}");
        }
    }
}

#[tokio::test]
async fn another_key_is_another_question() {
    let rig = rig().await;
    let mut bindings = Vec::new();
    for secret in ["one", "two"] {
        let path = put(&rig, &DOMAIN_KEY.replace("S3CR3T", secret));
        let person = Person::who(Verdict::Later);
        rig.call(TOOL, args(&path), &person).await;
        let asked = person.asked.into_inner().unwrap().remove(0);
        bindings.push((asked.binding, asked.text));
    }
    assert_eq!(bindings[0].1, bindings[1].1, "nobody sees the difference");
    assert_ne!(bindings[0].0, bindings[1].0);
}

#[tokio::test]
async fn a_key_in_an_argument_is_refused_and_not_kept() {
    let rig = rig().await;
    let bare = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC".repeat(40);
    for key in [DOMAIN_KEY.to_owned(), bare] {
        for name in ["certificate", "certificate_chain", "private_key_file_path"] {
            let mut args = args("$OKTA_MCP_DOMAIN_KEY");
            args[name] = json!(key);
            let called = rig.call(TOOL, args, &Person::agrees()).await;
            let Called::Failed(error @ CallError::Arguments(_)) = &called else {
                panic!("{called:?}")
            };
            assert!(error.to_string().contains(name), "{error}");
            assert!(
                !rig.trail.text().contains("S3CR3T") && !rig.trail.text().contains("hkiG9w0"),
                "{name}"
            );
        }
    }
    assert_eq!(rig.okta.seen(), [], "nothing is asked of Okta");
}

#[tokio::test]
async fn what_okta_echoes_of_it_is_taken_out() {
    let rig = rig().await;
    rig.okta.program(|seen: &Seen| {
        let Some(body) = &seen.body else {
            return Answer::json(200, &json!({ "id": "OcD1", "domain": "login.acme.test" }));
        };
        let said = format!("this is no key: {}", body["privateKey"].as_str().unwrap());
        Answer::json(400, &json!({ "errorCode": "E0000001", "errorSummary": said }))
    });
    let called = rig.call(TOOL, args("$OKTA_MCP_DOMAIN_KEY"), &Person::agrees()).await;
    let Called::Failed(error) = &called else { panic!("{called:?}") };
    let told = error.envelope().to_string();
    assert!(told.contains("[redacted]") && !told.contains("S3CR3T"), "{told}");
    assert!(!rig.trail.text().contains("S3CR3T"));
}

#[tokio::test]
async fn keys_outside_the_folders_are_not_read() {
    let rig = rig().await;
    put(&rig, DOMAIN_KEY);
    std::fs::create_dir_all(rig.exports.join("uploads")).unwrap();
    std::fs::write(rig.exports.join("uploads/key.pem"), DOMAIN_KEY).unwrap();
    for path in ["../login.pem", "/etc/hostname", "key.pem", "$HOME"] {
        let called = rig.call(TOOL, args(path), &Person::agrees()).await;
        let Called::Failed(error @ CallError::File(_)) = &called else { panic!("{called:?}") };
        assert!(!error.to_string().contains("S3CR3T"), "{error}");
    }
    assert_eq!(rig.okta.seen(), []);
}

#[tokio::test]
async fn a_file_that_is_too_large_for_a_key_is_not_read() {
    let rig = rig().await;
    for (size, fits) in [(65_535, true), (65_536, false)] {
        let longer = format!("S3CR3T{}", "A".repeat(size - DOMAIN_KEY.len()));
        let path = put(&rig, &DOMAIN_KEY.replace("S3CR3T", &longer));
        let called = rig.call(TOOL, args(&path), &Person::agrees()).await;
        assert_eq!(matches!(called, Called::Done(_)), fits, "{size}: {called:?}");
        assert_eq!(matches!(called, Called::Failed(CallError::File(_))), !fits, "{size}");
    }
    assert_eq!(rig.okta.writes().len(), 1);
}
