//! An access token that comes with a request.

use axum::http::{HeaderMap, header};
use jiff::Timestamp;

use super::{Expected, Grant, check_dpop};
use crate::store::{State, Status};

/// Why a token does not count.
#[derive(Debug)]
pub(crate) enum Unusable {
    /// There is none.
    Missing,
    /// It is of no use, for this reason.
    Invalid(String),
}

/// The schemes and tokens of `Authorization`.
pub(crate) fn credentials(headers: &HeaderMap) -> Option<(&str, &str)> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    // Okta's own SDK for Python leaves the space out, and works with real orgs.
    let glued = || {
        ["Bearer", "SSWS"].into_iter().find_map(|known| {
            let (scheme, token) = value.split_at_checked(known.len())?;
            scheme.eq_ignore_ascii_case(known).then_some((scheme, token))
        })
    };
    let (scheme, token) = value.split_once(' ').or_else(glued).unwrap_or((value, ""));
    Some((scheme, token.trim()))
}

/// The grant of the access token that comes with a request with `method` to `url` (without query),
/// with the proof of its key where it is bound to one.
pub(crate) fn grant<'a>(
    state: &'a State,
    headers: &HeaderMap,
    (method, url): (&str, &str),
    now: Timestamp,
) -> Result<&'a Grant, Unusable> {
    let invalid = |text: &str| Unusable::Invalid(text.to_owned());
    let (scheme, token) = credentials(headers).ok_or(Unusable::Missing)?;
    let dpop = scheme.eq_ignore_ascii_case("DPoP");
    if !dpop && !scheme.eq_ignore_ascii_case("Bearer") {
        return Err(Unusable::Missing);
    }
    let found = state.tokens.valid(token, now);
    let grant = found.ok_or_else(|| invalid("The access token is invalid."))?;
    // Who may not sign in any more has no use of what they signed in for.
    let gone = grant.login.as_ref().is_some_and(|login| {
        let status = state.users.get(login.user).map(|user| user.status);
        status.is_none_or(|status| {
            matches!(status, Status::Suspended | Status::Deprovisioned | Status::Staged)
        })
    });
    if gone {
        return Err(invalid("The access token is invalid."));
    }
    if dpop != grant.key.is_some() {
        return Err(invalid("The access token does not go with this authorization scheme."));
    }
    if dpop {
        let proof = headers.get("dpop").and_then(|value| value.to_str().ok());
        let expected = Expected { method, url, token: Some(token), nonces: &[], now };
        match check_dpop(proof, &expected) {
            Ok(proof) if Some(&proof.key) == grant.key.as_ref() => {}
            Ok(_) => return Err(invalid("The DPoP proof is made with another key.")),
            Err(error) => return Err(Unusable::Invalid(error.description)),
        }
    }
    Ok(grant)
}
