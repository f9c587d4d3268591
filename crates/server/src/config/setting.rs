//! What a setting is: its names, what it takes, and how that is read.

use std::{fmt, ops::Range};

use secrecy::SecretString;
use toml::{Spanned, de::DeValue};

/// A setting, declared once in [`SETTINGS`](super::SETTINGS): reading, `config show`, the reference
/// and the JSON schema all follow from it.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    /// The key in a profile of the configuration file; `None` for what says which profile of which
    /// file.
    pub key: Option<&'static str>,
    /// The environment variable.
    pub variable: &'static str,
    /// The flag, where there is one.
    pub flag: Option<&'static str>,
    /// What it takes.
    pub kind: Kind,
    /// Of the settings of a group one at most is given.
    pub group: Option<Group>,
    /// What it is for.
    pub about: &'static str,
    /// What holds where it is not given.
    pub default: &'static str,
    /// An example, as it stands in the variable.
    pub example: &'static str,
}

/// Settings of which one at most is given: a higher layer's replaces any of a lower layer, two in
/// one layer contradict each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// What proves who signs in.
    SignIn,
    /// Where a browser comes back to.
    Redirect,
    /// What the app of the approvers proves itself with.
    Approvers,
    /// The key of a custom domain's certificate.
    DomainKey,
}

/// What a setting takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A text.
    Text,
    /// A URL, of which a password is hidden.
    Url,
    /// A secret: never shown.
    Secret,
    /// A secret, or the path of a file that holds it.
    Key,
    /// One of these words.
    Word(&'static [&'static str]),
    /// Several words: in a variable separated by spaces or commas.
    Words,
    /// The path of a file or folder.
    Path,
    /// Several of them: in a variable separated as in `PATH`.
    Paths,
    /// A whole number from 1 to this.
    Whole(u32),
    /// `true` or `false`.
    YesNo,
}

/// What was given for a setting.
#[derive(Clone)]
pub(crate) enum Value {
    Text(String),
    Secret(SecretString),
    List(Vec<String>),
    Whole(u32),
    YesNo(bool),
}

impl fmt::Debug for Value {
    /// Says nothing: what may be shown of it depends on the setting.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

impl Setting {
    /// A setting of profile, environment and, where [`Self::with_flag`] says so, command line.
    pub(super) const fn new(
        key: &'static str,
        variable: &'static str,
        kind: Kind,
        [about, default, example]: [&'static str; 3],
    ) -> Self {
        let (key, flag, group) = (Some(key), None, None);
        Self { key, variable, flag, kind, group, about, default, example }
    }

    /// The same, in a group.
    pub(super) const fn one_of(self, group: Group) -> Self {
        Self { group: Some(group), ..self }
    }

    /// The same, with a flag.
    pub(super) const fn with_flag(self, flag: &'static str) -> Self {
        Self { flag: Some(flag), ..self }
    }

    /// The same, which no profile can say.
    pub(super) const fn outside(self) -> Self {
        Self { key: None, ..self }
    }

    /// What people call it: the key, or the variable.
    pub fn name(&self) -> &'static str {
        self.key.unwrap_or(self.variable)
    }

    /// True where what is given is never shown.
    pub fn is_secret(&self) -> bool {
        matches!(self.kind, Kind::Secret | Kind::Key)
    }

    /// The example as it stands in the file.
    pub fn toml_example(&self) -> String {
        let quoted = |text: &str| toml::Value::from(text).to_string();
        let list = |parts: Vec<String>| {
            let parts: Vec<String> = parts.iter().map(|part| quoted(part)).collect();
            format!("[{}]", parts.join(", "))
        };
        let value = match self.kind {
            Kind::Whole(_) | Kind::YesNo => self.example.to_owned(),
            Kind::Words => list(words(self.example)),
            Kind::Paths => list(self.example.split(':').map(str::to_owned).collect()),
            Kind::Text | Kind::Url | Kind::Secret | Kind::Key | Kind::Word(_) | Kind::Path => {
                quoted(self.example)
            }
        };
        format!("{} = {value}", self.name())
    }
}

impl Kind {
    /// Reads what a variable or flag says. The problem never repeats a secret.
    pub(super) fn of_text(self, text: &str) -> Result<Value, String> {
        Ok(match self {
            Self::Text | Self::Url | Self::Path => Value::Text(text.to_owned()),
            Self::Secret | Self::Key => Value::Secret(text.into()),
            Self::Words => Value::List(words(text)),
            Self::Paths => {
                let paths = std::env::split_paths(text);
                Value::List(paths.map(|path| path.display().to_string()).collect())
            }
            Self::Word(words) => Value::Text(one_of(words, text)?),
            Self::Whole(most) => Value::Whole(whole(most, text)?),
            Self::YesNo => match text {
                "true" => Value::YesNo(true),
                "false" => Value::YesNo(false),
                other => return Err(format!("{other:?} is neither true nor false")),
            },
        })
    }

    /// Reads what the file says; else where it is wrong, and why.
    pub(super) fn of_toml(self, value: &Spanned<DeValue<'_>>) -> Result<Value, Wrong> {
        let wrong = |problem: String| Wrong { span: value.span(), problem };
        let text = |value: &Spanned<DeValue<'_>>| match value.get_ref().as_str().map(str::trim) {
            Some("") => {
                Err(Wrong { span: value.span(), problem: "it is empty: leave it out".to_owned() })
            }
            Some(text) => Ok(text.to_owned()),
            None => Err(Wrong { span: value.span(), problem: self.not(value.get_ref()) }),
        };
        match (self, value.get_ref()) {
            (Self::Words, DeValue::String(_)) => Ok(Value::List(words(&text(value)?))),
            (Self::Words | Self::Paths, DeValue::Array(items)) if items.is_empty() => {
                Err(wrong("it is empty: leave it out".to_owned()))
            }
            (Self::Words | Self::Paths, DeValue::Array(items)) => {
                items.iter().map(text).collect::<Result<_, _>>().map(Value::List)
            }
            (Self::Whole(most), DeValue::Integer(number)) => {
                whole(most, &number.to_string()).map(Value::Whole).map_err(wrong)
            }
            (Self::YesNo, DeValue::Boolean(yes)) => Ok(Value::YesNo(*yes)),
            (Self::Words | Self::Paths | Self::Whole(_) | Self::YesNo, other) => {
                Err(wrong(self.not(other)))
            }
            (_, _) => self.of_text(&text(value)?).map_err(wrong),
        }
    }

    /// What it takes, and that this is something else.
    fn not(self, value: &DeValue<'_>) -> String {
        let wanted = match self {
            Self::Words => "a list of texts, or a text",
            Self::Paths => "a list of texts",
            Self::Whole(_) => "a whole number",
            Self::YesNo => "true or false",
            Self::Text | Self::Url | Self::Secret | Self::Key | Self::Word(_) | Self::Path => {
                "a text"
            }
        };
        let given = match value {
            DeValue::String(_) => "a text",
            DeValue::Integer(_) => "a number",
            DeValue::Float(_) => "a number with a point",
            DeValue::Boolean(_) => "true or false",
            DeValue::Datetime(_) => "a time",
            DeValue::Array(_) => "a list",
            DeValue::Table(_) => "a table",
        };
        format!("it takes {wanted}, not {given}")
    }
}

/// What the file says wrongly.
#[derive(Debug)]
pub(super) struct Wrong {
    /// Where, in bytes.
    pub(super) span: Range<usize>,
    /// Why.
    pub(super) problem: String,
}

/// The words of a text. A comma between braces belongs to a glob.
fn words(text: &str) -> Vec<String> {
    let (mut words, mut word, mut depth) = (Vec::new(), String::new(), 0_usize);
    for c in text.chars() {
        match c {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if c.is_whitespace() || (c == ',' && depth == 0) {
            words.push(std::mem::take(&mut word));
        } else {
            word.push(c);
        }
    }
    words.push(word);
    words.retain(|word| !word.is_empty());
    words
}

fn one_of(words: &[&str], text: &str) -> Result<String, String> {
    if words.contains(&text) {
        return Ok(text.to_owned());
    }
    Err(match words {
        [first, second] => format!("{text:?} is neither {first} nor {second}"),
        words => format!("{text:?} is none of {}", words.join(", ")),
    })
}

fn whole(most: u32, text: &str) -> Result<u32, String> {
    match text.parse() {
        Ok(number) if (1..=most).contains(&number) => Ok(number),
        _ if most == u32::MAX => Err(format!("{text:?} is no whole number of at least 1")),
        _ => Err(format!("{text:?} is no whole number from 1 to {most}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comma_in_a_glob_separates_nothing() {
        assert_eq!(words(" a,b  c,"), ["a", "b", "c"]);
        assert_eq!(words("{a,b}_user, delete_*"), ["{a,b}_user", "delete_*"]);
        assert!(words(" , ").is_empty());
    }
}
