//! Where a secret is: in a setting, in a file that one names, or in the system's keyring.

use std::path::PathBuf;

use secrecy::{ExposeSecret as _, SecretString};

use super::{
    ConfigError, Settings,
    layers::{At, Given},
    setting::{Kind, Value},
};
use crate::{
    key_file,
    keyring::{Keyring, SecretEntry, SecretKind},
};

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

    /// The secret. `kind` says which it is where a keyring may hold it.
    pub(super) fn read(
        self,
        at: &At,
        kind: Option<SecretKind>,
        around: &Around<'_>,
    ) -> Result<SecretString, ConfigError> {
        match self {
            Self::Inline(secret) => Ok(secret),
            Self::File(path) => key_file::read(at, &path, around.allowed),
            Self::Keyring => from_keyring(at, kind, around),
        }
    }
}

/// Where secrets are looked for.
#[derive(Clone, Copy)]
pub(super) struct Around<'a> {
    /// The folders that key files may be in; any where there are none.
    pub(super) allowed: &'a [PathBuf],
    pub(super) keyring: &'a Keyring,
    pub(super) settings: &'a Settings,
}

/// The secret of that profile which the system's keyring holds.
fn from_keyring(
    at: &At,
    kind: Option<SecretKind>,
    around: &Around<'_>,
) -> Result<SecretString, ConfigError> {
    let bad = |problem: String| ConfigError::Bad { at: at.clone(), problem };
    let Some(kind) = kind else {
        return Err(bad("the keyring does not hold this one: name a file that does".to_owned()));
    };
    let entry = SecretEntry::of(kind, around.settings)?;
    let found = entry.read(around.keyring).map_err(|why| {
        bad(format!("{why}; or name a file that holds it ({}_file)", kind.setting()))
    })?;
    found.ok_or_else(|| {
        bad(format!(
            "the {} has no {entry}: okta-mcp keys store {} --profile {} puts it there",
            around.keyring.name(),
            kind.setting(),
            around.settings.profile()
        ))
    })
}

/// True where a secret stands in the setting itself.
pub(super) fn stands_in(given: &Given) -> bool {
    given.setting.is_secret() && matches!(KeySource::of(given), KeySource::Inline(_))
}
