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
    "accesstoken",
    "activationtoken",
    "activationurl",
    "actor_token",
    "adminpassword",
    "answer",
    "apikey",
    "api_key",
    "apitoken",
    "api_token",
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
    "passphrase",
    "password",
    "private_key",
    "privatekey",
    "providerauthtoken",
    "pushtoken",
    "recoverytoken",
    "refresh_token",
    "refreshtoken",
    "resetpasswordurl",
    "secret",
    "secret_access_key",
    "secretaccesskey",
    "secretkey",
    "sessiontoken",
    "sharedsecret",
    "statetoken",
    "subject_token",
    "temppassword",
    "token",
    "tokenencrypted",
    "tokensigningkey",
    "vaulted_secret",
];

/// No name of the list is longer: longer ones are not compared.
const LONGEST_NAME: usize = 20;

/// Names of objects that hold a secret as their `value`, and are none where they are a string.
const SECRET_HOLDERS: &[&str] = &["authscheme"];

/// The private members of a JSON Web Key (RFC 7518 sections 6.2.2, 6.3.2, 6.4.1).
const JWK_SECRETS: &[&str] = &["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

/// The argument that says where a private key is: one that is longer than a path holds the key.
const KEY_PATH: &str = "private_key_file_path";

/// No path to a key is longer, in bytes.
pub(crate) const LONGEST_KEY_PATH: usize = 500;

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
            let misplaced = name == KEY_PATH && text.len() > LONGEST_KEY_PATH;
            let secret = by_name || misplaced || is_secret_text(text);
            if text != REDACTED && !text.is_empty() && secret {
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
            let is_holder = SECRET_HOLDERS.iter().any(|holder| name.eq_ignore_ascii_case(holder));
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
                    let below_secret = below_secret || secret_name || is_holder;
                    redact_at(child, key, below_secret, pointer, found);
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
    name.len() <= LONGEST_NAME
        && SECRET_NAMES.iter().any(|secret| name.eq_ignore_ascii_case(secret))
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
    // In the API's own paths stand the ids of tokens, not tokens.
    link && !text.contains("/api/v1/")
        && ["/reset_password/", "/signin/reset-password/", "/welcome/", "/tokens/", "/recovery/"]
            .iter()
            .any(|part| text.split_once(part).is_some_and(|(_, token)| token.len() >= 8))
}

const fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'=')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<i64>().prop_map(Value::from),
            "\\PC{0,30}".prop_map(Value::from),
        ];
        let name = prop_oneof![
            prop::sample::select(SECRET_NAMES).prop_map(str::to_owned),
            prop::sample::select(vec![
                "value",
                "hash",
                "salt",
                "kty",
                "d",
                "p",
                "authScheme",
                "Client_Secret"
            ])
            .prop_map(str::to_owned),
            "[a-z~/]{1,4}",
        ];
        leaf.prop_recursive(4, 40, 5, move |inner| {
            let pairs = prop::collection::vec((name.clone(), inner.clone()), 0..5);
            prop_oneof![
                prop::collection::vec(inner, 0..4).prop_map(Value::from),
                pairs.prop_map(|pairs| Value::Object(pairs.into_iter().collect())),
            ]
        })
    }

    /// Every text under a secret's name.
    fn secrets(value: &Value, secret: bool, found: &mut Vec<String>) {
        match value {
            Value::String(text) if secret && !text.is_empty() => found.push(text.clone()),
            Value::Array(items) => items.iter().for_each(|item| secrets(item, secret, found)),
            Value::Object(map) => {
                map.iter().for_each(|(key, value)| secrets(value, is_secret_name(key), found));
            }
            _ => {}
        }
    }

    proptest! {
        #[test]
        fn no_secret_stays(value in any_json()) {
            let mut shown = value.clone();
            let found = redact(&mut shown);
            let mut left = Vec::new();
            secrets(&shown, false, &mut left);
            prop_assert!(left.iter().all(|text| text == REDACTED), "{:?}", left);
            for (pointer, _) in &found {
                prop_assert_eq!(shown.pointer(pointer).and_then(Value::as_str), Some(REDACTED));
            }
            let again = shown.clone();
            prop_assert_eq!(redact(&mut shown), vec![]);
            prop_assert_eq!(shown, again);
        }

        #[test]
        fn what_is_taken_out_can_be_put_back(value in any_json()) {
            let mut shown = value.clone();
            for (pointer, secret) in redact(&mut shown) {
                if let Some(slot) = shown.pointer_mut(&pointer) {
                    let was = value.pointer(&pointer).unwrap();
                    let text = was.as_str().map_or_else(|| was.to_string(), str::to_owned);
                    prop_assert_eq!(text, secret);
                    slot.clone_from(was);
                }
            }
            prop_assert_eq!(shown, value);
        }

        #[test]
        fn sizes_are_close(value in any_json()) {
            let written = value.to_string().len();
            // Escapes are not counted: at most six bytes for one.
            prop_assert!(size(&value) <= written && written <= size(&value) * 6 + 2);
        }

        #[test]
        fn no_fields_means_all(value in any_json()) {
            prop_assert_eq!(project(value.clone(), &Fields::default()), value);
        }
    }

    #[test]
    fn names_are_listed_once() {
        let unique: std::collections::HashSet<_> = SECRET_NAMES.iter().collect();
        assert_eq!(unique.len(), SECRET_NAMES.len());
        assert!(SECRET_NAMES.iter().all(|name| name.len() <= LONGEST_NAME));
        assert!(SECRET_NAMES.iter().all(|name| !name.contains(|c: char| c.is_ascii_uppercase())));
    }

    #[test]
    fn links_go_at_every_depth() {
        let mut value =
            json!({ "_links": 1, "a": [{ "_links": {}, "b": { "_links": [], "c": 1 } }] });
        strip_links(&mut value);
        assert_eq!(value, json!({ "a": [{ "b": { "c": 1 } }] }));
    }
}
