//! Where a secret is kept that a profile needs.

use std::{
    io,
    path::{Path, PathBuf},
};

use jiff::Timestamp;
use okta_mcp_server::SecretKind;
use secrecy::{ExposeSecret as _, SecretString};

use crate::{change, profile::Given};

/// A secret, and what a profile says of it.
#[derive(Clone, Debug)]
pub struct Kept {
    what: SecretKind,
    /// The file, as the profile names it.
    named: String,
    /// The secret and the file that it is still to be written to.
    unwritten: Option<(PathBuf, SecretString)>,
}

/// How the file of a secret ends.
const fn ending(what: SecretKind) -> &'static str {
    match what {
        SecretKind::PrivateKey => "pem",
        SecretKind::ApiToken => "token",
        SecretKind::ClientSecret | SecretKind::ApproverClientSecret => "secret",
    }
}

impl Kept {
    /// A secret that stays in the file where it is.
    pub fn there(what: SecretKind, file: &Path) -> Self {
        Self { what, named: file.display().to_string(), unwritten: None }
    }

    /// A secret that is to have a file of its own, beside the configuration file: for each profile
    /// one, and another one where that is taken.
    ///
    /// This is the one place that decides where a new secret goes.
    pub fn new(
        what: SecretKind,
        secret: SecretString,
        config: &Path,
        profile: &str,
        now: Timestamp,
    ) -> Self {
        let folder = config.with_file_name("keys");
        let ending = ending(what);
        let mut name = format!("{profile}.{ending}");
        if fs_err::symlink_metadata(folder.join(&name)).is_ok() {
            name = format!("{profile}-{}.{ending}", now.strftime("%Y%m%dT%H%M%SZ"));
        }
        // Relative to the configuration file, which may move with it.
        let named = format!("keys/{name}");
        Self { what, named, unwritten: Some((folder.join(name), secret)) }
    }

    /// What the profile says of it.
    pub fn setting(&self) -> (&'static str, Given) {
        (self.what.file_setting(), Given::Text(self.named.clone()))
    }

    /// The secret, as long as it is in no file, and the variable that would hold it.
    pub fn unwritten(&self) -> Option<(&'static str, &SecretString)> {
        self.unwritten.as_ref().map(|(_, secret)| (self.what.variable(), secret))
    }

    /// The file that it is still to be written to.
    pub fn new_file(&self) -> Option<&Path> {
        self.unwritten.as_ref().map(|(path, _)| path.as_path())
    }

    /// Writes it, where it is in no file yet: for its owner only, and over nothing.
    pub fn write(&self) -> io::Result<()> {
        let Some((path, secret)) = &self.unwritten else { return Ok(()) };
        let text = secret.expose_secret().trim_end();
        change::create(path, &format!("{text}\n"))
    }
}
