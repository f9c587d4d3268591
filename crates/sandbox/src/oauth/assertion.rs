//! A client proves who it is with a private key JWT.

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::{
    Client, OAuthError,
    client::{self, expect},
    jwt::Jwt,
};
use crate::store::State;

const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// Checks the client assertion of a form sent to `endpoint`.
pub(super) fn authenticate(
    state: &mut State,
    form: &[(String, String)],
    endpoint: &str,
    now: Timestamp,
) -> Result<Client, OAuthError> {
    let field =
        |name: &str| form.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    let Some(assertion) = field("client_assertion") else {
        return Err(OAuthError::client(
            "Client authentication failed. Either the client or the client credentials are invalid.",
        ));
    };
    if field("client_assertion_type") != Some(JWT_BEARER) {
        return Err(OAuthError::request(format!(
            "The client_assertion_type must be '{JWT_BEARER}'."
        )));
    }
    let jwt = Jwt::read(assertion)
        .ok_or_else(|| OAuthError::client("The client_assertion is not a valid JWT."))?;
    if !jwt.has_known_algorithm() {
        return Err(OAuthError::client(
            "The client_assertion signature algorithm is not supported.",
        ));
    }
    let subject = jwt.claim("sub").unwrap_or_default();
    if field("client_id").is_some_and(|id| id != subject) {
        return Err(OAuthError::client(
            "The subject (sub) claim for client_assertion does not match the client_id.",
        ));
    }
    if jwt.claim("iss") != Some(subject) {
        return Err(OAuthError::client("The issuer (iss) claim for client_assertion is invalid."));
    }
    let unknown = || OAuthError::client("Invalid value for 'client_id' parameter.");
    let app = client::app(state, subject).ok_or_else(unknown)?;
    let client = Client::find(state, subject).ok_or_else(unknown)?;
    expect(&client, "private_key_jwt")?;
    check_key(&jwt, app)?;
    let expires = check_times(&jwt, endpoint, now)?;
    if let Some(jti) = jwt.claim("jti")
        && !state.tokens.use_once(client.id, jti, expires, now)
    {
        return Err(OAuthError::client("The client_assertion token has already been used."));
    }
    Ok(client)
}

fn settings(app: &Map<String, Value>) -> Option<&Map<String, Value>> {
    app.get("settings")?.get("oauthClient")?.as_object()
}

/// The signature, with a key that the app has registered.
fn check_key(jwt: &Jwt<'_>, app: &Map<String, Value>) -> Result<(), OAuthError> {
    let keys = settings(app).and_then(|settings| settings.get("jwks")?.get("keys")?.as_array());
    let keys = keys.map_or(&[][..], Vec::as_slice);
    let usable = |key: &&Value| {
        let status = key.get("status").and_then(Value::as_str);
        status.is_none_or(|status| status == "ACTIVE")
    };
    let mut active = keys.iter().filter(usable);
    if active.clone().next().is_none() {
        return Err(OAuthError::client("The client has no JSON Web Key Set configured."));
    }
    let key = match jwt.header("kid") {
        Some(kid) => active.find(|key| key.get("kid").and_then(Value::as_str) == Some(kid)),
        None => active.next().filter(|_| active.next().is_none()),
    };
    let key = key.ok_or_else(|| OAuthError::client("The client_assertion JWT kid is invalid."))?;
    if jwt.is_signed_by(key) {
        Ok(())
    } else {
        Err(OAuthError::client("The client_assertion signature is invalid."))
    }
}

/// Audience and times; the end of the assertion comes back.
fn check_times(jwt: &Jwt<'_>, endpoint: &str, now: Timestamp) -> Result<i64, OAuthError> {
    let audience = match jwt.claims.get("aud") {
        Some(Value::String(text)) => text == endpoint,
        Some(Value::Array(items)) => items.iter().any(|item| item.as_str() == Some(endpoint)),
        _ => false,
    };
    if !audience {
        return Err(OAuthError::client(
            "The audience claim for client_assertion must be the endpoint invoked for the request.",
        ));
    }
    let now = now.as_second();
    let expires = jwt
        .time("exp")
        .ok_or_else(|| OAuthError::client("The client_assertion token must have an expiration."))?;
    if expires <= now {
        return Err(OAuthError::client("The client_assertion token is expired."));
    }
    if expires > now + 3_600 {
        return Err(OAuthError::client(
            "The client_assertion token has an expiration too far into the future.",
        ));
    }
    if jwt.time("iat").is_some_and(|issued| issued > now + 1) {
        return Err(OAuthError::client("The client_assertion token was issued in the future."));
    }
    Ok(expires)
}
