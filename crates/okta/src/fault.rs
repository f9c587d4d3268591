//! Answers that are errors: Okta's several shapes read into one, and what kind they are.

use http::{HeaderMap, header::WWW_AUTHENTICATE};
use serde_json::Value;

use crate::{Cause, ErrorKind, OktaError};

/// The longest text of Okta that goes into an error, in characters.
const LONGEST: usize = 200;

/// Reads the body of an error: the management API's, OAuth's (RFC 6749 section 5.2, RFC 6750
/// section 3), governance's, or any text.
pub(crate) fn read(status: u16, headers: &HeaderMap, body: &[u8]) -> OktaError {
    let mut found = match serde_json::from_slice::<Value>(body) {
        Ok(Value::Object(json)) => {
            let text = |names: &[&str]| {
                names.iter().find_map(|name| match json.get(*name)? {
                    Value::String(text) if !text.is_empty() => Some(text.clone()),
                    _ => None,
                })
            };
            OktaError {
                status,
                code: text(&["errorCode", "error"]),
                summary: text(&["errorSummary", "error_description", "message", "title", "detail"]),
                causes: json.get("errorCauses").map(causes).unwrap_or_default(),
                error_id: text(&["errorId"]),
            }
        }
        _ => OktaError { status, summary: start_of(body), ..OktaError::default() },
    };
    if let Some(challenge) = challenge(headers) {
        found.code = found.code.or(challenge.error);
        found.summary = found.summary.or(challenge.description);
    }
    found
}

fn causes(causes: &Value) -> Vec<Cause> {
    let Value::Array(causes) = causes else { return Vec::new() };
    let text = |cause: &Value, name: &str| cause.get(name)?.as_str().map(str::to_owned);
    causes
        .iter()
        .filter_map(|cause| {
            let place = ["reason", "location", "domain"].iter().find_map(|name| text(cause, name));
            Some(Cause { summary: text(cause, "errorSummary")?, place })
        })
        .collect()
}

/// What kind of failure an answer is. `headers` hold the challenge, if there is one.
pub(crate) fn kind(error: &OktaError, headers: &HeaderMap) -> ErrorKind {
    let challenged = challenge(headers).and_then(|challenge| challenge.error);
    let says =
        |code: &str| error.code.as_deref() == Some(code) || challenged.as_deref() == Some(code);
    if says("insufficient_scope") || says("invalid_scope") {
        return ErrorKind::MissingScope;
    }
    match (error.status, error.code.as_deref()) {
        (_, Some("E0000015" | "E0000060" | "E0000052")) => ErrorKind::FeatureDisabled,
        (_, Some("E0000006")) => ErrorKind::MissingRole,
        (_, Some("E0000005" | "E0000011")) | (401, _) => ErrorKind::SignIn,
        // The object is in another state: user status, user source, an app that is still active.
        (403, Some("E0000032" | "E0000038" | "E0000056")) => ErrorKind::Conflict,
        (_, Some("E0000261")) => ErrorKind::BadArgument,
        (403, _) => ErrorKind::MissingRole,
        (404 | 410, _) => ErrorKind::NotFound,
        (409 | 412, _) => ErrorKind::Conflict,
        (423, _) => ErrorKind::Locked,
        (429, _) => ErrorKind::RateLimited { until: None },
        (408 | 500.., _) => ErrorKind::OktaFault,
        _ => ErrorKind::BadArgument,
    }
}

/// True where Okta looked for a user by the id of the app that is signed in.
pub(crate) fn is_of_nobody(error: &OktaError, client_id: &str) -> bool {
    let missed = format!(" {client_id} (User)");
    error.code.as_deref() == Some("E0000007")
        && error.summary.as_deref().is_some_and(|summary| summary.ends_with(&missed))
}

/// True where Okta asks for the same request again a little later and has not executed this one.
pub(crate) fn asks_again(error: &OktaError) -> bool {
    matches!(
        (error.status, error.code.as_deref()),
        (423, Some("E0000239")) | (409, Some("E0000249" | "E0000253" | "E0000254" | "E0000268"))
    )
}

/// True for a 5xx of Okta's that says the request was not executed: read-only mode, not
/// implemented, not supported, a value that does not fit.
pub(crate) fn was_refused(error: &OktaError) -> bool {
    matches!(error.code.as_deref(), Some("E0000010" | "E0000052" | "E0000060" | "E0000261"))
}

/// Status, code and summary in one phrase: `404 E0000007 "Not found: …"`.
pub(crate) fn phrase(error: &OktaError) -> String {
    let code = error.code.iter().map(|code| format!(" {}", cut(code)));
    let summary = error.summary.iter().map(|summary| format!(" \"{}\"", cut(summary)));
    std::iter::once(error.status.to_string()).chain(code).chain(summary).collect()
}

/// The challenge of `WWW-Authenticate` (RFC 6750 section 3).
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Challenge {
    pub(crate) error: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) scope: Option<String>,
}

/// Reads `WWW-Authenticate: Bearer error="…", error_description="…", scope="…"`, also for DPoP.
pub(crate) fn challenge(headers: &HeaderMap) -> Option<Challenge> {
    let lines = headers.get_all(WWW_AUTHENTICATE).iter().filter_map(|line| line.to_str().ok());
    let challenge = lines.fold(Challenge::default(), |mut all, line| {
        all.error = all.error.or_else(|| parameter(line, "error"));
        all.description = all.description.or_else(|| parameter(line, "error_description"));
        all.scope = all.scope.or_else(|| parameter(line, "scope"));
        all
    });
    (challenge != Challenge::default()).then_some(challenge)
}

fn parameter(line: &str, name: &str) -> Option<String> {
    let mut rest = line;
    while let Some((before, after)) = rest.split_once('=') {
        let key = before.rsplit([',', ' ', '\t']).find(|word| !word.is_empty()).unwrap_or_default();
        let after = after.trim_start();
        let (value, tail) = match after.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"').unwrap_or((quoted, "")),
            None => after.split_once(',').unwrap_or((after, "")),
        };
        if key.eq_ignore_ascii_case(name) {
            return Some(value.trim().to_owned()).filter(|value| !value.is_empty());
        }
        rest = tail;
    }
    None
}

/// The start of a body that is no JSON: tags, scripts and styles stripped, blanks folded.
pub(crate) fn start_of(body: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(body.get(..body.len().min(64 * 1024)).unwrap_or_default());
    let mut plain = String::new();
    let mut rest: &str = &text;
    while let Some((before, after)) = rest.split_once('<') {
        plain.push_str(before);
        plain.push(' ');
        let skipped = ["script", "style"].iter().find_map(|name| {
            let opens = after.get(..name.len())?.eq_ignore_ascii_case(name);
            opens.then(|| after.to_ascii_lowercase().find(&format!("</{name}")))?
        });
        let after = skipped.and_then(|at| after.get(at..)).unwrap_or(after);
        rest = after.split_once('>').map_or("", |(_, rest)| rest);
    }
    plain.push_str(rest);
    let words: Vec<&str> = plain.split_whitespace().collect();
    let plain = cut(&words.join(" "));
    (!plain.is_empty()).then_some(plain)
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or_default()),
        None => text.to_owned(),
    }
}
