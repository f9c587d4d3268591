//! Tokens of people in files of the state folder, sealed.

use std::{
    any::Any,
    io::{self, Write as _},
    path::{Path, PathBuf},
    sync::Arc,
};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use fs_err::{File, OpenOptions};
use okta_client::{ExposeSecret as _, StoredTokens, TokenOwner, TokenStore, TokenStoreError};
use okta_gate::hex;
use okta_storage::Seal;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// What the tokens are sealed as.
const KIND: &str = "tokens";

/// One sealed file per org, client and person, in `<state>/tokens`, mode 0600: for whom it is stands
/// in it in the open, and is authenticated with what is sealed.
pub struct TokenFiles {
    folder: PathBuf,
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
        Self { folder: state.join("tokens"), seal }
    }

    /// The files of `owner`, the newest first.
    fn of(&self, owner: &TokenOwner) -> io::Result<Vec<(PathBuf, Written)>> {
        let prefix = format!("{}-", digest(&[&owner.org, &owner.client_id]));
        let entries = match fs_err::read_dir(&self.folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries?,
        };
        let mut found = Vec::new();
        for entry in entries {
            let entry = entry?;
            let name = entry.file_name();
            let name = name.to_string_lossy();
            if !name.starts_with(&prefix) || !name.ends_with(".json") {
                continue;
            }
            let Ok(text) = fs_err::read_to_string(entry.path()) else { continue };
            let written: Option<Written> = serde_json::from_str(&text).ok();
            let ours = |written: &Written| {
                written.org == owner.org && written.client_id == owner.client_id
            };
            if let Some(written) = written.filter(ours) {
                found.push((entry.path(), written));
            } else {
                tracing::warn!(file = %entry.path().display(), "holds no tokens");
            }
        }
        found.sort_by_key(|(_, written)| std::cmp::Reverse(written.turn));
        Ok(found)
    }

    fn path(&self, owner: &TokenOwner, user: &str, ending: &str) -> PathBuf {
        let (owner, user) = (digest(&[&owner.org, &owner.client_id]), digest(&[user]));
        self.folder.join(format!("{owner}-{user}.{ending}"))
    }
}

impl TokenStore for TokenFiles {
    fn name(&self) -> String {
        self.folder.display().to_string()
    }

    fn load(&self, owner: &TokenOwner) -> Result<Option<StoredTokens>, TokenStoreError> {
        for (path, written) in self.of(owner).map_err(|error| failed(&error))? {
            let open = || {
                let sealed = BASE64_STANDARD.decode(&written.sealed).ok()?;
                let about = about(owner, &written.user);
                let opened = self.seal.open(KIND, &about, &sealed);
                let opened = opened.inspect_err(|error| {
                    tracing::warn!(file = %path.display(), %error, "tokens that cannot be opened");
                });
                String::from_utf8(opened.ok()?).ok()
            };
            if let Some(content) = open() {
                return Ok(Some(StoredTokens { user: written.user, content: content.into() }));
            }
        }
        Ok(None)
    }

    fn save(&self, owner: &TokenOwner, tokens: &StoredTokens) -> Result<(), TokenStoreError> {
        let plain = tokens.content.expose_secret().as_bytes();
        let sealed = self.seal.seal(KIND, &about(owner, &tokens.user), plain);
        let sealed = sealed.map_err(|error| failed(&error))?;
        let before = self.of(owner).map_err(|error| failed(&error))?;
        let written = Written {
            turn: before.first().map_or(0, |(_, newest)| newest.turn.saturating_add(1)),
            org: owner.org.clone(),
            client_id: owner.client_id.clone(),
            user: tokens.user.clone(),
            sealed: BASE64_STANDARD.encode(sealed),
        };
        let write = || -> io::Result<()> {
            create_folder(&self.folder)?;
            let unfinished = self.path(owner, &tokens.user, "new");
            let mut file = private(OpenOptions::new().truncate(true), &unfinished)?;
            file.write_all(&serde_json::to_vec(&written)?)?;
            file.sync_all()?;
            fs_err::rename(&unfinished, self.path(owner, &tokens.user, "json"))
        };
        write().map_err(|error| failed(&error))
    }

    fn remove(&self, owner: &TokenOwner, user: &str) -> Result<(), TokenStoreError> {
        match fs_err::remove_file(self.path(owner, user, "json")) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(failed(&error)),
            _ => Ok(()),
        }
    }

    fn try_lock(&self, owner: &TokenOwner) -> Result<Option<Box<dyn Any + Send>>, TokenStoreError> {
        let lock = || -> io::Result<File> {
            create_folder(&self.folder)?;
            let owner = digest(&[&owner.org, &owner.client_id]);
            private(&mut OpenOptions::new(), &self.folder.join(format!("{owner}.lock")))
        };
        let file = lock().map_err(|error| failed(&error))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Box::new(file))),
            Err(std::fs::TryLockError::WouldBlock) => Ok(None),
            Err(std::fs::TryLockError::Error(error)) => Err(failed(&error)),
        }
    }
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

fn failed(error: &dyn std::error::Error) -> TokenStoreError {
    TokenStoreError(error.to_string())
}

/// Opens a file that only its owner may read, where the system has modes.
fn private(options: &mut OpenOptions, path: &Path) -> io::Result<File> {
    #[cfg(unix)]
    {
        use fs_err::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options.write(true).create(true).open(path)
}

fn create_folder(path: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt as _;
        builder.mode(0o700);
    }
    builder.create(path)
}
