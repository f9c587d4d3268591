//! The service app that a caller signs in with.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::{
    call::stamp, config::Config, oauth::Key, org::ServiceApp, resources::apps, store::State,
};

/// What the app may ask for: everything that the org has operations for.
pub(super) fn scopes() -> Vec<String> {
    let stems = [
        "users",
        "groups",
        "apps",
        "policies",
        "deviceAssurance",
        "schemas",
        "userTypes",
        "roles",
        "brands",
        "templates",
        "domains",
        "emailDomains",
        "customPages",
        "themes",
        "appGrants",
        "devices",
        "factors",
        "sessions",
        "authenticators",
        "networkZones",
    ];
    let both =
        stems.iter().flat_map(|stem| [format!("okta.{stem}.read"), format!("okta.{stem}.manage")]);
    both.chain(["okta.logs.read".to_owned()]).collect()
}

/// Adds the app `Okta MCP` with its key.
pub(super) fn add(state: &mut State, config: &Config, now: Timestamp) -> ServiceApp {
    let id = state.maker.id("0oa");
    // Without a key nobody can sign in with the app; the rest of the org works.
    let key = Key::ec(config.seed, &state.maker.text(43));
    let (key_id, private_key_pem) =
        key.as_ref().map(|key| (key.id(), key.pem())).unwrap_or_default();
    let key_of_app = id.as_str().replacen("0oa", "pks", 1);
    let keys: Vec<Value> =
        key.iter().map(|key| apps::public_key(&key.jwk(), &key_of_app)).collect();
    let scopes = scopes();
    let app = json!({
        "id": id,
        "orn": format!("orn:okta:idp:{}:apps:oidc_client:{id}", state.org_id),
        "name": "oidc_client",
        "label": "Okta MCP",
        "status": "ACTIVE",
        "lastUpdated": stamp(now),
        "created": stamp(now),
        "accessibility": { "selfService": false, "errorRedirectUrl": null, "loginRedirectUrl": null },
        "visibility": {
            "autoLaunch": false,
            "autoSubmitToolbar": false,
            "hide": { "iOS": true, "web": true },
            "appLinks": { "oidc_client_link": true },
        },
        "features": [],
        "signOnMode": "OPENID_CONNECT",
        "credentials": {
            "userNameTemplate": { "template": "${source.login}", "type": "BUILT_IN" },
            "signing": { "kid": state.maker.text(43) },
            "oauthClient": {
                "autoKeyRotation": true,
                "client_id": id,
                "token_endpoint_auth_method": "private_key_jwt",
                "pkce_required": false,
            },
        },
        "settings": {
            "app": {},
            "notifications": { "vpn": { "network": { "connection": "DISABLED" }, "message": null, "helpUrl": null } },
            "manualProvisioning": false,
            "implicitAssignment": false,
            "notes": { "admin": null, "enduser": null },
            "signOn": {},
            "oauthClient": {
                "client_uri": null,
                "logo_uri": null,
                "response_types": ["token"],
                "grant_types": ["client_credentials"],
                "application_type": "service",
                "consent_method": "REQUIRED",
                "issuer_mode": "DYNAMIC",
                "dpop_bound_access_tokens": config.require_dpop,
                "jwks": { "keys": keys },
            },
        },
    });
    if let Value::Object(app) = app {
        state.docs_mut("apps").put(id.as_str(), app);
    }
    state.grants.insert(id, scopes.iter().cloned().collect());
    ServiceApp { client_id: id.to_string(), private_key_pem, key_id, scopes }
}

/// Has the app know another key of its own; gives the app with that key.
pub(crate) fn add_key(state: &mut State, app: ServiceApp, key: &Key) -> ServiceApp {
    let listed = apps::public_key(&key.jwk(), state.maker.id("pks").as_str());
    let doc = state.docs_mut("apps").get_mut(&app.client_id);
    let keys = doc.and_then(|doc| {
        doc.get_mut("settings")?.pointer_mut("/oauthClient/jwks/keys")?.as_array_mut()
    });
    if let Some(keys) = keys {
        keys.push(listed);
    }
    ServiceApp { private_key_pem: key.pem(), key_id: key.id(), ..app }
}
