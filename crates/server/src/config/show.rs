//! The settings as people are shown them: what holds, and where it comes from.

use serde_json::{Value as Json, json};

use super::{
    SETTINGS,
    layers::{Given, Origin, Settings},
    secret::{KEYRING, KeySource},
    setting::{Kind, Setting, Value},
    table,
};

/// What is shown of a secret.
const SET: &str = "(set)";

/// What is shown of one setting.
#[derive(Clone, Debug)]
pub struct Row {
    /// The setting.
    pub setting: &'static Setting,
    /// What was given for it, as it may be shown; `None` where its default holds.
    pub value: Option<Json>,
    /// Where it was given.
    pub origin: Option<Origin>,
    /// What in a higher layer holds instead of it, where something does.
    pub instead: Option<String>,
}

impl Settings {
    /// Every setting, in the order of the reference: as the highest layer that knows it gives it.
    pub fn rows(&self) -> Vec<Row> {
        SETTINGS.iter().map(|setting| self.row(setting)).collect()
    }

    fn row(&self, setting: &'static Setting) -> Row {
        let Some(given) = self.all(setting).next_back() else {
            return Row { setting, value: self.found(setting), origin: None, instead: None };
        };
        Row {
            setting,
            value: Some(shown(given)),
            origin: Some(given.origin.clone()),
            instead: self.instead_of(given).map(|other| other.at().named()),
        }
    }

    /// What holds without being given: the file at its usual place, its default profile.
    fn found(&self, setting: &Setting) -> Option<Json> {
        if setting.variable == table::CONFIG.variable {
            return self.file().map(|path| json!(path.display().to_string()));
        }
        (setting.variable == table::PROFILE.variable).then(|| json!(self.profile()))
    }
}

/// What may be shown: of a secret that it is there, of a URL no password.
fn shown(given: &Given) -> Json {
    match &given.value {
        Value::Secret(_) => match KeySource::of(given) {
            KeySource::Keyring => json!(KEYRING),
            KeySource::File(_) | KeySource::Inline(_) => json!(SET),
        },
        Value::Text(text) if given.setting.kind == Kind::Url => json!(without_password(text)),
        Value::Text(text) => json!(text),
        Value::List(list) => json!(list),
        Value::Whole(number) => json!(number),
        Value::YesNo(yes) => json!(yes),
    }
}

/// A URL without the user and password in it.
fn without_password(url: &str) -> String {
    let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    // A password may hold a slash that should have been escaped: nothing before an `@` is shown.
    let Some((_, host)) = authority.rsplit_once('@').or_else(|| rest.rsplit_once('@')) else {
        return url.to_owned();
    };
    let path = if authority.contains('@') { path } else { "" };
    let scheme = if scheme.is_empty() { String::new() } else { format!("{scheme}://") };
    format!("{scheme}…@{host}{path}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_password_of_a_proxy_is_shown() {
        for (url, told) in [
            ("http://proxy:3128", "http://proxy:3128"),
            ("http://ana:s3cr3t@proxy:3128/x", "http://…@proxy:3128/x"),
            ("ana:s3cr3t@proxy:3128", "…@proxy:3128"),
            ("http://ana:s3c@r3t@proxy", "http://…@proxy"),
            ("http://ana:s3c/r3t@proxy", "http://…@proxy"),
            ("http://ana:s3c/r@3t@proxy/", "http://…@proxy/"),
        ] {
            assert_eq!(without_password(url), told);
        }
    }
}
