//! `/oauth2/v1/token`: every grant.

use std::sync::Arc;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::{OAuth, client, issue};
use crate::{
    answer::Answer,
    call::{Call, Form},
    error::Result,
    id::Id,
    log::{Draft, Target},
    oauth::{self, Client, Expected, Login, OAuthError, Polled, Refresh, Worth, scopes},
    resources::app_assignments,
    store::Status,
};

const DEVICE_CODE: &str = "urn:ietf:params:oauth:grant-type:device_code";

pub(super) fn token(call: &mut Call<'_>) -> Result<Answer> {
    let form = call.form();
    let outcome = grant(call, &form);
    let answer = match &outcome {
        Ok(body) => Answer::ok(body.clone()),
        Err(error) => {
            // Who waits for a person has not failed.
            if !matches!(error.error, "authorization_pending" | "slow_down") {
                call.log_event(
                    Draft::new("app.oauth2.token.grant")
                        .outcome("FAILURE", Some(error.error))
                        .severity("WARN"),
                );
            }
            error.answer()
        }
    };
    let nonce = oauth::nonce(call.state.org_id.as_str(), call.now, 0);
    let asks_nonce = outcome.as_ref().is_err_and(|error| error.error == "use_dpop_nonce");
    let bound = outcome.as_ref().is_ok_and(|body| body["token_type"] == "DPoP");
    Ok(if asks_nonce || bound { answer.header("dpop-nonce", nonce) } else { answer })
}

fn grant(call: &mut Call<'_>, form: &Form) -> OAuth<Value> {
    match form.get("grant_type") {
        Some("client_credentials") => client_credentials(call, form),
        Some("authorization_code") => authorization_code(call, form),
        Some("refresh_token") => refresh_token(call, form),
        Some(DEVICE_CODE) => device_code(call, form),
        None => Err(OAuthError::request("The token request must specify a 'grant_type'.")),
        Some(_) => Err(OAuthError::new(
            400,
            "unsupported_grant_type",
            "The authorization grant type is not supported by the authorization server.",
        )),
    }
}

/// The client of a token request, which may use `grant_type`, and the key it proves where its tokens
/// are bound to one.
fn asker(call: &mut Call<'_>, form: &Form, grant_type: &str) -> OAuth<(Client, Option<String>)> {
    let client = client(call, form)?;
    client.may_use(grant_type)?;
    let key = if client.dpop { Some(prove(call, client.id)?) } else { None };
    Ok((client, key))
}

fn client_credentials(call: &mut Call<'_>, form: &Form) -> OAuth<Value> {
    let (client, key) = asker(call, form, "client_credentials")?;
    let scopes = own_scopes(call, client.id, form.get("scope").unwrap_or_default())?;
    issue::access(call, &client, &scopes, key, None, "client_credentials").map(|issued| issued.body)
}

/// The scopes asked for, all of which the app must have been granted.
fn own_scopes(call: &Call<'_>, client: Id, asked: &str) -> OAuth<Vec<String>> {
    let bad = |error, text: &str| Err(OAuthError::new(400, error, text));
    let words = scopes::words(asked);
    if words.is_empty() {
        return bad(
            "invalid_scope",
            "The 'scope' parameter must be specified for the client_credentials grant.",
        );
    }
    if words.iter().any(|scope| matches!(scope.as_str(), "openid" | "offline_access")) {
        return bad("invalid_scope", "The client_credentials grant does not allow OpenID scopes.");
    }
    if words.iter().any(|scope| scope.rsplit('.').next() == Some("self")) {
        return bad("invalid_scope", "The client_credentials grant does not allow '.self' scopes.");
    }
    let granted = call.state.grants.get(&client);
    if words.iter().all(|scope| granted.is_some_and(|granted| granted.contains(scope))) {
        Ok(words)
    } else {
        Err(scopes::not_configured())
    }
}

fn authorization_code(call: &mut Call<'_>, form: &Form) -> OAuth<Value> {
    let (client, key) = asker(call, form, "authorization_code")?;
    let code = form.get("code");
    let code =
        code.ok_or_else(|| OAuthError::request("The token request must specify a 'code'."))?;
    let found = call.state.codes.take(code, client.id, call.now);
    let found = found
        .ok_or_else(|| OAuthError::grant("The authorization code is invalid or has expired."))?;
    if form.get("redirect_uri") != Some(found.redirect_uri.as_str()) {
        return Err(OAuthError::grant(
            "The 'redirect_uri' does not match the redirection URI used in the authorization request.",
        ));
    }
    if !proves(found.challenge.as_deref(), form.get("code_verifier")) {
        return Err(OAuthError::grant("PKCE verification failed."));
    }
    still_there(call, &found.login)?;
    issue::all(call, &client, &Arc::new(found.login), key, "authorization_code")
}

/// Whether the verifier is the one that the challenge was made from; without a challenge there is none.
fn proves(challenge: Option<&str>, verifier: Option<&str>) -> bool {
    match (challenge, verifier) {
        (None, None) => true,
        (Some(challenge), Some(verifier)) => {
            let fits = (43..=128).contains(&verifier.len());
            fits && challenge == URL_SAFE_NO_PAD.encode(Sha256::digest(verifier))
        }
        _ => false,
    }
}

fn device_code(call: &mut Call<'_>, form: &Form) -> OAuth<Value> {
    let (client, key) = asker(call, form, DEVICE_CODE)?;
    let code = form
        .get("device_code")
        .ok_or_else(|| OAuthError::request("The token request must specify a 'device_code'."))?;
    let login = match call.state.devices.poll(code, client.id, call.now) {
        Polled::Tokens(login) => login,
        Polled::Pending => {
            let text = "The device authorization is pending. Please try again later.";
            return Err(OAuthError::new(400, "authorization_pending", text));
        }
        Polled::TooFast => {
            let text = "Slow down the polling frequency. Please try again later.";
            return Err(OAuthError::new(400, "slow_down", text));
        }
        Polled::Denied => {
            let text = "The resource owner or authorization server denied the request.";
            return Err(OAuthError::new(403, "access_denied", text));
        }
        Polled::Expired => {
            return Err(OAuthError::new(400, "expired_token", "The device code has expired."));
        }
        Polled::Unknown => {
            return Err(OAuthError::grant("The device code is invalid or has expired."));
        }
    };
    still_there(call, &login)?;
    let body = issue::all(call, &client, &login, key, DEVICE_CODE)?;
    call.state.devices.done(code);
    Ok(body)
}

fn refresh_token(call: &mut Call<'_>, form: &Form) -> OAuth<Value> {
    let (client, key) = asker(call, form, "refresh_token")?;
    let token = form
        .get("refresh_token")
        .ok_or_else(|| OAuthError::request("The token request must specify a 'refresh_token'."))?;
    let invalid = || OAuthError::grant("The refresh token is invalid or expired.");
    let leeway = client.rotation.unwrap_or_default();
    let refresh = match call.state.tokens.worth(token, client.id, leeway, call.now) {
        Worth::Good(refresh) => refresh,
        Worth::Nothing => return Err(invalid()),
        Worth::Reused(refresh) => {
            reused(call, &client, &refresh);
            return Err(invalid());
        }
    };
    if key != refresh.key {
        let text = "The DPoP proof is not made with the key of the refresh token.";
        return Err(OAuthError::new(400, "invalid_dpop_proof", text));
    }
    still_there(call, &refresh.login)?;
    let scopes = match form.get("scope").map(scopes::words) {
        None => refresh.login.scopes.clone(),
        Some(asked) if asked.iter().all(|scope| refresh.login.scopes.contains(scope)) => asked,
        Some(_) => {
            let text = "The scopes must be among those of the refresh token.";
            return Err(OAuthError::new(400, "invalid_scope", text));
        }
    };
    if !scopes::all_granted(call.state, &client, &scopes) {
        let text = "The app is not granted all scopes of the refresh token any more.";
        return Err(OAuthError::new(400, "access_denied", text));
    }
    issue::refreshed(call, &client, token, &refresh, &scopes)
}

/// Somebody has a copy of a refresh token: nobody keeps what came of it.
fn reused(call: &mut Call<'_>, client: &Client, refresh: &Refresh) {
    call.state.tokens.end_login(&refresh.login);
    let person = call.state.users.get(refresh.login.user).map(Target::user);
    let app = Target::new(client.id.as_str(), "PublicClientApp", client.id.as_str(), &client.label);
    call.log_event(
        Draft::new("app.oauth2.token.detect_reuse")
            .outcome("FAILURE", Some("refresh_token_reuse"))
            .severity("WARN")
            .targets(person.into_iter().chain([app]).collect()),
    );
}

/// Whether the person may still have what they signed in for.
fn still_there(call: &Call<'_>, login: &Login) -> OAuth<()> {
    let user = call.state.users.get(login.user);
    let gone = [Status::Suspended, Status::Deprovisioned, Status::Staged, Status::LockedOut];
    if user.is_none_or(|user| gone.contains(&user.status)) {
        return Err(OAuthError::grant("The user is not active."));
    }
    if app_assignments::has_user(call.state, login.app, login.user) {
        Ok(())
    } else {
        let text = "User is not assigned to the client application.";
        Err(OAuthError::new(400, "access_denied", text))
    }
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
