//! Custom domains.

use rcgen::{CertificateParams, KeyPair, date_time_ymd};
use serde_json::{Value, json};

use crate::{
    brands::{made, seeded},
    support::{Sandbox, texts},
};

const DOMAINS: &str = "/api/v1/domains";

/// A certificate for `domain`, good from 2025 to the end of `year`.
fn signed(domain: &str, year: i32) -> (String, String) {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new([domain.to_owned()]).unwrap();
    params.not_before = date_time_ymd(2025, 1, 1);
    params.not_after = date_time_ymd(year, 12, 31);
    (params.self_signed(&key).unwrap().pem(), key.serialize_pem())
}

/// The body that uploads a good certificate for `domain`.
pub(crate) fn certificate(domain: &str) -> Value {
    let (certificate, key) = signed(domain, 2030);
    json!({
        "type": "PEM",
        "certificate": certificate,
        "certificateChain": certificate,
        "privateKey": key,
    })
}

/// The path of a new domain.
async fn added(sandbox: &Sandbox, domain: &str, source: &str) -> String {
    let body = json!({ "domain": domain, "certificateSourceType": source });
    let made = sandbox.post(DOMAINS, body).await;
    assert_eq!(made.status, 201, "{}", made.text);
    format!("{DOMAINS}/{}", made.body["id"].as_str().unwrap())
}

#[tokio::test]
async fn a_domain_is_verified_and_certified() {
    let sandbox = Sandbox::new();
    let domain = added(&sandbox, "Login.Globex.example", "MANUAL").await;
    let shown = sandbox.get(&domain).await.body;
    assert_eq!(shown["domain"], "login.globex.example");
    assert_eq!(shown["validationStatus"], "NOT_STARTED");
    assert_eq!(shown["dnsRecords"][0]["fqdn"], "_oktaverification.login.globex.example");
    assert_eq!(shown["dnsRecords"][0]["values"][0].as_str().unwrap().len(), 32);
    let brand = format!("/api/v1/brands/{}", shown["brandId"].as_str().unwrap());
    assert_eq!(sandbox.get(&brand).await.body["name"], "login.globex.example");

    let upload = format!("{domain}/certificate");
    let early = sandbox.put(&upload, certificate("login.globex.example")).await;
    assert_eq!((early.status.as_u16(), early.code()), (403, "E0000165"));
    let verified = sandbox.call("POST", &format!("{domain}/verify"), None).await;
    assert_eq!(
        (verified.status.as_u16(), &verified.body["validationStatus"]),
        (200, &json!("VERIFIED"))
    );
    let done = sandbox.put(&upload, certificate("login.globex.example")).await;
    assert_eq!((done.status.as_u16(), done.text.as_str()), (204, ""));
    let shown = sandbox.get(&domain).await.body;
    assert_eq!(shown["validationStatus"], "COMPLETED");
    assert_eq!(shown["publicCertificate"]["expiration"], "2030-12-31T00:00:00.000Z");
    assert!(!shown.to_string().contains("PRIVATE"));
    let again = sandbox.call("POST", &format!("{domain}/verify"), None).await.body;
    assert_eq!(again["validationStatus"], "COMPLETED");
    assert_eq!(sandbox.delete(&domain).await.status, 204);
    let gone = sandbox.get(&domain).await;
    assert_eq!((gone.status.as_u16(), gone.code()), (404, "E0000163"));
    assert_eq!(sandbox.delete(&brand).await.status, 204);
}

#[tokio::test]
async fn okta_gets_certificates_for_others() {
    let sandbox = Sandbox::new();
    let domain = added(&sandbox, "login.globex.example", "OKTA_MANAGED").await;
    sandbox.call("POST", &format!("{domain}/verify"), None).await;
    let shown = sandbox.get(&domain).await.body;
    assert_eq!(shown["validationStatus"], "COMPLETED");
    assert_eq!(shown["publicCertificate"]["subject"], "CN=login.globex.example");
    let own = certificate("*.globex.example");
    assert_eq!(sandbox.put(&format!("{domain}/certificate"), own).await.status, 204);
    assert_eq!(sandbox.get(&domain).await.body["certificateSourceType"], "MANUAL");
}

#[tokio::test]
async fn a_domain_without_records_is_not_verified() {
    let sandbox = Sandbox::new();
    let domain = added(&sandbox, "login.example.com", "MANUAL").await;
    let failed = sandbox.call("POST", &format!("{domain}/verify"), None).await;
    assert_eq!(failed.status, 200);
    assert_eq!(failed.body["validationStatus"], "FAILED_TO_VERIFY");
    assert_eq!(sandbox.get(&domain).await.body["validationStatus"], "FAILED_TO_VERIFY");
    let upload = format!("{domain}/certificate");
    let refused = sandbox.put(&upload, certificate("login.example.com")).await;
    assert_eq!(refused.code(), "E0000165");
    let events =
        sandbox.all("/api/v1/logs?since=2026-06-15T09:30:00Z&until=2027-01-01&filter=eventType sw \"system.custom_url_domain.v\"").await;
    assert_eq!(texts(&events, "/outcome/result"), ["FAILURE"]);
}

#[tokio::test]
async fn bad_names_are_refused() {
    let sandbox = Sandbox::new();
    let ask = async |domain: &str, source: &str| {
        let body = json!({ "domain": domain, "certificateSourceType": source });
        sandbox.post(DOMAINS, body).await
    };
    for (domain, source) in [
        ("login.example.com", "OKTA_MANAGED"),
        ("acme.okta.com", "MANUAL"),
        ("localhost", "MANUAL"),
        ("192.0.2.7", "MANUAL"),
        ("https://login.globex.example", "MANUAL"),
        ("", "MANUAL"),
        ("login.globex.example", "SOMEBODY"),
        ("login.globex.example", ""),
    ] {
        let refused = ask(domain, source).await;
        assert_eq!(
            (refused.status.as_u16(), refused.code()),
            (400, "E0000001"),
            "{domain} {source}"
        );
    }
    let refused = ask("PARTNERS.acme.example.", "MANUAL").await;
    assert_eq!((refused.status.as_u16(), refused.code()), (403, "E0000161"));
    assert_eq!(sandbox.all("/api/v1/brands").await.len(), 2, "no brand was made on the way");
}

#[tokio::test]
async fn domains_move_between_brands_but_not_to_the_default_one() {
    let sandbox = Sandbox::new();
    let (default, _) = seeded(&sandbox).await;
    let domain = added(&sandbox, "login.globex.example", "MANUAL").await;
    let to = |brand: &str| json!({ "brandId": brand.rsplit('/').next().unwrap() });
    let refused = sandbox.put(&domain, to(&default)).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (409, "E0000203"));
    assert_eq!(sandbox.put(&domain, to("/bnd00000000000000000")).await.code(), "E0000007");
    assert_eq!(sandbox.put(&domain, json!({})).await.code(), "E0000001");
    let brand = made(&sandbox, "Globex").await;
    let moved = sandbox.put(&domain, to(&brand)).await;
    assert_eq!(moved.status, 200, "{}", moved.text);
    let listed = sandbox.get(&format!("{brand}/domains")).await.body;
    assert_eq!(listed["domains"][0]["id"], moved.body["id"]);
}

#[tokio::test]
async fn the_orgs_own_domain_stays() {
    let sandbox = Sandbox::new();
    let list = sandbox.get(DOMAINS).await.body;
    let list = list["domains"].as_array().unwrap();
    assert_eq!(
        texts(list, "/domain"),
        ["partners.acme.example", "portal.acme.example", "localhost"]
    );
    assert_eq!(texts(list, "/validationStatus"), ["COMPLETED", "NOT_STARTED", "COMPLETED"]);
    assert!(list.iter().all(|domain| domain.get("dnsRecords").is_none()));
    let own = format!("{DOMAINS}/default");
    assert_eq!(sandbox.get(&own).await.body["id"], "default");
    let (_, partners) = seeded(&sandbox).await;
    let to = json!({ "brandId": partners.rsplit('/').next().unwrap() });
    for refused in [
        sandbox.call("POST", &format!("{own}/verify"), None).await,
        sandbox.put(&own, to).await,
        sandbox.delete(&own).await,
        sandbox.put(&format!("{own}/certificate"), certificate("localhost")).await,
    ] {
        assert_eq!((refused.status.as_u16(), refused.code()), (400, "E0000001"));
        let cause = &refused.body["errorCauses"][0]["errorSummary"];
        assert_eq!(cause, "This operation is not supported for this domain");
    }
}

#[tokio::test]
async fn certificates_are_looked_at() {
    let sandbox = Sandbox::new();
    let domain = added(&sandbox, "login.globex.example", "MANUAL").await;
    sandbox.call("POST", &format!("{domain}/verify"), None).await;
    let good = certificate("login.globex.example");
    let other = certificate("login.globex.example");
    let with = |name: &str, value: Value| {
        let mut body = good.clone();
        body[name] = value;
        body
    };
    let (expired, expired_key) = signed("login.globex.example", 2025);
    let mut expired = with("certificate", json!(expired));
    expired["privateKey"] = json!(expired_key);
    for (wrong, about) in [
        (json!({}), "certificate"),
        (with("type", json!("DER")), "type"),
        (with("certificate", json!("-----BEGIN CERTIFICATE-----")), "certificate"),
        (with("certificate", good["privateKey"].clone()), "certificate"),
        (with("certificateChain", json!("chain")), "certificateChain"),
        (with("certificateChain", good["privateKey"].clone()), "certificateChain"),
        (with("privateKey", json!("secret-key-text")), "privateKey"),
        (with("privateKey", json!("")), "privateKey"),
        (with("privateKey", other["privateKey"].clone()), "privateKey"),
        (expired, "certificate"),
        (certificate("login.acme.example"), "certificate"),
        (certificate("*.example"), "certificate"),
    ] {
        let refused = sandbox.put(&format!("{domain}/certificate"), wrong).await;
        assert_eq!((refused.status.as_u16(), refused.code()), (400, "E0000001"), "{about}");
        let summary = format!("Api validation failed: {about}");
        assert_eq!(refused.body["errorSummary"], summary, "{}", refused.text);
        assert!(!refused.text.contains("secret-key-text"), "{}", refused.text);
    }
    assert_eq!(sandbox.get(&domain).await.body["validationStatus"], "VERIFIED");
    let chainless = with("certificateChain", json!(""));
    assert_eq!(sandbox.put(&format!("{domain}/certificate"), chainless).await.status, 204);
}
