//! The id of the key in the configuration file.

use std::{
    io::Write as _,
    path::{Path, PathBuf},
};

use okta_mcp_server::{OwnKey, Settings};
use tempfile::NamedTempFile;
use toml_edit::{DocumentMut, Item, Value};

use crate::failure::Failure;

/// The profile that names the key, in its file.
pub(super) struct IdPlace {
    file: PathBuf,
    profile: String,
}

/// The file as it will be.
pub(super) struct Change {
    file: PathBuf,
    text: String,
}

impl IdPlace {
    /// Refuses a place that cannot be written, before anything is made.
    pub(super) fn of(own: &OwnKey, settings: &Settings) -> Result<Self, Failure> {
        if let Some(id) = own.id.as_ref().filter(|id| !id.in_file) {
            return Err(Failure::usage(format!(
                "{}: a new key has a new id, and a variable cannot be changed from here: {ELSE}",
                id.at
            )));
        }
        let (Some(file), true) = (settings.file(), own.in_file) else {
            return Err(Failure::usage(format!(
                "{}: a new key has a new id, and there is no profile that could name it: {ELSE}",
                own.at
            )));
        };
        let file = fs_err::canonicalize(file).map_err(Failure::usage)?;
        let place = Self { file, profile: settings.profile().to_owned() };
        let found = place.change("id").and_then(|change| change.beside().map(drop));
        found.map_err(|error| Failure::Failed {
            message: format!("{} cannot be changed: {error}", place.file.display()),
            next: Some("nothing was made: run this where it can be written".to_owned()),
        })?;
        Ok(place)
    }

    /// The file with that id in the profile, all else as it is.
    pub(super) fn change(&self, id: &str) -> Result<Change, Failure> {
        let text = fs_err::read_to_string(&self.file).map_err(Failure::unexpected)?;
        let text = with_key_id(&text, &self.profile, id)?;
        Ok(Change { file: self.file.clone(), text })
    }
}

/// How else it can be done.
const ELSE: &str = "put key and key_id into a profile of okta-mcp.toml, or rotate by hand (okta-mcp \
                    keys show tells what is registered)";

impl Change {
    /// Writes the file: whole, or not at all.
    pub(super) fn write(&self) -> Result<(), Failure> {
        let mut file = self.beside()?;
        file.write_all(self.text.as_bytes()).map_err(Failure::unexpected)?;
        let rights = fs_err::metadata(&self.file).map_err(Failure::unexpected)?.permissions();
        fs_err::set_permissions(file.path(), rights).map_err(Failure::unexpected)?;
        file.as_file().sync_all().map_err(Failure::unexpected)?;
        file.persist(&self.file).map(drop).map_err(|error| Failure::unexpected(error.error))
    }

    /// An empty file in the same folder.
    fn beside(&self) -> Result<NamedTempFile, Failure> {
        let folder = self.file.parent().unwrap_or_else(|| Path::new("."));
        NamedTempFile::new_in(folder).map_err(Failure::unexpected)
    }
}

fn with_key_id(text: &str, profile: &str, id: &str) -> Result<String, Failure> {
    let mut file: DocumentMut = text.parse().map_err(Failure::unexpected)?;
    let missing = || Failure::usage(format!("there is no profile {profile:?} in it"));
    let table = file.get_mut("profiles").and_then(Item::as_table_like_mut);
    let table = table.and_then(|profiles| profiles.get_mut(profile)?.as_table_like_mut());
    let table = table.ok_or_else(missing)?;
    match table.get_mut("key_id").and_then(Item::as_value_mut) {
        Some(value) => {
            let around = value.decor().clone();
            *value = Value::from(id);
            *value.decor_mut() = around;
        }
        None => drop(table.insert("key_id", toml_edit::value(id))),
    }
    Ok(file.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_id_changes() {
        let text = "# Ours.\n[audit]\nretention_days = 9\n\n[profiles.prod] # the real one\norg = 'x'\n\
                    key_id   = 'old'   # the key of May\nprivate_key_file = \"p.pem\"\n\n\
                    [profiles.other]\nkey_id = 'old'\n";
        let changed = with_key_id(text, "prod", "new").unwrap();
        assert_eq!(changed, text.replacen("'old' ", "\"new\" ", 1));
        assert_eq!(with_key_id(&changed, "prod", "new").unwrap(), changed);
    }

    #[test]
    fn an_id_that_was_not_there_is_added_to_its_profile() {
        let text = "[profiles.prod]\norg = 'x'\n\n[profiles.other]\norg = 'y'\n";
        let changed = with_key_id(text, "prod", "new").unwrap();
        assert_eq!(changed, text.replacen("'x'\n", "'x'\nkey_id = \"new\"\n", 1));
        let inline = with_key_id("profiles = { prod = { org = 'x' } }\n", "prod", "new").unwrap();
        let read: toml_edit::DocumentMut = inline.parse().unwrap();
        assert_eq!(read["profiles"]["prod"]["key_id"].as_str(), Some("new"));
        assert!(with_key_id(text, "none", "new").is_err());
    }
}
