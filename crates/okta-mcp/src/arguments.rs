//! A tool's arguments from the command line.

use std::io::Read as _;

use okta_catalog::{Args, ToolDef};
use serde_json::{Map, Value};

/// Arguments that cannot be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ArgumentError {
    #[error("{0:?} is no argument: one looks like user_id=ana@acme.example")]
    NoEquals(String),
    #[error("{key} is given twice")]
    Twice { key: String },
    #[error("{key}: {value:?} is no {wanted}")]
    Type { key: String, value: String, wanted: String },
    #[error("{option}: no JSON object: {error}")]
    NoJson { option: &'static str, error: serde_json::Error },
    #[error("{0}: no JSON object: it must be of the form {{\"user_id\": \"ana@acme.example\"}}")]
    NoObject(&'static str),
    #[error("{option}: {error}")]
    Unreadable { option: &'static str, error: std::io::Error },
}

/// Reads `key=value` pairs by the types that the tool's schema names.
pub(crate) fn from_pairs(tool: &ToolDef, pairs: &[String]) -> Result<Args, ArgumentError> {
    let (_, schema) = tool.describe();
    let mut args = Args::new();
    for pair in pairs {
        let Some((key, text)) = pair.split_once('=') else {
            return Err(ArgumentError::NoEquals(pair.clone()));
        };
        let kind = |name: &str| {
            schema.get("properties")?.get(name)?.get("type")?.as_str().map(str::to_owned)
        };
        match key.split_once('.') {
            // A property of an object: what Okta wants there the schema does not know.
            Some((name, path)) if kind(name).as_deref() == Some("object") => {
                let object = args.entry(name).or_insert_with(|| Value::Object(Map::new()));
                set(object, path, text).ok_or_else(|| twice(key))?;
            }
            _ => {
                let value = value(key, text, kind(key).as_deref())?;
                if args.insert(key.to_owned(), value).is_some() {
                    return Err(twice(key));
                }
            }
        }
    }
    Ok(args)
}

/// Reads the JSON object of an option: as it is, from `@file`, or from standard input (`-`).
pub(crate) fn from_json(option: &'static str, source: &str) -> Result<Args, ArgumentError> {
    let read = if source == "-" {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text).map(|_| text)
    } else if let Some(path) = source.strip_prefix('@') {
        fs_err::read_to_string(path)
    } else {
        Ok(source.to_owned())
    };
    let text = read.map_err(|error| ArgumentError::Unreadable { option, error })?;
    match serde_json::from_str(&text).map_err(|error| ArgumentError::NoJson { option, error })? {
        Value::Object(args) => Ok(args),
        _ => Err(ArgumentError::NoObject(option)),
    }
}

fn twice(key: &str) -> ArgumentError {
    ArgumentError::Twice { key: key.to_owned() }
}

fn value(key: &str, text: &str, kind: Option<&str>) -> Result<Value, ArgumentError> {
    let Some(wanted @ ("boolean" | "integer" | "number" | "object" | "array")) = kind else {
        return Ok(Value::from(text));
    };
    let read = serde_json::from_str(text).ok().filter(|value| match wanted {
        "boolean" => Value::is_boolean(value),
        "object" => value.is_object(),
        "array" => value.is_array(),
        "integer" => value.is_i64() || value.is_u64(),
        _ => value.is_number(),
    });
    read.ok_or_else(|| ArgumentError::Type {
        key: key.to_owned(),
        value: text.to_owned(),
        wanted: match wanted {
            "boolean" => "boolean: true or false".to_owned(),
            "object" => "JSON object".to_owned(),
            "array" => "JSON array".to_owned(),
            other => other.to_owned(),
        },
    })
}

/// Sets the property at a dotted path; `None` where something is there already.
fn set(object: &mut Value, path: &str, text: &str) -> Option<()> {
    let map = object.as_object_mut()?;
    match path.split_once('.') {
        Some((name, rest)) => {
            set(map.entry(name).or_insert_with(|| Value::Object(Map::new())), rest, text)
        }
        None => map.insert(path.to_owned(), Value::from(text)).is_none().then_some(()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(tool: &str, pairs: &[&str]) -> Result<Value, String> {
        let pairs: Vec<String> = pairs.iter().map(|&pair| pair.to_owned()).collect();
        from_pairs(okta_catalog::find(tool).unwrap(), &pairs)
            .map(Value::Object)
            .map_err(|error| error.to_string())
    }

    #[test]
    fn types_follow_the_schema() {
        let args = read("list_users", &["search=a=b", "limit=5", "fetch_all=true", "q=5", "new=1"]);
        assert_eq!(
            args,
            Ok(json!({ "search": "a=b", "limit": 5, "fetch_all": true, "q": "5", "new": "1" }))
        );
        let args = read("create_group", &["profile={\"name\": null}"]);
        assert_eq!(args, Ok(json!({ "profile": { "name": null } })));
    }

    #[test]
    fn dots_build_objects() {
        let args = read("update_user", &["user_id=a.b", "profile.a.b=1", "profile.c=x=y"]);
        assert_eq!(
            args,
            Ok(json!({ "user_id": "a.b", "profile": { "a": { "b": "1" }, "c": "x=y" } }))
        );
        // Only where the tool wants an object.
        let args = read("update_user", &["user_id.x=1"]);
        assert_eq!(args, Ok(json!({ "user_id.x": "1" })));
    }

    #[test]
    fn mistakes_are_named() {
        let wrong = |pairs: &[&str]| read("list_users", pairs).unwrap_err();
        assert_eq!(wrong(&["x"]), "\"x\" is no argument: one looks like user_id=ana@acme.example");
        assert_eq!(wrong(&["limit=1.5"]), "limit: \"1.5\" is no integer");
        assert_eq!(wrong(&["fetch_all=yes"]), "fetch_all: \"yes\" is no boolean: true or false");
        assert_eq!(wrong(&["q=1", "q=2"]), "q is given twice");
        let wrong = |pairs: &[&str]| read("create_group", pairs).unwrap_err();
        assert_eq!(wrong(&["profile=[]"]), "profile: \"[]\" is no JSON object");
        assert_eq!(wrong(&["profile.a=1", "profile.a.b=1"]), "profile.a.b is given twice");
        assert_eq!(wrong(&["profile.a=1", "profile={}"]), "profile is given twice");
    }
}
