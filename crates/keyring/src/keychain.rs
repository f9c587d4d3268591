//! The Keychain of macOS.

use secrecy::{ExposeSecret as _, SecretSlice};
use security_framework::{
    base::Error,
    os::macos::keychain::SecKeychain,
    passwords::{delete_generic_password, get_generic_password, set_generic_password},
};

use crate::{Entries, KeyringError, SERVICE};

/// `errSecItemNotFound`.
const NOT_FOUND: i32 = -25_300;
/// `errSecInteractionNotAllowed`: it is locked, or would ask whether this program may.
const NOT_ALLOWED: i32 = -25_308;
/// `errSecAuthFailed`: this program may not.
const AUTH_FAILED: i32 = -25_293;
/// `errSecNoDefaultKeychain`.
const NO_DEFAULT: i32 = -25_307;

/// The user's default keychain.
pub(crate) struct Keychain;

/// Does something with the keychain, which must not show a window meanwhile.
fn quietly<T>(work: impl FnOnce() -> Result<T, Error>) -> Result<Option<T>, KeyringError> {
    let quiet = SecKeychain::disable_user_interaction().map_err(meant)?;
    let done = work();
    drop(quiet);
    match done {
        Ok(done) => Ok(Some(done)),
        Err(error) if error.code() == NOT_FOUND => Ok(None),
        Err(error) => Err(meant(error)),
    }
}

fn meant(error: Error) -> KeyringError {
    match error.code() {
        NOT_ALLOWED | AUTH_FAILED => KeyringError::WouldAsk,
        NO_DEFAULT => KeyringError::Absent("there is no default keychain".to_owned()),
        _ => KeyringError::Failed(error.to_string()),
    }
}

impl Entries for Keychain {
    fn name(&self) -> &'static str {
        "macOS Keychain"
    }

    /// That there is one. Whether it is locked shows when something of it is asked.
    fn state(&self) -> Result<(), KeyringError> {
        quietly(SecKeychain::default).map(drop)
    }

    fn get(&self, entry: &str) -> Result<Option<SecretSlice<u8>>, KeyringError> {
        Ok(quietly(|| get_generic_password(SERVICE, entry))?.map(SecretSlice::from))
    }

    fn put(&self, entry: &str, secret: &SecretSlice<u8>) -> Result<(), KeyringError> {
        quietly(|| set_generic_password(SERVICE, entry, secret.expose_secret())).map(drop)
    }

    fn remove(&self, entry: &str) -> Result<bool, KeyringError> {
        quietly(|| delete_generic_password(SERVICE, entry)).map(|done| done.is_some())
    }
}
