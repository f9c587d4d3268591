//! The JSON schema of the configuration file, by which editors check and complete it.

use okta_mcp_server::{AuditSettings, Kind, SETTINGS, Setting};
use okta_policy::{Limit, Protect, Rule};
use schemars::{JsonSchema, SchemaGenerator, generate::SchemaSettings};
use serde_json::{Map, Value, json};

use crate::Result;

/// The schema, as it is written.
pub(crate) fn text() -> Result<String> {
    Ok(format!("{}\n", serde_json::to_string_pretty(&schema())?))
}

fn schema() -> Value {
    // What editors of TOML know.
    let mut generator = SchemaSettings::draft07().into_generator();
    let mut profile: Map<String, Value> = SETTINGS
        .iter()
        .filter_map(|setting| Some((setting.key?.to_owned(), property(setting))))
        .collect();
    let about =
        "The rules. Their order decides only which of several equally strong ones is named.";
    profile.insert("rules".to_owned(), list(about, &of::<Rule>(&mut generator)));
    let about = "How much may be done before a person is asked.";
    profile.insert("limits".to_owned(), list(about, &of::<Limit>(&mut generator)));
    profile.insert("protect".to_owned(), of::<Protect>(&mut generator));
    let audit = of::<AuditSettings>(&mut generator);
    let mut definitions = generator.take_definitions(true);
    definitions.insert("toolset".to_owned(), names(&toolsets()));
    definitions.insert("tool".to_owned(), names(&tools()));
    definitions.insert("scope".to_owned(), names(&scopes()));
    json!({
        "$comment": "Written by `cargo xtask gen`. Change the declarations, not this file.",
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "okta-mcp.toml",
        "description": "The configuration of okta-mcp: profiles, and how the audit trail is kept.",
        "type": "object",
        "additionalProperties": false,
        "properties": {
            "audit": audit,
            "profiles": {
                "description": "The profiles by name; `default` holds where none is named.",
                "type": "object",
                "additionalProperties": {
                    "type": "object",
                    "additionalProperties": false,
                    "properties": profile,
                },
            },
        },
        "definitions": definitions,
    })
}

fn of<T: JsonSchema>(generator: &mut SchemaGenerator) -> Value {
    generator.subschema_for::<T>().to_value()
}

fn list(about: &str, items: &Value) -> Value {
    json!({ "description": about, "type": "array", "items": items })
}

fn property(setting: &Setting) -> Value {
    let item = match setting.key {
        Some("toolsets") => json!({ "$ref": "#/definitions/toolset" }),
        Some("allow_tools" | "deny_tools") => json!({ "$ref": "#/definitions/tool" }),
        Some("scopes") => json!({ "$ref": "#/definitions/scope" }),
        _ => json!({ "type": "string", "minLength": 1 }),
    };
    let several = json!({ "type": "array", "minItems": 1, "items": item });
    let mut schema = match setting.kind {
        Kind::Word(words) => json!({ "enum": words }),
        Kind::Words => json!({ "anyOf": [several, { "type": "string", "minLength": 1 }] }),
        Kind::Paths => several,
        Kind::Whole(most) => json!({ "type": "integer", "minimum": 1, "maximum": most }),
        Kind::YesNo => json!({ "type": "boolean" }),
        Kind::Text | Kind::Url | Kind::Secret | Kind::Key | Kind::Path => {
            json!({ "type": "string", "minLength": 1 })
        }
    };
    let about = format!("{} Default: {}.", setting.about, setting.default);
    if let Some(schema) = schema.as_object_mut() {
        schema.insert("description".to_owned(), json!(about));
    }
    schema
}

/// Names that an editor proposes, and any other text: globs are no names.
fn names(names: &[String]) -> Value {
    json!({ "anyOf": [{ "enum": names }, { "type": "string", "minLength": 1 }] })
}

fn toolsets() -> Vec<String> {
    okta_catalog::TOOLSETS.iter().map(|set| set.name.to_owned()).collect()
}

fn tools() -> Vec<String> {
    okta_catalog::tools().map(|tool| tool.name.to_owned()).collect()
}

fn scopes() -> Vec<String> {
    let scopes = okta_catalog::tools().flat_map(okta_catalog::ToolDef::scopes);
    let mut scopes: Vec<String> = scopes.map(|scope| scope.to_string()).collect();
    scopes.sort_unstable();
    scopes.dedup();
    scopes
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every key that the schema names, as a path.
    fn keys(schema: &Value, root: &Value, at: &str, found: &mut Vec<String>) {
        if let Some(name) = schema["$ref"].as_str() {
            let target = root.pointer(name.trim_start_matches('#')).unwrap_or_else(|| {
                panic!("{at}: there is no {name}");
            });
            return keys(target, root, at, found);
        }
        for part in schema["allOf"].as_array().into_iter().flatten() {
            keys(part, root, at, found);
        }
        for (key, value) in schema["properties"].as_object().into_iter().flatten() {
            found.push(format!("{at}{key}"));
            keys(value, root, &format!("{at}{key}."), found);
        }
        if schema["items"].is_object() {
            keys(&schema["items"], root, at, found);
        }
        if schema["additionalProperties"].is_object() {
            keys(&schema["additionalProperties"], root, &format!("{at}*."), found);
        }
    }

    #[test]
    fn the_schema_knows_every_key_and_each_is_described() {
        let schema = schema();
        let mut found = Vec::new();
        keys(&schema, &schema, "", &mut found);
        for key in SETTINGS.iter().filter_map(|setting| setting.key) {
            assert!(found.contains(&format!("profiles.*.{key}")), "{key}");
        }
        for key in [
            "audit.retention_days",
            "audit.syslog",
            "profiles.*.rules.when",
            "profiles.*.limits.at_most",
            "profiles.*.protect.super_admins",
        ] {
            assert!(found.contains(&key.to_owned()), "{key}: {found:#?}");
        }
        let profile = &schema["properties"]["profiles"]["additionalProperties"];
        assert_eq!(profile["additionalProperties"], false);
        assert_eq!(schema["definitions"]["Rule"]["additionalProperties"], false);
    }
}
