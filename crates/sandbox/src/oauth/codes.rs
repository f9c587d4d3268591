//! What a client changes for tokens: authorization codes, and device codes that wait for a person.

use std::{collections::HashMap, sync::Arc};

use jiff::Timestamp;

use super::tokens::Login;
use crate::{id::Id, time::before};

/// What an authorization code stands for.
#[derive(Debug)]
pub(crate) struct Code {
    pub(crate) login: Login,
    pub(crate) redirect_uri: String,
    /// The `code_challenge`, where there was one.
    pub(crate) challenge: Option<String>,
    pub(crate) expires: Timestamp,
}

/// The authorization codes that nobody used yet.
#[derive(Debug, Default)]
pub(crate) struct Codes(HashMap<Box<str>, Code>);

impl Codes {
    /// Seconds that a code is good for.
    pub(crate) const LIFETIME: i64 = 300;

    pub(crate) fn put(&mut self, code: &str, stands_for: Code, now: Timestamp) {
        self.0.retain(|_, old| old.expires > now);
        self.0.insert(code.into(), stands_for);
    }

    /// What a code stands for. Whoever asks has used it up, unless another client's it is.
    pub(crate) fn take(&mut self, code: &str, app: Id, now: Timestamp) -> Option<Code> {
        self.0.get(code).filter(|found| found.login.app == app)?;
        self.0.remove(code).filter(|found| found.expires > now)
    }
}

/// What the person said.
#[derive(Debug, Clone)]
pub(crate) enum Said {
    Nothing,
    Yes(Arc<Login>),
    No,
}

/// A device that waits for its person.
#[derive(Debug)]
pub(crate) struct Device {
    /// What the person types.
    pub(crate) user_code: String,
    pub(crate) app: Id,
    pub(crate) scopes: Vec<String>,
    pub(crate) expires: Timestamp,
    pub(crate) said: Said,
    /// Seconds to leave between two polls.
    interval: i64,
    polled: Option<Timestamp>,
}

/// What a poll finds.
#[derive(Debug)]
pub(crate) enum Polled {
    Tokens(Arc<Login>),
    Pending,
    TooFast,
    Denied,
    Expired,
    /// There is no such code, or it was used.
    Unknown,
}

/// The devices that wait, by device code.
#[derive(Debug, Default)]
pub(crate) struct Devices(HashMap<Box<str>, Device>);

impl Devices {
    /// Seconds that the codes are good for.
    pub(crate) const LIFETIME: i64 = 600;
    /// Seconds between two polls, as long as nobody polls faster.
    pub(crate) const INTERVAL: i64 = 5;
    /// What a poll may come early: a client's timer and the network are not that exact.
    const TOLERANCE: i128 = 500;
    /// User codes that one client may have open at the same time.
    const OPEN: usize = 20;
    /// How long an ended code is told from one that never was.
    const REMEMBERED: i64 = 3_600;

    /// True where the client has as many open codes as it may.
    pub(crate) fn full(&self, app: Id, now: Timestamp) -> bool {
        let open = |device: &&Device| {
            device.app == app && device.expires > now && matches!(device.said, Said::Nothing)
        };
        self.0.values().filter(open).count() >= Self::OPEN
    }

    /// Has a device wait.
    pub(crate) fn put(
        &mut self,
        code: &str,
        user_code: String,
        app: Id,
        scopes: Vec<String>,
        now: Timestamp,
    ) {
        self.0.retain(|_, old| old.expires > before(now, Self::REMEMBERED));
        let device = Device {
            user_code,
            app,
            scopes,
            expires: before(now, -Self::LIFETIME),
            said: Said::Nothing,
            interval: Self::INTERVAL,
            polled: None,
        };
        self.0.insert(code.into(), device);
    }

    /// The device that waits with this user code.
    pub(crate) fn open(&self, user_code: &str, now: Timestamp) -> Option<&Device> {
        let fits = |device: &&Device| {
            device.user_code == user_code
                && device.expires > now
                && matches!(device.said, Said::Nothing)
        };
        self.0.values().find(fits)
    }

    /// Tells a waiting device what the person said.
    pub(crate) fn say(&mut self, user_code: &str, said: Said) {
        if let Some(device) = self.0.values_mut().find(|device| device.user_code == user_code) {
            device.said = said;
        }
    }

    /// A poll of `app`.
    pub(crate) fn poll(&mut self, code: &str, app: Id, now: Timestamp) -> Polled {
        let Some(device) = self.0.get_mut(code).filter(|device| device.app == app) else {
            return Polled::Unknown;
        };
        if device.expires <= now {
            return Polled::Expired;
        }
        let last = device.polled.replace(now);
        let early = last.is_some_and(|last| {
            let wanted = i128::from(device.interval) * 1_000 - Self::TOLERANCE;
            last.duration_until(now).as_millis() < wanted
        });
        if early {
            device.interval += Self::INTERVAL;
            return Polled::TooFast;
        }
        match device.said.clone() {
            Said::Nothing => Polled::Pending,
            Said::No => Polled::Denied,
            Said::Yes(login) => Polled::Tokens(login),
        }
    }

    /// Forgets a device that got its tokens.
    pub(crate) fn done(&mut self, code: &str) {
        self.0.remove(code);
    }
}
