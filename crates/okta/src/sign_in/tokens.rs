//! The tokens of a person, and where they outlive the process.

use std::{
    any::Any,
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use jiff::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};

use super::{Grant, Token, dpop::ProofKey};
use crate::{Error, PrivateKey};

/// Whose tokens they are: kept apart by org and client.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TokenOwner {
    /// The org's origin, `https://acme.okta.com`.
    pub org: String,
    /// The client id.
    pub client_id: String,
}

/// What is kept of one person's sign-in.
#[derive(Clone, Debug)]
pub struct StoredTokens {
    /// The person's id at Okta.
    pub user: String,
    /// The tokens; only their maker reads them.
    pub content: SecretString,
}

/// Where tokens could not be kept, and why. Never holds any of them.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{0}")]
pub struct TokenStoreError(pub String);

/// Where tokens outlive the process. Calls may block.
pub trait TokenStore: Send + Sync {
    /// Where, for people.
    fn name(&self) -> String;

    /// Those of the person who signed in last; `None` where there are none that can be used.
    fn load(&self, owner: &TokenOwner) -> Result<Option<StoredTokens>, TokenStoreError>;

    /// Keeps a person's, in place of those before. It is either done whole or not at all.
    fn save(&self, owner: &TokenOwner, tokens: &StoredTokens) -> Result<(), TokenStoreError>;

    /// Forgets a person's.
    fn remove(&self, owner: &TokenOwner, user: &str) -> Result<(), TokenStoreError>;

    /// A lock that only one holds on this machine, until it is dropped; `None` while another has
    /// it.
    fn try_lock(&self, owner: &TokenOwner) -> Result<Option<Box<dyn Any + Send>>, TokenStoreError>;
}

/// Keeps tokens as long as the process runs.
#[derive(Default)]
pub struct TokensInMemory {
    kept: Mutex<HashMap<TokenOwner, StoredTokens>>,
    lock: Arc<tokio::sync::Mutex<()>>,
}

impl fmt::Debug for TokensInMemory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokensInMemory")
    }
}

impl TokensInMemory {
    fn all(&self) -> std::sync::MutexGuard<'_, HashMap<TokenOwner, StoredTokens>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl TokenStore for TokensInMemory {
    fn name(&self) -> String {
        "in memory only".to_owned()
    }

    fn load(&self, owner: &TokenOwner) -> Result<Option<StoredTokens>, TokenStoreError> {
        Ok(self.all().get(owner).cloned())
    }

    fn save(&self, owner: &TokenOwner, tokens: &StoredTokens) -> Result<(), TokenStoreError> {
        self.all().insert(owner.clone(), tokens.clone());
        Ok(())
    }

    fn remove(&self, owner: &TokenOwner, user: &str) -> Result<(), TokenStoreError> {
        let mut all = self.all();
        if all.get(owner).is_some_and(|tokens| tokens.user == user) {
            all.remove(owner);
        }
        Ok(())
    }

    fn try_lock(&self, _: &TokenOwner) -> Result<Option<Box<dyn Any + Send>>, TokenStoreError> {
        let lock = Arc::clone(&self.lock).try_lock_owned().ok();
        Ok(lock.map(|lock| Box::new(lock) as Box<dyn Any + Send>))
    }
}

/// Who signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The id at Okta (`sub`).
    pub id: String,
    /// The login, where the ID token names it (scope `profile`).
    pub login: Option<String>,
    /// The name, likewise.
    pub name: Option<String>,
}

impl Identity {
    /// The login, or else the id.
    pub fn login_or_id(&self) -> &str {
        self.login.as_deref().unwrap_or(&self.id)
    }
}

/// The tokens of one sign-in.
#[derive(Clone, Debug)]
pub(super) struct Tokens {
    pub(super) user: Identity,
    pub(super) access: SecretString,
    pub(super) refresh: Option<SecretString>,
    /// From when, and until when the access token can be used.
    pub(super) since: Timestamp,
    pub(super) expires: Timestamp,
    pub(super) granted: Vec<String>,
    /// What was asked for when the person signed in.
    pub(super) asked: Vec<String>,
    /// The key that all of them are bound to.
    pub(super) key: Option<Arc<ProofKey>>,
}

impl Tokens {
    /// The access token, ready for use.
    pub(super) fn token(&self) -> Result<Token, Error> {
        let grant = Grant::Scopes(self.granted.clone());
        let token =
            Token::new(self.access.clone(), self.since, self.expires, grant, self.key.clone())?;
        Ok(Token { user: Some(self.user.clone()), ..token })
    }

    /// True where everything that is asked for now was asked for then.
    pub(super) fn cover(&self, asked: &[String]) -> bool {
        asked.iter().all(|scope| self.asked.contains(scope))
    }

    /// To be kept.
    pub(super) fn to_stored(&self, issuer: &str) -> Option<StoredTokens> {
        let key = match &self.key {
            Some(key) => Some(key.key().to_pem().ok()?),
            None => None,
        };
        let content = json!({
            "issuer": issuer,
            "user": self.user.id,
            "login": self.user.login,
            "name": self.user.name,
            "access_token": self.access.expose_secret(),
            "refresh_token": self.refresh.as_ref().map(SecretString::expose_secret),
            "since": self.since.to_string(),
            "expires": self.expires.to_string(),
            "granted": self.granted,
            "asked": self.asked,
            "dpop_key": key.as_ref().map(SecretString::expose_secret),
        });
        Some(StoredTokens { user: self.user.id.clone(), content: content.to_string().into() })
    }

    /// What was kept for `issuer`; `None` where it is for another, or cannot be read.
    pub(super) fn from_stored(stored: &StoredTokens, issuer: &str) -> Option<Self> {
        let json: Value = serde_json::from_str(stored.content.expose_secret()).ok()?;
        let text = |name: &str| json.get(name)?.as_str().map(str::to_owned);
        let time = |name: &str| text(name)?.parse::<Timestamp>().ok();
        let list = |name: &str| -> Option<Vec<String>> {
            json.get(name)?.as_array()?.iter().map(|item| Some(item.as_str()?.into())).collect()
        };
        if text("issuer")? != issuer || text("user")? != stored.user {
            return None;
        }
        let key = match text("dpop_key") {
            Some(pem) => Some(ProofKey::of(PrivateKey::parse(&pem, None).ok()?)),
            None => None,
        };
        Some(Self {
            user: Identity { id: text("user")?, login: text("login"), name: text("name") },
            access: text("access_token")?.into(),
            refresh: text("refresh_token").map(SecretString::from),
            since: time("since")?,
            expires: time("expires")?,
            granted: list("granted")?,
            asked: list("asked")?,
            key,
        })
    }
}
