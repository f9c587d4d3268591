//! The id of the key in the configuration file.

use std::path::{Path, PathBuf};

use okta_mcp_server::{OwnKey, Settings};
use okta_mcp_setup::{profile::with_key_id, replace};
use tempfile::NamedTempFile;

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
        let text = with_key_id(&text, &self.profile, id).map_err(Failure::usage)?;
        Ok(Change { file: self.file.clone(), text })
    }
}

/// How else it can be done.
const ELSE: &str = "put key and key_id into a profile of okta-mcp.toml, or rotate by hand (okta-mcp \
                    keys show tells what is registered)";

impl Change {
    /// Writes the file: whole, or not at all.
    pub(super) fn write(&self) -> Result<(), Failure> {
        replace(&self.file, &self.text).map_err(Failure::unexpected)
    }

    /// An empty file in the same folder.
    fn beside(&self) -> Result<NamedTempFile, Failure> {
        let folder = self.file.parent().unwrap_or_else(|| Path::new("."));
        NamedTempFile::new_in(folder).map_err(Failure::unexpected)
    }
}
