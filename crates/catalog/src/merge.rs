//! Updates where Okta only offers a full replace (PUT): the caller's values over what is there.

use serde_json::{Map, Value, json};

use crate::shape::REDACTED;

/// Properties that say what kind of object it is: where one changes, the object is another one,
/// and nothing of the old one is kept.
const DISCRIMINATORS: &[&str] = &["type", "signOnMode", "platform", "method"];

/// `given` over `current`: objects by key; arrays and scalars replaced; an object whose
/// discriminator changes replaced whole; of what only `current` has, the `read_only` properties
/// (dotted paths, `[]` for the items of an array) are dropped. What `given` holds goes out as it
/// is, `null`, `""` and `[]` included; a redaction marker in it means "unchanged".
pub(crate) fn merge(current: &Value, given: &Value, read_only: &[&str]) -> Value {
    merge_at(Some(current), given, read_only, "").unwrap_or(Value::Null)
}

fn merge_at(
    current: Option<&Value>,
    given: &Value,
    read_only: &[&str],
    path: &str,
) -> Option<Value> {
    match (current, given) {
        (Some(Value::Object(current)), Value::Object(given)) if !changes_kind(current, given) => {
            let mut merged = Map::new();
            for (key, old) in current {
                let below = join(path, key);
                if let Some(new) = given.get(key) {
                    if let Some(value) = merge_at(Some(old), new, read_only, &below) {
                        merged.insert(key.clone(), value);
                    }
                } else if !read_only.contains(&below.as_str()) {
                    merged.insert(key.clone(), without(old, read_only, &below));
                }
            }
            for (key, new) in given {
                if !current.contains_key(key)
                    && let Some(value) = merge_at(None, new, read_only, &join(path, key))
                {
                    merged.insert(key.clone(), value);
                }
            }
            Some(Value::Object(merged))
        }
        (current, Value::Object(given)) => {
            let current = current.and_then(Value::as_object);
            let kept = given.iter().filter_map(|(key, new)| {
                let old = current.and_then(|current| current.get(key));
                unmarked(old, new).map(|value| (key.clone(), value))
            });
            Some(Value::Object(kept.collect()))
        }
        (current, given) => unmarked(current, given),
    }
}

/// `given` with its redaction markers replaced by what is there, and left out where nothing is.
fn unmarked(current: Option<&Value>, given: &Value) -> Option<Value> {
    match given {
        Value::String(text) if text == REDACTED => current.cloned(),
        Value::Object(map) => {
            let current = current.and_then(Value::as_object);
            let kept = map.iter().filter_map(|(key, new)| {
                let old = current.and_then(|current| current.get(key));
                unmarked(old, new).map(|value| (key.clone(), value))
            });
            Some(Value::Object(kept.collect()))
        }
        Value::Array(items) => {
            let current = current.and_then(Value::as_array);
            let kept = items.iter().enumerate().filter_map(|(index, new)| {
                unmarked(current.and_then(|current| current.get(index)), new)
            });
            Some(Value::Array(kept.collect()))
        }
        other => Some(other.clone()),
    }
}

/// The caller's object alone, its redaction markers replaced by what is there.
pub(crate) fn replace(current: &Value, given: &Value) -> Value {
    unmarked(Some(current), given).unwrap_or(Value::Null)
}

fn changes_kind(current: &Map<String, Value>, given: &Map<String, Value>) -> bool {
    DISCRIMINATORS.iter().any(|name| match (current.get(*name), given.get(*name)) {
        (Some(Value::String(old)), Some(Value::String(new))) => old != new && new != REDACTED,
        _ => false,
    })
}

/// `value` less its read-only properties.
pub(crate) fn without(value: &Value, read_only: &[&str], path: &str) -> Value {
    match value {
        Value::Object(map) => map
            .iter()
            .filter(|(key, _)| !read_only.contains(&join(path, key).as_str()))
            .map(|(key, value)| (key.clone(), without(value, read_only, &join(path, key))))
            .collect::<Map<_, _>>()
            .into(),
        Value::Array(items) => {
            let below = format!("{path}[]");
            items.iter().map(|item| without(item, read_only, &below)).collect()
        }
        other => other.clone(),
    }
}

/// `sent` as the object will be: with the read-only properties of `current`, which Okta keeps.
pub(crate) fn with_read_only(current: &Value, sent: &Value, read_only: &[&str]) -> Value {
    kept_at(current, sent, read_only, "")
}

fn kept_at(current: &Value, sent: &Value, read_only: &[&str], path: &str) -> Value {
    match (current, sent) {
        (Value::Object(current), Value::Object(sent)) => {
            let mut kept = Map::new();
            for (key, old) in current {
                let below = join(path, key);
                if read_only.contains(&below.as_str()) {
                    kept.insert(key.clone(), old.clone());
                } else if let Some(new) = sent.get(key) {
                    kept.insert(key.clone(), kept_at(old, new, read_only, &below));
                }
            }
            for (key, new) in sent {
                if !current.contains_key(key) {
                    kept.insert(key.clone(), new.clone());
                }
            }
            Value::Object(kept)
        }
        (Value::Array(current), Value::Array(sent)) if current.len() == sent.len() => {
            let below = format!("{path}[]");
            let pairs = current.iter().zip(sent);
            pairs.map(|(old, new)| kept_at(old, new, read_only, &below)).collect()
        }
        (_, sent) => sent.clone(),
    }
}

fn join(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}

/// Properties that change by themselves with every write, or only point elsewhere: no change that
/// a person needs to see, and no conflict.
const UNREMARKABLE: &[&str] = &[
    "_links",
    "_embedded",
    "lastUpdated",
    "lastUpdate",
    "lastUpdatedBy",
    "lastMembershipUpdated",
    "lastLogin",
];

/// What differs: one `{"field", "before", "after"}` each, dotted paths, in the order of `after`.
/// An absent property has no `before` or `after`.
pub fn diff(before: &Value, after: &Value) -> Vec<Value> {
    let mut changes = Vec::new();
    diff_at(Some(before), Some(after), "", &mut changes);
    changes
}

fn diff_at(before: Option<&Value>, after: Option<&Value>, path: &str, changes: &mut Vec<Value>) {
    if before == after {
        return;
    }
    if let (Some(Value::Object(old)), Some(Value::Object(new))) = (before, after) {
        let gone = old.keys().filter(|key| !new.contains_key(*key));
        for key in new.keys().chain(gone) {
            if !UNREMARKABLE.contains(&key.as_str()) {
                diff_at(old.get(key), new.get(key), &join(path, key), changes);
            }
        }
        return;
    }
    let mut change = Map::new();
    change.insert("field".to_owned(), json!(path));
    if let Some(before) = before {
        change.insert("before".to_owned(), before.clone());
    }
    if let Some(after) = after {
        change.insert("after".to_owned(), after.clone());
    }
    changes.push(Value::Object(change));
}

/// The object less what changes by itself: two reads of an unchanged object are equal in it.
pub fn remarkable(value: &Value) -> Value {
    match value {
        Value::Object(map) => map
            .iter()
            .filter(|(key, _)| !UNREMARKABLE.contains(&key.as_str()))
            .map(|(key, value)| (key.clone(), remarkable(value)))
            .collect::<Map<_, _>>()
            .into(),
        Value::Array(items) => items.iter().map(remarkable).collect(),
        other => other.clone(),
    }
}

/// True if the object is still the one that was shown.
pub fn same(seen: &Value, now: &Value) -> bool {
    remarkable(seen) == remarkable(now)
}
