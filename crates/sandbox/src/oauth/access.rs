//! Access tokens as text: JWTs, as Okta's org authorization server makes them today. A client is to
//! take them as opaque; some read the end of the token out of it all the same.
//!
//! Okta signs with RSA (`RS256`). Here the key is on a curve (`ES256`): one follows from the seed at
//! no cost, where an RSA key would have to be searched for before the first token.

use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::json;

use super::{Grant, Key};

/// The `typ` of a token that is bound to a key; others name none.
const BOUND: &str = "application/okta-internal-at+jwt";

/// The token for `grant`, of the org at `issuer`; `scopes` in the order in which they were asked for.
pub(crate) fn token(key: &Key, issuer: &str, grant: &Grant, scopes: &[String]) -> Option<String> {
    let mut claims = json!({
        "ver": 1,
        "jti": grant.id,
        "iss": issuer,
        "aud": issuer,
        "sub": grant.app,
        "iat": grant.issued.as_second(),
        "exp": grant.expires.as_second(),
        "cid": grant.app,
        "scp": scopes,
    });
    let mut header = Header::new(Algorithm::ES256);
    header.typ = None;
    header.kid = Some(key.id());
    if let Some((bound_to, claims)) = grant.key.as_ref().zip(claims.as_object_mut()) {
        header.typ = Some(BOUND.to_owned());
        claims.insert("cnf".to_owned(), json!({ "jkt": bound_to }));
    }
    jsonwebtoken::encode(&header, &claims, &EncodingKey::from_ec_der(key.der())).ok()
}
