//! Filter and search expressions, evaluated for real.
//!
//! The grammar is SCIM's, as Okta takes it: comparisons, `pr`, `and`, `or`, `not (…)`, parentheses,
//! attribute paths of any number of segments. What an endpoint allows of it is its own affair: it
//! hands [`Filter::check`] a function that looks at each comparison.

mod eval;
mod parse;

use std::fmt;

use jiff::Timestamp;

pub(crate) use self::eval::{Case, Operand};
pub(crate) use self::parse::parse;

/// How an attribute is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Op {
    Eq,
    Ne,
    Gt,
    Ge,
    Lt,
    Le,
    Sw,
    Co,
    Ew,
    Pr,
}

impl Op {
    pub(crate) const ALL: [(&'static str, Self); 10] = [
        ("eq", Self::Eq),
        ("ne", Self::Ne),
        ("gt", Self::Gt),
        ("ge", Self::Ge),
        ("lt", Self::Lt),
        ("le", Self::Le),
        ("sw", Self::Sw),
        ("co", Self::Co),
        ("ew", Self::Ew),
        ("pr", Self::Pr),
    ];

    pub(crate) fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(_, op)| *op == self).map_or("", |(name, _)| name)
    }

    /// True for `gt`, `ge`, `lt`, `le`.
    pub(crate) const fn is_order(self) -> bool {
        matches!(self, Self::Gt | Self::Ge | Self::Lt | Self::Le)
    }
}

/// What an attribute is compared with.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Literal {
    Text {
        text: String,
        /// For comparisons without regard to case.
        lower: String,
        /// Where the text is a date.
        time: Option<Timestamp>,
    },
    Number(f64),
    Bool(bool),
    Null,
}

impl Literal {
    pub(crate) fn text(text: String) -> Self {
        let lower = text.to_lowercase();
        let time = text.parse().ok();
        Self::Text { text, lower, time }
    }
}

/// One comparison.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Comparison {
    pub(crate) path: String,
    pub(crate) op: Op,
    /// `Null` for `pr`.
    pub(crate) value: Literal,
}

/// An expression.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Filter {
    Compare(Comparison),
    And(Vec<Filter>),
    Or(Vec<Filter>),
    Not(Box<Filter>),
}

/// The expression does not fit the grammar.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(crate) struct BadFilter(pub(crate) String);

impl Filter {
    /// Asks `allowed` about every comparison; the first refusal ends it.
    pub(crate) fn check<E>(
        &self,
        allowed: &mut dyn FnMut(&Comparison) -> Result<(), E>,
    ) -> Result<(), E> {
        match self {
            Self::Compare(comparison) => allowed(comparison),
            Self::And(parts) | Self::Or(parts) => {
                parts.iter().try_for_each(|part| part.check(allowed))
            }
            Self::Not(part) => part.check(allowed),
        }
    }
}

impl fmt::Display for Literal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text { text, .. } => write!(f, "{}", serde_json::Value::from(text.as_str())),
            Self::Number(number) => write!(f, "{number}"),
            Self::Bool(value) => write!(f, "{value}"),
            Self::Null => f.write_str("null"),
        }
    }
}

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (parts, word) = match self {
            Self::Compare(Comparison { path, op: Op::Pr, .. }) => return write!(f, "{path} pr"),
            Self::Compare(Comparison { path, op, value }) => {
                return write!(f, "{path} {} {value}", op.as_str());
            }
            Self::Not(part) => return write!(f, "not ({part})"),
            Self::And(parts) => (parts, " and "),
            Self::Or(parts) => (parts, " or "),
        };
        for (at, part) in parts.iter().enumerate() {
            f.write_str(if at == 0 { "" } else { word })?;
            match part {
                Self::And(_) | Self::Or(_) => write!(f, "({part})")?,
                Self::Compare(_) | Self::Not(_) => write!(f, "{part}")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
