//! Where a secret is kept that a profile needs.

use std::{
    io,
    path::{Path, PathBuf},
};

use jiff::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};

use crate::{change, profile::Given};

/// What a secret is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Secret {
    /// The private key of an app.
    PrivateKey,
    /// An API token.
    ApiToken,
    /// The secret of an app that people sign in to.
    ClientSecret,
}

/// A secret, and what a profile says of it.
#[derive(Clone, Debug)]
pub struct Kept {
    what: Secret,
    /// The file, as the profile names it.
    named: String,
    /// The secret and the file that it is still to be written to.
    unwritten: Option<(PathBuf, SecretString)>,
}

impl Secret {
    /// The setting that names its file.
    const fn key(self) -> &'static str {
        match self {
            Self::PrivateKey => "private_key_file",
            Self::ApiToken => "api_token_file",
            Self::ClientSecret => "client_secret_file",
        }
    }

    /// The variable that would hold it.
    pub const fn variable(self) -> &'static str {
        match self {
            Self::PrivateKey => "OKTA_PRIVATE_KEY",
            Self::ApiToken => "OKTA_API_TOKEN",
            Self::ClientSecret => "OKTA_CLIENT_SECRET",
        }
    }

    const fn ending(self) -> &'static str {
        match self {
            Self::PrivateKey => "pem",
            Self::ApiToken => "token",
            Self::ClientSecret => "secret",
        }
    }
}

impl Kept {
    /// A secret that stays in the file where it is.
    pub fn there(what: Secret, file: &Path) -> Self {
        Self { what, named: file.display().to_string(), unwritten: None }
    }

    /// A secret that is to have a file of its own, beside the configuration file: for each profile
    /// one, and another one where that is taken.
    ///
    /// This is the one place that decides where a new secret goes.
    pub fn new(
        what: Secret,
        secret: SecretString,
        config: &Path,
        profile: &str,
        now: Timestamp,
    ) -> Self {
        let folder = config.with_file_name("keys");
        let ending = what.ending();
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
        (self.what.key(), Given::Text(self.named.clone()))
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
