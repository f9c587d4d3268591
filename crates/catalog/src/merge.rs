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

/// The object as it will be once `sent` replaced it.
pub fn merged(current: &Value, sent: &Value) -> Value {
    merge(current, sent, &[])
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
                let kept = match given.get(key) {
                    // What the caller says of a read-only property is the caller's alone.
                    Some(new) if read_only.contains(&below.as_str()) => unmarked(Some(old), new),
                    Some(new) => merge_at(Some(old), new, read_only, &below),
                    None if read_only.contains(&below.as_str()) => None,
                    None => Some(without(old, read_only, &below)),
                };
                if let Some(value) = kept {
                    merged.insert(key.clone(), value);
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
            let current = current.and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
            let kept = items
                .iter()
                .enumerate()
                .filter_map(|(index, new)| unmarked(counterpart(current, index, new), new));
            Some(Value::Array(kept.collect()))
        }
        other => Some(other.clone()),
    }
}

/// What the item of an array was before: the one with the same name, else the one in its place.
fn counterpart<'a>(current: &'a [Value], index: usize, new: &Value) -> Option<&'a Value> {
    const NAMES: &[&str] = &["id", "kid", "name"];
    match NAMES.iter().find_map(|name| Some((name, new.get(name)?))) {
        Some((name, value)) => current.iter().find(|old| old.get(name) == Some(value)),
        None => current.get(index),
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const READ_ONLY: &[&str] = &["id", "b.id", "list[].id"];

    /// JSON with few names, so that two values meet in them; no discriminators.
    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i32>().prop_map(Value::from),
            "[a-c]{0,2}".prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 40, 5, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                object_of(inner),
            ]
        })
    }

    fn object_of(inner: impl Strategy<Value = Value>) -> impl Strategy<Value = Value> {
        let name = prop::sample::select(vec!["id", "a", "b", "list", "c"]);
        prop::collection::vec((name.prop_map(str::to_owned), inner), 0..5)
            .prop_map(|pairs| Value::Object(pairs.into_iter().collect()))
    }

    fn any_object() -> impl Strategy<Value = Value> {
        object_of(any_json())
    }

    /// True if everything in `given` stands in `merged`.
    fn wins(given: &Value, merged: &Value) -> bool {
        match (given, merged) {
            (Value::Object(given), Value::Object(merged)) => given
                .iter()
                .all(|(key, value)| merged.get(key).is_some_and(|other| wins(value, other))),
            (given, merged) => given == merged,
        }
    }

    proptest! {
        #[test]
        fn nothing_given_keeps_all_but_the_read_only(current in any_object()) {
            let merged = merge(&current, &json!({}), READ_ONLY);
            prop_assert_eq!(merged, without(&current, READ_ONLY, ""));
        }

        #[test]
        fn the_same_given_changes_nothing(current in any_object()) {
            prop_assert_eq!(merge(&current, &current, READ_ONLY), current);
        }

        #[test]
        fn a_merge_settles_at_once(current in any_object(), given in any_object()) {
            let once = merge(&current, &given, READ_ONLY);
            prop_assert_eq!(merge(&once, &given, &[]), once);
        }

        #[test]
        fn what_the_caller_gives_wins(current in any_object(), given in any_object()) {
            let merged = merge(&current, &given, READ_ONLY);
            prop_assert!(wins(&given, &merged), "{} in {}", given, merged);
        }

        #[test]
        fn what_only_is_there_is_kept(current in any_object(), given in any_object()) {
            let merged = merge(&current, &given, &[]);
            for (key, value) in current.as_object().unwrap() {
                if given.get(key).is_none() {
                    prop_assert_eq!(&merged[key], value);
                }
            }
        }

        #[test]
        fn a_full_replace_is_what_was_given(current in any_object(), given in any_object()) {
            prop_assert_eq!(replace(&current, &given), given);
        }

        #[test]
        fn markers_mean_unchanged(current in any_object()) {
            let marked = Value::Object(
                current.as_object().unwrap().keys().map(|key| (key.clone(), json!(REDACTED))).collect(),
            );
            prop_assert_eq!(merge(&current, &marked, READ_ONLY), current.clone());
            prop_assert_eq!(replace(&current, &marked), current);
        }

        #[test]
        fn what_is_redacted_is_restored(current in any_object(), secret in "[a-z]{8,12}") {
            let mut current = current;
            current["a"] = json!({ "client_secret": secret, "b": [{ "password": { "value": secret } }] });
            let mut shown = current.clone();
            prop_assert_eq!(crate::shape::redact(&mut shown).len(), 2);
            prop_assert!(!shown.to_string().contains(&secret));
            prop_assert_eq!(merge(&current, &shown, READ_ONLY), current.clone());
            prop_assert_eq!(replace(&current, &shown), current);
        }

        #[test]
        fn no_difference_means_equal(one in any_object(), other in any_object()) {
            prop_assert_eq!(diff(&one, &other).is_empty(), one == other);
            prop_assert_eq!(same(&one, &other), one == other);
            prop_assert!(diff(&one, &one).is_empty());
        }

        #[test]
        fn what_okta_keeps_is_no_change(current in any_object()) {
            let sent = without(&current, READ_ONLY, "");
            prop_assert_eq!(with_read_only(&current, &sent, READ_ONLY), current);
        }
    }

    #[test]
    fn arrays_and_scalars_are_replaced() {
        let current = json!({ "list": [1, 2], "name": "n", "keep": 1 });
        let merged = merge(&current, &json!({ "list": [], "name": null }), &[]);
        assert_eq!(merged.to_string(), r#"{"list":[],"name":null,"keep":1}"#);
    }

    #[test]
    fn another_kind_of_object_keeps_nothing() {
        let current =
            json!({ "id": "1", "auth": { "type": "A", "url": "u", "client_secret": "s" } });
        let given = json!({ "auth": { "type": "B", "client_secret": REDACTED } });
        let merged = merge(&current, &given, &["id"]);
        assert_eq!(merged, json!({ "auth": { "type": "B", "client_secret": "s" } }));
        let same_kind = json!({ "auth": { "type": REDACTED, "url": "v" } });
        assert_eq!(merge(&current, &same_kind, &["id"])["auth"]["client_secret"], "s");
    }

    #[test]
    fn a_marker_for_nothing_is_left_out() {
        let given =
            json!({ "new": REDACTED, "deep": { "a": REDACTED, "b": 1 }, "list": [REDACTED, 2] });
        let merged = merge(&json!({}), &given, &[]);
        assert_eq!(merged, json!({ "deep": { "b": 1 }, "list": [2] }));
    }

    #[test]
    fn only_what_the_merge_adds_loses_its_read_only_parts() {
        let current =
            json!({ "id": "1", "list": [{ "id": "2", "x": 1 }], "b": { "id": "3", "y": 1 } });
        let merged = merge(&current, &json!({ "b": { "z": 1 } }), READ_ONLY);
        assert_eq!(merged, json!({ "list": [{ "x": 1 }], "b": { "y": 1, "z": 1 } }));
        let given = json!({ "id": "9", "list": [{ "id": "8" }], "b": { "id": "7" } });
        let merged = merge(&current, &given, READ_ONLY);
        assert_eq!(
            merged,
            json!({ "id": "9", "list": [{ "id": "8" }], "b": { "id": "7", "y": 1 } })
        );
    }

    #[test]
    fn a_difference_names_its_place() {
        let before = json!({ "a": { "b": 1, "gone": 2 }, "lastUpdated": "x", "list": [1] });
        let after = json!({ "a": { "b": 3, "new": null }, "lastUpdated": "y", "list": [2] });
        assert_eq!(
            diff(&before, &after),
            [
                json!({ "field": "a.b", "before": 1, "after": 3 }),
                json!({ "field": "a.new", "after": null }),
                json!({ "field": "a.gone", "before": 2 }),
                json!({ "field": "list", "before": [1], "after": [2] }),
            ]
        );
        assert!(same(&json!({ "lastUpdated": 1 }), &json!({ "lastUpdated": 2, "_links": {} })));
    }
}
