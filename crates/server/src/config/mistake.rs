//! Mistakes in the configuration file: where they are, and what may have been meant.

use okta_policy::Step;
use toml::de::{DeTable, DeValue};

/// How near a word must be to be suggested.
const NEAR: f64 = 0.75;

/// From how many on names are not listed.
const MANY: usize = 12;

/// A place in a file: line and column, from 1, in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) line: usize,
    pub(crate) column: usize,
}

impl Place {
    /// The place of a byte.
    pub(crate) fn of_offset(text: &str, offset: usize) -> Self {
        let before = text.get(..offset).unwrap_or(text);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().map_or(0, |last| last.chars().count()) + 1;
        Self { line, column }
    }

    /// The place of a value, or of what is nearest to it on the way there.
    pub(crate) fn of_value(text: &str, above: &[&str], steps: &[Step]) -> Self {
        let offset = DeTable::parse(text).ok().and_then(|root| {
            let mut place = None;
            let mut here: Option<&DeValue<'_>> = None;
            let keys = above.iter().map(|&key| Way::Key(key));
            let steps = steps.iter().map(|step| match step {
                Step::Key(key) => Way::Key(key),
                Step::Index(index) => Way::Index(*index),
            });
            for way in keys.chain(steps) {
                let next = match (way, here) {
                    (Way::Key(key), None) => root.get_ref().get(key),
                    (Way::Key(key), Some(here)) => here.as_table().and_then(|table| table.get(key)),
                    (Way::Index(index), Some(here)) => {
                        here.as_array().and_then(|array| array.get(index))
                    }
                    (Way::Index(_), None) => None,
                };
                let Some(next) = next else { break };
                place = Some(next.span().start);
                here = Some(next.get_ref());
            }
            place
        });
        Self::of_offset(text, offset.unwrap_or_default())
    }
}

/// A step on the way to a value.
enum Way<'a> {
    Key(&'a str),
    Index(usize),
}

/// What the reader of TOML says, on one line, with what may have been meant.
pub(crate) fn plain(message: &str) -> String {
    let message = message.split_whitespace().collect::<Vec<_>>().join(" ");
    // serde puts every name in backticks: first the one that is wrong, then those that are known.
    let mut names = message.split('`').skip(1).step_by(2);
    let what = if message.starts_with("unknown field") {
        "key"
    } else if message.starts_with("unknown variant") {
        "word"
    } else if message.starts_with("missing field") {
        return format!("the key `{}` is missing", names.next().unwrap_or_default());
    } else {
        return message.replace("a sequence", "a list").replace("a map", "a table");
    };
    let given = names.next().unwrap_or_default();
    unknown(what, given, &names.collect::<Vec<_>>())
}

/// That there is no such thing, with what may have been meant.
pub(crate) fn unknown(what: &str, given: &str, known: &[&str]) -> String {
    let distance = |name: &&&str| strsim::jaro_winkler(given, name);
    let nearest = known.iter().max_by(|a, b| distance(a).total_cmp(&distance(b)));
    let hint = match nearest.filter(|name| distance(name) >= NEAR) {
        Some(name) => format!("did you mean `{name}`?"),
        None if known.len() > MANY => {
            "`okta-mcp config show` lists those that there are".to_owned()
        }
        None => format!("there are {}", known.join(", ")),
    };
    format!("there is no {what} `{given}` here: {hint}")
}
