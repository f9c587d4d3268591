//! Sealing: what is stored can neither be read nor changed without the key.

mod home;

use std::{
    fmt,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
pub use home::{KeyHome, key_is_in_keyring};
use secrecy::{ExposeSecret as _, SecretBox};

use crate::{Error, folder::Folder};

/// The name of the key's file.
const FILE: &str = "seal-key";

/// The first byte of what is sealed: AES-256-GCM, nonce, ciphertext with its tag.
const VERSION: u8 = 1;

/// Fills bytes with random data fit for keys and nonces.
pub type Random = Arc<dyn Fn(&mut [u8]) + Send + Sync>;

/// A key of 256 bits.
pub struct SealKey(SecretBox<[u8; 32]>);

impl SealKey {
    /// A key from its bytes; `None` where they are not 32.
    pub fn new(bytes: &[u8]) -> Option<Self> {
        let bytes: [u8; 32] = bytes.try_into().ok()?;
        Some(Self(SecretBox::new(Box::new(bytes))))
    }

    /// The bytes, for where they are kept.
    pub fn expose(&self) -> &[u8; 32] {
        self.0.expose_secret()
    }
}

impl fmt::Debug for SealKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealKey([redacted])")
    }
}

/// Where the key is kept: see [`KeyHome`].
pub trait KeyPlace: Send + Sync + 'static {
    /// Where, for people.
    fn name(&self) -> String;

    /// The key; `None` where none was made yet.
    fn read(&self) -> Result<Option<SealKey>, Error>;

    /// Keeps `fresh`, unless there is a key by now: answers with the one that is kept.
    fn create(&self, fresh: SealKey) -> Result<SealKey, Error>;
}

/// The key in `<state>/seal-key`, mode 0600.
#[derive(Debug)]
pub struct KeyFile(Folder);

impl KeyFile {
    /// The key in this state folder, which is made with the first key.
    pub fn new(state: &Path) -> Self {
        Self(Folder::new(state))
    }

    /// Writes the key, for who holds the folder's lock.
    fn keep(&self, key: &SealKey) -> Result<(), Error> {
        self.0.write(FILE, key.expose())
    }
}

impl KeyPlace for KeyFile {
    fn name(&self) -> String {
        self.0.file(FILE).display().to_string()
    }

    fn read(&self) -> Result<Option<SealKey>, Error> {
        let Some(bytes) = self.0.read(FILE)? else { return Ok(None) };
        SealKey::new(&bytes).map(Some).ok_or_else(|| Error::BadKey { place: self.name() })
    }

    fn create(&self, fresh: SealKey) -> Result<SealKey, Error> {
        let _lock = self.0.lock()?;
        if let Some(key) = self.read()? {
            return Ok(key);
        }
        self.keep(&fresh).map(|()| fresh)
    }
}

/// Seals and opens with AES-256-GCM. The key is read, or made, when it is first needed.
pub struct Seal {
    place: Box<dyn KeyPlace>,
    random: Random,
    key: Mutex<Option<Arc<LessSafeKey>>>,
}

impl Seal {
    /// Seals with the key of that place.
    pub fn new(place: impl KeyPlace, random: Random) -> Self {
        Self { place: Box::new(place), random, key: Mutex::default() }
    }

    /// Where the key is kept, for people.
    pub fn place(&self) -> String {
        self.place.name()
    }

    /// Seals what belongs to one object. It opens under the same kind and id only.
    pub fn seal(&self, kind: &str, id: &str, plain: &[u8]) -> Result<Vec<u8>, Error> {
        let key = self.key(true)?;
        let mut nonce = [0; NONCE_LEN];
        (self.random)(&mut nonce);
        let mut text = plain.to_vec();
        let aad = Aad::from(about(kind, id));
        // Fails for more than 64 GiB only (NIST SP 800-38D, section 5.2.1.1).
        key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), aad, &mut text)
            .map_err(|_| unopened(kind, id))?;
        let mut sealed = Vec::with_capacity(1 + NONCE_LEN + text.len());
        sealed.push(VERSION);
        sealed.extend(nonce);
        sealed.append(&mut text);
        Ok(sealed)
    }

    /// Opens what was sealed under that kind and id, unchanged since.
    pub fn open(&self, kind: &str, id: &str, sealed: &[u8]) -> Result<Vec<u8>, Error> {
        let fail = || unopened(kind, id);
        let (version, rest) = sealed.split_first().ok_or_else(fail)?;
        let (nonce, text) = rest.split_first_chunk::<NONCE_LEN>().ok_or_else(fail)?;
        if *version != VERSION {
            return Err(fail());
        }
        let key = self.key(false)?;
        let mut text = text.to_vec();
        let aad = Aad::from(about(kind, id));
        let length = key
            .open_in_place(Nonce::assume_unique_for_key(*nonce), aad, &mut text)
            .map_err(|_| fail())?
            .len();
        text.truncate(length);
        Ok(text)
    }

    fn key(&self, make: bool) -> Result<Arc<LessSafeKey>, Error> {
        let mut known = self.key.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(key) = &*known {
            return Ok(Arc::clone(key));
        }
        let key = match self.place.read()? {
            Some(key) => key,
            None if make => {
                let mut bytes = SecretBox::new(Box::new([0; 32]));
                (self.random)(secrecy::ExposeSecretMut::expose_secret_mut(&mut bytes));
                self.place.create(SealKey(bytes))?
            }
            None => return Err(Error::NoKey { place: self.place.name() }),
        };
        let key = UnboundKey::new(&AES_256_GCM, key.expose())
            .map_err(|_| Error::BadKey { place: self.place.name() })?;
        Ok(Arc::clone(known.insert(Arc::new(LessSafeKey::new(key)))))
    }
}

impl fmt::Debug for Seal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Seal").field("place", &self.place.name()).finish_non_exhaustive()
    }
}

/// What is authenticated beside the text. Kinds are words of ours, without a NUL.
fn about(kind: &str, id: &str) -> Vec<u8> {
    [kind.as_bytes(), &[0], id.as_bytes()].concat()
}

fn unopened(kind: &str, id: &str) -> Error {
    Error::Unopened { kind: kind.to_owned(), id: id.to_owned() }
}
