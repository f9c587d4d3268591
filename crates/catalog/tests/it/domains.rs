//! Custom domains and e-mail domains.

use okta_client::ErrorKind;
use serde_json::{Value, json};

use crate::desk::{Fake, answer, failure, okta_error, plan, snapshot};

const DOMAINS: &str = "/api/v1/domains";
const DOMAIN: &str = "/api/v1/domains/OcD1";
const MAILS: &str = "/api/v1/email-domains";
const MAIL: &str = "/api/v1/email-domains/OeD1";
const MAIL_EXPANDED: &str = "/api/v1/email-domains/OeD1?expand=brands";

fn domain() -> Value {
    json!({
        "id": "OcD1",
        "domain": "login.acme.test",
        "certificateSourceType": "MANUAL",
        "validationStatus": "NOT_STARTED",
        "brandId": "bnd1",
        "dnsRecords": [{ "recordType": "TXT", "fqdn": "_oktaverification.login.acme.test", "values": ["a"] }],
        "_links": {},
    })
}

fn mail() -> Value {
    json!({
        "id": "OeD1",
        "domain": "acme.test",
        "displayName": "Acme",
        "userName": "noreply",
        "validationStatus": "NOT_STARTED",
        "validationSubdomain": "mail",
        "dnsValidationRecords": [],
    })
}

#[test]
fn domains_are_listed() {
    let desk = Fake::new()
        .on(DOMAINS, json!({ "domains": [domain()] }))
        .on(DOMAIN, domain())
        .on(MAILS, json!([mail()]))
        .on(MAIL, mail());
    let listed = answer("list_custom_domains", json!({}), &desk).value;
    assert_eq!(listed["items"], json!([domain()]));
    assert_eq!(answer("get_custom_domain", json!({ "domain_id": "OcD1" }), &desk).value, domain());
    let listed = answer("list_email_domains", json!({ "expand_brands": "true" }), &desk).value;
    assert_eq!(listed["items"], json!([mail()]));
    answer("list_email_domains", json!({ "expand_brands": false }), &desk);
    let args = json!({ "email_domain_id": "OeD1", "expand_brands": true });
    assert_eq!(answer("get_email_domain", args, &desk).value, mail());
    assert_eq!(
        desk.asked(),
        [DOMAINS, DOMAIN, "/api/v1/email-domains?expand=brands", MAILS, MAIL_EXPANDED]
    );
}

#[test]
fn domains_are_created_as_they_are_given() {
    let desk = Fake::new().on(DOMAINS, json!({ "domains": [domain()] }));
    let args = json!({ "domain": "Sign.Acme.test", "certificate_source_type": "okta_managed" });
    snapshot("create_custom_domain", "create_custom_domain", args, &desk);
    let desk = Fake::new().on(MAILS, json!([]));
    let args = json!({
        "brand_id": "bnd1", "domain": "acme.test", "display_name": "Acme", "user_name": "noreply",
        "validation_subdomain": null,
    });
    snapshot("create_email_domain", "create_email_domain", args, &desk);
    let args = json!({
        "brand_id": "bnd1", "domain": "acme.test", "display_name": "", "user_name": "noreply",
        "validation_subdomain": "post",
    });
    let plan = plan("create_email_domain", args, &desk);
    let body = plan.requests[0].json().unwrap();
    assert_eq!((&body["validationSubdomain"], &body["displayName"]), (&json!("post"), &json!("")));
}

#[test]
fn a_domain_that_is_there_is_found_however_it_is_spelled() {
    let there = [
        json!({ "domains": [{ "id": "default" }, domain()] }),
        json!({ "domains": [{ "id": "OcD1", "domain": "xn--bcher-kva.acme.test" }] }),
    ];
    for (list, name) in [
        (&there[0], "LOGIN.acme.test"),
        (&there[0], "login.acme.test."),
        (&there[1], "bücher.acme.test"),
        (&there[1], "BÜCHER.Acme.Test."),
    ] {
        let desk = Fake::new().on(DOMAINS, list.clone());
        let args = json!({ "domain": name, "certificate_source_type": "MANUAL" });
        let failed = failure("create_custom_domain", args, &desk).to_string();
        assert!(failed.contains("already: OcD1"), "{name}: {failed}");
    }
    let args = json!({
        "brand_id": "bnd1", "domain": "ACME.test", "display_name": "A", "user_name": "a",
    });
    let desk = Fake::new().on(MAILS, json!([mail()]));
    let failed = failure("create_email_domain", args.clone(), &desk).to_string();
    assert!(failed.contains("already: OeD1"), "{failed}");
    let mut deleted = mail();
    deleted["validationStatus"] = json!("DELETED");
    plan("create_email_domain", args.clone(), &Fake::new().on(MAILS, json!([deleted])));
    let desk = Fake::new().reply(MAILS, okta_error(ErrorKind::OktaFault, 500, "E0000009"));
    let plan = plan("create_email_domain", args, &desk);
    assert!(plan.notes[0].contains("is unknown: Okta refused"), "{:?}", plan.notes);
}

#[test]
fn what_is_no_domain_or_no_source_is_refused() {
    for domain in ["https://login.acme.test", "login", "it@acme.test", "a b.test", ""] {
        let desk = Fake::new();
        let args = json!({ "domain": domain, "certificate_source_type": "MANUAL" });
        assert!(failure("create_custom_domain", args, &desk).to_string().starts_with("`domain`"));
        let args = json!({
            "brand_id": "bnd1", "domain": domain, "display_name": "A", "user_name": "a",
        });
        assert!(failure("create_email_domain", args, &desk).to_string().starts_with("`domain`"));
        assert!(desk.asked().is_empty());
    }
    let args = json!({ "domain": "login.acme.test", "certificate_source_type": "LETS_ENCRYPT" });
    let failed = failure("create_custom_domain", args, &Fake::new()).to_string();
    assert!(failed.contains("MANUAL or OKTA_MANAGED"), "{failed}");
}

#[test]
fn a_domain_gets_another_brand() {
    let desk = Fake::new()
        .on(DOMAIN, domain())
        .on("/api/v1/brands/bnd2", json!({ "id": "bnd2", "name": "Acme Ltd", "isDefault": false }));
    let args = json!({ "domain_id": "OcD1", "brand_id": "bnd2" });
    snapshot("replace_custom_domain", "replace_custom_domain", args.clone(), &desk);
    let desk = Fake::new()
        .on(DOMAIN, domain())
        .on("/api/v1/brands/bnd2", json!({ "id": "bnd2", "name": "Org", "isDefault": true }));
    let failed = failure("replace_custom_domain", args.clone(), &desk).to_string();
    assert!(failed.contains("default brand"), "{failed}");
    let desk = Fake::with_scopes(&["okta.domains.manage"]).on(DOMAIN, domain());
    let plan = plan("replace_custom_domain", args, &desk);
    assert_eq!(plan.summary, "Give domain \"login.acme.test\" the brand bnd2");
}

#[test]
fn a_sender_is_replaced() {
    let args = json!({ "email_domain_id": "OeD1", "display_name": "Acme IT", "user_name": "it" });
    snapshot("replace_email_domain", "replace_email_domain", args, &Fake::new().on(MAIL, mail()));
}

#[test]
fn deleting_tells_what_stops() {
    let desk = Fake::new().on(DOMAIN, domain());
    snapshot("delete_custom_domain", "delete_custom_domain", json!({ "domain_id": "OcD1" }), &desk);
    let mut there = mail();
    there["_embedded"] = json!({ "brands": [{ "id": "bnd1", "name": "Acme" }] });
    let desk = Fake::new().on(MAIL_EXPANDED, there).on(MAIL, mail());
    let args = json!({ "email_domain_id": "OeD1" });
    snapshot("delete_email_domain", "delete_email_domain", args, &desk);
    let desk = Fake::new();
    let failed = failure("delete_custom_domain", json!({ "domain_id": "Default" }), &desk);
    assert!(failed.to_string().contains("org's own domain"), "{failed}");
    assert!(desk.asked().is_empty());
}

#[test]
fn what_is_verified_is_not_verified_again() {
    let desk = Fake::new().on(DOMAIN, domain()).on(MAIL, mail());
    let name = "verify_custom_domain";
    snapshot(name, name, json!({ "domain_id": "OcD1" }), &desk);
    let name = "verify_email_domain";
    snapshot(name, name, json!({ "email_domain_id": "OeD1" }), &desk);
    for status in ["VERIFIED", "COMPLETED"] {
        let mut there = domain();
        there["validationStatus"] = json!(status);
        let desk = Fake::new().on(DOMAIN, there);
        let told = answer("verify_custom_domain", json!({ "domain_id": "OcD1" }), &desk).value;
        assert_eq!(told["validationStatus"], status);
        assert_eq!(told["_notes"], json!(["It is verified already: nothing was sent."]));
    }
    let mut there = mail();
    there["validationStatus"] = json!("VERIFIED");
    let desk = Fake::new().on(MAIL, there);
    let told = answer("verify_email_domain", json!({ "email_domain_id": "OeD1" }), &desk).value;
    assert_eq!(told["id"], "OeD1");
}
