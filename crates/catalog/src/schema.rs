//! From a Rust struct to the description and the JSON Schema that a model reads.
//!
//! Every byte is paid by every session: no `$schema`, no titles, no `null` unions, no formats of
//! Rust, nothing by reference. Unknown arguments are refused when they are decoded, so the schema
//! does not say it again.

use schemars::{
    JsonSchema, Schema,
    generate::SchemaSettings,
    transform::{RecursiveTransform, Transform},
};
use serde_json::{Map, Value};

/// The doc comment of `T` and the schema of its fields.
pub(crate) fn described<T: JsonSchema>() -> (String, Map<String, Value>) {
    let mut settings = SchemaSettings::draft2020_12();
    settings.meta_schema = None;
    settings.inline_subschemas = true;
    let mut schema = settings.into_generator().into_root_schema_for::<T>();
    RecursiveTransform(plain).transform(&mut schema);
    let mut object = match schema.to_value() {
        Value::Object(object) => object,
        _ => Map::new(),
    };
    let description = match object.shift_remove("description") {
        Some(Value::String(text)) => {
            text.replace("\n\n", "\u{1}").replace('\n', " ").replace('\u{1}', "\n")
        }
        _ => String::new(),
    };
    if !object.contains_key("properties") {
        object.insert("properties".to_owned(), Value::Object(Map::new()));
    }
    (description, object)
}

fn plain(schema: &mut Schema) {
    for key in ["title", "format", "minimum", "default", "additionalProperties"] {
        schema.remove(key);
    }
    if let Some(Value::String(text)) = schema.get("description")
        && schema.get("properties").is_none()
    {
        let line = text.replace('\n', " ");
        schema.insert("description".to_owned(), line.into());
    }
    if let Some(Value::Array(types)) = schema.get("type") {
        let named: Vec<Value> =
            types.iter().filter(|name| name.as_str() != Some("null")).cloned().collect();
        if let [only] = named.as_slice() {
            let only = only.clone();
            schema.insert("type".to_owned(), only);
        }
    }
}
