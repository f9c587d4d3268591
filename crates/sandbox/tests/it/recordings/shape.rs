//! The shape of JSON: which paths it has, and of what type each is.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

/// Paths with their types, as `.profile.login string`; list elements are `[]`.
pub(super) type Leaves = BTreeSet<(String, &'static str)>;

/// The shape of one answer.
pub(super) fn leaves(value: &Value) -> Leaves {
    let mut found = BTreeSet::new();
    walk(value, "", &mut found);
    found
}

fn walk(value: &Value, path: &str, found: &mut Leaves) {
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "bool",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(items) => {
            for item in items {
                walk(item, &format!("{path}[]"), found);
            }
            "array"
        }
        Value::Object(map) => {
            for (name, value) in map {
                walk(value, &format!("{path}.{}", key(path, name)), found);
            }
            "object"
        }
    };
    found.insert((path.to_owned(), kind));
}

/// The name of a property in a path: keys that are data become `*`, and of the two links that turn
/// something on and off an object has one at a time.
fn key<'a>(path: &str, name: &'a str) -> &'a str {
    let data = path.ends_with(".visibility.appLinks")
        || path.ends_with(".definitions.custom.properties")
        || path.ends_with(".debugContext.debugData")
        || path.ends_with(".detailEntry");
    match name {
        _ if data => "*",
        "activate" | "deactivate" if path.ends_with("._links") => "(de)activate",
        name => name,
    }
}

/// Attributes of a profile are data too: people add their own.
fn is_profile(path: &str) -> bool {
    path.contains(".profile.")
}

/// What several answers have in common, and what some of them have.
#[derive(Debug, Default)]
pub(super) struct Shape {
    pub(super) answers: usize,
    paths: BTreeMap<String, (usize, BTreeSet<&'static str>)>,
}

impl Shape {
    pub(super) fn add(&mut self, leaves: &Leaves) {
        self.answers += 1;
        let paths: BTreeSet<&String> = leaves.iter().map(|(path, _)| path).collect();
        for path in paths {
            self.paths.entry(path.clone()).or_default().0 += 1;
        }
        for (path, kind) in leaves {
            self.paths.entry(path.clone()).or_default().1.insert(kind);
        }
    }

    /// What is wrong with `leaves`: paths that every answer has and this one has not, and paths or
    /// types that no answer has.
    pub(super) fn mismatches(&self, leaves: &Leaves) -> Vec<String> {
        let mut wrong = Vec::new();
        for (path, (count, _)) in &self.paths {
            if *count == self.answers && !leaves.iter().any(|(other, _)| other == path) {
                wrong.push(format!("missing {path}"));
            }
        }
        for (path, kind) in leaves {
            match self.paths.get(path) {
                _ if is_profile(path) => {}
                None => wrong.push(format!("never recorded {path} {kind}")),
                Some((_, kinds)) if !kinds.contains(kind) => {
                    wrong.push(format!("never recorded {path} as {kind}, but {kinds:?}"));
                }
                Some(_) => {}
            }
        }
        // Where a thing is missing or new, what is inside it goes without saying.
        let all = wrong.clone();
        wrong.retain(|line| {
            let bare = line.split(' ').take(if line.starts_with("missing") { 2 } else { 3 });
            let bare = bare.collect::<Vec<_>>().join(" ");
            !all.iter().any(|other| {
                let end = if other.starts_with("missing") { 2 } else { 3 };
                let parent = other.split(' ').take(end).collect::<Vec<_>>().join(" ");
                bare.starts_with(&format!("{parent}.")) || bare.starts_with(&format!("{parent}[]"))
            })
        });
        wrong
    }
}
