//! How much a person is shown: all that will be sent, or it is said what is left out.
//!
//! A model that wants something approved unseen would hide it behind much else. So nothing is left
//! out in silence: of a long text it is told how long it is, and a change that would still not fit
//! is refused.

use okta_trail::to_text;
use serde_json::Value;

use crate::envelope::CallError;

/// What a person is shown, line by line.
pub(crate) type Lines = Vec<String>;

/// How much a person can be expected to read, in characters.
const MOST: usize = 20_000;

/// How much of each text is shown, in characters: as much as fits.
const TEXT: &[usize] = &[usize::MAX, 15_000, 8000, 4000, 2000, 1000, 400];

/// The lines with every text whole; where that is too much, with long ones cut. `lines` makes
/// them, given the longest text that stands whole.
pub(crate) fn fitted(lines: impl Fn(usize) -> Lines) -> Result<Lines, CallError> {
    let mut much = 0;
    for longest in TEXT {
        let lines = lines(*longest);
        much = lines.iter().map(|line| line.chars().count()).sum();
        if much <= MOST {
            return Ok(lines);
        }
    }
    Err(CallError::Refused {
        message: format!(
            "a person has to agree to this change, and would have to read {much} characters; at \
             most {MOST} can be shown"
        ),
        next: "change less at a time".to_owned(),
    })
}

/// A value, its texts cut at `longest` characters.
pub(crate) fn value(value: &Value, longest: usize) -> String {
    to_text(&shortened(value, longest))
}

fn shortened(value: &Value, longest: usize) -> Value {
    match value {
        Value::String(text) => Value::String(cut(text, longest)),
        Value::Array(items) => items.iter().map(|item| shortened(item, longest)).collect(),
        Value::Object(map) => {
            map.iter().map(|(name, value)| (name.clone(), shortened(value, longest))).collect()
        }
        other => other.clone(),
    }
}

/// A text, cut at so many characters; it says how many are left out.
pub(crate) fn cut(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => {
            let more = text.chars().count() - most;
            format!("{}… ({more} more characters)", text.get(..end).unwrap_or_default())
        }
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn a_text_that_is_cut_says_how_much_is_left_out() {
        assert_eq!(cut("häuser", 6), "häuser");
        assert_eq!(cut("häuser", 2), "hä… (4 more characters)");
        let html = json!({ "subject": "Hi", "body": "x".repeat(1000) });
        let shown = value(&html, 10);
        assert_eq!(shown, r#"{"subject":"Hi","body":"xxxxxxxxxx… (990 more characters)"}"#);
    }

    #[test]
    fn what_fits_is_whole_and_what_never_fits_is_refused() {
        let text = "x".repeat(MOST);
        let lines = |longest| vec![cut(&text, longest)];
        assert_eq!(fitted(lines).unwrap().concat(), text);
        let more = format!("{text}x");
        let lines = |longest| vec![cut(&more, longest)];
        let cut = fitted(lines).unwrap();
        assert!(cut[0].ends_with("… (5001 more characters)"), "{cut:?}");
        let lines = |longest| vec![self::cut(&more, longest); 3];
        let cut = fitted(lines).unwrap();
        assert!(cut[2].ends_with("… (16001 more characters)"), "as much as fits: {cut:?}");
        let many = |_| vec!["x".repeat(400); 51];
        let error = fitted(many).unwrap_err().to_string();
        assert!(error.contains("20400 characters; at most 20000"), "{error}");
    }

    proptest! {
        /// Padding hides nothing: either the last word is shown, or the change is refused.
        #[test]
        fn padding_hides_nothing(fields in 0_usize..80, length in 0_usize..600) {
            let mut body = serde_json::Map::new();
            for field in 0..fields {
                body.insert(format!("f{field}"), json!("x".repeat(length)));
            }
            body.insert("last".to_owned(), json!("delete everything"));
            let body = Value::Object(body);
            if let Ok(lines) = fitted(|longest| vec![value(&body, longest)]) {
                prop_assert!(lines.concat().contains("delete everything"));
            }
        }
    }
}
