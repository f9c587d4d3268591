//! The catalog of ready-made integrations. Okta does not document these two operations; its own
//! clients use them.

mod data;

use serde_json::{Value, json};

pub(crate) use self::data::Integration;
use crate::{
    answer::Answer,
    call::Call,
    error::{ApiError, Result},
    route::{Route, get},
};

pub(super) const ROUTES: &[Route] = &[
    get("/api/v1/catalog/apps", "okta.apps.read", list),
    get("/api/v1/catalog/apps/{appName}", "okta.apps.read", read),
];

/// What an integration that creates and removes accounts can do.
const ACCOUNTS: &[&str] = &[
    "IMPORT_NEW_USERS",
    "IMPORT_PROFILE_UPDATES",
    "PUSH_NEW_USERS",
    "PUSH_PROFILE_UPDATES",
    "PUSH_USER_DEACTIVATION",
    "REACTIVATE_USERS",
    "GROUP_PUSH",
];

/// The integration with this name.
pub(crate) fn find(name: &str) -> Option<&'static Integration> {
    data::INTEGRATIONS.iter().find(|entry| entry.name == name)
}

/// The catalog is sorted by name, `after` is the last name seen, and no `Link` is sent.
fn list(call: &mut Call<'_>) -> Result<Answer> {
    let limit = call.limit(20, 200)?;
    let after = call.query("after");
    let words = call.query("q").map(str::to_lowercase);
    let found: Vec<Value> = data::INTEGRATIONS
        .iter()
        .filter(|entry| after.is_none_or(|after| entry.name > after))
        .filter(|entry| words.as_deref().is_none_or(|words| entry.matches(words)))
        .take(limit)
        .map(|entry| view(entry, call))
        .collect();
    Ok(Answer::ok(Value::Array(found)))
}

fn read(call: &mut Call<'_>) -> Result<Answer> {
    let name = call.param("appName");
    let entry = find(name).ok_or_else(|| ApiError::not_found(name, "CatalogApp"))?;
    Ok(Answer::ok(view(entry, call)))
}

impl Integration {
    fn matches(&self, words: &str) -> bool {
        self.name.contains(words)
            || self.label.to_lowercase().contains(words)
            || self.description.to_lowercase().contains(words)
    }

    /// How it signs people in with a password, where it can.
    pub(crate) fn password_mode(&self) -> Option<&'static str> {
        let mut modes = self.modes.iter().copied();
        modes.find(|mode| matches!(*mode, "BROWSER_PLUGIN" | "AUTO_LOGIN" | "BASIC_AUTH"))
    }
}

fn view(entry: &Integration, call: &Call<'_>) -> Value {
    json!({
        "name": entry.name,
        "displayName": entry.label,
        "description": entry.description,
        "status": "ACTIVE",
        "lastUpdated": "2026-03-02T09:30:00.000Z",
        "category": entry.category,
        "verificationStatus": "OKTA_VERIFIED",
        "website": entry.website,
        "signOnModes": entry.modes,
        "features": if entry.accounts { ACCOUNTS } else { &[] },
        "_links": {
            "logo": [{
                "name": "medium",
                "href": call.href(&format!("/assets/img/logos/{}.png", entry.name)),
                "type": "image/png",
            }],
            "self": { "href": call.href(&format!("/api/v1/catalog/apps/{}", entry.name)) },
        },
    })
}
