//! The key that signs: Ed25519 (RFC 8032), in a file or wherever else it can be kept.

use std::{io, path::Path};

use aws_lc_rs::signature::{self, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Map, Value};

use crate::{
    canonical::canonical_without,
    files,
    row::{hex, unhex},
};

/// The file of the key, in the state folder.
pub(crate) const KEY_FILE: &str = "audit-key";

/// The file of its public half, in the folder of the segments.
pub const PUBLIC_KEY_FILE: &str = "audit-key.pub";

/// What stands before the 32 bytes of a public key in its `SubjectPublicKeyInfo` (RFC 8410
/// section 4).
const SPKI: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

/// What a signature is for: none of one kind can be taken for one of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// A row of a segment, and with it all rows before.
    Checkpoint,
    /// The last row of a segment.
    Head,
    /// The files of an evidence pack.
    Manifest,
}

impl Purpose {
    /// What is signed: the purpose, and the content.
    pub(crate) fn message(self, content: &[u8]) -> Vec<u8> {
        let purpose = match self {
            Self::Checkpoint => "okta-mcp audit checkpoint v1\n",
            Self::Head => "okta-mcp audit head v1\n",
            Self::Manifest => "okta-mcp audit manifest v1\n",
        };
        [purpose.as_bytes(), content].concat()
    }

    /// What is signed of an object: all but its `signature`, in canonical form.
    pub(crate) fn of(self, object: &Map<String, Value>) -> Vec<u8> {
        self.message(&canonical_without(object, "signature"))
    }
}

/// Signs. The seam for keys that lie elsewhere than in a file.
pub trait SigningKey: Send + Sync + 'static {
    /// The Ed25519 signature of a message, 64 bytes.
    fn sign(&self, message: &[u8]) -> io::Result<Vec<u8>>;

    /// The key that checks it.
    fn public(&self) -> PublicKey;
}

/// The public half of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PublicKey([u8; 32]);

impl PublicKey {
    /// Reads 64 hex digits, or PEM (`BEGIN PUBLIC KEY`, RFC 8410).
    pub fn parse(text: &str) -> Option<Self> {
        if let Some(bytes) = unhex(text.trim()) {
            return Some(Self(bytes));
        }
        let spki = from_pem(text, "PUBLIC KEY")?;
        Some(Self(spki.strip_prefix(&SPKI)?.try_into().ok()?))
    }

    /// The key as PEM, as other programs read it.
    pub fn to_pem(&self) -> String {
        to_pem(&[&SPKI[..], &self.0].concat(), "PUBLIC KEY")
    }

    /// The key as 64 hex digits.
    pub fn to_hex(&self) -> String {
        hex(&self.0)
    }

    /// True where the signature is this key's, for that message.
    pub(crate) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        UnparsedPublicKey::new(&signature::ED25519, &self.0).verify(message, signature).is_ok()
    }
}

/// A key in a file: PKCS#8 in PEM, which only its owner may read.
pub struct KeyFile(Ed25519KeyPair);

impl KeyFile {
    /// Reads the key of that state folder; `None` where there is none.
    pub fn read(state: &Path) -> io::Result<Option<Self>> {
        match std::fs::read(state.join(KEY_FILE)) {
            Ok(content) => Self::parse(&content).map(Some),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Reads the key of that state folder, or makes it from `random`.
    pub(crate) fn open(state: &Path, random: &dyn Fn(&mut [u8])) -> io::Result<Self> {
        let mut seed = [0; 32];
        let content = files::secret(&state.join(KEY_FILE), || {
            random(&mut seed);
            let pkcs8 = Ed25519KeyPair::from_seed_unchecked(&seed)
                .ok()
                .and_then(|pair| pair.to_pkcs8v1().ok());
            // Any 32 bytes are a seed.
            let pkcs8 = pkcs8.as_ref().map(AsRef::as_ref).unwrap_or_default();
            to_pem(pkcs8, "PRIVATE KEY").into_bytes()
        })?;
        Self::parse(&content)
    }

    fn parse(content: &[u8]) -> io::Result<Self> {
        let wrong = || io::Error::other("it holds no Ed25519 key (PKCS#8 in PEM)");
        let text = std::str::from_utf8(content).map_err(|_| wrong())?;
        let pkcs8 = from_pem(text, "PRIVATE KEY").ok_or_else(wrong)?;
        Ed25519KeyPair::from_pkcs8_maybe_unchecked(&pkcs8).map(Self).map_err(|_| wrong())
    }
}

impl SigningKey for KeyFile {
    fn sign(&self, message: &[u8]) -> io::Result<Vec<u8>> {
        let signature = self.0.try_sign(message).map_err(io::Error::other)?;
        Ok(signature.as_ref().to_vec())
    }

    fn public(&self) -> PublicKey {
        // An Ed25519 public key has 32 bytes.
        PublicKey(self.0.public_key().as_ref().try_into().unwrap_or_default())
    }
}

fn to_pem(der: &[u8], label: &str) -> String {
    // An Ed25519 key is one line.
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", STANDARD.encode(der))
}

fn from_pem(text: &str, label: &str) -> Option<Vec<u8>> {
    let body = text.trim().strip_prefix(&format!("-----BEGIN {label}-----"))?;
    let body = body.strip_suffix(&format!("-----END {label}-----"))?;
    STANDARD.decode(body.split_whitespace().collect::<String>()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(bytes: &mut [u8]) {
        for (at, byte) in (1..).zip(bytes) {
            *byte = at;
        }
    }

    #[test]
    fn a_key_is_made_once() {
        let folder = tempfile::tempdir().unwrap();
        let state = folder.path().join("state");
        assert!(KeyFile::read(&state).unwrap().is_none());
        let made = KeyFile::open(&state, &count).unwrap();
        let again = KeyFile::open(&state, &|_| panic!("it is there")).unwrap();
        assert_eq!(made.public(), again.public());
        assert_eq!(made.public(), KeyFile::read(&state).unwrap().unwrap().public());
        #[cfg(unix)]
        assert!(!files::is_open_to_others(&std::fs::metadata(state.join(KEY_FILE)).unwrap()));
        assert_eq!(std::fs::read_dir(&state).unwrap().count(), 1);
        std::fs::write(state.join(KEY_FILE), "x").unwrap();
        assert!(KeyFile::open(&state, &count).is_err());
    }

    #[test]
    fn signatures_are_for_one_purpose() {
        let folder = tempfile::tempdir().unwrap();
        let key = KeyFile::open(folder.path(), &count).unwrap();
        let signature = key.sign(&Purpose::Head.message(b"x")).unwrap();
        assert_eq!(signature.len(), 64);
        let public = key.public();
        assert!(public.verifies(&Purpose::Head.message(b"x"), &signature));
        assert!(!public.verifies(&Purpose::Head.message(b"y"), &signature));
        assert!(!public.verifies(&Purpose::Checkpoint.message(b"x"), &signature));
        assert!(!public.verifies(&Purpose::Manifest.message(b"x"), &signature));
    }

    #[test]
    fn public_keys_are_read_in_both_forms() {
        let folder = tempfile::tempdir().unwrap();
        let public = KeyFile::open(folder.path(), &count).unwrap().public();
        assert_eq!(PublicKey::parse(&public.to_hex()), Some(public));
        assert_eq!(PublicKey::parse(&public.to_pem()), Some(public));
        insta::assert_snapshot!(public.to_pem());
        for wrong in ["", "00", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----"] {
            assert_eq!(PublicKey::parse(wrong), None);
        }
    }
}
