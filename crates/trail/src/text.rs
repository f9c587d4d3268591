//! JSON as text for models and people: compact, and with nothing invisible in it.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::{
    Value,
    ser::{CompactFormatter, Formatter, Serializer},
};

/// Compact JSON in which control, bidirectional, zero-width and tag characters stand as `\uXXXX`:
/// a model sees them, and whoever decodes the text gets the same string.
pub fn to_text(value: &Value) -> String {
    text_of(value)
}

/// The same for an object, or whatever else stands for JSON.
pub(crate) fn text_of(value: &impl Serialize) -> String {
    let mut bytes = Vec::with_capacity(256);
    let mut serializer = Serializer::with_formatter(&mut bytes, Visible(CompactFormatter));
    // Neither a `Value` nor a `Vec` can fail here; an empty object would hide it if one did.
    if value.serialize(&mut serializer).is_err() {
        return "null".to_owned();
    }
    String::from_utf8(bytes).unwrap_or_default()
}

/// Text for a person, with the same characters shown as `\uXXXX`.
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if is_invisible(c) || (c.is_control() && c != '\n') {
            push_escape(&mut out, c);
        } else {
            out.push(c);
        }
    }
    out
}

/// A text, cut at so many characters: `…` stands for the rest.
pub fn cut(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

fn push_escape(out: &mut String, c: char) {
    use std::fmt::Write as _;
    let mut units = [0; 2];
    for unit in c.encode_utf16(&mut units) {
        // Writing to a string cannot fail.
        let _ = write!(out, "\\u{unit:04x}");
    }
}

/// True for what no reader sees, or what changes the order in which others are seen.
const fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{7f}'..='\u{9f}'
        | '\u{ad}'
        | '\u{34f}'
        | '\u{61c}'
        | '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}'
        | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{feff}'
        | '\u{fff0}'..='\u{fffb}'
        | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}')
}

struct Visible(CompactFormatter);

impl Formatter for Visible {
    fn write_string_fragment<W: ?Sized + Write>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        if fragment.is_ascii() && !fragment.contains('\u{7f}') {
            return self.0.write_string_fragment(writer, fragment);
        }
        let mut shown = String::with_capacity(fragment.len() + 8);
        for c in fragment.chars() {
            if is_invisible(c) {
                push_escape(&mut shown, c);
            } else {
                shown.push(c);
            }
        }
        self.0.write_string_fragment(writer, &shown)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn shows_what_is_invisible() {
        let value = json!({ "a\u{202e}b": "x\u{200b}y\u{e0041}z\u{7f}\n\"\\ü" });
        assert_eq!(to_text(&value), r#"{"a\u202eb":"x\u200by\udb40\udc41z\u007f\n\"\\ü"}"#);
        assert_eq!(escaped("a\u{202e}b\u{1b}[2J\nü"), "a\\u202eb\\u001b[2J\nü");
    }

    proptest! {
        #[test]
        fn decodes_to_the_same(text in any::<String>()) {
            let value = json!({ "key": text });
            let shown = to_text(&value);
            prop_assert!(!shown.chars().any(|c| is_invisible(c) || c.is_control()));
            prop_assert_eq!(serde_json::from_str::<Value>(&shown).unwrap(), value);
        }
    }
}
