//! What the authorization server says of itself. It names what this one does: Okta's knows more
//! grants, which nobody could use here.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::{
    answer::Answer,
    call::Call,
    error::Result,
    oauth::{ACRS, Key, scopes::OPENID},
};

const ALGORITHMS: [&str; 6] = ["RS256", "RS384", "RS512", "ES256", "ES384", "ES512"];
const METHODS: [&str; 4] = ["client_secret_basic", "client_secret_post", "private_key_jwt", "none"];

pub(super) fn keys(call: &mut Call<'_>) -> Result<Answer> {
    let keys: Vec<Value> = call.state.signing_key.iter().map(Key::jwk).collect();
    Ok(Answer::ok(json!({ "keys": keys })))
}

pub(super) fn oauth(call: &mut Call<'_>) -> Result<Answer> {
    Ok(Answer::ok(Value::Object(metadata(call))))
}

pub(super) fn openid(call: &mut Call<'_>) -> Result<Answer> {
    let mut document = metadata(call);
    document.insert("userinfo_endpoint".into(), call.href("/oauth2/v1/userinfo").into());
    document.insert("id_token_signing_alg_values_supported".into(), json!(["ES256"]));
    document.insert("acr_values_supported".into(), ACRS.iter().map(|acr| acr.name).collect());
    Ok(Answer::ok(Value::Object(document)))
}

fn metadata(call: &Call<'_>) -> Map<String, Value> {
    let endpoint = |name: &str| call.href(&format!("/oauth2/v1/{name}"));
    let granted: BTreeSet<&str> =
        call.state.grants.values().flatten().map(String::as_str).collect();
    let scopes: Vec<&str> = OPENID.into_iter().chain(granted).collect();
    let document = json!({
        "issuer": call.base,
        "authorization_endpoint": endpoint("authorize"),
        "token_endpoint": endpoint("token"),
        "registration_endpoint": endpoint("clients"),
        "jwks_uri": endpoint("keys"),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query", "fragment"],
        "grant_types_supported": [
            "authorization_code",
            "refresh_token",
            "client_credentials",
            "urn:ietf:params:oauth:grant-type:device_code",
        ],
        "subject_types_supported": ["public"],
        "scopes_supported": scopes,
        "token_endpoint_auth_methods_supported": METHODS,
        "claims_supported": [
            "iss", "ver", "sub", "aud", "iat", "exp", "jti", "auth_time", "amr", "acr", "idp",
            "nonce", "at_hash", "name", "email", "preferred_username",
        ],
        "code_challenge_methods_supported": ["S256"],
        "introspection_endpoint": endpoint("introspect"),
        "introspection_endpoint_auth_methods_supported": METHODS,
        "revocation_endpoint": endpoint("revoke"),
        "revocation_endpoint_auth_methods_supported": METHODS,
        "end_session_endpoint": endpoint("logout"),
        "request_parameter_supported": false,
        "device_authorization_endpoint": endpoint("device/authorize"),
        "dpop_signing_alg_values_supported": ALGORITHMS,
    });
    if let Value::Object(document) = document { document } else { Map::new() }
}

pub(super) fn organization(call: &mut Call<'_>) -> Result<Answer> {
    Ok(Answer::ok(json!({
        "id": call.state.org_id,
        "cell": "op3",
        "_links": { "organization": { "href": call.base } },
        "pipeline": "idx",
        "settings": {
            "analyticsCollectionEnabled": false,
            "bugReportingEnabled": true,
            "omEnabled": false,
            "pssoEnabled": false,
            "desktopMFAEnabled": false,
            "itpEnabled": false,
        },
    })))
}
