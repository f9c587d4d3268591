//! The apps that people sign in with, and what tests need to know of them.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{PASSWORD, people, service_app};
use crate::{
    config::Config,
    id::Id,
    org::{ClientApp, SignIn},
    resources::{apps, roles},
    store::{Assignment, Scope, State},
};

/// Where both apps want their authorization codes.
const REDIRECT_URI: &str = "http://127.0.0.1:8765/callback";

/// What only people can be asked for.
const OWN: [&str; 2] = ["okta.users.read.self", "okta.users.manage.self"];

/// The labels of the two apps. People have them and never open them: they are not on the dashboard.
pub(super) const LABELS: [&str; 2] = ["Okta MCP for people", "Okta MCP on the web"];

/// Adds the native and the web app, and makes the service app an admin. All of it is drawn apart: the
/// ids of the rest of the org do not depend on it.
pub(super) fn add(state: &mut State, config: &Config, service: &str, now: Timestamp) -> SignIn {
    let apart = state.maker.apart(config.seed, "sign-in");
    let maker = std::mem::replace(&mut state.maker, apart);
    let [native_label, web_label] = LABELS;
    let native = make(state, &body(native_label, "native"), now);
    let web = make(state, &body(web_label, "web"), now);
    if let Some(service) = Id::parse(service) {
        roles::grant(state, service, "SUPER_ADMIN", now);
    }
    state.maker = maker;
    let login = |at: usize| people::KNOWN.get(at).map(people::Known::login).unwrap_or_default();
    SignIn {
        native,
        web,
        redirect_uri: REDIRECT_URI.to_owned(),
        super_admin: login(people::ADMIN),
        employee: login(people::EMPLOYEE),
        password: PASSWORD.to_owned(),
    }
}

fn body(label: &str, kind: &str) -> Value {
    let native = kind == "native";
    let mut grants = vec!["authorization_code", "refresh_token"];
    if native {
        grants.push("urn:ietf:params:oauth:grant-type:device_code");
    }
    let rotation = if native { "ROTATE" } else { "STATIC" };
    json!({
        "name": "oidc_client",
        "label": label,
        "signOnMode": "OPENID_CONNECT",
        "credentials": {
            "oauthClient": {
                "token_endpoint_auth_method": if native { "none" } else { "client_secret_basic" },
            },
        },
        "settings": { "oauthClient": {
            "application_type": kind,
            "grant_types": grants,
            "response_types": ["code"],
            "redirect_uris": [REDIRECT_URI],
            "refresh_token": { "rotation_type": rotation, "leeway": 30 },
            "consent_method": "TRUSTED",
        } },
    })
}

fn make(state: &mut State, body: &Value, now: Timestamp) -> ClientApp {
    let id = state.maker.id("0oa");
    apps::settle(state, id, body, now, "ACTIVE");
    let row = Assignment {
        created: now,
        last_updated: now,
        scope: Scope::Group,
        via: None,
        priority: 0,
        user_name: None,
        profile: None,
    };
    state.assignments.groups.insert((id, state.groups.everyone), row);
    let own = OWN.iter().map(|scope| (*scope).to_owned());
    let scopes: Vec<String> = service_app::scopes().into_iter().chain(own).collect();
    state.grants.insert(id, scopes.iter().cloned().collect());
    let secret = state.docs(apps::APPS).get(id.as_str()).and_then(|app| {
        app.get("credentials")?.pointer("/oauthClient/client_secret")?.as_str().map(str::to_owned)
    });
    ClientApp { client_id: id.to_string(), client_secret: secret, scopes }
}
