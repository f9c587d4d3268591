//! Where the sealing key of a state folder lives: in the keyring where that works, else in a file.

use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD as URL_SAFE_NO_PAD};
use okta_keyring::Keyring;
use secrecy::{ExposeSecret as _, SecretSlice};

use super::{FILE, KeyFile, KeyPlace, SealKey};
use crate::{Error, folder::Folder};

/// Says that the key is in the keyring, and under which id. Without it a keyring that is locked
/// could not be told from one that was never used, and a second key would shut out what the first
/// has sealed.
const MARKER: &str = "seal-key.keyring";

/// The first line of it.
const HEAD: &str = "okta-mcp keeps its sealing key in the system's keyring";

/// True where the sealing key of that state folder went into the keyring.
pub fn key_is_in_keyring(state: &std::path::Path) -> bool {
    let folder = Folder::new(state);
    folder.file(MARKER).exists() && !folder.file(FILE).exists()
}

/// The key of one state folder. Chosen when the first key is made, and kept to: a key that lies in
/// the file is used from there, and one that went into the keyring is never replaced because the
/// keyring cannot be asked.
///
/// An entry of the keyring is named by a digest of its key. Two folders have different keys, and so
/// different entries; a copy of a folder finds the key of the original; and an entry that holds
/// another key than the folder was sealed with is noticed.
#[derive(Debug)]
pub struct KeyHome {
    folder: Folder,
    file: KeyFile,
    keyring: Keyring,
}

impl KeyHome {
    /// The key of this state folder, which is made with the first key.
    pub fn new(state: &std::path::Path, keyring: Keyring) -> Self {
        Self { folder: Folder::new(state), file: KeyFile::new(state), keyring }
    }

    /// The id of the key that is in the keyring; `None` where none is.
    fn marker(&self) -> Result<Option<String>, Error> {
        let Some(content) = self.folder.read(MARKER)? else { return Ok(None) };
        let text = String::from_utf8_lossy(&content);
        let mut lines = text.lines();
        let id = lines.next().filter(|head| *head == HEAD).and_then(|_| lines.next());
        let id = id.filter(|id| URL_SAFE_NO_PAD.decode(id).is_ok_and(|id| id.len() == ID));
        id.map(|id| Some(id.to_owned())).ok_or_else(|| Error::BadKey { place: self.marker_place() })
    }

    fn in_keyring(&self, id: &str) -> Result<SealKey, Error> {
        let failed =
            |why| Error::Keyring { place: self.place(id), marker: self.marker_place(), why };
        let bytes = self.keyring.get(&entry(id)).map_err(failed)?;
        let Some(bytes) = bytes else {
            return Err(Error::KeyGone { place: self.place(id), marker: self.marker_place() });
        };
        self.checked(SealKey::new(bytes.expose_secret()), id)
    }

    /// The key, where it is the one of that id.
    fn checked(&self, key: Option<SealKey>, id: &str) -> Result<SealKey, Error> {
        key.filter(|key| id_of(key) == id)
            .ok_or_else(|| Error::KeyGone { place: self.place(id), marker: self.marker_place() })
    }

    /// Keeps the key in the keyring: the entry first, then the word that it is there. What ends in
    /// between leaves an entry that nobody looks for. False where the keyring does not work.
    fn keep(&self, key: &SealKey) -> Result<bool, Error> {
        let id = id_of(key);
        let name = entry(&id);
        let bytes = SecretSlice::from(key.expose().to_vec());
        if self.keyring.put(&name, &bytes).is_err() {
            return Ok(false);
        }
        let marked = self.folder.write(MARKER, format!("{HEAD}\n{id}\n").as_bytes());
        if marked.is_err() {
            // The error that is told is the one of the folder.
            let _ = self.keyring.remove(&name);
        }
        marked.map(|()| true)
    }

    fn place(&self, id: &str) -> String {
        format!("the {} ({})", self.keyring.name(), entry(id))
    }

    fn marker_place(&self) -> String {
        self.folder.file(MARKER).display().to_string()
    }
}

impl KeyPlace for KeyHome {
    fn name(&self) -> String {
        match self.marker() {
            Ok(Some(id)) if !self.folder.file(FILE).exists() => self.place(&id),
            _ => self.file.name(),
        }
    }

    fn read(&self) -> Result<Option<SealKey>, Error> {
        let id = self.marker()?;
        match (self.file.read()?, id) {
            (Some(key), Some(id)) => self.checked(Some(key), &id).map(Some),
            (None, Some(id)) => self.in_keyring(&id).map(Some),
            (key, None) => Ok(key),
        }
    }

    fn create(&self, fresh: SealKey) -> Result<SealKey, Error> {
        let _lock = self.folder.lock()?;
        if let Some(key) = self.read()? {
            return Ok(key);
        }
        if !self.keep(&fresh)? {
            self.file.keep(&fresh)?;
        }
        Ok(fresh)
    }
}

/// How many bytes of a digest name a key.
const ID: usize = 16;

/// What a key is known by; says nothing of the key.
fn id_of(key: &SealKey) -> String {
    let text = [&b"okta-mcp sealing key\0"[..], key.expose()].concat();
    let digest = digest(&SHA256, &text);
    URL_SAFE_NO_PAD.encode(digest.as_ref().get(..ID).unwrap_or_default())
}

fn entry(id: &str) -> String {
    format!("sealing key {id}")
}
