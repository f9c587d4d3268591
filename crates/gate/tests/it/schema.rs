//! The read-only properties that Okta's own specification declares: for checks, when it is there.

use std::{collections::BTreeSet, path::PathBuf};

use serde_json::Value;

/// The folder of shared material, where it is there.
pub(crate) fn shared() -> Option<PathBuf> {
    #[expect(clippy::disallowed_methods, reason = "tests find the shared material so")]
    let named = std::env::var_os("OKTA_MCP_SHARED").map(PathBuf::from);
    let beside = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    named.into_iter().chain([beside]).find(|path| path.join("okta/recordings").is_dir())
}

/// The dotted paths of a schema's read-only properties, `[]` for the items of an array.
/// `variant` is a subtype's name, whose declarations win over the base's.
pub(crate) fn read_only(schemas: &Value, base: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut writable = BTreeSet::new();
    let root = &schemas["management"];
    walk(root, &root[base], "", &mut vec![base.to_owned()], &mut found, &mut writable);
    found.difference(&writable).cloned().collect()
}

fn walk(
    root: &Value,
    schema: &Value,
    path: &str,
    names: &mut Vec<String>,
    found: &mut BTreeSet<String>,
    writable: &mut BTreeSet<String>,
) {
    if let Some(name) = schema["$ref"].as_str().and_then(|path| path.rsplit('/').next()) {
        if !names.iter().any(|known| known == name) {
            names.push(name.to_owned());
            walk(root, &root[name], path, names, found, writable);
            names.pop();
        }
        return;
    }
    if schema["readOnly"] == true {
        found.insert(path.to_owned());
        return;
    }
    // `name` of an application is writable in most of its subtypes.
    if schema["enum"].is_array() || schema["type"] == "string" {
        writable.insert(path.to_owned());
    }
    for (key, property) in schema["properties"].as_object().into_iter().flatten() {
        let below = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
        walk(root, property, &below, names, found, writable);
    }
    for part in ["allOf", "oneOf", "anyOf"] {
        for part in schema[part].as_array().into_iter().flatten() {
            walk(root, part, path, names, found, writable);
        }
    }
    if schema["items"].is_object() {
        walk(root, &schema["items"], &format!("{path}[]"), names, found, writable);
    }
    for target in schema["discriminator"]["mapping"].as_object().into_iter().flatten() {
        if let Some(name) = target.1.as_str().and_then(|path| path.rsplit('/').next())
            && !names.iter().any(|known| known == name)
        {
            names.push(name.to_owned());
            walk(root, &root[name], path, names, found, writable);
            names.pop();
        }
    }
}

/// `value` less the properties at those paths.
pub(crate) fn without(value: &Value, paths: &BTreeSet<String>, path: &str) -> Value {
    match value {
        Value::Object(map) => map
            .iter()
            .filter_map(|(key, value)| {
                let below = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                (!paths.contains(&below)).then(|| (key.clone(), without(value, paths, &below)))
            })
            .collect::<serde_json::Map<_, _>>()
            .into(),
        Value::Array(items) => {
            items.iter().map(|item| without(item, paths, &format!("{path}[]"))).collect()
        }
        other => other.clone(),
    }
}
