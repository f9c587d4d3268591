//! Giving tokens out.

use std::sync::Arc;

use serde_json::{Value, json};

use super::OAuth;
use crate::{
    call::Call,
    log::{Draft, Target},
    oauth::{self, Client, Grant, IdToken, Login, OAuthError, Refresh},
    time::before,
};

/// Seconds that access and ID tokens are good for.
const LIFETIME: i64 = 3_600;

const REFRESH: &str = "app.oauth2.token.grant.refresh_token";

/// An access token, and the answer that it is in.
pub(super) struct Issued {
    token: String,
    pub(super) body: Value,
}

/// Everything that a sign-in is good for: an access token, and by its scopes a refresh token and an
/// ID token.
pub(super) fn all(
    call: &mut Call<'_>,
    client: &Client,
    login: &Arc<Login>,
    key: Option<String>,
    grant_type: &str,
) -> OAuth<Value> {
    let scopes = &login.scopes;
    let mut issued = access(call, client, scopes, key.clone(), Some(login), grant_type)?;
    if scopes.iter().any(|scope| scope == "offline_access") {
        let token = call.state.maker.text(43);
        let now = call.now;
        let refresh =
            Refresh { login: Arc::clone(login), key, issued: now, used: now, replaced: None };
        call.state.tokens.put_refresh(&token, refresh);
        add(&mut issued.body, "refresh_token", token);
        log(call, REFRESH, client, Some(login), grant_type, scopes);
    }
    let nonce = login.nonce.as_deref();
    identify(call, client, &mut issued, (login, nonce), scopes, grant_type)?;
    Ok(issued.body)
}

/// What a refresh token is good for: new tokens, and the same refresh token or the one that takes
/// its place.
pub(super) fn refreshed(
    call: &mut Call<'_>,
    client: &Client,
    token: &str,
    refresh: &Refresh,
    scopes: &[String],
) -> OAuth<Value> {
    let (login, now) = (&refresh.login, call.now);
    let key = refresh.key.clone();
    let mut issued = access(call, client, scopes, key, Some(login), "refresh_token")?;
    let rotates = client.rotation.is_some();
    call.state.tokens.use_refresh(token, rotates, now);
    let next = if rotates {
        let next = call.state.maker.text(43);
        let refresh = Refresh { issued: now, used: now, replaced: None, ..refresh.clone() };
        call.state.tokens.put_refresh(&next, refresh);
        log(call, REFRESH, client, Some(login), "refresh_token", scopes);
        next
    } else {
        token.to_owned()
    };
    add(&mut issued.body, "refresh_token", next);
    // The nonce was for the first one.
    identify(call, client, &mut issued, (login, None), scopes, "refresh_token")?;
    Ok(issued.body)
}

/// An access token.
pub(super) fn access(
    call: &mut Call<'_>,
    client: &Client,
    scopes: &[String],
    key: Option<String>,
    login: Option<&Arc<Login>>,
    grant_type: &str,
) -> OAuth<Issued> {
    let kind = if key.is_some() { "DPoP" } else { "Bearer" };
    let grant = Grant {
        id: format!("AT.{}", call.state.maker.text(43)),
        app: client.id,
        scopes: scopes.iter().cloned().collect(),
        issued: call.now,
        expires: before(call.now, -LIFETIME),
        key,
        login: login.cloned(),
    };
    let person = login.and_then(|login| call.state.users.get(login.user));
    let signer = call.state.signing_key.as_ref();
    let token = signer.and_then(|key| oauth::access_token(key, call.base, &grant, scopes, person));
    let token = token.ok_or_else(no_key)?;
    call.state.tokens.put(&token, grant);
    let access = "app.oauth2.token.grant.access_token";
    log(call, access, client, login.map(AsRef::as_ref), grant_type, scopes);
    let body = json!({
        "token_type": kind,
        "expires_in": LIFETIME,
        "access_token": token,
        "scope": scopes.join(" "),
    });
    Ok(Issued { token, body })
}

/// Adds the ID token, where `openid` was asked for.
fn identify(
    call: &mut Call<'_>,
    client: &Client,
    issued: &mut Issued,
    (login, nonce): (&Login, Option<&str>),
    scopes: &[String],
    grant_type: &str,
) -> OAuth<()> {
    if !scopes.iter().any(|scope| scope == "openid") {
        return Ok(());
    }
    let token = IdToken {
        issuer: call.base,
        id: format!("ID.{}", call.state.maker.text(43)),
        idp: call.state.org_id.as_str(),
        issued: call.now.as_second(),
        expires: call.now.as_second() + LIFETIME,
        access_token: &issued.token,
        nonce,
    };
    let person = call.state.users.get(login.user);
    let text = call
        .state
        .signing_key
        .as_ref()
        .zip(person)
        .and_then(|(key, person)| oauth::id_token(key, &token, login, scopes, person));
    add(&mut issued.body, "id_token", text.ok_or_else(no_key)?);
    log(call, "app.oauth2.token.grant.id_token", client, Some(login), grant_type, scopes);
    Ok(())
}

fn add(body: &mut Value, name: &str, text: String) {
    if let Some(body) = body.as_object_mut() {
        body.insert(name.to_owned(), text.into());
    }
}

fn no_key() -> OAuthError {
    OAuthError::new(500, "server_error", "This org has no key to sign with: try another seed.")
}

fn log(
    call: &mut Call<'_>,
    event: &'static str,
    client: &Client,
    login: Option<&Login>,
    grant_type: &str,
    scopes: &[String],
) {
    let app = Target::new(client.id.as_str(), "PublicClientApp", client.id.as_str(), &client.label);
    let person = login.and_then(|login| call.state.users.get(login.user)).map(Target::user);
    let requested = login.map_or(scopes, |login| &login.scopes).join(" ");
    call.log_event(
        Draft::new(event)
            .targets([app].into_iter().chain(person).collect())
            .debug("grantType", grant_type)
            .debug("requestedScopes", requested)
            .debug("grantedScopes", scopes.join(" ")),
    );
}
