//! The shape of an answer: which fields, no links, no secrets.

use serde_json::{Map, Value};

use crate::args::Fields;

/// Okta's links: left out unless they are asked for.
const LINKS: &str = "_links";

/// What stands where a secret stood. In the arguments of a write it means "unchanged".
pub const REDACTED: &str = "[redacted]";

/// Names of string fields that hold a secret, in Okta's spelling, lower case.
/// `value` is one beside or below these names only (see [`redact`]).
const SECRET_NAMES: &[&str] = &[
    "access_token",
    "activationtoken",
    "activationurl",
    "actor_token",
    "adminpassword",
    "answer",
    "apikey",
    "api_key",
    "clientsecret",
    "client_assertion",
    "client_secret",
    "device_secret",
    "devicetoken",
    "id_token",
    "mfa_token",
    "newpassword",
    "nextpasscode",
    "oldpassword",
    "passcode",
    "password",
    "private_key",
    "privatekey",
    "providerauthtoken",
    "pushtoken",
    "recoverytoken",
    "refresh_token",
    "resetpasswordurl",
    "secret",
    "secretkey",
    "sessiontoken",
    "sharedsecret",
    "statetoken",
    "subject_token",
    "temppassword",
    "tokensigningkey",
    "vaulted_secret",
];

/// The private members of a JSON Web Key (RFC 7518 sections 6.2.2, 6.3.2, 6.4.1).
const JWK_SECRETS: &[&str] = &["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

/// Keeps the named fields of an object; all of it where none is named.
pub(crate) fn project(value: Value, fields: &Fields) -> Value {
    if fields.0.is_empty() {
        return value;
    }
    let paths: Vec<Vec<&str>> = fields.0.iter().map(|path| path.split('.').collect()).collect();
    let refs: Vec<&[&str]> = paths.iter().map(Vec::as_slice).collect();
    pick(value, &refs)
}

fn pick(value: Value, paths: &[&[&str]]) -> Value {
    if paths.iter().any(|path| path.is_empty()) {
        return value;
    }
    match value {
        Value::Array(items) => items.into_iter().map(|item| pick(item, paths)).collect(),
        Value::Object(map) => map
            .into_iter()
            .filter_map(|(key, value)| {
                let below: Vec<&[&str]> = paths
                    .iter()
                    .filter_map(|path| path.split_first())
                    .filter(|(first, _)| **first == key)
                    .map(|(_, rest)| rest)
                    .collect();
                (!below.is_empty()).then(|| (key, pick(value, &below)))
            })
            .collect::<Map<_, _>>()
            .into(),
        other => other,
    }
}

/// True if the caller names `_links`.
pub(crate) fn wants_links(fields: &Fields) -> bool {
    fields.0.iter().any(|path| path.split('.').any(|part| part == LINKS))
}

/// A word about the named fields that no item has.
pub(crate) fn missing(items: &[Value], fields: &Fields) -> Option<String> {
    if items.is_empty() {
        return None;
    }
    let absent: Vec<&str> = fields
        .0
        .iter()
        .filter(|path| !items.iter().any(|item| has(item, &path.split('.').collect::<Vec<_>>())))
        .map(String::as_str)
        .collect();
    (!absent.is_empty()).then(|| format!("No item has the field {}.", absent.join(", ")))
}

fn has(value: &Value, path: &[&str]) -> bool {
    let Some((first, rest)) = path.split_first() else { return true };
    match value {
        Value::Array(items) => items.iter().any(|item| has(item, path)),
        Value::Object(map) => map.get(*first).is_some_and(|value| has(value, rest)),
        _ => false,
    }
}

/// The size of a value as compact JSON, in bytes, without writing it.
pub(crate) fn size(value: &Value) -> usize {
    match value {
        Value::Null => 4,
        Value::Bool(flag) => 5 - usize::from(*flag),
        Value::Number(number) => number.to_string().len(),
        Value::String(text) => text.len() + 2,
        Value::Array(items) => 1 + items.len().max(1) + items.iter().map(size).sum::<usize>(),
        Value::Object(map) => {
            1 + map.len().max(1)
                + map.iter().map(|(key, value)| key.len() + 3 + size(value)).sum::<usize>()
        }
    }
}

/// Takes `_links` out, at every depth.
pub fn strip_links(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(strip_links),
        Value::Object(map) => {
            map.shift_remove(LINKS);
            map.values_mut().for_each(strip_links);
        }
        _ => {}
    }
}

/// Puts [`REDACTED`] in the place of every secret, by the field's name and by the text's shape,
/// and answers with what was there: JSON pointer (RFC 6901) and secret.
pub fn redact(value: &mut Value) -> Vec<(String, String)> {
    let mut found = Vec::new();
    redact_at(value, "", false, &mut String::new(), &mut found);
    found
}

fn redact_at(
    value: &mut Value,
    name: &str,
    below_secret: bool,
    pointer: &mut String,
    found: &mut Vec<(String, String)>,
) {
    let secret_name = is_secret_name(name);
    match value {
        Value::String(text) => {
            let by_name =
                secret_name || (below_secret && matches!(name, "value" | "hash" | "salt"));
            if text != REDACTED && !text.is_empty() && (by_name || is_secret_text(text)) {
                found.push((pointer.clone(), std::mem::replace(text, REDACTED.to_owned())));
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter_mut().enumerate() {
                descend(pointer, &index.to_string(), |pointer| {
                    redact_at(item, name, below_secret, pointer, found);
                });
            }
        }
        Value::Object(map) => {
            let jwk = map.contains_key("kty");
            for (key, child) in map.iter_mut() {
                descend(pointer, key, |pointer| {
                    if jwk && JWK_SECRETS.contains(&key.as_str()) {
                        if !child.is_null() && child.as_str() != Some(REDACTED) {
                            let was = std::mem::replace(child, REDACTED.into());
                            let was = was.as_str().map_or_else(|| was.to_string(), str::to_owned);
                            found.push((pointer.clone(), was));
                        }
                        return;
                    }
                    redact_at(child, key, below_secret || secret_name, pointer, found);
                });
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn descend(pointer: &mut String, key: &str, visit: impl FnOnce(&mut String)) {
    let length = pointer.len();
    pointer.push('/');
    pointer.push_str(&key.replace('~', "~0").replace('/', "~1"));
    visit(pointer);
    pointer.truncate(length);
}

fn is_secret_name(name: &str) -> bool {
    // The longest name of the list decides how much is compared at all.
    name.len() <= 20 && SECRET_NAMES.iter().any(|secret| name.eq_ignore_ascii_case(secret))
}

/// True for text that is a secret whatever its field: a private key in PEM (RFC 7468), a JSON Web
/// Token (RFC 7519 section 3), an Okta API token with its scheme, a recovery or activation link.
fn is_secret_text(text: &str) -> bool {
    if text.len() < 20 {
        return false;
    }
    if text.contains("PRIVATE KEY-----") {
        return true;
    }
    if text.starts_with("eyJ") {
        let mut parts = text.split('.');
        let two = parts.next().is_some() && parts.next().is_some_and(|part| part.len() > 8);
        if two && text.split('.').count() >= 3 && text.bytes().all(is_token_byte) {
            return true;
        }
    }
    if let Some((_, token)) = text.split_once("SSWS ")
        && token.len() >= 20
    {
        return true;
    }
    let link = text.starts_with("https://") || text.starts_with("http://");
    link && ["/reset_password/", "/signin/reset-password/", "/welcome/", "/tokens/", "/recovery/"]
        .iter()
        .any(|part| text.split_once(part).is_some_and(|(_, token)| token.len() >= 8))
}

const fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'=')
}
