//! What a token is worth, and its end.

use serde_json::{Value, json};

use super::client;
use crate::{
    answer::Answer,
    call::Call,
    error::Result,
    oauth::{Client, Grant, OAuthError, Worth},
    store::User,
};

pub(super) fn introspect(call: &mut Call<'_>) -> Result<Answer> {
    let form = call.form();
    let client = match client(call, &form) {
        Ok(client) => client,
        Err(error) => return Ok(error.answer()),
    };
    let Some(token) = form.get("token") else { return Ok(missing_token()) };
    let found = match call.state.tokens.valid(token, call.now) {
        Some(grant) => Some(access(call, grant)),
        None => refresh(call, &client, token),
    };
    Ok(Answer::ok(found.unwrap_or_else(|| json!({ "active": false }))))
}

fn access(call: &Call<'_>, grant: &Grant) -> Value {
    let scopes: Vec<&str> = grant.scopes.iter().map(String::as_str).collect();
    let person = grant.login.as_ref().and_then(|login| call.state.users.get(login.user));
    let mut found = json!({
        "active": true,
        "token_type": if grant.key.is_some() { "DPoP" } else { "Bearer" },
        "scope": scopes.join(" "),
        "client_id": grant.app,
        "jti": grant.id,
        "iss": call.base,
        "sub": person.map_or(grant.app.as_str(), User::login),
        "aud": call.base,
        "iat": grant.issued.as_second(),
        "exp": grant.expires.as_second(),
    });
    name(&mut found, person);
    found
}

/// A refresh token of the client itself.
fn refresh(call: &Call<'_>, client: &Client, token: &str) -> Option<Value> {
    let leeway = client.rotation.unwrap_or_default();
    let Worth::Good(refresh) = call.state.tokens.worth(token, client.id, leeway, call.now) else {
        return None;
    };
    let person = call.state.users.get(refresh.login.user);
    let mut found = json!({
        "active": true,
        "scope": refresh.login.scopes.join(" "),
        "client_id": client.id,
        "iss": call.base,
        "sub": person.map(User::login),
        "aud": call.base,
        "iat": refresh.issued.as_second(),
        "exp": refresh.expires().as_second(),
    });
    name(&mut found, person);
    Some(found)
}

fn name(found: &mut Value, person: Option<&User>) {
    if let Some((found, person)) = found.as_object_mut().zip(person) {
        found.insert("username".to_owned(), person.login().into());
        found.insert("uid".to_owned(), person.id.into());
    }
}

pub(super) fn revoke(call: &mut Call<'_>) -> Result<Answer> {
    let form = call.form();
    let client = match client(call, &form) {
        Ok(client) => client,
        Err(error) => return Ok(error.answer()),
    };
    let Some(token) = form.get("token") else { return Ok(missing_token()) };
    // Another client's token stays as it is, and nobody learns that it exists.
    let own = call.state.tokens.valid(token, call.now).is_some_and(|grant| grant.app == client.id);
    let leeway = client.rotation.unwrap_or_default();
    let refresh = call.state.tokens.worth(token, client.id, leeway, call.now);
    match refresh {
        Worth::Good(refresh) | Worth::Reused(refresh) => {
            call.state.tokens.end_login(&refresh.login);
        }
        Worth::Nothing if own => call.state.tokens.revoke(token),
        Worth::Nothing => return Ok(Answer::empty(200)),
    }
    call.log("app.oauth2.token.revoke", Vec::new());
    Ok(Answer::empty(200))
}

fn missing_token() -> Answer {
    OAuthError::request("The 'token' parameter must be specified.").answer()
}
