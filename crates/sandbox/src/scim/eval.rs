//! What an expression says of an object.

use std::borrow::Cow;

use jiff::Timestamp;
use serde_json::Value;

use super::{Comparison, Filter, Literal, Op};

/// Whether `A` is `a`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Case {
    Matters,
    Ignored,
}

/// The value of an attribute of the object at hand.
#[derive(Debug, Clone)]
pub(crate) enum Operand<'a> {
    Absent,
    Text(Cow<'a, str>),
    Time(Timestamp),
    Number(f64),
    Bool(bool),
    /// Any of them will do.
    Many(Vec<Operand<'a>>),
}

impl<'a> Operand<'a> {
    pub(crate) const fn text(text: &'a str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }

    pub(crate) fn time(time: Option<Timestamp>) -> Self {
        time.map_or(Self::Absent, Self::Time)
    }

    /// A JSON value; the texts of an array are alternatives.
    pub(crate) fn json(value: &'a Value) -> Self {
        match value {
            Value::Null | Value::Object(_) => Self::Absent,
            Value::Bool(value) => Self::Bool(*value),
            Value::Number(number) => number.as_f64().map_or(Self::Absent, Self::Number),
            Value::String(text) => Self::text(text),
            Value::Array(items) => Self::Many(items.iter().map(Self::json).collect()),
        }
    }

    /// The value at a dotted path in `value`; through arrays, any of their items.
    pub(crate) fn at(value: &'a Value, path: &str) -> Self {
        if path.is_empty() {
            return Self::json(value);
        }
        match value {
            Value::Array(items) => {
                Self::Many(items.iter().map(|item| Self::at(item, path)).collect())
            }
            Value::Object(map) => {
                let (name, rest) = path.split_once('.').unwrap_or((path, ""));
                map.get(name).map_or(Self::Absent, |value| Self::at(value, rest))
            }
            _ => Self::Absent,
        }
    }
}

impl Filter {
    /// True where the object whose attributes `lookup` tells fits.
    pub(crate) fn matches<'a>(&self, case: Case, lookup: &dyn Fn(&str) -> Operand<'a>) -> bool {
        match self {
            Self::Compare(comparison) => holds(comparison, case, &lookup(&comparison.path)),
            Self::And(parts) => parts.iter().all(|part| part.matches(case, lookup)),
            Self::Or(parts) => parts.iter().any(|part| part.matches(case, lookup)),
            Self::Not(part) => !part.matches(case, lookup),
        }
    }
}

fn holds(comparison: &Comparison, case: Case, operand: &Operand<'_>) -> bool {
    if let Operand::Many(items) = operand {
        return match comparison.op {
            // "Not one of them".
            Op::Ne => items.iter().all(|item| holds(comparison, case, item)),
            _ => items.iter().any(|item| holds(comparison, case, item)),
        };
    }
    match (comparison.op, operand) {
        (Op::Pr, Operand::Absent) => false,
        (Op::Pr, Operand::Text(text)) => !text.is_empty(),
        (Op::Pr, _) => true,
        (Op::Eq, _) => equal(&comparison.value, case, operand),
        (Op::Ne, _) => !equal(&comparison.value, case, operand),
        (Op::Sw | Op::Co | Op::Ew, Operand::Text(text)) => part(comparison, case, text),
        (Op::Sw | Op::Co | Op::Ew, Operand::Time(time)) => {
            part(comparison, case, &format!("{time:.3}"))
        }
        (Op::Sw | Op::Co | Op::Ew, _) => false,
        (Op::Gt | Op::Ge | Op::Lt | Op::Le, _) => ordered(comparison, case, operand),
    }
}

fn equal(value: &Literal, case: Case, operand: &Operand<'_>) -> bool {
    match (value, operand) {
        (Literal::Text { text, lower, .. }, Operand::Text(found)) => match case {
            Case::Matters => found == text,
            Case::Ignored => found == text || fold(found) == *lower,
        },
        (Literal::Text { time, .. }, Operand::Time(found)) => *time == Some(*found),
        // Okta reads "true" and true alike.
        (Literal::Text { lower, .. }, Operand::Bool(found)) => *lower == found.to_string(),
        (Literal::Text { text, .. }, Operand::Number(found)) => {
            text.parse::<f64>().is_ok_and(|number| same(number, *found))
        }
        (Literal::Number(number), Operand::Number(found)) => same(*number, *found),
        (Literal::Number(number), Operand::Text(found)) => number.to_string() == **found,
        (Literal::Bool(value), Operand::Bool(found)) => value == found,
        (Literal::Null, Operand::Absent) => true,
        _ => false,
    }
}

fn same(a: f64, b: f64) -> bool {
    a.total_cmp(&b).is_eq()
}

/// `sw`, `co`, `ew` on a text.
fn part(comparison: &Comparison, case: Case, found: &str) -> bool {
    let Literal::Text { text, lower, .. } = &comparison.value else { return false };
    let (found, wanted) = match case {
        Case::Matters => (Cow::Borrowed(found), text),
        Case::Ignored => (fold(found), lower),
    };
    match comparison.op {
        Op::Sw => found.starts_with(wanted.as_str()),
        Op::Co => found.contains(wanted.as_str()),
        _ => found.ends_with(wanted.as_str()),
    }
}

fn fold(text: &str) -> Cow<'_, str> {
    let plain = text.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase());
    if plain { Cow::Borrowed(text) } else { Cow::Owned(text.to_lowercase()) }
}

fn ordered(comparison: &Comparison, case: Case, operand: &Operand<'_>) -> bool {
    let order = match (&comparison.value, operand) {
        (Literal::Text { time: Some(time), .. }, Operand::Time(found)) => found.cmp(time),
        (Literal::Text { text, lower, .. }, Operand::Text(found)) => match case {
            Case::Matters => found.as_ref().cmp(text),
            Case::Ignored => fold(found).as_ref().cmp(lower),
        },
        (Literal::Number(number), Operand::Number(found)) => found.total_cmp(number),
        _ => return false,
    };
    match comparison.op {
        Op::Gt => order.is_gt(),
        Op::Ge => order.is_ge(),
        Op::Lt => order.is_lt(),
        _ => order.is_le(),
    }
}
