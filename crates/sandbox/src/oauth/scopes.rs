//! Which scopes a client may ask a person for.

use super::{Client, OAuthError};
use crate::store::State;

/// The scopes of OpenID Connect, which need no grant.
pub(crate) const OPENID: [&str; 7] =
    ["openid", "profile", "email", "address", "phone", "groups", "offline_access"];

/// The longest `scope` that Okta reads.
const LONGEST: usize = 4_096;

/// The words of `asked`, each once.
pub(crate) fn words(asked: &str) -> Vec<String> {
    let mut scopes = Vec::new();
    for scope in asked.split_whitespace() {
        if !scopes.iter().any(|known| known == scope) {
            scopes.push(scope.to_owned());
        }
    }
    scopes
}

/// The scopes asked of a person for `client`: those of OpenID Connect, and what the app was granted.
pub(crate) fn of_person(
    state: &State,
    client: &Client,
    asked: &str,
) -> Result<Vec<String>, OAuthError> {
    let bad = |text: &str| OAuthError::new(400, "invalid_scope", text);
    if asked.len() > LONGEST {
        return Err(bad("The 'scope' parameter exceeds the maximum length of 4096 characters."));
    }
    let scopes = words(asked);
    if scopes.is_empty() {
        return Err(bad(
            "The authorization server resource does not have any configured default scopes, \
             'scope' must be provided.",
        ));
    }
    if !all_granted(state, client, &scopes) {
        return Err(not_configured());
    }
    if scopes.iter().any(|scope| scope == "offline_access")
        && client.may_use("refresh_token").is_err()
    {
        return Err(bad(
            "The client needs the grant type 'refresh_token' for the scope 'offline_access'.",
        ));
    }
    Ok(scopes)
}

/// Whether the app has what it takes to be given all of `scopes`.
pub(crate) fn all_granted(state: &State, client: &Client, scopes: &[String]) -> bool {
    let granted = state.grants.get(&client.id);
    scopes.iter().all(|scope| {
        OPENID.contains(&scope.as_str()) || granted.is_some_and(|granted| granted.contains(scope))
    })
}

/// `invalid_scope`: the app was not granted one of them.
pub(crate) fn not_configured() -> OAuthError {
    let text = "One or more scopes are not configured for the authorization server resource.";
    OAuthError::new(400, "invalid_scope", text)
}
