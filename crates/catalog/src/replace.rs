//! Updates that Okta only offers as a full replace (PUT): what is sent, what it changes, what
//! takes it back.

use okta_client::Request;
use serde_json::{Map, Value};

use crate::{
    args::{Flag, Object},
    desk::{Failure, Plan},
    label, merge,
    shape::REDACTED,
};

/// The replacement of an object that was read.
pub(crate) struct Replacement {
    /// What is sent.
    pub(crate) body: Value,
    /// The object as it will be.
    pub(crate) after: Value,
    /// What takes it back.
    back: Value,
    notes: Vec<String>,
    dropped: Option<String>,
}

impl Replacement {
    /// `given` over `current`, or alone with `full_replace`. `name` is the argument's.
    pub(crate) fn new(
        name: &str,
        current: &Value,
        given: Object,
        read_only: &[&str],
        full_replace: Option<Flag>,
    ) -> Result<Self, Failure> {
        if given.0.is_empty() {
            return Err(Failure::Arguments(format!("`{name}` holds nothing to change")));
        }
        Ok(Self::of(current, given.0, read_only, full_replace))
    }

    /// The same, with nothing given too: alone, it resets the object.
    pub(crate) fn of(
        current: &Value,
        given: Map<String, Value>,
        read_only: &[&str],
        full_replace: Option<Flag>,
    ) -> Self {
        let given = Value::Object(given);
        let body = if matches!(full_replace, Some(Flag(true))) {
            merge::replace(current, &given)
        } else {
            merge::merge(current, &given, read_only)
        };
        let after = merge::with_read_only(current, &body, read_only);
        Self {
            dropped: dropped(current, &after),
            after,
            back: merge::without(current, read_only, ""),
            notes: ignored(current, &body, read_only).into_iter().collect(),
            body,
        }
    }

    /// The plan: `read` reads the object, `put` replaces it.
    pub(crate) fn plan(
        self,
        summary: String,
        read: Request,
        put: &Request,
        current: Value,
    ) -> Plan {
        let mut plan = Plan::new(summary, put.clone().body(self.body))
            .target(read, current)
            .after(self.after)
            .undo(put.clone().body(self.back));
        plan.notes = self.notes;
        plan.loss.extend(self.dropped);
        plan
    }
}

/// What the object no longer has.
fn dropped(before: &Value, after: &Value) -> Option<String> {
    let changes = merge::diff(before, after);
    let gone: Vec<&str> = changes
        .iter()
        .filter(|change| change.get("after").is_none())
        .filter_map(|change| label::text(change, "/field"))
        .collect();
    (!gone.is_empty()).then(|| format!("Drops {}.", gone.join(", ")))
}

/// A word about the properties that Okta keeps as they are, whatever is sent.
fn ignored(current: &Value, body: &Value, read_only: &[&str]) -> Option<String> {
    let names: Vec<&str> = body
        .as_object()?
        .iter()
        .filter(|(name, value)| {
            read_only.contains(&name.as_str()) && current.get(name.as_str()) != Some(*value)
        })
        .map(|(name, _)| name.as_str())
        .collect();
    (!names.is_empty()).then(|| {
        format!(
            "Read-only in Okta, sent as given, expected to stay as it is: {}.",
            names.join(", ")
        )
    })
}

/// Refuses a redaction marker in what is created: there is nothing that it could stand for.
pub(crate) fn no_marker(name: &str, given: &Object) -> Result<(), Failure> {
    match given.0.iter().find_map(|(key, value)| marker(value, key)) {
        Some(path) => Err(Failure::Arguments(format!(
            "`{name}.{path}`: \"{REDACTED}\" stands for a secret that was not shown; it is not a \
             value"
        ))),
        None => Ok(()),
    }
}

fn marker(value: &Value, path: &str) -> Option<String> {
    match value {
        Value::String(text) => (text == REDACTED).then(|| path.to_owned()),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .find_map(|(index, item)| marker(item, &format!("{path}[{index}]"))),
        Value::Object(map) => {
            map.iter().find_map(|(key, value)| marker(value, &format!("{path}.{key}")))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => None,
    }
}
