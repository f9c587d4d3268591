//! E-mail domains.

use serde_json::{Value, json};

use crate::{
    brands::{made, seeded},
    support::Sandbox,
};

const DOMAINS: &str = "/api/v1/email-domains";

fn body(brand: &str, domain: &str) -> Value {
    json!({
        "brandId": brand.rsplit('/').next().unwrap(),
        "domain": domain,
        "displayName": "Globex IT",
        "userName": "noreply",
    })
}

#[tokio::test]
async fn an_email_domain_lives_and_dies() {
    let sandbox = Sandbox::new();
    let brand = made(&sandbox, "Globex").await;
    let made = sandbox.post(DOMAINS, body(&brand, "Globex.example")).await;
    assert_eq!(made.status, 201, "{}", made.text);
    assert_eq!(made.body["domain"], "globex.example");
    assert_eq!(made.body["validationStatus"], "NOT_STARTED");
    assert_eq!(made.body["validationSubdomain"], "mail");
    let records = made.body["dnsValidationRecords"].as_array().unwrap();
    assert_eq!(records[0]["fqdn"], "_oktaverification.globex.example");
    assert_eq!(records[1]["fqdn"], "mail.globex.example");
    let path = format!("{DOMAINS}/{}", made.body["id"].as_str().unwrap());
    assert_eq!(sandbox.get(&path).await.body, made.body);
    assert_eq!(sandbox.get(&brand).await.body["emailDomainId"], made.body["id"]);
    let expanded = sandbox.get(&format!("{path}?expand=brands")).await.body;
    assert_eq!(expanded["_embedded"]["brands"][0], sandbox.get(&brand).await.body);

    let sender = json!({ "displayName": "Globex", "userName": "it" });
    let changed = sandbox.put(&path, sender).await;
    assert_eq!((changed.status.as_u16(), &changed.body["userName"]), (200, &json!("it")));
    let verified = sandbox.call("POST", &format!("{path}/verify"), None).await;
    assert_eq!(
        (verified.status.as_u16(), &verified.body["validationStatus"]),
        (200, &json!("VERIFIED"))
    );
    let again = sandbox.call("POST", &format!("{path}/verify"), None).await;
    assert_eq!((again.status.as_u16(), again.code()), (400, "E0000217"));
    assert_eq!(sandbox.delete(&path).await.status, 204);
    let gone = sandbox.get(&path).await;
    assert_eq!((gone.status.as_u16(), gone.code()), (404, "E0000198"));
    assert_eq!(sandbox.get(&brand).await.body.get("emailDomainId"), None);
    assert_eq!(sandbox.delete(&brand).await.status, 204);
}

#[tokio::test]
async fn a_domain_without_records_is_not_verified() {
    let sandbox = Sandbox::new();
    let brand = made(&sandbox, "Globex").await;
    let made = sandbox.post(DOMAINS, body(&brand, "example.com")).await.body;
    let path = format!("{DOMAINS}/{}", made["id"].as_str().unwrap());
    for _ in 0..2 {
        let refused = sandbox.call("POST", &format!("{path}/verify"), None).await;
        assert_eq!((refused.status.as_u16(), refused.code()), (400, "E0000218"));
        assert_eq!(sandbox.get(&path).await.body["validationStatus"], "ERROR");
    }
}

#[tokio::test]
async fn what_does_not_fit_is_refused() {
    let sandbox = Sandbox::new();
    let (_, partners) = seeded(&sandbox).await;
    let brand = made(&sandbox, "Globex").await;
    let list = sandbox.get(DOMAINS).await.body;
    assert_eq!(list[0]["domain"], "partners.acme.example");
    let path = format!("{DOMAINS}/{}", list[0]["id"].as_str().unwrap());
    let taken = sandbox.post(DOMAINS, body(&brand, "partners.ACME.example")).await;
    assert_eq!((taken.status.as_u16(), taken.code()), (409, "E0000197"));
    assert_eq!(sandbox.post(DOMAINS, body("bnd0", "globex.example")).await.code(), "E0000007");
    let with = |name: &str, value: &str| {
        let mut body = body(&brand, "globex.example");
        body[name] = json!(value);
        body
    };
    for wrong in [
        with("brandId", ""),
        with("domain", "globex"),
        with("domain", ""),
        with("displayName", " "),
        with("userName", ""),
        with("userName", "it@globex.example"),
        with("validationSubdomain", "a b"),
    ] {
        assert_eq!(sandbox.post(DOMAINS, wrong.clone()).await.code(), "E0000001", "{wrong}");
    }
    assert_eq!(sandbox.put(&path, json!({ "userName": "it" })).await.code(), "E0000001");
    assert_eq!(sandbox.get(DOMAINS).await.body, list);
    let expanded = sandbox.get(&format!("{DOMAINS}?expand=brands")).await.body;
    let own = sandbox.get(&partners).await.body;
    assert_eq!(expanded[0]["_embedded"]["brands"][0], own);
}
