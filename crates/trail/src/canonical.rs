//! Canonical JSON: one text for each value, whatever its order and escapes were.

use aws_lc_rs::digest;
use serde_json::{Map, Value};

/// SHA-256.
pub(crate) fn sha256(bytes: &[u8]) -> [u8; 32] {
    finished(digest::digest(&digest::SHA256, bytes))
}

/// The bytes of a SHA-256 that is done.
pub(crate) fn finished(digest: digest::Digest) -> [u8; 32] {
    // SHA-256 has 32 bytes.
    digest.as_ref().try_into().unwrap_or_default()
}

/// The JSON Canonicalization Scheme (RFC 8785), but for numbers: they keep their digits (RFC 8785
/// would round them to a double, and two that differ could be taken for each other).
pub fn canonical(value: &Value) -> Vec<u8> {
    let mut out = Vec::with_capacity(512);
    write(value, &mut out);
    out
}

/// The same for an object, without the member `but`.
pub(crate) fn canonical_without(object: &Map<String, Value>, but: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(1024);
    write_object(object, Some(but), &mut out);
    out
}

fn write(value: &Value, out: &mut Vec<u8>) {
    match value {
        Value::Null => out.extend_from_slice(b"null"),
        Value::Bool(true) => out.extend_from_slice(b"true"),
        Value::Bool(false) => out.extend_from_slice(b"false"),
        Value::Number(number) => out.extend_from_slice(number.to_string().as_bytes()),
        Value::String(text) => write_string(text, out),
        Value::Array(items) => {
            out.push(b'[');
            for (at, item) in items.iter().enumerate() {
                if at > 0 {
                    out.push(b',');
                }
                write(item, out);
            }
            out.push(b']');
        }
        Value::Object(object) => write_object(object, None, out),
    }
}

/// Members in the order of their names' UTF-16 code units (RFC 8785 section 3.2.3).
fn write_object(object: &Map<String, Value>, but: Option<&str>, out: &mut Vec<u8>) {
    let mut members: Vec<(&String, &Value)> =
        object.iter().filter(|(name, _)| Some(name.as_str()) != but).collect();
    members.sort_unstable_by(|(a, _), (b, _)| a.encode_utf16().cmp(b.encode_utf16()));
    out.push(b'{');
    for (at, (name, value)) in members.into_iter().enumerate() {
        if at > 0 {
            out.push(b',');
        }
        write_string(name, out);
        out.push(b':');
        write(value, out);
    }
    out.push(b'}');
}

/// `serde_json` escapes what RFC 8785 section 3.2.2.2 escapes, as it does, and nothing else.
fn write_string(text: &str, out: &mut Vec<u8>) {
    // Neither a string nor a `Vec` can fail here.
    let _ = serde_json::to_writer(out, text);
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn text(value: &Value) -> String {
        String::from_utf8(canonical(value)).unwrap()
    }

    #[test]
    fn members_and_escapes_are_those_of_rfc_8785() {
        // The example of its section 3.2.3: the order of UTF-16, not of code points.
        let value = json!({
            "\u{20ac}": "Euro Sign", "\r": "Carriage Return", "\u{fb33}": "Hebrew Letter Dalet",
            "1": "One", "\u{1f600}": "Emoji", "\u{80}": "Control", "\u{f6}": "Latin",
        });
        let order = ["\\r", "1", "\u{80}", "\u{f6}", "\u{20ac}", "\u{1f600}", "\u{fb33}"];
        let shown = text(&value);
        let places: Vec<usize> =
            order.iter().map(|name| shown.find(&format!("\"{name}\":")).unwrap()).collect();
        assert!(places.is_sorted(), "{shown}");
        // That of its section 3.2.2.
        let value = json!("\u{20ac}$\u{f}\nA'B\"\\\\\"/\u{7f}\u{8}\t\u{c}");
        assert_eq!(text(&value), "\"\u{20ac}$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\u{7f}\\b\\t\\f\"");
    }

    #[test]
    fn numbers_keep_their_digits() {
        let value: Value =
            serde_json::from_str("[1, 1.0, 1e5, 9007199254740993, 0.1000, -0]").unwrap();
        let again: Value = serde_json::from_str(&text(&value)).unwrap();
        assert_eq!(text(&again), text(&value));
        assert_eq!(text(&value), "[1,1.0,1e+5,9007199254740993,0.1000,-0]");
    }

    #[test]
    fn a_member_can_be_left_out() {
        let value = json!({ "b": 1, "hash": "x", "a": { "hash": "y" } });
        let left = canonical_without(value.as_object().unwrap(), "hash");
        assert_eq!(left, br#"{"a":{"hash":"y"},"b":1}"#);
    }
}
