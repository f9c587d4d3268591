//! A profile of `okta-mcp.toml`, as it is written there.

use toml_edit::{Array, DocumentMut, Item, Table, TableLike, Value, value};

use crate::clients;

/// Settings that say together who signs in, and what for: those that are not said again go.
const DECIDED: [&str; 12] = [
    "org",
    "client_id",
    "sign_in",
    "private_key",
    "private_key_file",
    "key_id",
    "api_token",
    "api_token_file",
    "client_secret",
    "client_secret_file",
    "scopes",
    "toolsets",
];

/// What a setting is set to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Given {
    /// A text.
    Text(String),
    /// Several.
    List(Vec<String>),
    /// A number.
    Whole(u32),
    /// Yes.
    Yes,
    /// Nothing: its default holds.
    Nothing,
    /// What it is set to.
    Kept,
}

/// What a profile is set to: keys of the reference of settings, in the order in which they stand.
pub type Settings = Vec<(&'static str, Given)>;

/// Why a profile cannot be put into a file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProfileError {
    /// It is no TOML.
    #[error("{0}")]
    Syntax(#[from] clients::Unreadable),
    /// Something else stands where profiles should.
    #[error("`{0}` is no table")]
    Shape(String),
    /// It is to be there, and is not.
    #[error("there is no profile {0:?} in it")]
    Missing(String),
}

/// The text of the file with that profile in it. Comments, other profiles, and the settings that
/// `settings` does not decide stay.
pub fn with(text: &str, name: &str, settings: &Settings) -> Result<String, ProfileError> {
    clients::edited(text, |document: &mut DocumentMut| {
        let shape = |name: &str| ProfileError::Shape(name.to_owned());
        let implicit = || {
            let mut table = Table::new();
            table.set_implicit(true);
            Item::Table(table)
        };
        let profiles = document.as_table_mut().entry("profiles").or_insert_with(implicit);
        let profiles = profiles.as_table_like_mut().ok_or_else(|| shape("profiles"))?;
        if profiles.get(name).is_none() {
            profiles.insert(name, Item::Table(Table::new()));
        }
        let profile = profiles.get_mut(name).and_then(Item::as_table_like_mut);
        set(profile.ok_or_else(|| shape(name))?, settings);
        Ok(())
    })
}

/// The text of the file with that id of the key in a profile that is there, and all else as it is.
pub fn with_key_id(text: &str, name: &str, id: &str) -> Result<String, ProfileError> {
    clients::edited(text, |document: &mut DocumentMut| {
        let profiles = document.get_mut("profiles").and_then(Item::as_table_like_mut);
        let profile = profiles.and_then(|all| all.get_mut(name)?.as_table_like_mut());
        let profile = profile.ok_or_else(|| ProfileError::Missing(name.to_owned()))?;
        put(profile, "key_id", id.into());
        Ok(())
    })
}

/// The names of the profiles that a file has.
pub fn names(text: &str) -> Vec<String> {
    let document = text.parse::<DocumentMut>().ok();
    let profiles = document.as_ref().and_then(|document| document.get("profiles"));
    let profiles = profiles.and_then(Item::as_table_like);
    profiles.into_iter().flat_map(|table| table.iter()).map(|(name, _)| name.to_owned()).collect()
}

/// The text of the file as people may see it: with `…` for secrets.
pub fn shown(text: &str) -> Result<String, ProfileError> {
    Ok(clients::shown_toml(text)?)
}

fn set(profile: &mut dyn TableLike, settings: &Settings) {
    let said = |key: &str| settings.iter().any(|(name, _)| *name == key);
    let goes = |key: &str| {
        let again = said(key);
        let other = match key {
            "redirect_uri" => said("redirect_port"),
            key => DECIDED.contains(&key),
        };
        other && !again
    };
    let keys: Vec<String> = profile.iter().map(|(key, _)| key.to_owned()).collect();
    for key in keys.iter().filter(|key| goes(key)) {
        profile.remove(key);
    }
    for (key, given) in settings {
        let new = match of(given) {
            Some(new) => new,
            None if *given == Given::Kept => continue,
            None => {
                profile.remove(key);
                continue;
            }
        };
        put(profile, key, new);
    }
}

/// Sets a value in place of one that is there, with the comments around it.
fn put(profile: &mut dyn TableLike, key: &str, new: Value) {
    match profile.get_mut(key) {
        Some(Item::Value(old)) => {
            let decor = old.decor().clone();
            *old = new;
            *old.decor_mut() = decor;
        }
        _ => drop(profile.insert(key, value(new))),
    }
}

fn of(given: &Given) -> Option<Value> {
    Some(match given {
        Given::Nothing | Given::Kept => return None,
        Given::Text(text) => text.as_str().into(),
        Given::Whole(number) => i64::from(*number).into(),
        Given::Yes => true.into(),
        Given::List(list) => {
            let mut array: Array = list.iter().map(String::as_str).collect();
            // One a line, where they would be too long for one.
            if list.iter().map(String::len).sum::<usize>() > 60 {
                for item in array.iter_mut() {
                    item.decor_mut().set_prefix("\n    ");
                }
                array.set_trailing("\n");
                array.set_trailing_comma(true);
            }
            array.into()
        }
    })
}
