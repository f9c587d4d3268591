//! Who calls, and what they may do.

use axum::http::{header, request::Parts};

use crate::{
    call::Principal,
    error::{ApiError, Result},
    oauth::{self, Expected},
    org::Org,
    route::Access,
    store::State,
};

/// Finds who calls and checks that they may.
pub(super) fn check(
    org: &Org,
    state: &State,
    parts: &Parts,
    access: Access,
    base: &str,
) -> Result<Principal> {
    let (headers, method, path) = (&parts.headers, parts.method.as_str(), parts.uri.path());
    let Access::Scope(scope) = access else { return Ok(Principal::Nobody) };
    let authorization = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let Some(authorization) = authorization else { return Err(ApiError::no_session()) };
    // Okta's own SDK for Python leaves the space out, and works with real orgs.
    let glued = || {
        ["Bearer", "SSWS"].into_iter().find_map(|known| {
            let (scheme, token) = authorization.split_at_checked(known.len())?;
            scheme.eq_ignore_ascii_case(known).then_some((scheme, token))
        })
    };
    let (scheme, token) =
        authorization.split_once(' ').or_else(glued).unwrap_or((authorization, ""));
    let token = token.trim();
    if scheme.eq_ignore_ascii_case("SSWS") {
        return if token == org.0.api_token {
            Ok(Principal::User(state.admin))
        } else {
            Err(ApiError::invalid_token())
        };
    }
    let dpop = scheme.eq_ignore_ascii_case("DPoP");
    if !dpop && !scheme.eq_ignore_ascii_case("Bearer") {
        return Err(ApiError::no_session());
    }
    let now = org.now();
    let invalid = |description: &str| {
        challenge(ApiError::invalid_token(), base, path, scope, ("invalid_token", description))
    };
    let Some(grant) = state.tokens.valid(token, now) else {
        return Err(invalid("The access token is invalid."));
    };
    if dpop != grant.key.is_some() {
        return Err(invalid("The access token does not go with this authorization scheme."));
    }
    if dpop {
        let proof = headers.get("dpop").and_then(|value| value.to_str().ok());
        let url = format!("{base}{path}");
        let expected = Expected { method, url: &url, token: Some(token), nonces: &[], now };
        match oauth::check_dpop(proof, &expected) {
            Ok(proof) if Some(&proof.key) == grant.key.as_ref() => {}
            Ok(_) => return Err(invalid("The DPoP proof is made with another key.")),
            Err(error) => return Err(invalid(&error.description)),
        }
    }
    if !covers(&grant.scopes, scope) {
        let why = (
            "insufficient_scope",
            "The access token provided does not contain the required scopes.",
        );
        return Err(challenge(ApiError::forbidden(), base, path, scope, why));
    }
    Ok(Principal::App(grant.app))
}

/// True where `granted` holds `scope`, or the `manage` scope that implies it.
fn covers(granted: &std::collections::BTreeSet<String>, scope: &str) -> bool {
    let implied = || {
        let stem = scope.strip_suffix(".read")?;
        Some(granted.contains(&format!("{stem}.manage")))
    };
    granted.contains(scope) || implied().unwrap_or(false)
}

fn challenge(
    error: ApiError,
    base: &str,
    path: &str,
    scope: &str,
    (code, description): (&str, &str),
) -> ApiError {
    error.header(
        "www-authenticate",
        format!(
            "Bearer authorization_uri=\"{base}/oauth2/v1/authorize\", realm=\"{base}\", \
             scope=\"{scope}\", error=\"{code}\", error_description=\"{description}\", \
             resource=\"{path}\""
        ),
    )
}
