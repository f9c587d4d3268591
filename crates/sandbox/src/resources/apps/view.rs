//! An app as Okta shows it.

use serde_json::{Map, Value, json};

use crate::{call::Call, resources::policies};

/// The key, in what is kept of an app, of the policy that guards it; keys like this are not shown.
pub(super) const ACCESS_POLICY: &str = "_accessPolicy";
/// The same for the policy that people enroll by.
pub(super) const ENROLLMENT_POLICY: &str = "_profileEnrollment";

/// How much of the client's secret is shown: creating and replacing answer with it, reading does not.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Secret {
    Shown,
    Hidden,
}

/// The app with its links.
pub(crate) fn app(app: &Map<String, Value>, call: &Call<'_>, secret: Secret) -> Value {
    let mut shown: Map<String, Value> = app
        .iter()
        .filter(|(name, _)| !name.starts_with('_'))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    if secret == Secret::Hidden
        && let Some(client) = shown
            .get_mut("credentials")
            .and_then(|credentials| credentials.get_mut("oauthClient"))
            .and_then(Value::as_object_mut)
    {
        client.shift_remove("client_secret");
    }
    shown.insert("_links".into(), links(app, call));
    Value::Object(shown)
}

fn links(app: &Map<String, Value>, call: &Call<'_>) -> Value {
    let text = |name: &str| app.get(name).and_then(Value::as_str).unwrap_or_default();
    let (id, name, mode) = (text("id"), text("name"), text("signOnMode"));
    let at = |rest: &str| call.href(&format!("/api/v1/apps/{id}{rest}"));
    let mut links = Map::new();
    if let Some(page) = help_page(app) {
        let href = call.href(&format!("/app/{name}/{id}/setup/help/{mode}/{page}"));
        links.insert("help".into(), json!({ "href": href, "type": "text/html" }));
    }
    if mode == "SAML_2_0" {
        let href = at("/sso/saml/metadata");
        links.insert("metadata".into(), json!({ "href": href, "type": "application/xml" }));
    }
    links.insert(
        "uploadLogo".into(),
        json!({ "href": at("/logo"), "hints": { "allow": ["POST"] } }),
    );
    links.insert("appLinks".into(), app_links(app, call));
    let active = text("status") == "ACTIVE";
    if !active {
        links.insert("activate".into(), json!({ "href": at("/lifecycle/activate") }));
    }
    let policy = |key: &str, kind: &str| {
        let id = match text(key) {
            "" => policies::default_of(call.state, kind),
            id => id.to_owned(),
        };
        json!({ "href": call.href(&format!("/api/v1/policies/{id}")) })
    };
    links.insert("profileEnrollment".into(), policy(ENROLLMENT_POLICY, "PROFILE_ENROLLMENT"));
    links.insert(
        "policies".into(),
        json!({ "href": at("/policies"), "hints": { "allow": ["PUT"] } }),
    );
    links.insert("groups".into(), json!({ "href": at("/groups") }));
    links.insert(
        "logo".into(),
        json!([{ "name": "medium", "href": logo_url(name, call), "type": "image/png" }]),
    );
    if mode == "OPENID_CONNECT" && !is_system(name) {
        let href = at("/credentials/secrets");
        links.insert("clientCredentials".into(), json!([{ "name": "secrets", "href": href }]));
    }
    links.insert("accessPolicy".into(), policy(ACCESS_POLICY, "ACCESS_POLICY"));
    links.insert("users".into(), json!({ "href": at("/users") }));
    if active {
        links.insert("deactivate".into(), json!({ "href": at("/lifecycle/deactivate") }));
    }
    Value::Object(links)
}

/// The apps that are part of Okta itself: they cannot be removed, and people do not see them as apps.
pub(super) fn is_system(name: &str) -> bool {
    matches!(name, "saasure" | "okta_enduser" | "okta_browser_plugin")
}

/// The page that tells how to set the other side up.
fn help_page(app: &Map<String, Value>) -> Option<&'static str> {
    let name = app.get("name").and_then(Value::as_str).unwrap_or_default();
    let custom = app.get("settings").and_then(|settings| settings.pointer("/signOn/ssoAcsUrl"));
    match app.get("signOnMode").and_then(Value::as_str) {
        Some("SAML_2_0") if custom.is_some() => Some("instructions"),
        Some("SAML_2_0" | "SAML_1_1" | "WS_FEDERATION") => Some("external-doc"),
        Some("OPENID_CONNECT") if name != "oidc_client" && !is_system(name) => Some("external-doc"),
        _ => None,
    }
}

fn app_links(app: &Map<String, Value>, call: &Call<'_>) -> Value {
    let text = |name: &str| app.get(name).and_then(Value::as_str).unwrap_or_default();
    let names = app.get("visibility").and_then(|visibility| visibility.get("appLinks"));
    let shown: Vec<Value> = names
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
        .filter(|(_, on)| **on == Value::Bool(true))
        .map(|(link, _)| {
            json!({ "name": link, "href": home(text("name"), text("id"), link, call), "type": "text/html" })
        })
        .collect();
    Value::Array(shown)
}

/// Where a click on the dashboard leads.
pub(crate) fn home(name: &str, id: &str, link: &str, call: &Call<'_>) -> String {
    let tail = id.get(3..).unwrap_or_default();
    let key = if link == "login" { "2557".to_owned() } else { format!("aln{tail}") };
    call.href(&format!("/home/{name}/{id}/{key}"))
}

/// Where the picture of an app is.
pub(crate) fn logo_url(name: &str, call: &Call<'_>) -> String {
    let file = if matches!(name, "bookmark" | "oidc_client") { name } else { "default" };
    call.href(&format!("/assets/img/logos/{file}.png"))
}
