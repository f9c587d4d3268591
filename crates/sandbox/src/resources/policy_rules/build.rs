//! What Okta makes of a rule that is sent to it.

use serde_json::{Map, Value, json};

use crate::resources::policies::filled;

/// The conditions of a rule of this type, put in Okta's order with what it adds.
pub(super) fn conditions(kind: &str, sent: Option<&Value>) -> Value {
    let sent = filled(json!({}), sent);
    let at = |name: &str| sent.get(name).filter(|value| !is_blank(value)).cloned();
    let mut kept = Map::new();
    if kind == "PROFILE_ENROLLMENT" {
        return Value::Null;
    }
    if kind != "IDP_DISCOVERY" {
        kept.insert("people".into(), people(sent.get("people")));
    }
    if matches!(kind, "SIGN_ON" | "PASSWORD" | "ACCESS_POLICY" | "IDP_DISCOVERY" | "MFA_ENROLL") {
        let anywhere = json!({ "connection": "ANYWHERE" });
        kept.insert("network".into(), at("network").unwrap_or(anywhere));
    }
    match kind {
        "SIGN_ON" => {
            let any = json!({ "authType": "ANY" });
            kept.insert("authContext".into(), at("authContext").unwrap_or(any));
            let score = at("riskScore");
            let behaviors =
                at("risk").or_else(|| score.is_some().then(|| json!({ "behaviors": [] })));
            if let Some(behaviors) = behaviors {
                kept.insert("risk".into(), behaviors);
            }
            if let Some(score) = score {
                kept.insert("riskScore".into(), score);
            }
        }
        "ACCESS_POLICY" => {
            if let Some(platform) = at("platform") {
                let lists = json!({ "include": [], "exclude": [] });
                kept.insert("platform".into(), filled(lists, Some(&platform)));
            }
            let lists = json!({ "include": [], "exclude": [] });
            kept.insert("userType".into(), filled(lists, at("userType").as_ref()));
        }
        _ => {}
    }
    for (name, value) in sent.as_object().into_iter().flatten() {
        if !kept.contains_key(name) && name != "people" && !is_blank(value) {
            kept.insert(name.clone(), value.clone());
        }
    }
    Value::Object(kept)
}

fn is_blank(value: &Value) -> bool {
    value.is_null() || value.as_object().is_some_and(Map::is_empty)
}

/// Who a rule is for. Okta shows the excluded users always, every other list where it has something.
fn people(sent: Option<&Value>) -> Value {
    let list = |path: &str| {
        let found = sent.and_then(|sent| sent.pointer(path)).and_then(Value::as_array);
        found.filter(|list| !list.is_empty()).cloned()
    };
    let mut users = Map::new();
    if let Some(included) = list("/users/include") {
        users.insert("include".into(), Value::Array(included));
    }
    users.insert("exclude".into(), Value::Array(list("/users/exclude").unwrap_or_default()));
    let mut people = Map::from_iter([("users".to_owned(), Value::Object(users))]);
    let mut groups = Map::new();
    for name in ["include", "exclude"] {
        if let Some(ids) = list(&format!("/groups/{name}")) {
            groups.insert(name.to_owned(), Value::Array(ids));
        }
    }
    if !groups.is_empty() {
        people.insert("groups".into(), Value::Object(groups));
    }
    Value::Object(people)
}

/// What a rule of this type does, with what Okta adds.
pub(super) fn actions(kind: &str, sent: Option<&Value>) -> Value {
    match kind {
        "SIGN_ON" => filled(
            json!({ "signon": {
                "access": "ALLOW",
                "requireFactor": false,
                "primaryFactor": "PASSWORD_IDP_ANY_FACTOR",
                "rememberDeviceByDefault": false,
                "session": {
                    "usePersistentCookie": false,
                    "maxSessionIdleMinutes": 120,
                    "maxSessionLifetimeMinutes": 0,
                },
            } }),
            sent,
        ),
        "ACCESS_POLICY" => access(sent),
        "PASSWORD" => filled(
            json!({
                "passwordChange": { "access": "ALLOW" },
                "selfServicePasswordReset": { "access": "ALLOW" },
                "selfServiceUnlock": { "access": "DENY" },
            }),
            sent,
        ),
        "MFA_ENROLL" => filled(json!({ "enroll": { "self": "CHALLENGE" } }), sent),
        "POST_AUTH_SESSION" => post_auth(sent),
        _ => filled(json!({}), sent),
    }
}

fn access(sent: Option<&Value>) -> Value {
    let mut actions = filled(
        json!({ "appSignOn": {
            "access": "ALLOW",
            "verificationMethod": {
                "factorMode": "2FA",
                "type": "ASSURANCE",
                "reauthenticateIn": "PT2H",
            },
            "keepMeSignedIn": { "postAuth": "NOT_ALLOWED" },
        } }),
        sent,
    );
    // A chain of methods has none of the properties of an assurance.
    let method =
        actions.pointer_mut("/appSignOn/verificationMethod").and_then(Value::as_object_mut);
    if let Some(method) = method
        && method.get("type") == Some(&json!("AUTH_METHOD_CHAIN"))
    {
        method.shift_remove("factorMode");
    }
    actions
}

fn post_auth(sent: Option<&Value>) -> Value {
    let mut actions = filled(json!({ "postAuthSession": {} }), sent);
    let failures =
        actions.pointer_mut("/postAuthSession/failureActions").and_then(Value::as_array_mut);
    for failure in failures.into_iter().flatten().filter_map(Value::as_object_mut) {
        failure.entry("slo").or_insert(Value::Null);
    }
    actions
}

/// What the rule does that a policy of this type ends with; `None` for types without one.
pub(super) fn catch_all(kind: &str) -> Option<Value> {
    match kind {
        "ACCESS_POLICY" => Some(json!({ "appSignOn": { "verificationMethod": {
            "factorMode": "2FA",
            "type": "ASSURANCE",
            "reauthenticateIn": "PT12H",
            "constraints": [{ "possession": { "required": true, "deviceBound": "REQUIRED" } }],
        } } })),
        "PROFILE_ENROLLMENT" => Some(json!({ "profileEnrollment": {
            "access": "ALLOW",
            "unknownUserAction": "DENY",
            "activationRequirements": { "emailVerification": true },
            "preRegistrationInlineHooks": null,
            "profileAttributes": [
                { "name": "email", "label": "Email", "required": true },
                { "name": "firstName", "label": "First name", "required": true },
                { "name": "lastName", "label": "Last name", "required": true },
            ],
            "targetGroupIds": null,
        } })),
        "POST_AUTH_SESSION" => Some(json!({ "postAuthSession": { "failureActions": [] } })),
        "ENTITY_RISK" => Some(json!({ "entityRisk": { "actions": [] } })),
        "DEVICE_SIGNAL_COLLECTION" => {
            Some(json!({ "deviceSignalCollection": { "deviceSignalCollectionContext": [] } }))
        }
        _ => None,
    }
}
