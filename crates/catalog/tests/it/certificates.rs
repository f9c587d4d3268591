//! A custom domain's certificate, and its key that nobody sees.

use serde_json::{Value, json};

use crate::desk::{Fake, failure, plan, snapshot, told};

const DOMAIN: &str = "/api/v1/domains/OcD1";
const TOOL: &str = "upsert_custom_domain_certificate";
const KEY: &str = "-----BEGIN PRIVATE KEY-----\nS3CR3T\n-----END PRIVATE KEY-----\n";
const CERTIFICATE: &str = "-----BEGIN CERTIFICATE-----\nMIIE\n-----END CERTIFICATE-----\n";

fn args(place: &str) -> Value {
    json!({
        "domain_id": "OcD1", "certificate": CERTIFICATE, "certificate_chain": CERTIFICATE,
        "private_key_file_path": place,
    })
}

fn desk() -> Fake {
    let domain = json!({
        "id": "OcD1", "domain": "login.acme.test", "certificateSourceType": "OKTA_MANAGED",
        "publicCertificate": { "subject": "CN=login.acme.test", "expiration": "2026-04-01" },
    });
    Fake::new().on(DOMAIN, domain)
}

#[test]
fn the_key_comes_from_a_file_or_a_variable_and_is_never_seen() {
    snapshot(
        TOOL,
        TOOL,
        args("/keys/login.pem"),
        &desk().source("/keys/login.pem", KEY.as_bytes()),
    );
    let from_file = plan(TOOL, args("a.pem"), &desk().source("a.pem", KEY.as_bytes()));
    let desk = desk().source("$", KEY.replace('\n', "\\n").as_bytes());
    let from_variable = plan(TOOL, args(" $OKTA_MCP_DOMAIN_KEY "), &desk);
    let digest = |plan: &okta_catalog::Plan| plan.requests[0].hidden_digest().unwrap();
    assert_eq!(digest(&from_file), digest(&from_variable), "the same key goes out");
    for text in [format!("{from_variable:?}"), told(&from_variable, &desk).to_string()] {
        assert!(!text.contains("S3CR3T"), "{text}");
    }
    assert_eq!(from_variable.requests[0].json().unwrap()["privateKey"], "[redacted]");
}

#[test]
fn a_key_in_an_argument_is_refused_with_the_way() {
    for (name, value) in [
        ("certificate", format!("{CERTIFICATE}{KEY}")),
        ("certificate_chain", KEY.to_owned()),
        ("private_key_file_path", KEY.to_owned()),
        ("private_key_file_path", KEY.replace('\n', "\\n")),
    ] {
        let mut args = args("a.pem");
        args[name] = json!(value);
        let desk = desk().source("a.pem", KEY.as_bytes());
        let failed = failure(TOOL, args, &desk).to_string();
        assert!(failed.starts_with(&format!("`{name}` holds a private key")), "{failed}");
        assert!(failed.contains("OKTA_MCP_ALLOWED_KEY_DIRS"), "{failed}");
        assert!(failed.contains("OKTA_MCP_DOMAIN_KEY"), "{failed}");
        assert!(!failed.contains("S3CR3T"), "{failed}");
        assert!(desk.asked().is_empty(), "nothing is asked of Okta");
    }
}

#[test]
fn what_is_no_key_is_refused_before_anything_is_sent() {
    for content in
        ["", CERTIFICATE, "-----BEGIN EC PRIVATE KEY-----\nx\n-----END EC PRIVATE KEY-----"]
    {
        let desk = desk().source("a.pem", content.as_bytes());
        let failed = failure(TOOL, args("a.pem"), &desk).to_string();
        assert!(failed.starts_with("the private key is not usable"), "{failed}");
        assert!(desk.asked().is_empty());
    }
    let desk = desk();
    assert_eq!(failure(TOOL, args("$OKTA_MCP_DOMAIN_KEY"), &desk).to_string(), "no key");
    assert_eq!(failure(TOOL, args("$HOME"), &desk).to_string(), "no key");
    assert!(desk.asked().is_empty());
}

#[test]
fn an_argument_that_is_longer_than_a_path_is_a_key() {
    let mut args = args(&"MIIE".repeat(300));
    let found = okta_catalog::redact(&mut args);
    assert_eq!(found.len(), 1);
    assert_eq!(args["private_key_file_path"], "[redacted]");
    assert_eq!(args["certificate"], CERTIFICATE);
}
