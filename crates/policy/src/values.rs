//! From JSON to the values that conditions work with.

use std::{collections::HashMap, sync::Arc};

use cel::objects::{Key, Map, Value as Cel};
use serde_json::{Number, Value};

/// How deep JSON may be nested: as deep as it can be read.
const DEEPEST: usize = 128;

/// JSON as a condition sees it.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) value: Cel,
    /// The length of its longest list or object.
    pub(crate) longest: usize,
}

/// Converts JSON; `None` where it is nested too deep.
pub(crate) fn seen(value: &Value) -> Option<Seen> {
    let mut longest = 0;
    let value = convert(value, DEEPEST, &mut longest)?;
    Some(Seen { value, longest })
}

fn convert(value: &Value, depth: usize, longest: &mut usize) -> Option<Cel> {
    let below = depth.checked_sub(1)?;
    Some(match value {
        Value::Null => Cel::Null,
        Value::Bool(flag) => Cel::Bool(*flag),
        Value::String(text) => Cel::from(text.as_str()),
        Value::Number(number) => self::number(number),
        Value::Array(items) => {
            *longest = (*longest).max(items.len());
            let items = items.iter().map(|item| convert(item, below, longest));
            Cel::List(Arc::new(items.collect::<Option<_>>()?))
        }
        Value::Object(fields) => {
            *longest = (*longest).max(fields.len());
            let fields = fields.iter().map(|(key, value)| {
                Some((Key::from(key.as_str()), convert(value, below, longest)?))
            });
            Cel::Map(Map { map: Arc::new(fields.collect::<Option<HashMap<_, _>>>()?) })
        }
    })
}

/// A whole number where it is one, else a double. What no double holds stays the text that it is,
/// so that comparing it as a number fails.
fn number(number: &Number) -> Cel {
    if let Some(whole) = number.as_i64() {
        return Cel::Int(whole);
    }
    if let Some(whole) = number.as_u64() {
        return Cel::UInt(whole);
    }
    let text = number.to_string();
    let fraction = text.contains(['.', 'e', 'E']);
    match text.parse::<f64>() {
        Ok(double) if fraction && double.is_finite() => Cel::Float(double),
        _ => Cel::from(text),
    }
}
