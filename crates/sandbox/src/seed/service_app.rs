//! The service app that a caller signs in with.

use aws_lc_rs::agreement::{ECDH_P256, PrivateKey};
use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use jiff::Timestamp;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

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

/// Adds the app `Okta MCP` with its key.
pub(super) fn add(state: &mut State, config: &Config, now: Timestamp) -> ServiceApp {
    let id = state.maker.id("0oa");
    let key_id = state.maker.text(43);
    let (private_key_pem, jwk) = key(config.seed, &key_id, now);
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

/// The start of a P-256 private key in PKCS#8, up to the key itself, and what stands between it and
/// the public key.
const PKCS8_HEAD: &[u8] = &[
    0x30, 0x81, 0x87, 0x02, 0x01, 0x00, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02,
    0x01, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x04, 0x6d, 0x30, 0x6b, 0x02,
    0x01, 0x01, 0x04, 0x20,
];
const PKCS8_MIDDLE: &[u8] = &[0xa1, 0x44, 0x03, 0x42, 0x00];

/// An EC key: private as PEM, public as JWK. It follows from the seed, so that the same org has the
/// same key, and a new org costs no randomness of the machine. It opens nothing but this sandbox.
pub(super) fn key(seed: u64, key_id: &str, now: Timestamp) -> (String, Value) {
    let secret = Sha256::digest(format!("okta-sandbox {seed} {key_id}"));
    let public = PrivateKey::from_private_key(&ECDH_P256, &secret)
        .map_err(Into::into)
        .and_then(|private| private.compute_public_key());
    // One seed in 2^32 gives no key: nobody can sign in with the app then, the rest of the org works.
    let Ok(public) = public else { return (String::new(), Value::Null) };
    let point = public.as_ref();
    let der = [PKCS8_HEAD, &secret, PKCS8_MIDDLE, point].concat();
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
    (pem(&der), jwk)
}

fn pem(der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let mut pem = "-----BEGIN PRIVATE KEY-----\n".to_owned();
    let mut rest = text.as_str();
    while !rest.is_empty() {
        let (line, more) = rest.split_at_checked(64).unwrap_or((rest, ""));
        pem.push_str(line);
        pem.push('\n');
        rest = more;
    }
    pem.push_str("-----END PRIVATE KEY-----\n");
    pem
}
