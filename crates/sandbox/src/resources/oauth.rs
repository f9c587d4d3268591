//! The org authorization server: tokens for service apps.

#![expect(clippy::unnecessary_wraps, reason = "all operations have one signature")]

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::{
    answer::Answer,
    call::Call,
    error::Result,
    id::Id,
    log::{Draft, Target},
    oauth::{self, Client, Expected, Grant, Key, OAuthError},
    route::{Route, get, post},
};

pub(super) const ROUTES: &[Route] = &[
    post("/oauth2/v1/token", "", token).limit(150),
    post("/oauth2/v1/introspect", "", introspect).limit(1_200),
    post("/oauth2/v1/revoke", "", revoke).limit(1_200),
    get("/oauth2/v1/keys", "", keys).unlimited(),
    get("/.well-known/oauth-authorization-server", "", metadata).unlimited(),
    get("/.well-known/openid-configuration", "", metadata).unlimited(),
    get("/.well-known/okta-organization", "", organization).unlimited(),
];

type OAuth<T> = std::result::Result<T, OAuthError>;

const LIFETIME: i64 = 3_600;

fn token(call: &mut Call<'_>) -> Result<Answer> {
    let form = form(call);
    let outcome = grant(call, &form);
    let answer = match &outcome {
        Ok(body) => Answer::ok(body.clone()),
        Err(error) => {
            let answer = error.answer();
            let reason = error.error;
            call.log_event(
                Draft::new("app.oauth2.token.grant")
                    .outcome("FAILURE", Some(reason))
                    .severity("WARN"),
            );
            answer
        }
    };
    let nonce = oauth::nonce(call.state.org_id.as_str(), call.now, 0);
    let asks_nonce = outcome.as_ref().is_err_and(|error| error.error == "use_dpop_nonce");
    let bound = outcome.as_ref().is_ok_and(|body| body["token_type"] == "DPoP");
    Ok(if asks_nonce || bound { answer.header("dpop-nonce", nonce) } else { answer })
}

fn form(call: &Call<'_>) -> Vec<(String, String)> {
    let pairs = form_urlencoded::parse(call.body);
    pairs.map(|(name, value)| (name.into_owned(), value.into_owned())).collect()
}

fn field<'a>(form: &'a [(String, String)], name: &str) -> Option<&'a str> {
    form.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
}

/// Who sends the form, by its client assertion.
fn client(call: &mut Call<'_>, form: &[(String, String)]) -> OAuth<Client> {
    let endpoint = call.href(call.path);
    oauth::authenticate(call.state, form, &endpoint, call.now)
}

fn grant(call: &mut Call<'_>, form: &[(String, String)]) -> OAuth<Value> {
    match field(form, "grant_type") {
        Some("client_credentials") => {}
        None => {
            let text = "The token request must specify a 'grant_type'.";
            return Err(OAuthError::request(text));
        }
        Some(_) => {
            return Err(OAuthError::new(
                400,
                "unsupported_grant_type",
                "The authorization grant type is not supported by the authorization server.",
            ));
        }
    }
    let client = client(call, form)?;
    if !client.grant_types.iter().any(|kind| kind == "client_credentials") {
        let configured = client.grant_types.join(", ");
        return Err(OAuthError::new(
            400,
            "unauthorized_client",
            format!(
                "The client is not authorized to use the provided grant type. Configured grant \
                 types: [{configured}]."
            ),
        ));
    }
    let key = if client.dpop { Some(prove(call, client.id)?) } else { None };
    let scopes = scopes(call, client.id, field(form, "scope").unwrap_or_default())?;
    let kind = if key.is_some() { "DPoP" } else { "Bearer" };
    let grant = Grant {
        id: format!("AT.{}", call.state.maker.text(43)),
        app: client.id,
        scopes: scopes.iter().cloned().collect(),
        issued: call.now,
        expires: crate::time::before(call.now, -LIFETIME),
        key,
    };
    let signer = call.state.signing_key.as_ref();
    let token = signer.and_then(|key| oauth::access_token(key, call.base, &grant, &scopes));
    let token = token.ok_or_else(|| {
        OAuthError::new(500, "server_error", "This org has no key to sign with: try another seed.")
    })?;
    call.state.tokens.put(&token, grant);
    let scope = scopes.join(" ");
    let label = call.state.app_label(client.id).to_owned();
    call.principal = crate::call::Principal::App(client.id);
    call.log_event(
        Draft::new("app.oauth2.token.grant.access_token")
            .targets(vec![Target::new(
                client.id.as_str(),
                "PublicClientApp",
                client.id.as_str(),
                label,
            )])
            .debug("grantType", "client_credentials")
            .debug("requestedScopes", &scope)
            .debug("grantedScopes", &scope),
    );
    Ok(json!({
        "token_type": kind,
        "expires_in": LIFETIME,
        "access_token": token,
        "scope": scope,
    }))
}

/// The DPoP key of a token request.
fn prove(call: &mut Call<'_>, client: Id) -> OAuth<String> {
    let org = call.state.org_id;
    let nonces: Vec<String> =
        (0..=3).map(|days| oauth::nonce(org.as_str(), call.now, days)).collect();
    let url = call.href(call.path);
    let expected =
        Expected { method: "POST", url: &url, token: None, nonces: &nonces, now: call.now };
    let proof = oauth::check_dpop(call.header("dpop"), &expected)?;
    let expires = call.now.as_second() + 600;
    if call.state.tokens.use_once(client, &proof.jti, expires, call.now) {
        Ok(proof.key)
    } else {
        let text = "The DPoP proof JWT has already been used.";
        Err(OAuthError::new(400, "invalid_dpop_proof", text))
    }
}

/// The scopes asked for, all of which the app must have been granted.
fn scopes(call: &Call<'_>, client: Id, asked: &str) -> OAuth<Vec<String>> {
    let bad = |text: &str| OAuthError::new(400, "invalid_scope", text);
    let mut scopes = Vec::new();
    for scope in asked.split_whitespace() {
        if !scopes.iter().any(|known| known == scope) {
            scopes.push(scope.to_owned());
        }
    }
    if scopes.is_empty() {
        return Err(bad(
            "The 'scope' parameter must be specified for the client_credentials grant.",
        ));
    }
    if scopes.iter().any(|scope| matches!(scope.as_str(), "openid" | "offline_access")) {
        return Err(bad("The client_credentials grant does not allow OpenID scopes."));
    }
    if scopes.iter().any(|scope| scope.rsplit('.').next() == Some("self")) {
        return Err(bad("The client_credentials grant does not allow '.self' scopes."));
    }
    let granted = call.state.grants.get(&client);
    if scopes.iter().all(|scope| granted.is_some_and(|granted| granted.contains(scope))) {
        Ok(scopes)
    } else {
        Err(bad("One or more scopes are not configured for the authorization server resource."))
    }
}

fn introspect(call: &mut Call<'_>) -> Result<Answer> {
    let form = form(call);
    if let Err(error) = client(call, &form) {
        return Ok(error.answer());
    }
    let Some(token) = field(&form, "token") else { return Ok(missing_token()) };
    let Some(grant) = call.state.tokens.valid(token, call.now) else {
        return Ok(Answer::ok(json!({ "active": false })));
    };
    let scopes: Vec<&str> = grant.scopes.iter().map(String::as_str).collect();
    Ok(Answer::ok(json!({
        "active": true,
        "token_type": if grant.key.is_some() { "DPoP" } else { "Bearer" },
        "scope": scopes.join(" "),
        "client_id": grant.app,
        "jti": grant.id,
        "iss": call.base,
        "sub": grant.app,
        "aud": call.base,
        "iat": grant.issued.as_second(),
        "exp": grant.expires.as_second(),
    })))
}

fn revoke(call: &mut Call<'_>) -> Result<Answer> {
    let form = form(call);
    let client = match client(call, &form) {
        Ok(client) => client,
        Err(error) => return Ok(error.answer()),
    };
    let Some(token) = field(&form, "token") else { return Ok(missing_token()) };
    // Another client's token stays as it is, and nobody learns that it exists.
    if call.state.tokens.valid(token, call.now).is_some_and(|grant| grant.app == client.id) {
        call.state.tokens.revoke(token);
        call.principal = crate::call::Principal::App(client.id);
        call.log("app.oauth2.token.revoke", Vec::new());
    }
    Ok(Answer::empty(200))
}

fn missing_token() -> Answer {
    OAuthError::request("The 'token' parameter must be specified.").answer()
}

fn keys(call: &mut Call<'_>) -> Result<Answer> {
    let keys: Vec<Value> = call.state.signing_key.iter().map(Key::jwk).collect();
    Ok(Answer::ok(json!({ "keys": keys })))
}

fn metadata(call: &mut Call<'_>) -> Result<Answer> {
    let endpoint = |name: &str| call.href(&format!("/oauth2/v1/{name}"));
    let algorithms = ["RS256", "RS384", "RS512", "ES256", "ES384", "ES512"];
    let methods = [
        "client_secret_basic",
        "client_secret_post",
        "client_secret_jwt",
        "private_key_jwt",
        "none",
    ];
    let scopes: BTreeSet<&String> = call.state.grants.values().flatten().collect();
    Ok(Answer::ok(json!({
        "issuer": call.base,
        "authorization_endpoint": endpoint("authorize"),
        "token_endpoint": endpoint("token"),
        "registration_endpoint": endpoint("clients"),
        "jwks_uri": endpoint("keys"),
        "response_types_supported": ["code", "token"],
        "response_modes_supported": ["query", "fragment", "form_post", "okta_post_message"],
        "grant_types_supported": ["authorization_code", "refresh_token", "client_credentials"],
        "subject_types_supported": ["public"],
        "scopes_supported": scopes,
        "token_endpoint_auth_methods_supported": methods,
        "claims_supported": ["iss", "sub", "aud", "iat", "exp", "jti", "scp", "cid"],
        "code_challenge_methods_supported": ["S256"],
        "introspection_endpoint": endpoint("introspect"),
        "introspection_endpoint_auth_methods_supported": methods,
        "revocation_endpoint": endpoint("revoke"),
        "revocation_endpoint_auth_methods_supported": methods,
        "end_session_endpoint": endpoint("logout"),
        "request_parameter_supported": true,
        "request_object_signing_alg_values_supported": algorithms,
        "device_authorization_endpoint": endpoint("device/authorize"),
        "dpop_signing_alg_values_supported": algorithms,
    })))
}

fn organization(call: &mut Call<'_>) -> Result<Answer> {
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
