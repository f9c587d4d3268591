//! The OpenID Connect part of an app.

use serde_json::{Map, Value, json};

use super::build::{Given, Invalid, flag, text_or_null};

const AUTH_METHODS: [&str; 5] =
    ["client_secret_basic", "client_secret_post", "client_secret_jwt", "private_key_jwt", "none"];

/// `credentials.oauthClient`, with the client's secret: who shows it takes it away where Okta does.
pub(super) fn credentials(body: &Value, given: &Given<'_>) -> Result<Value, Invalid> {
    let at = |name: &str| body.pointer(&format!("/credentials/oauthClient/{name}"));
    let method = match at("token_endpoint_auth_method").and_then(Value::as_str) {
        Some(method) if !AUTH_METHODS.contains(&method) => {
            return Err(Invalid::new(
                "credentials.oauthClient.token_endpoint_auth_method",
                "token_endpoint_auth_method: Invalid token endpoint authentication method",
            ));
        }
        method => method.unwrap_or("client_secret_basic"),
    };
    let mut client = Map::new();
    client.insert(
        "autoKeyRotation".into(),
        flag(body, "/credentials/oauthClient/autoKeyRotation", true).into(),
    );
    let client_id =
        at("client_id").and_then(Value::as_str).filter(|id| !id.is_empty()).unwrap_or(given.id);
    client.insert("client_id".into(), client_id.into());
    if method.starts_with("client_secret_") {
        let secret =
            at("client_secret").and_then(Value::as_str).filter(|secret| secret.len() >= 14);
        client.insert("client_secret".into(), secret.unwrap_or(given.client_secret).into());
    }
    client.insert("token_endpoint_auth_method".into(), method.into());
    let kind = body.pointer("/settings/oauthClient/application_type").and_then(Value::as_str);
    let pkce = matches!(kind, Some("browser" | "native"));
    client.insert(
        "pkce_required".into(),
        flag(body, "/credentials/oauthClient/pkce_required", pkce).into(),
    );
    Ok(Value::Object(client))
}

/// `settings.oauthClient`.
pub(super) fn settings(body: &Value, given: &Given<'_>) -> Result<Value, Invalid> {
    let at = |name: &str| body.pointer(&format!("/settings/oauthClient/{name}"));
    let text = |name: &str, default: &str| -> Value {
        at(name).and_then(Value::as_str).unwrap_or(default).into()
    };
    check(body)?;
    let kind = at("application_type").and_then(Value::as_str).unwrap_or("web");
    let mut client = Map::new();
    client.insert("client_uri".into(), text_or_null(at("client_uri")));
    client.insert("logo_uri".into(), text_or_null(at("logo_uri")));
    client.insert("redirect_uris".into(), list(at("redirect_uris")));
    if let Some(uris) = at("post_logout_redirect_uris").filter(|uris| !is_empty(uris)) {
        client.insert("post_logout_redirect_uris".into(), uris.clone());
    }
    client.insert("response_types".into(), list(at("response_types")));
    client.insert("grant_types".into(), list(at("grant_types")));
    copy(at("initiate_login_uri"), "initiate_login_uri", &mut client);
    copy(at("refresh_token"), "refresh_token", &mut client);
    copy(at("jwks_uri"), "jwks_uri", &mut client);
    if let Some(keys) = at("jwks").and_then(|jwks| jwks.get("keys")).and_then(Value::as_array) {
        let keys: Vec<Value> = keys
            .iter()
            .enumerate()
            .map(|(index, key)| {
                public_key(key, given.key_ids.get(index).map_or("", String::as_str))
            })
            .collect();
        client.insert("jwks".into(), json!({ "keys": keys }));
    }
    client.insert("application_type".into(), kind.into());
    copy(at("tos_uri"), "tos_uri", &mut client);
    copy(at("policy_uri"), "policy_uri", &mut client);
    client.insert("consent_method".into(), text("consent_method", "TRUSTED"));
    client.insert("issuer_mode".into(), text("issuer_mode", "DYNAMIC"));
    let login = |name: &str| at(&format!("idp_initiated_login/{name}"));
    client.insert(
        "idp_initiated_login".into(),
        json!({
            "mode": login("mode").and_then(Value::as_str).unwrap_or("DISABLED"),
            "default_scope": list(login("default_scope")),
        }),
    );
    client.insert("wildcard_redirect".into(), text("wildcard_redirect", "DISABLED"));
    let dpop = flag(body, "/settings/oauthClient/dpop_bound_access_tokens", false);
    client.insert("dpop_bound_access_tokens".into(), dpop.into());
    copy(at("network"), "network", &mut client);
    let slo = flag(body, "/settings/oauthClient/participate_slo", false);
    client.insert("participate_slo".into(), slo.into());
    if slo {
        copy(at("frontchannel_logout_uri"), "frontchannel_logout_uri", &mut client);
        copy(
            at("frontchannel_logout_session_required"),
            "frontchannel_logout_session_required",
            &mut client,
        );
    }
    Ok(Value::Object(client))
}

/// What has to fit together: grants, response types, redirects and keys.
fn check(body: &Value) -> Result<(), Invalid> {
    const PART: &str = "settings.oauthClient";
    let Some(client) = body.pointer("/settings/oauthClient").and_then(Value::as_object) else {
        return Err(Invalid::new(PART, "settings.oauthClient: The field cannot be left blank"));
    };
    let words = |name: &str| -> Vec<&str> {
        client
            .get(name)
            .and_then(Value::as_array)
            .map_or_else(Vec::new, |list| list.iter().filter_map(Value::as_str).collect())
    };
    let kind = client.get("application_type").and_then(Value::as_str).unwrap_or("web");
    let grants = words("grant_types");
    let mut causes = Vec::new();
    if !["web", "native", "browser", "service"].contains(&kind) {
        causes.push(format!("application_type: '{kind}' is not a valid application type."));
    }
    if grants.is_empty() {
        causes.push("grant_types: 'grant_types' must have at least one grant type.".to_owned());
    }
    if kind != "service" && grants.contains(&"client_credentials") && kind != "web" {
        causes.push(format!(
            "grant_types: 'client_credentials' is not allowed for application type '{kind}'."
        ));
    }
    let redirects = grants.iter().any(|grant| matches!(*grant, "authorization_code" | "implicit"));
    if redirects && words("redirect_uris").is_empty() {
        causes.push(
            "redirect_uris: 'redirect_uris' must be provided for the grant types of this client."
                .to_owned(),
        );
    }
    for uri in words("redirect_uris") {
        if !uri.contains(':') || uri.contains('#') {
            causes.push(format!("redirect_uris: '{uri}' is not a valid redirect URI."));
        }
    }
    if grants.contains(&"authorization_code") && !words("response_types").contains(&"code") {
        causes.push(
            "response_types: 'response_types' must include 'code' for grant type 'authorization_code'."
                .to_owned(),
        );
    }
    let method = body.pointer("/credentials/oauthClient/token_endpoint_auth_method");
    let keyed = client.contains_key("jwks") || client.contains_key("jwks_uri");
    if method == Some(&json!("private_key_jwt")) && !keyed {
        causes.push(
            "jwks: 'jwks' or 'jwks_uri' is required for the authentication method 'private_key_jwt'."
                .to_owned(),
        );
    }
    if causes.is_empty() { Ok(()) } else { Err(Invalid { part: PART, causes }) }
}

/// A client's key as Okta lists it.
pub(crate) fn public_key(key: &Value, id: &str) -> Value {
    let at = |name: &str| key.get(name).cloned().unwrap_or_default();
    let mut kept = Map::new();
    kept.insert("kty".into(), at("kty"));
    let id = key.get("id").and_then(Value::as_str).unwrap_or(id);
    kept.insert("id".into(), id.into());
    kept.insert("status".into(), key.get("status").cloned().unwrap_or_else(|| "ACTIVE".into()));
    kept.insert("kid".into(), at("kid"));
    kept.insert("use".into(), at("use"));
    let parts: &[&str] =
        if kept.get("kty") == Some(&json!("EC")) { &["x", "y", "crv"] } else { &["e", "n"] };
    for part in parts {
        kept.insert((*part).to_owned(), at(part));
    }
    Value::Object(kept)
}

fn copy(value: Option<&Value>, name: &str, into: &mut Map<String, Value>) {
    if let Some(value) = value.filter(|value| !value.is_null()) {
        into.insert(name.to_owned(), value.clone());
    }
}

fn list(value: Option<&Value>) -> Value {
    value.filter(|value| value.is_array()).cloned().unwrap_or_else(|| json!([]))
}

fn is_empty(value: &Value) -> bool {
    value.as_array().is_none_or(Vec::is_empty)
}
