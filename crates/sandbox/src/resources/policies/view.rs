//! A policy as Okta shows it.

use serde_json::{Map, Value, json};

use super::{is_system, text};
use crate::{call::Call, resources::policy_rules};

/// The policy with its links, and with its rules where they are asked for.
pub(super) fn view(policy: &Map<String, Value>, call: &Call<'_>, rules: bool) -> Value {
    let id = text(policy, "id");
    let system = is_system(policy);
    let link = |rest: &str, allow: &[&str]| json!({ "href": call.href(&format!("/api/v1/policies/{id}{rest}")), "hints": { "allow": allow } });
    let mut links = Map::new();
    if !system {
        links.insert("mappings".into(), link("/mappings", &["GET", "POST"]));
    }
    let own: &[&str] = if system { &["GET", "PUT"] } else { &["GET", "PUT", "DELETE"] };
    links.insert("self".into(), link("", own));
    links.insert("rules".into(), link("/rules", &["GET", "POST"]));
    if !system {
        let next = if text(policy, "status") == "ACTIVE" { "deactivate" } else { "activate" };
        links.insert(next.into(), link(&format!("/lifecycle/{next}"), &["POST"]));
    }
    let mut embedded = Map::new();
    if rules {
        embedded.insert("rules".into(), policy_rules::shown_of(call, id));
    }
    let mut shown = policy.clone();
    let kind = shown.shift_remove("type").unwrap_or_default();
    if !embedded.is_empty() {
        shown.insert("_embedded".into(), Value::Object(embedded));
    }
    shown.insert("_links".into(), Value::Object(links));
    shown.insert("type".into(), kind);
    Value::Object(shown)
}
