//! The access and refresh tokens of an org.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use jiff::Timestamp;

use super::level::{Acr, Level};
use crate::{id::Id, time::before};

/// Seconds after which a refresh token that nobody used ends.
const IDLE: i64 = 7 * 86_400;

/// What a person signed in for: what all tokens of one sign-in have in common.
#[derive(Debug)]
pub(crate) struct Login {
    /// Names it; no other has the same.
    pub(crate) id: String,
    pub(crate) user: Id,
    pub(crate) app: Id,
    /// In the order in which they were asked for.
    pub(crate) scopes: Vec<String>,
    /// When the password was given.
    pub(crate) auth_time: Timestamp,
    pub(crate) level: Level,
    pub(crate) acr: Acr,
    /// The id of the session.
    pub(crate) session: String,
    pub(crate) nonce: Option<String>,
}

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
    /// The sign-in of a person; a service app has none.
    pub(crate) login: Option<Arc<Login>>,
}

/// What a refresh token stands for.
#[derive(Debug, Clone)]
pub(crate) struct Refresh {
    pub(crate) login: Arc<Login>,
    /// The thumbprint of the DPoP key that its holder has to prove.
    pub(crate) key: Option<String>,
    pub(crate) issued: Timestamp,
    /// When it was last used.
    pub(crate) used: Timestamp,
    /// When another one took its place.
    pub(crate) replaced: Option<Timestamp>,
}

impl Refresh {
    /// When it ends, if nobody uses it any more.
    pub(crate) fn expires(&self) -> Timestamp {
        before(self.used, -IDLE)
    }
}

/// What a refresh token is worth.
#[derive(Debug)]
pub(crate) enum Worth {
    Good(Refresh),
    /// It was never given out to this client, has ended, or was revoked.
    Nothing,
    /// Another one took its place too long ago: somebody has a copy of it.
    Reused(Refresh),
}

/// Access and refresh tokens, and the assertion ids that were used.
#[derive(Debug, Default)]
pub(crate) struct Tokens {
    access: HashMap<Box<str>, Grant>,
    refresh: HashMap<Box<str>, Refresh>,
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

    /// Keeps a refresh token; drops those that ended.
    pub(crate) fn put_refresh(&mut self, token: &str, refresh: Refresh) {
        let now = refresh.used;
        self.refresh.retain(|_, old| old.expires() > now);
        self.refresh.insert(token.into(), refresh);
    }

    /// The refresh token of `app`, where it can still be used; `leeway` is how many seconds that
    /// goes on after another one took its place.
    pub(crate) fn worth(&self, token: &str, app: Id, leeway: i64, now: Timestamp) -> Worth {
        let found = self.refresh.get(token).filter(|found| found.login.app == app);
        let Some(found) = found.filter(|found| found.expires() > now) else {
            return Worth::Nothing;
        };
        match found.replaced {
            Some(at) if at.duration_until(now).as_millis() > i128::from(leeway) * 1_000 => {
                Worth::Reused(found.clone())
            }
            _ => Worth::Good(found.clone()),
        }
    }

    /// Notes that a refresh token was used, and whether another one took its place.
    pub(crate) fn use_refresh(&mut self, token: &str, replaced: bool, now: Timestamp) {
        if let Some(refresh) = self.refresh.get_mut(token) {
            refresh.used = now;
            if replaced {
                refresh.replaced = refresh.replaced.or(Some(now));
            }
        }
    }

    /// Ends all tokens of a sign-in.
    pub(crate) fn end_login(&mut self, login: &Login) {
        self.refresh.retain(|_, refresh| refresh.login.id != login.id);
        self.access
            .retain(|_, grant| grant.login.as_ref().is_none_or(|granted| granted.id != login.id));
    }

    /// Notes an assertion's `jti`; false where it was used before.
    pub(crate) fn use_once(&mut self, app: Id, jti: &str, expires: i64, now: Timestamp) -> bool {
        self.used.retain(|_, until| *until >= now.as_second());
        self.used.insert((app, jti.into()), expires).is_none()
    }
}
