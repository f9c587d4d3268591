//! Access and ID tokens as text: JWTs, as Okta's org authorization server makes them today. A client
//! is to take access tokens as opaque; some read the end of the token out of it all the same.
//!
//! Okta signs with RSA (`RS256`). Here the key is on a curve (`ES256`): one follows from the seed at
//! no cost, where an RSA key would have to be searched for before the first token.

use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};

use super::{Grant, Key, Login, jwt};
use crate::store::User;

/// The `typ` of a token that is bound to a key; others name none.
const BOUND: &str = "application/okta-internal-at+jwt";

/// The access token for `grant`, of the org at `issuer`; `scopes` in the order in which they were
/// asked for, `person` who signed in for it.
pub(crate) fn access_token(
    key: &Key,
    issuer: &str,
    grant: &Grant,
    scopes: &[String],
    person: Option<&User>,
) -> Option<String> {
    let mut claims = json!({
        "ver": 1,
        "jti": grant.id,
        "iss": issuer,
        "aud": issuer,
        "sub": person.map_or(grant.app.as_str(), User::login),
        "iat": grant.issued.as_second(),
        "exp": grant.expires.as_second(),
        "cid": grant.app,
    });
    let map = claims.as_object_mut()?;
    if let Some(person) = person {
        map.insert("uid".to_owned(), person.id.into());
    }
    map.insert("scp".to_owned(), json!(scopes));
    if let Some(login) = &grant.login {
        map.insert("auth_time".to_owned(), login.auth_time.as_second().into());
    }
    if let Some(bound_to) = &grant.key {
        map.insert("cnf".to_owned(), json!({ "jkt": bound_to }));
    }
    sign(key, &claims, grant.key.as_ref().map(|_| BOUND))
}

/// What an ID token says, besides who it is about.
pub(crate) struct IdToken<'a> {
    pub(crate) issuer: &'a str,
    /// `jti`.
    pub(crate) id: String,
    /// The id of the org, which is the one that knows the password.
    pub(crate) idp: &'a str,
    pub(crate) issued: i64,
    pub(crate) expires: i64,
    pub(crate) access_token: &'a str,
    /// What the client wants to see again.
    pub(crate) nonce: Option<&'a str>,
}

/// The ID token for the client that `person` signed in to.
pub(crate) fn id_token(
    key: &Key,
    token: &IdToken<'_>,
    login: &Login,
    scopes: &[String],
    person: &User,
) -> Option<String> {
    let mut claims = json!({
        "sub": person.id,
        "ver": 1,
        "iss": token.issuer,
        "aud": login.app,
        "iat": token.issued,
        "exp": token.expires,
        "jti": token.id,
        "amr": login.level.amr(),
        "acr": login.acr.name,
        "idp": token.idp,
        "sid": login.session,
        "auth_time": login.auth_time.as_second(),
        "at_hash": jwt::half_hash(token.access_token),
    });
    let map = claims.as_object_mut()?;
    if let Some(nonce) = token.nonce {
        map.insert("nonce".to_owned(), json!(nonce));
    }
    let has = |scope: &str| scopes.iter().any(|known| known == scope);
    if has("profile") {
        map.insert("name".to_owned(), person.display_name().into());
        map.insert("preferred_username".to_owned(), person.login().into());
    }
    if has("email") {
        map.insert("email".to_owned(), person.email().into());
    }
    sign(key, &claims, None)
}

fn sign(key: &Key, claims: &Value, kind: Option<&str>) -> Option<String> {
    let mut header = Header::new(Algorithm::ES256);
    header.typ = kind.map(str::to_owned);
    header.kid = Some(key.id());
    jsonwebtoken::encode(&header, claims, &EncodingKey::from_ec_der(key.der())).ok()
}
