//! An answer, short enough for a page.

use serde_json::{Map, Value};

/// How many properties of an object are shown.
const PROPERTIES: usize = 12;
/// How many items of a list are shown.
const ITEMS: usize = 1;
/// How many objects and lists deep an answer is shown.
const DEEP: usize = 4;
/// How much of a text is shown, in characters.
const TEXT: usize = 160;

/// The answer with long lists, large objects and long texts cut; `…` says where, and how much.
pub(crate) fn abridged(value: &Value) -> Value {
    cut(value, DEEP)
}

fn cut(value: &Value, deep: usize) -> Value {
    match value {
        Value::String(text) => okta_gate::cut(text, TEXT).into(),
        Value::Array(items) if deep == 0 && !items.is_empty() => more(items.len()).into(),
        Value::Array(items) => {
            let shown = items.iter().take(ITEMS).map(|item| cut(item, deep.saturating_sub(1)));
            let left = items.len().saturating_sub(ITEMS);
            shown.chain((left > 0).then(|| more(left).into())).collect()
        }
        Value::Object(map) if deep == 0 && !map.is_empty() => more(map.len()).into(),
        Value::Object(map) => {
            let shown = map.iter().take(PROPERTIES);
            let mut cut: Map<String, Value> = shown
                .map(|(name, value)| (name.clone(), cut(value, deep.saturating_sub(1))))
                .collect();
            let left = map.len().saturating_sub(PROPERTIES);
            if left > 0 {
                cut.insert("…".to_owned(), more(left).into());
            }
            cut.into()
        }
        other => other.clone(),
    }
}

fn more(count: usize) -> String {
    format!("… {count} more")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_cut_is_said() {
        let text = "x".repeat(TEXT + 1);
        let whole = json!({ "list": [1, 2, 3], "text": text, "deep": [[[[{ "a": 1, "b": 2 }]]]] });
        let short = abridged(&whole);
        assert_eq!(short["list"], json!([1, "… 2 more"]));
        assert!(short["text"].as_str().unwrap().ends_with("x…"));
        assert_eq!(short["deep"], json!([[["… 1 more"]]]));
        let large: Map<String, Value> = (0..14).map(|at| (at.to_string(), json!(at))).collect();
        assert_eq!(abridged(&large.into())["…"], "… 2 more");
        assert_eq!(abridged(&json!({ "a": null })), json!({ "a": null }));
    }
}
