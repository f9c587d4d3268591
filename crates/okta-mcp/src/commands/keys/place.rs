//! Where the key that signs in lies, so that another can take its place.

use std::path::{Path, PathBuf};

use okta_client::{OrgUrl, PrivateKey};
use okta_mcp_server::{Config, KeySource, Keyring, OwnKey, SecretEntry, Settings};
use okta_storage::Folder;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};

use super::{keyring_failed, show};
use crate::failure::Failure;

/// What is beside the key while it is being replaced.
const BESIDE: &str = "rotation";

/// The place of a key that can be written.
#[derive(Debug)]
pub(super) enum Place {
    /// A file.
    File { folder: Folder, name: String },
    /// An entry of the keyring.
    Keyring { keyring: Keyring, entry: SecretEntry },
}

/// A new key that is not in use yet, and what it replaces.
pub(super) struct Pending {
    /// The key, under the id that it has at Okta.
    pub(super) key: PrivateKey,
    /// The public half of the key that it replaces.
    pub(super) replaces: Value,
}

impl Pending {
    pub(super) fn id(&self) -> &str {
        self.key.key_id().unwrap_or_default()
    }
}

impl Place {
    /// The place of that key; refuses one that cannot be written from here.
    pub(super) fn of(own: &OwnKey, settings: &Settings, config: &Config) -> Result<Self, Failure> {
        match &own.source {
            KeySource::Inline(_) => Err(Failure::usage(format!(
                "{}: the key stands in the setting itself, which cannot be changed from here: put \
                 it into a file, or into the keyring (okta-mcp keys store), and name that in {}",
                own.at,
                file(settings)
            ))),
            KeySource::File(path) => Self::file(path),
            KeySource::Keyring => {
                let (client_id, _) = show::signs_in(config)?;
                Ok(Self::entry(&config.org, client_id, &config.keyring))
            }
        }
    }

    fn entry(org: &OrgUrl, client_id: &str, keyring: &Keyring) -> Self {
        let entry = SecretEntry::private_key(org, client_id);
        Self::Keyring { keyring: keyring.clone(), entry }
    }

    fn file(path: &Path) -> Result<Self, Failure> {
        // A link stays one: what it leads to is replaced.
        let real = fs_err::canonicalize(path).map_err(Failure::usage)?;
        let (Some(folder), Some(name)) = (real.parent(), real.file_name()) else {
            return Err(Failure::usage(format!("{} is no file", path.display())));
        };
        let name = name.to_string_lossy().into_owned();
        Ok(Self::File { folder: Folder::new(folder), name })
    }

    /// Where it is, for people.
    pub(super) fn name(&self) -> String {
        match self {
            Self::File { folder, name } => folder.file(name).display().to_string(),
            Self::Keyring { keyring, .. } => format!("the {}", keyring.name()),
        }
    }

    /// The key as it is there now.
    pub(super) fn read(&self) -> Result<SecretString, Failure> {
        let text = match self {
            Self::File { folder, name } => {
                // It may be open to others, as it was found; what is written is not.
                fs_err::read_to_string(folder.file(name)).map(SecretString::from).ok()
            }
            Self::Keyring { keyring, entry } => {
                entry.read(keyring).map_err(|error| keyring_failed(&error))?
            }
        };
        text.ok_or_else(|| Failure::Failed {
            message: format!("{} does not hold the key any more", self.name()),
            next: None,
        })
    }

    /// Puts a key there, in place of the one that was.
    pub(super) fn write(&self, text: &SecretString) -> Result<(), Failure> {
        match self {
            Self::File { folder, name } => {
                folder.write(name, text.expose_secret().as_bytes()).map_err(failed)
            }
            Self::Keyring { keyring, entry } => {
                entry.keep(keyring, text).map_err(|error| keyring_failed(&error))
            }
        }
    }

    /// The new key that is not in use yet, where there is one.
    pub(super) fn pending(&self) -> Result<Option<Pending>, Failure> {
        let text = match self {
            Self::File { folder, name } => {
                let content = folder.read(&beside(name)).map_err(failed)?;
                content.map(|content| String::from_utf8_lossy(&content).into_owned().into())
            }
            Self::Keyring { keyring, entry } => {
                entry.beside(BESIDE).read(keyring).map_err(|error| keyring_failed(&error))?
            }
        };
        let Some(text) = text else { return Ok(None) };
        read(&text).map(Some).ok_or_else(|| Failure::Failed {
            message: format!("what is kept beside {} of a rotation cannot be read", self.name()),
            next: Some("okta-mcp keys rotate --abandon forgets it".to_owned()),
        })
    }

    /// Keeps a new key beside the old one. That this goes tells that the place can be written.
    pub(super) fn keep_pending(&self, pending: &Pending) -> Result<(), Failure> {
        let pem = pending.key.to_pem().map_err(Failure::unexpected)?;
        let told = json!({
            "key_id": pending.id(),
            "private_key": pem.expose_secret(),
            "replaces": pending.replaces,
        });
        let text = SecretString::from(told.to_string());
        match self {
            Self::File { folder, name } => {
                let beside = beside(name);
                let written = folder.write(&beside, text.expose_secret().as_bytes());
                written.map_err(|error| unwritable(&folder.file(name), &error))?;
                same_owner(&folder.file(name), &folder.file(&beside)).inspect_err(|_| {
                    // What is told is why it cannot stay.
                    let _ = folder.remove(&beside);
                })
            }
            Self::Keyring { keyring, entry } => {
                let kept = entry.beside(BESIDE).keep(keyring, &text);
                kept.map_err(|error| keyring_failed(&error))
            }
        }
    }

    /// Forgets what was kept beside the key.
    pub(super) fn forget_pending(&self) -> Result<(), Failure> {
        match self {
            Self::File { folder, name } => folder.remove(&beside(name)).map_err(failed),
            Self::Keyring { keyring, entry } => entry
                .beside(BESIDE)
                .forget(keyring)
                .map(drop)
                .map_err(|error| keyring_failed(&error)),
        }
    }
}

fn beside(name: &str) -> String {
    format!("{name}.{BESIDE}")
}

fn read(text: &SecretString) -> Option<Pending> {
    let told: Value = serde_json::from_str(text.expose_secret()).ok()?;
    let part = |name: &str| told.get(name)?.as_str();
    let key = PrivateKey::parse(part("private_key")?, Some(part("key_id")?)).ok()?;
    Some(Pending { key, replaces: told.get("replaces")?.clone() })
}

/// The configuration file, for people.
fn file(settings: &Settings) -> String {
    let path = settings.file().map(Path::to_path_buf);
    path.unwrap_or_else(|| PathBuf::from("okta-mcp.toml")).display().to_string()
}

fn failed(error: okta_storage::Error) -> Failure {
    Failure::unexpected(error)
}

fn unwritable(path: &Path, error: &okta_storage::Error) -> Failure {
    let why = std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
    Failure::Failed {
        message: format!("{} cannot be replaced: {why}", path.display()),
        next: Some(
            "nothing was made: run this where the key can be written, or rotate by hand (okta-mcp \
             keys show tells what is registered)"
                .to_owned(),
        ),
    }
}

/// Refuses a key of another account: the new one would be ours, and it could not read it.
#[cfg(unix)]
fn same_owner(key: &Path, ours: &Path) -> Result<(), Failure> {
    use std::os::unix::fs::MetadataExt as _;
    let owner = |path: &Path| fs_err::metadata(path).map(|about| about.uid());
    let (theirs, ours) = (owner(key).map_err(Failure::unexpected)?, owner(ours));
    if theirs == ours.map_err(Failure::unexpected)? {
        return Ok(());
    }
    Err(Failure::Failed {
        message: format!("{} belongs to another account: run this as that one", key.display()),
        next: None,
    })
}

/// Files of others are others' affair where the system has no modes.
#[cfg(not(unix))]
fn same_owner(_: &Path, _: &Path) -> Result<(), Failure> {
    Ok(())
}
