//! The policies of a new org, with their rules.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::{
    config::Config,
    resources::{device_assurance::ASSURANCES, policies, policy_rules},
    store::State,
};

/// Adds them: what every org has, and what its admins made of it.
pub(crate) fn add(state: &mut State, _: &Config, now: Timestamp) {
    sign_on(state, now);
    password(state, now);
    enrollment(state, now);
    access(state, now);
    for (kind, name, description) in [
        ("PROFILE_ENROLLMENT", "Default Policy", "Default policy for signing up"),
        ("POST_AUTH_SESSION", "Post Auth Policy", "Checks sessions again while they last."),
        ("ENTITY_RISK", "Entity Risk Policy", "What happens when the risk of a person changes."),
        ("DEVICE_SIGNAL_COLLECTION", "Default Policy", "Which signals devices send."),
    ] {
        let id = policies::add(state, now, &default(kind, name, description));
        policy_rules::add_catch_all(state, &id, kind, now);
        if kind == "POST_AUTH_SESSION" {
            policy_rules::add(
                state,
                &id,
                now,
                &json!({
                    "name": "Sessions that break the rules end",
                    "priority": 1,
                    "actions": { "postAuthSession": {
                        "failureActions": [{ "action": "TERMINATE_SESSION" }],
                    } },
                }),
            );
        }
    }
    routing(state, now);
}

fn default(kind: &str, name: &str, description: &str) -> Value {
    json!({ "type": kind, "name": name, "description": description, "system": true, "priority": 1 })
}

/// Global session policies.
fn sign_on(state: &mut State, now: Timestamp) {
    let contractors = group(state, &["Contractors", "Contractor"]);
    let id = policies::add(
        state,
        now,
        &json!({
            "type": "OKTA_SIGN_ON",
            "name": "Contractors",
            "description": "Short sessions for people from outside.",
            "priority": 1,
            "conditions": { "people": { "groups": { "include": [contractors] } } },
        }),
    );
    policy_rules::add(
        state,
        &id,
        now,
        &json!({
            "name": "Two factors, half a day",
            "priority": 1,
            "conditions": { "riskScore": { "level": "ANY" }, "identityProvider": { "provider": "ANY" } },
            "actions": { "signon": {
                "requireFactor": true,
                "factorPromptMode": "ALWAYS",
                "session": { "maxSessionIdleMinutes": 30, "maxSessionLifetimeMinutes": 720 },
            } },
        }),
    );
    let everybody = "The default policy applies in all situations if no other policy applies.";
    let mut policy = default("OKTA_SIGN_ON", "Default Policy", everybody);
    set(&mut policy, "priority", json!(2));
    let id = policies::add(state, now, &policy);
    policy_rules::add(
        state,
        &id,
        now,
        &json!({
            "name": "High risk is kept out",
            "priority": 1,
            "conditions": { "riskScore": { "level": "HIGH" }, "identityProvider": { "provider": "ANY" } },
            "actions": { "signon": { "access": "DENY" } },
        }),
    );
    policy_rules::add(
        state,
        &id,
        now,
        &json!({
            "name": "Default Rule",
            "priority": 2,
            "system": true,
            "actions": { "signon": {} },
        }),
    );
}

fn password(state: &mut State, now: Timestamp) {
    let admins = group(state, &["IT Admins", "IT", "Information Technology", "Engineering"]);
    let id = policies::add(
        state,
        now,
        &json!({
            "type": "PASSWORD",
            "name": "Administrators",
            "description": "Long passwords for people with power.",
            "priority": 1,
            "conditions": { "people": { "groups": { "include": [admins] } } },
            "settings": { "password": {
                "complexity": { "minLength": 14, "minSymbol": 1, "dictionary": { "common": { "exclude": true } } },
                "age": { "maxAgeDays": 180, "expireWarnDays": 14, "historyCount": 12 },
                "lockout": { "maxAttempts": 5 },
            } },
        }),
    );
    policy_rules::add(
        state,
        &id,
        now,
        &json!({
            "name": "No self-service",
            "priority": 1,
            "actions": {
                "selfServicePasswordReset": { "access": "DENY" },
                "selfServiceUnlock": { "access": "DENY" },
            },
        }),
    );
    let everybody = "The default policy applies in all situations if no other policy applies.";
    let mut policy = default("PASSWORD", "Default Policy", everybody);
    set(&mut policy, "priority", json!(2));
    let id = policies::add(state, now, &policy);
    policy_rules::add(
        state,
        &id,
        now,
        &json!({
            "name": "Default Rule",
            "priority": 1,
            "system": true,
            "actions": { "selfServiceUnlock": { "access": "ALLOW" } },
        }),
    );
}

/// Which authenticators people enroll.
fn enrollment(state: &mut State, now: Timestamp) {
    let admins = group(state, &["IT Admins", "IT", "Information Technology", "Engineering"]);
    let made = policies::add(
        state,
        now,
        &json!({
            "type": "MFA_ENROLL",
            "name": "Phishing resistant",
            "description": "Administrators enroll a security key or FastPass.",
            "priority": 1,
            "conditions": { "people": { "groups": { "include": [admins] } } },
            "settings": { "type": "AUTHENTICATORS", "authenticators": [
                { "key": "okta_password", "enroll": { "self": "REQUIRED" } },
                { "key": "webauthn", "enroll": { "self": "REQUIRED" } },
                { "key": "okta_verify", "enroll": { "self": "OPTIONAL" } },
            ] },
        }),
    );
    let mut policy = default(
        "MFA_ENROLL",
        "Default Policy",
        "The default policy applies in all situations if no other policy applies.",
    );
    set(&mut policy, "priority", json!(2));
    let last = policies::add(state, now, &policy);
    for (id, name, system) in [(made, "When first needed", false), (last, "Default Rule", true)] {
        policy_rules::add(
            state,
            &id,
            now,
            &json!({ "name": name, "priority": 1, "system": system }),
        );
    }
}

/// Authentication policies, of which apps have one each.
fn access(state: &mut State, now: Timestamp) {
    let assurances: Vec<Value> =
        state.docs(ASSURANCES).iter().take(2).map(|(id, _)| id.as_str().into()).collect();
    let any_two = default("ACCESS_POLICY", "Any two factors", "Require two factors to access.");
    let id = policies::add(state, now, &any_two);
    policy_rules::add_catch_all(state, &id, "ACCESS_POLICY", now);
    let console = policies::add(
        state,
        now,
        &json!({
            "type": "ACCESS_POLICY",
            "name": "Okta Admin Console",
            "description": "Two factors, one of them hard to phish, every time.",
        }),
    );
    policy_rules::add_catch_all(state, &console, "ACCESS_POLICY", now);
    policy_rules::add(
        state,
        &console,
        now,
        &json!({
            "name": "Administrators",
            "priority": 1,
            "actions": { "appSignOn": { "verificationMethod": { "reauthenticateIn": "PT0S" } } },
        }),
    );
    let trusted = policies::add(
        state,
        now,
        &json!({
            "type": "ACCESS_POLICY",
            "name": "Managed devices only",
            "description": "For what customers entrust to us.",
        }),
    );
    policy_rules::add_catch_all(state, &trusted, "ACCESS_POLICY", now);
    policy_rules::add(
        state,
        &trusted,
        now,
        &json!({
            "name": "Devices in good order",
            "priority": 1,
            "conditions": { "device": { "registered": true, "managed": true, "assurance": { "include": assurances } } },
            "actions": { "appSignOn": { "verificationMethod": {
                "factorMode": "2FA",
                "constraints": [{ "possession": { "required": true, "deviceBound": "REQUIRED", "phishingResistant": "REQUIRED" } }],
            } } },
        }),
    );
    policy_rules::add(
        state,
        &trusted,
        now,
        &json!({
            "name": "Nobody else",
            "priority": 2,
            "actions": { "appSignOn": { "access": "DENY" } },
        }),
    );
    let password = policies::add(
        state,
        now,
        &json!({
            "type": "ACCESS_POLICY",
            "name": "Password only",
            "description": "For apps without anything worth taking.",
        }),
    );
    policy_rules::add_catch_all(state, &password, "ACCESS_POLICY", now);
    policy_rules::add(
        state,
        &password,
        now,
        &json!({
            "name": "One factor",
            "priority": 1,
            "actions": { "appSignOn": { "verificationMethod": { "factorMode": "1FA", "reauthenticateIn": "PT12H" } } },
        }),
    );
}

/// Where people are sent to sign in.
fn routing(state: &mut State, now: Timestamp) {
    let id = policies::add(
        state,
        now,
        &default("IDP_DISCOVERY", "Idp Discovery Policy", "Where people sign in."),
    );
    policy_rules::add(
        state,
        &id,
        now,
        &json!({
            "name": "Default Rule",
            "priority": 1,
            "system": true,
            "conditions": {},
            "actions": { "idp": { "providers": [{ "type": "OKTA" }], "idpSelectionType": "SPECIFIC" } },
        }),
    );
}

/// The first of these groups that the org has; else `Everyone`.
fn group(state: &State, names: &[&str]) -> Value {
    let found = names.iter().find_map(|name| state.groups.named(name));
    found.map_or(state.groups.everyone, |group| group.id).into()
}

fn set(policy: &mut Value, name: &str, value: Value) {
    if let Some(policy) = policy.as_object_mut() {
        policy.insert(name.to_owned(), value);
    }
}
