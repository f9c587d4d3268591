//! The service app that a caller signs in with.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::Timestamp;
use rcgen::{KeyPair, PublicKeyData as _};
use serde_json::{Value, json};

use crate::{call::stamp, config::Config, org::ServiceApp, store::State};

/// What the app may ask for: everything that the org has operations for.
fn scopes() -> Vec<String> {
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

/// Adds the app `Okta MCP` with a key made now.
pub(super) fn add(state: &mut State, config: &Config, now: Timestamp) -> ServiceApp {
    let id = state.maker.id("0oa");
    let key_id = state.maker.text(43);
    let (private_key_pem, jwk) = key(&key_id, now);
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
                "jwks": { "keys": [jwk] },
            },
        },
    });
    if let Value::Object(app) = app {
        state.docs_mut("apps").put(id.as_str(), app);
    }
    state.grants.insert(id, scopes.iter().cloned().collect());
    ServiceApp { client_id: id.to_string(), private_key_pem, key_id, scopes }
}

/// A new EC key: private as PEM, public as JWK.
pub(super) fn key(key_id: &str, now: Timestamp) -> (String, Value) {
    // Without a key pair nobody can sign in with the app; the rest of the org still works.
    let Ok(pair) = KeyPair::generate() else { return (String::new(), Value::Null) };
    let point = pair.der_bytes();
    let coordinate = |range| point.get(range).map(|bytes| URL_SAFE_NO_PAD.encode(bytes));
    let jwk = json!({
        "kty": "EC",
        "use": "sig",
        "alg": "ES256",
        "crv": "P-256",
        "kid": key_id,
        "status": "ACTIVE",
        "created": stamp(now),
        "lastUpdated": stamp(now),
        "x": coordinate(1..33),
        "y": coordinate(33..65),
    });
    (pair.serialize_pem(), jwk)
}
