//! Where a secret is: in a setting, in a file that one names, or in the system's keyring.

use std::path::PathBuf;

use secrecy::{ExposeSecret as _, SecretString};

use super::{
    ConfigError,
    layers::{At, Given},
    setting::{Kind, Value},
};
use crate::key_file;

/// The word that stands for a secret in the system's keyring.
pub(super) const KEYRING: &str = "keyring";

/// Where a secret is.
#[derive(Clone, Debug)]
pub enum KeySource {
    /// In the setting itself.
    Inline(SecretString),
    /// In a file.
    File(PathBuf),
    /// In the system's keyring.
    Keyring,
}

impl KeySource {
    /// Where the secret is that the setting gives, or names.
    pub(super) fn of(given: &Given) -> Self {
        let Value::Secret(secret) = &given.value else { return Self::File(given.text().into()) };
        let text = secret.expose_secret();
        if text == KEYRING {
            Self::Keyring
        } else if given.setting.kind == Kind::Key && key_file::is_path(text) {
            Self::File(text.into())
        } else {
            Self::Inline(secret.clone())
        }
    }

    /// The secret.
    pub(super) fn read(
        self,
        at: &At,
        profile: &str,
        allowed: &[PathBuf],
    ) -> Result<SecretString, ConfigError> {
        match self {
            Self::Inline(secret) => Ok(secret),
            Self::File(path) => key_file::read(at, &path, allowed),
            Self::Keyring => from_keyring(at, profile),
        }
    }
}

/// The secret of that profile which the system's keyring holds.
fn from_keyring(at: &At, profile: &str) -> Result<SecretString, ConfigError> {
    Err(ConfigError::Bad {
        at: at.clone(),
        problem: format!(
            "this build cannot read the keyring, where it is kept for profile {profile}: name a \
             file that holds it"
        ),
    })
}

/// True where a secret stands in the setting itself.
pub(super) fn stands_in(given: &Given) -> bool {
    given.setting.is_secret() && matches!(KeySource::of(given), KeySource::Inline(_))
}
