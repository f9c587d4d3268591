//! A user as Okta shows it, in full or as an item of a list.

use serde_json::{Map, Value, json};

use crate::{
    call::{Call, stamp, stamp_or_null},
    store::{State, Status, User, attr, schema},
};

/// A user as `GET /api/v1/users/{id}` shows it: with the links of what its status allows.
pub(super) fn full(call: &Call<'_>, user: &User) -> Value {
    object(call, user, &links(call, user))
}

/// A user as lists show it.
pub(in crate::resources) fn brief(call: &Call<'_>, user: &User) -> Value {
    object(call, user, &json!({ "self": call.link(&path(user)) }))
}

fn path(user: &User) -> String {
    format!("/api/v1/users/{}", user.id)
}

fn object(call: &Call<'_>, user: &User, links: &Value) -> Value {
    json!({
        "id": user.id,
        "status": user.status.as_str(),
        "created": stamp(user.created),
        "activated": stamp_or_null(user.activated),
        "statusChanged": stamp_or_null(user.status_changed),
        "lastLogin": stamp_or_null(user.last_login),
        "lastUpdated": stamp(user.last_updated),
        "passwordChanged": stamp_or_null(user.password_changed),
        "type": { "id": call.state.user_type },
        "profile": profile(user),
        "credentials": credentials(user),
        "_links": links,
    })
}

/// The profile: attributes that are set, and the two that Okta shows even when they are not.
fn profile(user: &User) -> Value {
    let mut profile = Map::new();
    for (at, attribute) in schema::numbered(&schema::USER) {
        let always = at == attr::SECOND_EMAIL || at == attr::MOBILE_PHONE;
        match user.profile.get(at) {
            Some(atom) => profile.insert(attribute.name.to_owned(), atom.to_value()),
            None if always => profile.insert(attribute.name.to_owned(), Value::Null),
            None => None,
        };
    }
    Value::Object(profile)
}

fn credentials(user: &User) -> Value {
    let mut credentials = Map::new();
    if user.has_password {
        credentials.insert("password".to_owned(), json!({}));
    }
    if let Some(question) = &user.recovery_question {
        credentials.insert("recovery_question".to_owned(), json!({ "question": question }));
    }
    if user.has_password {
        let email = json!({ "value": user.email(), "status": "VERIFIED", "type": "PRIMARY" });
        credentials.insert("emails".to_owned(), json!([email]));
    }
    let (kind, name) = user.directory.unwrap_or(("OKTA", "OKTA"));
    credentials.insert("provider".to_owned(), json!({ "type": kind, "name": name }));
    Value::Object(credentials)
}

/// Link name and the end of its path.
type Action = (&'static str, &'static str);

const SUSPEND: Action = ("suspend", "lifecycle/suspend");
const RESET_PASSWORD: Action = ("resetPassword", "lifecycle/reset_password");
const FORGOT_PASSWORD: Action = ("forgotPassword", "credentials/forgot_password");
const EXPIRE_PASSWORD: Action = ("expirePassword", "lifecycle/expire_password");
const RECOVERY_QUESTION: Action =
    ("changeRecoveryQuestion", "credentials/change_recovery_question");
const RESET_FACTORS: Action = ("resetFactors", "lifecycle/reset_factors");
const CHANGE_PASSWORD: Action = ("changePassword", "credentials/change_password");
const DEACTIVATE: Action = ("deactivate", "lifecycle/deactivate");
const ACTIVATE: Action = ("activate", "lifecycle/activate");

const fn actions(status: Status) -> &'static [Action] {
    match status {
        Status::Staged => &[ACTIVATE, RESET_FACTORS],
        Status::Provisioned => &[
            SUSPEND,
            RESET_PASSWORD,
            ("reactivate", "lifecycle/reactivate"),
            RESET_FACTORS,
            DEACTIVATE,
        ],
        Status::Active | Status::PasswordExpired | Status::Recovery => &[
            SUSPEND,
            RESET_PASSWORD,
            FORGOT_PASSWORD,
            EXPIRE_PASSWORD,
            RECOVERY_QUESTION,
            RESET_FACTORS,
            CHANGE_PASSWORD,
            DEACTIVATE,
        ],
        Status::LockedOut => {
            &[("unlock", "lifecycle/unlock"), RESET_PASSWORD, RESET_FACTORS, DEACTIVATE]
        }
        Status::Suspended => &[("unsuspend", "lifecycle/unsuspend"), RESET_FACTORS, DEACTIVATE],
        Status::Deprovisioned => &[ACTIVATE],
    }
}

fn links(call: &Call<'_>, user: &User) -> Value {
    let path = path(user);
    let mut links = Map::new();
    for (name, end) in actions(user.status) {
        links.insert((*name).to_owned(), call.action(&format!("{path}/{end}"), "POST"));
    }
    // Okta enrols the mail address as a factor: with the password, or a little later.
    let early = matches!(user.status, Status::Staged | Status::Provisioned);
    let provisioned_for_a_while = user.status == Status::Provisioned && user.version > 1;
    if early && (user.has_password || provisioned_for_a_while) {
        let (name, end) = RESET_FACTORS;
        links.insert(name.to_owned(), call.action(&format!("{path}/{end}"), "POST"));
    }
    if user.status == Status::Deprovisioned {
        links.insert("delete".to_owned(), call.action(&path, "DELETE"));
    }
    let kind = call.state.user_type;
    links.insert("schema".to_owned(), call.link(&schema_path(call.state)));
    links.insert("self".to_owned(), call.link(&path));
    links.insert("type".to_owned(), call.link(&format!("/api/v1/meta/types/user/{kind}")));
    Value::Object(links)
}

/// The path of the user schema: the letters of the type, behind `osc`.
pub(in crate::resources) fn schema_path(state: &State) -> String {
    format!("/api/v1/meta/schemas/user/{}", schema_id(state))
}

/// The id of the user schema.
pub(in crate::resources) fn schema_id(state: &State) -> String {
    format!("osc{}", state.user_type.as_str().get(3..).unwrap_or_default())
}
