//! Secrets of profiles in the system's keyring.
//!
//! An entry belongs to an org and, for what proves an app, to its client id: whatever a profile is
//! made to name, a secret that was kept for one org is not found for another.

use std::{fmt, str::FromStr};

use okta_client::OrgUrl;
pub use okta_keyring::{Keyring, KeyringError};
use secrecy::{ExposeSecret as _, SecretSlice, SecretString};

use crate::{
    Environment, Settings,
    config::{ConfigError, table},
};

/// A secret that the keyring may hold for a profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecretKind {
    /// The private key of an app.
    PrivateKey,
    /// The secret of an app that people sign in to.
    ClientSecret,
    /// An admin's API token.
    ApiToken,
    /// The secret of the app that approvers sign in to.
    ApproverClientSecret,
}

impl SecretKind {
    /// All of them.
    pub const ALL: [Self; 4] =
        [Self::PrivateKey, Self::ClientSecret, Self::ApiToken, Self::ApproverClientSecret];

    /// The setting that says `keyring`.
    pub const fn setting(self) -> &'static str {
        match self {
            Self::PrivateKey => "private_key",
            Self::ClientSecret => "client_secret",
            Self::ApiToken => "api_token",
            Self::ApproverClientSecret => "approver_client_secret",
        }
    }

    /// The setting that names a file with it.
    pub const fn file_setting(self) -> &'static str {
        match self {
            Self::PrivateKey => "private_key_file",
            Self::ClientSecret => "client_secret_file",
            Self::ApiToken => "api_token_file",
            Self::ApproverClientSecret => "approver_client_secret_file",
        }
    }

    /// The variable that would hold it.
    pub const fn variable(self) -> &'static str {
        match self {
            Self::PrivateKey => table::PRIVATE_KEY.variable,
            Self::ClientSecret => table::CLIENT_SECRET.variable,
            Self::ApiToken => table::API_TOKEN.variable,
            Self::ApproverClientSecret => table::APPROVER_CLIENT_SECRET.variable,
        }
    }
}

impl FromStr for SecretKind {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|kind| kind.setting() == text).ok_or(())
    }
}

/// The entry of one secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecretEntry {
    name: String,
}

impl SecretEntry {
    /// The private key of that app at that org.
    pub fn private_key(org: &OrgUrl, client_id: &str) -> Self {
        Self { name: format!("private key of {client_id} at {}", host(org)) }
    }

    /// The secret of that app at that org.
    pub fn client_secret(org: &OrgUrl, client_id: &str) -> Self {
        Self { name: format!("client secret of {client_id} at {}", host(org)) }
    }

    /// The API token of that profile at that org. Several profiles may have one each.
    pub fn api_token(org: &OrgUrl, profile: &str) -> Self {
        Self { name: format!("API token of profile {profile} at {}", host(org)) }
    }

    /// The entry of that kind which the settings mean.
    pub fn of(kind: SecretKind, settings: &Settings) -> Result<Self, ConfigError> {
        let org = settings.org_url()?;
        let id = |setting| {
            let given = settings.text(setting);
            given.ok_or_else(|| settings.missing(setting, "it names the app"))
        };
        Ok(match kind {
            SecretKind::PrivateKey => Self::private_key(&org, id(&table::CLIENT_ID)?),
            SecretKind::ClientSecret => Self::client_secret(&org, id(&table::CLIENT_ID)?),
            SecretKind::ApiToken => Self::api_token(&org, settings.profile()),
            SecretKind::ApproverClientSecret => {
                Self::client_secret(&org, id(&table::APPROVER_CLIENT_ID)?)
            }
        })
    }

    /// An entry beside this one, for what belongs to it.
    #[must_use]
    pub fn beside(&self, what: &str) -> Self {
        Self { name: format!("{} ({what})", self.name) }
    }

    /// The secret; `None` where none is kept.
    pub fn read(&self, keyring: &Keyring) -> Result<Option<SecretString>, KeyringError> {
        let Some(bytes) = keyring.get(&self.name)? else { return Ok(None) };
        let text = String::from_utf8(bytes.expose_secret().to_vec());
        let unread = |_| KeyringError::Failed(format!("the entry {} is no text", self.name));
        text.map(|text| Some(text.into())).map_err(unread)
    }

    /// Keeps the secret, in place of one that was.
    pub fn keep(&self, keyring: &Keyring, secret: &SecretString) -> Result<(), KeyringError> {
        keyring.put(&self.name, &SecretSlice::from(secret.expose_secret().as_bytes().to_vec()))
    }

    /// Forgets the secret; false where none was kept.
    pub fn forget(&self, keyring: &Keyring) -> Result<bool, KeyringError> {
        keyring.remove(&self.name)
    }
}

impl fmt::Display for SecretEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

/// The org's host, with its port where that is not the usual one.
fn host(org: &OrgUrl) -> &str {
    let origin = org.origin();
    origin.split_once("://").map_or(origin, |(_, host)| host)
}

impl Settings {
    /// The system's keyring, unless the settings say no. Nothing is asked of it here.
    pub fn keyring(&self, env: Environment<'_>) -> Keyring {
        if self.text(&table::KEYRING) == Some("off") {
            Keyring::off()
        } else {
            Keyring::system(&env)
        }
    }
}
