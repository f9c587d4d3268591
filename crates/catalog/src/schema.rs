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
        Some(Value::String(text)) => text,
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
    if let Some(Value::String(text)) = schema.get("description") {
        let text = unwrapped(text);
        schema.insert("description".to_owned(), text.into());
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

/// A doc comment as a text: where its lines were wrapped there is a space, between its paragraphs the
/// end of a line.
fn unwrapped(text: &str) -> String {
    let paragraphs: Vec<String> =
        text.split("\n\n").map(|paragraph| paragraph.replace('\n', " ")).collect();
    paragraphs.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Does one thing,
    /// told on two lines.
    ///
    /// And another.
    #[derive(JsonSchema)]
    #[expect(dead_code, reason = "only its schema is looked at")]
    struct Outer {
        /// Wrapped here
        /// and there.
        inner: Inner,
        /// Also wrapped,
        /// and optional.
        list: Option<Vec<Inner>>,
    }

    /// Described on
    /// its own.
    #[derive(JsonSchema)]
    #[expect(dead_code, reason = "only its schema is looked at")]
    struct Inner {
        /// Deep, and
        /// wrapped.
        name: String,
    }

    #[test]
    fn where_a_comment_wraps_is_no_line_end() {
        let (description, schema) = described::<Outer>();
        assert_eq!(description, "Does one thing, told on two lines.\nAnd another.");
        let text = |pointer: &str| Value::Object(schema.clone()).pointer(pointer).cloned();
        assert_eq!(text("/properties/inner/description"), Some("Wrapped here and there.".into()));
        assert_eq!(
            text("/properties/inner/properties/name/description"),
            Some("Deep, and wrapped.".into())
        );
        assert_eq!(
            text("/properties/list/description"),
            Some("Also wrapped, and optional.".into())
        );
        assert_eq!(
            text("/properties/list/items/description"),
            Some("Described on its own.".into())
        );
    }
}
