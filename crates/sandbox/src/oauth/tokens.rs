//! The access tokens of an org.

use std::collections::{BTreeSet, HashMap};

use jiff::Timestamp;

use crate::id::Id;

/// What an access token stands for.
#[derive(Debug, Clone)]
pub(crate) struct Grant {
    /// The token's `jti`.
    pub(crate) id: String,
    pub(crate) app: Id,
    pub(crate) scopes: BTreeSet<String>,
    pub(crate) issued: Timestamp,
    pub(crate) expires: Timestamp,
    /// The thumbprint of the DPoP key that the token is bound to.
    pub(crate) key: Option<String>,
}

/// Access tokens, and the assertion ids that were used.
#[derive(Debug, Default)]
pub(crate) struct Tokens {
    access: HashMap<Box<str>, Grant>,
    used: HashMap<(Id, Box<str>), i64>,
}

impl Tokens {
    /// Keeps a token; drops those that ended.
    pub(crate) fn put(&mut self, token: &str, grant: Grant) {
        self.access.retain(|_, old| old.expires > grant.issued);
        self.access.insert(token.into(), grant);
    }

    /// The grant of a token that is still good.
    pub(crate) fn valid(&self, token: &str, now: Timestamp) -> Option<&Grant> {
        self.access.get(token).filter(|grant| grant.expires > now)
    }

    /// Ends a token.
    pub(crate) fn revoke(&mut self, token: &str) {
        self.access.remove(token);
    }

    /// Notes an assertion's `jti`; false where it was used before.
    pub(crate) fn use_once(&mut self, app: Id, jti: &str, expires: i64, now: Timestamp) -> bool {
        self.used.retain(|_, until| *until >= now.as_second());
        self.used.insert((app, jti.into()), expires).is_none()
    }
}
