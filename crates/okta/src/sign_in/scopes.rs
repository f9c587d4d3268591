//! The scopes that are asked for.

use crate::SetupError;

/// Refuses what is no scope (RFC 6749 section 3.3), and no scopes at all.
pub(super) fn check(scopes: &[String]) -> Result<(), SetupError> {
    if scopes.is_empty() {
        return Err(SetupError::NoScopes);
    }
    let is_scope = |scope: &&String| {
        !scope.is_empty() && scope.chars().all(|c| c.is_ascii_graphic() && !matches!(c, '"' | '\\'))
    };
    match scopes.iter().find(|scope| !is_scope(scope)) {
        Some(scope) => Err(SetupError::Scope(scope.clone())),
        None => Ok(()),
    }
}

/// Those that Okta's words name, or else all of them.
pub(super) fn named(scopes: &[String], words: Option<&str>) -> String {
    let words: Vec<&str> = words
        .unwrap_or_default()
        .split(|c: char| !(c.is_ascii_alphanumeric() || "._-".contains(c)))
        .collect();
    let named: Vec<&str> = scopes
        .iter()
        .map(String::as_str)
        .filter(|scope| words.iter().any(|word| word.trim_end_matches('.') == *scope))
        .collect();
    if named.is_empty() { scopes.join(", ") } else { named.join(", ") }
}
