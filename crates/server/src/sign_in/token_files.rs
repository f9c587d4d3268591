//! Tokens of people in files of the state folder, sealed.

use std::{any::Any, path::Path, sync::Arc};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use okta_client::{ExposeSecret as _, StoredTokens, TokenOwner, TokenStore, TokenStoreError};
use okta_gate::hex;
use okta_storage::{Error, Folder, Seal};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// What the tokens are sealed as.
const KIND: &str = "tokens";

/// One sealed file per org, client and person, in `<state>/tokens`, mode 0600: for whom it is stands
/// in it in the open, and is authenticated with what is sealed.
pub struct TokenFiles {
    folder: Folder,
    seal: Arc<Seal>,
}

/// A file as it is written.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    org: String,
    client_id: String,
    user: String,
    /// Higher than in the files that were written before: times of files are too coarse.
    turn: u64,
    sealed: String,
}

impl TokenFiles {
    /// The files below this state folder, which are made with the first sign-in.
    pub fn new(state: &Path, seal: Arc<Seal>) -> Self {
        Self { folder: Folder::new(&state.join("tokens")), seal }
    }

    /// What is written for `owner`, the newest first.
    fn of(&self, owner: &TokenOwner) -> Result<Vec<Written>, Error> {
        let prefix = format!("{}-", owner_digest(owner));
        let mut found = Vec::new();
        for name in self.folder.names()? {
            // Unfinished files and locks have another ending.
            if name.strip_prefix(&prefix).and_then(|rest| rest.strip_suffix(".json")).is_none() {
                continue;
            }
            let content = self.folder.read(&name)?.unwrap_or_default();
            let written: Option<Written> = serde_json::from_slice(&content).ok();
            let ours = |written: &Written| {
                written.org == owner.org && written.client_id == owner.client_id
            };
            if let Some(written) = written.filter(ours) {
                found.push(written);
            } else {
                tracing::warn!(file = %self.folder.file(&name).display(), "holds no tokens");
            }
        }
        found.sort_by_key(|written| std::cmp::Reverse(written.turn));
        Ok(found)
    }

    /// The tokens; `None` where they do not open. That there is no key now is an error: another
    /// sign-in would not help, as it could not be kept.
    fn open(&self, owner: &TokenOwner, written: &Written) -> Result<Option<String>, Error> {
        let Ok(sealed) = BASE64_STANDARD.decode(&written.sealed) else { return Ok(None) };
        match self.seal.open(KIND, &about(owner, &written.user), &sealed) {
            Ok(opened) => Ok(String::from_utf8(opened).ok()),
            Err(error @ (Error::Keyring { .. } | Error::KeyGone { .. })) => Err(error),
            Err(error) => {
                let file = self.folder.file(&file_name(owner, &written.user));
                tracing::warn!(file = %file.display(), %error, "tokens that cannot be opened");
                Ok(None)
            }
        }
    }
}

impl TokenStore for TokenFiles {
    fn name(&self) -> String {
        self.folder.file("").display().to_string()
    }

    fn load(&self, owner: &TokenOwner) -> Result<Option<StoredTokens>, TokenStoreError> {
        let all = self.of(owner).map_err(|error| failed(&error))?;
        for written in all {
            if let Some(content) = self.open(owner, &written).map_err(|error| failed(&error))? {
                return Ok(Some(StoredTokens { user: written.user, content: content.into() }));
            }
        }
        Ok(None)
    }

    fn save(&self, owner: &TokenOwner, tokens: &StoredTokens) -> Result<(), TokenStoreError> {
        let save = || -> Result<(), Error> {
            let plain = tokens.content.expose_secret().as_bytes();
            let sealed = self.seal.seal(KIND, &about(owner, &tokens.user), plain)?;
            let newest = self.of(owner)?.first().map(|newest| newest.turn);
            let written = Written {
                org: owner.org.clone(),
                client_id: owner.client_id.clone(),
                user: tokens.user.clone(),
                turn: newest.map_or(0, |turn| turn.saturating_add(1)),
                sealed: BASE64_STANDARD.encode(sealed),
            };
            let content = serde_json::to_vec(&written).unwrap_or_default();
            self.folder.write(&file_name(owner, &tokens.user), &content)
        };
        save().map_err(|error| failed(&error))
    }

    fn remove(&self, owner: &TokenOwner, user: &str) -> Result<(), TokenStoreError> {
        self.folder.remove(&file_name(owner, user)).map_err(|error| failed(&error))
    }

    fn try_lock(&self, owner: &TokenOwner) -> Result<Option<Box<dyn Any + Send>>, TokenStoreError> {
        let lock = self.folder.try_lock(&format!("{}.lock", owner_digest(owner)));
        let lock = lock.map_err(|error| failed(&error))?;
        Ok(lock.map(|lock| Box::new(lock) as Box<dyn Any + Send>))
    }
}

fn owner_digest(owner: &TokenOwner) -> String {
    digest(&[&owner.org, &owner.client_id])
}

fn file_name(owner: &TokenOwner, user: &str) -> String {
    format!("{}-{}.json", owner_digest(owner), digest(&[user]))
}

/// What is authenticated: no part can hold the separator.
fn about(owner: &TokenOwner, user: &str) -> String {
    [&*owner.org, &*owner.client_id, user].map(|part| part.replace('\n', " ")).join("\n")
}

/// A name for a file that says nothing of org, client or person.
fn digest(parts: &[&str]) -> String {
    let digest = Sha256::digest(parts.join("\n"));
    hex(digest.get(..8).unwrap_or_default())
}

fn failed(error: &Error) -> TokenStoreError {
    let source = std::error::Error::source(error).map(|source| format!(": {source}"));
    TokenStoreError(format!("{error}{}", source.unwrap_or_default()))
}
