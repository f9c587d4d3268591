//! DPoP: a token that only works with proof of the key it was given to.

use jiff::Timestamp;
use serde_json::Value;

use super::{OAuthError, jwt, jwt::Jwt};

/// The nonce in force: a new one each day, from the org's id.
pub(crate) fn nonce(org: &str, now: Timestamp, days_ago: i64) -> String {
    jwt::hash(&format!("{org}:{}", now.as_second() / 86_400 - days_ago))
}

/// What a proof must say.
#[derive(Debug)]
pub(crate) struct Expected<'a> {
    pub(crate) method: &'a str,
    /// Without query.
    pub(crate) url: &'a str,
    /// The access token it comes with.
    pub(crate) token: Option<&'a str>,
    /// The nonces that are still good; none are asked for where this is empty.
    pub(crate) nonces: &'a [String],
    pub(crate) now: Timestamp,
}

/// What a proof proves.
#[derive(Debug)]
pub(crate) struct Proof {
    /// The thumbprint of the key.
    pub(crate) key: String,
    pub(crate) jti: String,
}

/// Checks a `DPoP` header.
pub(crate) fn check(header: Option<&str>, expected: &Expected<'_>) -> Result<Proof, OAuthError> {
    let bad = |why: &str| OAuthError::new(400, "invalid_dpop_proof", why);
    let text = header.ok_or_else(|| bad("The DPoP proof JWT header is missing."))?;
    let proof = Jwt::read(text).ok_or_else(|| bad("The DPoP proof is not a valid JWT."))?;
    if proof.header("typ") != Some("dpop+jwt") {
        return Err(bad("The DPoP proof JWT must have the 'dpop+jwt' type."));
    }
    let key = proof.header.get("jwk").ok_or_else(|| bad("The DPoP proof JWT has no key."))?;
    if key.get("d").is_some() {
        return Err(bad("The DPoP proof JWT must not hold a private key."));
    }
    if !proof.has_known_algorithm() || !proof.is_signed_by(key) {
        return Err(bad("The DPoP proof JWT signature is invalid."));
    }
    if proof.claim("htm") != Some(expected.method) {
        return Err(bad("The 'htm' claim must be the method of the request."));
    }
    if proof.claim("htu") != Some(expected.url) {
        return Err(bad("The 'htu' claim must be the URL of the request."));
    }
    let age = proof.time("iat").map(|issued| expected.now.as_second() - issued);
    if age.is_none_or(|age| !(-60..=300).contains(&age)) {
        return Err(bad("The DPoP proof JWT is too old, or issued in the future."));
    }
    let jti = proof.claim("jti").ok_or_else(|| bad("The DPoP proof JWT has no 'jti' claim."))?;
    if expected.token.is_some_and(|token| proof.claim("ath") != Some(&jwt::hash(token))) {
        return Err(bad("The 'ath' claim is not the hash of the access token."));
    }
    let nonce = proof.claims.get("nonce").and_then(Value::as_str).unwrap_or_default();
    if !expected.nonces.is_empty() && !expected.nonces.iter().any(|good| good == nonce) {
        return Err(OAuthError::new(
            400,
            "use_dpop_nonce",
            "Authorization server requires nonce in DPoP proof.",
        ));
    }
    let key = jwt::thumbprint(key).ok_or_else(|| bad("The DPoP key is not supported."))?;
    Ok(Proof { key, jti: jti.to_owned() })
}
