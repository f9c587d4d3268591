//! The Credential Manager of Windows.

use keyring_core::{Entry, Error, api::CredentialStoreApi as _};
use secrecy::{ExposeSecret as _, SecretSlice};
use windows_native_keyring_store::Store;

use crate::{Entries, KeyringError, SERVICE};

/// The credentials of the user who signed in to Windows. It never asks.
pub(crate) struct CredentialManager;

fn entry(name: &str) -> Result<Entry, KeyringError> {
    let store = Store::new().map_err(|error| meant(&error))?;
    store.build(SERVICE, name, None).map_err(|error| meant(&error))
}

fn meant(error: &Error) -> KeyringError {
    match error {
        Error::TooLong(_, most) => KeyringError::TooLong(*most),
        Error::NoStorageAccess(_) => {
            KeyringError::Absent("this session of Windows has no credentials".to_owned())
        }
        // What else it says may hold what was stored.
        Error::BadEncoding(_) | Error::BadDataFormat(..) => {
            KeyringError::Failed("an entry of another program is in the way".to_owned())
        }
        other => KeyringError::Failed(other.to_string()),
    }
}

impl Entries for CredentialManager {
    fn name(&self) -> &'static str {
        "Windows Credential Manager"
    }

    fn state(&self) -> Result<(), KeyringError> {
        // Looking for what is not there tells whether anything could be.
        self.get("state").map(drop)
    }

    fn get(&self, name: &str) -> Result<Option<SecretSlice<u8>>, KeyringError> {
        match entry(name)?.get_secret() {
            Ok(secret) => Ok(Some(secret.into())),
            Err(Error::NoEntry) => Ok(None),
            Err(error) => Err(meant(&error)),
        }
    }

    fn put(&self, name: &str, secret: &SecretSlice<u8>) -> Result<(), KeyringError> {
        entry(name)?.set_secret(secret.expose_secret()).map_err(|error| meant(&error))
    }

    fn remove(&self, name: &str) -> Result<bool, KeyringError> {
        match entry(name)?.delete_credential() {
            Ok(()) => Ok(true),
            Err(Error::NoEntry) => Ok(false),
            Err(error) => Err(meant(&error)),
        }
    }
}
