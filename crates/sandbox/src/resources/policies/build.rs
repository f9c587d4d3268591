//! What Okta makes of a policy that is sent to it.

use serde_json::{Map, Value, json};

use crate::{
    error::{ApiError, Result},
    id::Id,
    store::State,
};

/// Of some types an org has one policy and never another.
pub(super) fn may_be_created(kind: &str) -> bool {
    matches!(
        kind,
        "ACCESS_POLICY"
            | "MFA_ENROLL"
            | "OKTA_SIGN_ON"
            | "PASSWORD"
            | "PROFILE_ENROLLMENT"
            | "DEVICE_SIGNAL_COLLECTION"
    )
}

/// Takes name and description over; a policy without a description has no such property.
pub(super) fn described(policy: &mut Map<String, Value>, body: &Map<String, Value>) {
    policy.insert("name".into(), body.get("name").cloned().unwrap_or_default());
    if let Some(text) = body.get("description").filter(|text| text.is_string()) {
        policy.insert("description".into(), text.clone());
    }
}

/// The groups that a policy or rule is for must be there.
pub(crate) fn check_groups(state: &State, body: &Map<String, Value>) -> Result<()> {
    let groups = body.get("conditions").and_then(|conditions| conditions.pointer("/people/groups"));
    for list in ["include", "exclude"] {
        let ids = groups.and_then(|groups| groups.get(list)).and_then(Value::as_array);
        for id in ids.into_iter().flatten().filter_map(Value::as_str) {
            if Id::parse(id).and_then(|id| state.groups.get(id)).is_none() {
                return Err(ApiError::invalid(
                    "conditions.people.groups",
                    format!("{list}: The group '{id}' does not exist."),
                ));
            }
        }
    }
    Ok(())
}

/// The conditions of a policy: who it is for. Some types are for everybody and have none.
pub(super) fn conditions(kind: &str, body: &Map<String, Value>, state: &State) -> Value {
    if !matches!(kind, "OKTA_SIGN_ON" | "PASSWORD" | "MFA_ENROLL") {
        return Value::Null;
    }
    let mut default = json!({ "people": { "groups": { "include": [state.groups.everyone] } } });
    if kind == "PASSWORD"
        && let Some(default) = default.as_object_mut()
    {
        default.insert("authProvider".into(), json!({ "provider": "OKTA" }));
    }
    filled(default, body.get("conditions"))
}

/// The settings of a policy, defaults filled in.
pub(super) fn settings(kind: &str, sent: Option<&Value>) -> Option<Value> {
    match kind {
        "PASSWORD" => Some(filled(password(), sent)),
        "MFA_ENROLL" => Some(filled(
            json!({ "type": "AUTHENTICATORS", "authenticators": [
                { "key": "okta_password", "enroll": { "self": "REQUIRED" } },
                { "key": "okta_email", "enroll": { "self": "OPTIONAL" } },
                { "key": "okta_verify", "enroll": { "self": "OPTIONAL" } },
            ] }),
            sent,
        )),
        _ => sent.filter(|sent| sent.is_object()).cloned(),
    }
}

fn password() -> Value {
    json!({
        "password": {
            "complexity": {
                "minLength": 8,
                "minLowerCase": 1,
                "minUpperCase": 1,
                "minNumber": 1,
                "minSymbol": 0,
                "excludeUsername": true,
                "dictionary": { "common": { "exclude": false } },
                "excludeAttributes": [],
            },
            "age": { "maxAgeDays": 0, "expireWarnDays": 0, "minAgeMinutes": 0, "historyCount": 4 },
            "lockout": {
                "maxAttempts": 10,
                "autoUnlockMinutes": 0,
                "userLockoutNotificationChannels": [],
                "showLockoutFailures": false,
            },
        },
        "recovery": { "factors": {
            "recovery_question": {
                "status": "ACTIVE",
                "properties": { "complexity": { "minLength": 4 } },
            },
            "okta_email": {
                "status": "ACTIVE",
                "properties": { "recoveryToken": { "tokenLifetimeMinutes": 60 } },
            },
            "okta_sms": { "status": "INACTIVE" },
            "okta_call": { "status": "INACTIVE" },
        } },
        "delegation": { "options": { "skipUnlock": false } },
    })
}

/// `default` with what was sent put over it, objects key by key; null counts as not sent.
pub(crate) fn filled(default: Value, sent: Option<&Value>) -> Value {
    match (default, sent) {
        (default, None | Some(Value::Null)) => default,
        (Value::Object(mut default), Some(Value::Object(sent))) => {
            for (name, value) in sent {
                let base = default.get(name).cloned().unwrap_or_default();
                if !value.is_null() {
                    default.insert(name.clone(), filled(base, Some(value)));
                }
            }
            Value::Object(default)
        }
        (_, Some(sent)) => without_nulls(sent),
    }
}

fn without_nulls(value: &Value) -> Value {
    match value {
        Value::Object(map) => {
            let kept = map.iter().filter(|(_, value)| !value.is_null());
            Value::Object(kept.map(|(name, value)| (name.clone(), without_nulls(value))).collect())
        }
        Value::Array(items) => Value::Array(items.iter().map(without_nulls).collect()),
        other => other.clone(),
    }
}
