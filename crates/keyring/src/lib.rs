//! The system's keyring: macOS Keychain, Windows Credential Manager, the Secret Service elsewhere.
//!
//! It is asked only when something of it is needed, it answers within [`WAIT`], and nobody is ever
//! shown a prompt: a keyring that would ask is one that does not work now, which is for the caller
//! to handle.

#[cfg(all(feature = "system", windows))]
mod credential_manager;
#[cfg(all(feature = "system", target_os = "macos"))]
mod keychain;
mod memory;
#[cfg(all(feature = "system", unix, not(target_os = "macos")))]
mod secret_service;

use std::{fmt, sync::Arc, time::Duration};

pub use memory::InMemory;
use secrecy::SecretSlice;

/// How long the keyring may take for an answer.
pub const WAIT: Duration = Duration::from_secs(2);

/// What every entry of ours is filed under.
#[cfg(feature = "system")]
const SERVICE: &str = "okta-mcp";

/// Why the keyring cannot be used now. It says what to do where there is something.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyringError {
    /// The configuration says no.
    #[error("the keyring is switched off (`keyring = \"off\"`, OKTA_MCP_KEYRING)")]
    Off,
    /// The program was built without it.
    #[error("this build of okta-mcp has no keyring")]
    NotBuilt,
    /// There is nobody to ask.
    #[error("no keyring runs here: {0}")]
    Absent(String),
    /// A person would have to unlock it.
    #[error("the keyring is locked: unlock it in its own program, or sign in to the desktop")]
    Locked,
    /// It would ask a person.
    #[error(
        "the keyring would ask a person first: allow okta-mcp its entry in the keyring's own program"
    )]
    WouldAsk,
    /// No answer came.
    #[error("the keyring did not answer within {} seconds", .0.as_secs_f32())]
    Slow(Duration),
    /// The keyring takes no more for one entry.
    #[error("the secret is too long for the keyring, which takes {0} bytes: keep it in a file")]
    TooLong(u32),
    /// Something else.
    #[error("the keyring failed: {0}")]
    Failed(String),
}

/// What a keyring can do. Entries have names; what they hold are bytes.
pub trait Entries: Send + Sync + 'static {
    /// What people call it.
    fn name(&self) -> &'static str;

    /// Whether it can be used now.
    fn state(&self) -> Result<(), KeyringError>;

    /// What an entry holds; `None` where there is no such entry.
    fn get(&self, entry: &str) -> Result<Option<SecretSlice<u8>>, KeyringError>;

    /// Keeps an entry, in place of one that was.
    fn put(&self, entry: &str, secret: &SecretSlice<u8>) -> Result<(), KeyringError>;

    /// Removes an entry; false where there was none.
    fn remove(&self, entry: &str) -> Result<bool, KeyringError>;
}

/// A keyring, or why there is none.
#[derive(Clone)]
pub struct Keyring(Result<Arc<dyn Entries>, KeyringError>);

impl Keyring {
    /// The keyring of this system, for who has this environment. Nothing is asked of it here.
    pub fn system(env: &dyn Fn(&str) -> Option<String>) -> Self {
        #[cfg(all(feature = "system", unix, not(target_os = "macos")))]
        return match secret_service::address(env) {
            Ok(address) => Self::of(secret_service::SecretService::new(address, WAIT)),
            Err(error) => Self(Err(error)),
        };
        #[cfg(all(feature = "system", target_os = "macos"))]
        return {
            let _ = env;
            Self::of(keychain::Keychain)
        };
        #[cfg(all(feature = "system", windows))]
        return {
            let _ = env;
            Self::of(credential_manager::CredentialManager)
        };
        #[cfg(not(all(feature = "system", any(unix, windows))))]
        {
            let _ = env;
            Self(Err(KeyringError::NotBuilt))
        }
    }

    /// The Secret Service on the bus of that address, which may take that long for an answer.
    #[cfg(all(feature = "system", unix, not(target_os = "macos")))]
    pub fn secret_service(address: &str, wait: Duration) -> Self {
        Self::of(secret_service::SecretService::new(address.to_owned(), wait))
    }

    /// That keyring.
    pub fn of(entries: impl Entries) -> Self {
        Self(Ok(Arc::new(entries)))
    }

    /// None, as the configuration wants it.
    pub const fn off() -> Self {
        Self(Err(KeyringError::Off))
    }

    /// What people call it.
    pub fn name(&self) -> &'static str {
        self.0.as_ref().map_or("keyring", |entries| entries.name())
    }

    /// Whether it can be used now.
    pub fn state(&self) -> Result<(), KeyringError> {
        self.entries()?.state()
    }

    /// What an entry holds; `None` where there is no such entry.
    pub fn get(&self, entry: &str) -> Result<Option<SecretSlice<u8>>, KeyringError> {
        self.entries()?.get(entry)
    }

    /// Keeps an entry, in place of one that was, and makes sure that it reads the same.
    pub fn put(&self, entry: &str, secret: &SecretSlice<u8>) -> Result<(), KeyringError> {
        use secrecy::ExposeSecret as _;
        let entries = self.entries()?;
        entries.put(entry, secret)?;
        let kept = entries.get(entry)?;
        if kept.is_some_and(|kept| kept.expose_secret() == secret.expose_secret()) {
            return Ok(());
        }
        Err(KeyringError::Failed("an entry that was just kept reads otherwise".to_owned()))
    }

    /// Removes an entry; false where there was none.
    pub fn remove(&self, entry: &str) -> Result<bool, KeyringError> {
        self.entries()?.remove(entry)
    }

    fn entries(&self) -> Result<&dyn Entries, KeyringError> {
        self.0.as_deref().map_err(Clone::clone)
    }
}

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Keyring").field(&self.name()).finish()
    }
}
