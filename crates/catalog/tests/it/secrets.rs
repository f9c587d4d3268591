//! Secrets, wherever Okta keeps them, and what only looks like one.

use std::collections::{BTreeMap, BTreeSet};

use okta_catalog::{REDACTED, redact};
use serde_json::{Map, Value, json};

use crate::shared;

/// The fields that a recorded body loses: their names, and that of the object around `value`.
const LOST: &[&str] = &[
    "access_token",
    "activationToken",
    "activationUrl",
    "answer",
    "authScheme.value",
    "clientSecret",
    "client_assertion",
    "client_secret",
    "id_token",
    "password",
    "password.value",
    "resetPasswordUrl",
    "secretKey",
    "sessionToken",
    "tempPassword",
    "token",
    "tokenSigningKey",
];

/// Fields of Okta's specification that are write-only or have the name of a secret, and are none.
const HARMLESS: &[(&str, &str)] = &[
    ("assertion", "only ever sent, to sign in: no tool does"),
    ("forgotPasswordLabel", "text on the sign-in page"),
    ("forgotPasswordUrl", "a link on the sign-in page"),
    ("id", "names the subject of an event"),
    ("id_token_hint", "only ever sent, to sign out: no tool does"),
    ("iss", "names the subject of an event"),
    ("lastPasswordVerification", "a time"),
    ("otp", "only ever sent, to sign in: no tool does"),
    ("otpCode", "in a request of Okta to a hook, never in an answer"),
    ("otpExpires", "a time"),
    ("passwordChanged", "a time"),
    ("passwordField", "where a form has its password"),
    ("passwordInfoTip", "text on the sign-in page"),
    ("passwordLabel", "text on the sign-in page"),
    ("passwordSelector", "where a form has its password"),
    ("secretVersionId", "an id"),
    ("secret_hash", "the hash of a long random secret, by which secrets are told apart"),
    ("sub", "names the subject of an event"),
    ("tokenAuthScheme", "a scheme"),
    ("tokenEndpoint", "a URL"),
    ("tokenType", "a kind of token"),
    ("tokenUrl", "a URL"),
    ("tokenWindow", "a duration"),
    ("token_endpoint", "a URL"),
    ("token_type", "a kind of token"),
    ("ttl", "a duration"),
];

/// What a field's name has in it where it may be a secret.
const SUSPICIOUS: &[&str] =
    &["secret", "passw", "token", "private", "passcode", "answer", "apikey", "assertion", "otp"];

const SECRET: &str = "s3cr3t-s3cr3t-s3cr3t";

/// True if `redact` takes `SECRET` out of the field `leaf` of an object that is called `around`.
fn is_redacted(around: &str, leaf: &str) -> bool {
    let mut value = json!({ around: { leaf: SECRET } });
    let found = redact(&mut value);
    assert_eq!(found.is_empty(), value.to_string().contains(SECRET));
    !found.is_empty()
}

#[test]
fn no_secret_of_the_specification_survives() {
    let Some(schemas) = shared::json("schemas.json") else { return };
    let mut wrong = Vec::new();
    let mut used = BTreeSet::new();
    for (spec, components) in schemas.as_object().unwrap() {
        for (name, schema) in components.as_object().unwrap() {
            visit(components, schema, name, &mut |around, leaf, schema| {
                let lower = leaf.to_lowercase();
                let suspicious = schema["writeOnly"] == true
                    || schema["format"] == "password"
                    || SUSPICIOUS.iter().any(|word| lower.contains(word));
                let text = schema["type"] == "string" && schema.get("enum").is_none();
                if !suspicious || !text {
                    return;
                }
                if HARMLESS.iter().any(|(harmless, _)| *harmless == leaf) {
                    used.insert(leaf.to_owned());
                    assert!(!is_redacted("around", leaf), "{leaf} is redacted, and harmless");
                } else if !is_redacted(around, leaf) {
                    wrong.push(format!("{spec} {name}: {around}.{leaf}"));
                }
            });
        }
    }
    wrong.sort();
    wrong.dedup();
    assert!(wrong.is_empty(), "{wrong:#?}");
    let idle: Vec<&str> =
        HARMLESS.iter().map(|(leaf, _)| *leaf).filter(|leaf| !used.contains(*leaf)).collect();
    assert!(idle.is_empty(), "no field of the specification: {idle:?}");
}

/// Every property of `schema`, with the name of the object around it. What a property refers to
/// is visited under that property's name; `value` alone says nothing, and is not visited alone.
fn visit(
    components: &Value,
    schema: &Value,
    around: &str,
    check: &mut dyn FnMut(&str, &str, &Value),
) {
    for list in ["allOf", "oneOf", "anyOf"] {
        for part in schema[list].as_array().into_iter().flatten() {
            visit(components, part, around, check);
        }
    }
    for (leaf, property) in schema["properties"].as_object().into_iter().flatten() {
        let target = resolve(components, property);
        let named = around.starts_with(char::is_lowercase);
        if named || !["value", "hash", "salt"].contains(&leaf.as_str()) {
            check(around, leaf, target);
        }
        for (below, inner) in target["properties"].as_object().into_iter().flatten() {
            check(leaf, below, resolve(components, inner));
        }
    }
}

fn resolve<'a>(components: &'a Value, schema: &'a Value) -> &'a Value {
    match schema["$ref"].as_str().and_then(|path| path.rsplit('/').next()) {
        Some(name) => &components[name],
        None => schema,
    }
}

#[test]
fn recorded_bodies_lose_secrets_only() {
    let Some(recordings) = shared::lines("recordings/recordings.jsonl.gz") else { return };
    let mut lost: BTreeMap<String, String> = BTreeMap::new();
    for exchange in &recordings {
        for side in ["body", "req_body"] {
            let mut body = match &exchange[side] {
                Value::String(text) => serde_json::from_str(text).unwrap_or(Value::Null),
                other => other.clone(),
            };
            for (pointer, _) in redact(&mut body) {
                let mut parts = pointer.rsplit('/');
                let leaf = parts.next().unwrap();
                let name = if leaf == "value" {
                    format!("{}.{leaf}", parts.next().unwrap())
                } else {
                    leaf.to_owned()
                };
                lost.insert(name, pointer);
            }
        }
    }
    for (name, pointer) in &lost {
        assert!(LOST.contains(&name.as_str()), "{pointer} is taken for a secret");
    }
    for name in LOST {
        assert!(lost.contains_key(*name), "{name} was recorded, and is not found");
    }
}

#[test]
fn what_only_looks_like_a_secret_stays() {
    let plain = json!({
        "settings": { "app": { "passwordField": "txt-box-password", "passwordSelector": "#p" } },
        "passwordChanged": "2026-01-01T00:00:00.000Z",
        "credentials": { "password": {}, "revealPassword": false, "provider": { "type": "OKTA" },
            "oauthClient": { "token_endpoint_auth_method": "client_secret_basic" },
            "signing": { "kid": "SIMcCQNY3uwXoW3y0vf6VxiBb5n9pf8L2fK8d-FIbm4" } },
        "authScheme": "TOKEN",
        "jwks": { "keys": [{ "kty": "RSA", "e": "AQAB", "n": "kWp2zRA23Z3vTL4uoe8kTFptxBVFunIoP4t" }] },
        "recovery_question": { "question": "Pet?" },
        "href": "https://acme.okta.com/api/v1/authorizationServers/a/clients/c/tokens/oar579Mcp7OUsNTlo0g3",
        "d": "not a key", "k": "v", "value": "a value", "hash": "a hash",
        "password": { "complexity": { "minLength": 8 } },
        "description": "eyJ is how a token starts",
        "x5c": ["MIIC+DCCAeCgAwIBAgIGAX"],
    });
    let mut value = plain.clone();
    assert_eq!(redact(&mut value), []);
    assert_eq!(value, plain);
}

#[test]
fn secrets_are_known_by_their_shape_too() {
    let key = "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----";
    let token = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0aaaa.c2lnbmF0dXJl";
    for secret in [
        key,
        token,
        "Authorization: SSWS 00abcdefghijklmnopqrstuvwxyz0123456789ABCD",
        "https://acme.okta.com/reset_password/drpFooBarBaz",
        "https://acme.okta.com/welcome/U1uFQ4LZpbyyiMe7Tw",
        "https://acme.okta.com/signin/reset-password/abcdefgh1234",
    ] {
        let mut value = json!({ "note": [{ "text": secret }] });
        let found = redact(&mut value);
        assert_eq!(found, [("/note/0/text".to_owned(), secret.to_owned())]);
        assert_eq!(value["note"][0]["text"], REDACTED);
    }
}

#[test]
fn private_parts_of_keys_go_and_public_ones_stay() {
    let mut value = json!({
        "keys": [
            { "kty": "RSA", "n": "n", "e": "AQAB", "d": "d", "p": "p", "oth": [{ "r": "r" }], "dq": null },
            { "kty": "oct", "k": "k", "kid": "1" },
        ],
    });
    let found = redact(&mut value);
    assert_eq!(
        value,
        json!({
            "keys": [
                { "kty": "RSA", "n": "n", "e": "AQAB", "d": REDACTED, "p": REDACTED, "oth": REDACTED, "dq": null },
                { "kty": "oct", "k": REDACTED, "kid": "1" },
            ],
        })
    );
    assert_eq!(found.len(), 4);
}

#[test]
fn a_pointer_is_escaped() {
    let mut secrets = Map::new();
    secrets.insert("a/b~c".to_owned(), json!({ "client_secret": SECRET }));
    let found = redact(&mut Value::Object(secrets));
    assert_eq!(found, [("/a~1b~0c/client_secret".to_owned(), SECRET.to_owned())]);
}
