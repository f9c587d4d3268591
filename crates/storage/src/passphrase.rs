//! The approval passphrase: what the person at this machine knows, and no client or model.

use std::fmt;

use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{self, PasswordHasher as _, PasswordVerifier as _, phc::PasswordHash},
};
use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::task;

/// The fewest characters of a passphrase.
pub const SHORTEST: usize = 12;

/// How many wrong ones in a row lock it.
pub const TRIES: u32 = 5;

/// For how long. Each further wrong one locks it again.
pub const LOCKED_FOR: SignedDuration = SignedDuration::from_mins(15);

/// Memory in KiB: with two passes and one lane the first choice of the OWASP Password Storage Cheat
/// Sheet for argon2id.
const MEMORY: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// A passphrase as it is kept: argon2id in a PHC string.
#[derive(Clone)]
pub struct PassphraseHash(SecretString);

/// What a try to give the passphrase meets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Try {
    /// It is compared, and counts as wrong until [`crate::Store::try_succeeded`].
    Allowed {
        /// How many tries are left should it be wrong.
        left: u32,
        /// Until when it is locked should it be wrong and none be left.
        else_locked: Option<Timestamp>,
    },
    /// Nothing is compared until then.
    LockedUntil(Timestamp),
}

/// A passphrase cannot be taken or compared.
#[derive(Debug, thiserror::Error)]
pub enum PassphraseError {
    /// It could be guessed.
    #[error("the passphrase has {0} characters: take at least {SHORTEST}, such as four words")]
    TooShort(usize),
    /// The hash function failed.
    #[error("the passphrase cannot be hashed: {0}")]
    Hash(password_hash::Error),
    /// What is kept is no hash.
    #[error("the passphrase that is kept cannot be read ({0}): set it anew")]
    Unreadable(password_hash::Error),
    /// The thread that hashes is gone.
    #[error("the passphrase was not hashed: {0}")]
    Stopped(#[from] task::JoinError),
}

/// Hashes a passphrase that is long enough, off the runtime: it takes some 20 ms.
pub async fn hash_passphrase(
    passphrase: SecretString,
    salt: [u8; 16],
) -> Result<PassphraseHash, PassphraseError> {
    let length = passphrase.expose_secret().chars().count();
    if length < SHORTEST {
        return Err(PassphraseError::TooShort(length));
    }
    let hash = move || {
        let params = Params::new(MEMORY, PASSES, LANES, None)?;
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        argon2.hash_password_with_salt(passphrase.expose_secret().as_bytes(), &salt)
    };
    let hash = task::spawn_blocking(hash).await?.map_err(PassphraseError::Hash)?;
    Ok(PassphraseHash(hash.to_string().into()))
}

impl PassphraseHash {
    /// A hash as it was kept.
    pub fn from_phc(text: String) -> Self {
        Self(text.into())
    }

    /// The PHC string to keep: `$argon2id$v=19$m=19456,t=2,p=1$…`.
    pub fn to_phc(&self) -> &str {
        self.0.expose_secret()
    }

    /// True if it is the passphrase's, compared in constant time and off the runtime.
    pub async fn matches(&self, passphrase: SecretString) -> Result<bool, PassphraseError> {
        let kept = self.0.clone();
        let compare = move || {
            let hash = PasswordHash::new(kept.expose_secret())
                .map_err(|error| PassphraseError::Unreadable(error.into()))?;
            match Argon2::default().verify_password(passphrase.expose_secret().as_bytes(), &hash) {
                Ok(()) => Ok(true),
                Err(password_hash::Error::PasswordInvalid) => Ok(false),
                Err(error) => Err(PassphraseError::Unreadable(error)),
            }
        };
        task::spawn_blocking(compare).await?
    }
}

impl fmt::Debug for PassphraseHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PassphraseHash([redacted])")
    }
}
