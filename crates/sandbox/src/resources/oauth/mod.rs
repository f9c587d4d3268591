//! The org authorization server: tokens for service apps and for people.

#![expect(clippy::unnecessary_wraps, reason = "all operations have one signature")]

mod device;
mod issue;
mod lookup;
mod metadata;
mod token;
mod userinfo;

use crate::{
    call::{Call, Form, Principal},
    oauth::{self, Client, OAuthError},
    route::{Route, get, post},
};

pub(super) const ROUTES: &[Route] = &[
    post("/oauth2/v1/device/authorize", "", device::authorize).limit(150),
    post("/oauth2/v1/token", "", token::token).limit(150),
    post("/oauth2/v1/introspect", "", lookup::introspect).limit(1_200),
    post("/oauth2/v1/revoke", "", lookup::revoke).limit(1_200),
    get("/oauth2/v1/userinfo", "", userinfo::userinfo).limit(1_200),
    post("/oauth2/v1/userinfo", "", userinfo::userinfo).limit(1_200),
    get("/oauth2/v1/keys", "", metadata::keys).unlimited(),
    get("/.well-known/oauth-authorization-server", "", metadata::oauth).unlimited(),
    get("/.well-known/openid-configuration", "", metadata::openid).unlimited(),
    get("/.well-known/okta-organization", "", metadata::organization).unlimited(),
];

type OAuth<T> = std::result::Result<T, OAuthError>;

/// The client that sent `form`, which is who calls from now on.
fn client(call: &mut Call<'_>, form: &Form) -> OAuth<Client> {
    let endpoint = call.href(call.path);
    let authorization = call.headers.get("authorization").and_then(|value| value.to_str().ok());
    let client = oauth::authenticate(call.state, &form.0, authorization, &endpoint, call.now)?;
    call.principal = Principal::App(client.id);
    Ok(client)
}
