//! People at their browsers: passwords, sessions, and sign-ins that are under way.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

use super::users::User;
use crate::{
    id::Id,
    oauth::{Acr, Level},
    seed,
    time::before,
};

/// The password of somebody who did not keep the one of the seed.
#[derive(Debug)]
enum Password {
    /// The SHA-256 of the user's id and the password.
    Digest([u8; 32]),
    /// Imported as a hash: nobody here can tell whether a password fits.
    Imported,
}

/// Who has which password, and who got it wrong how often.
#[derive(Debug, Default)]
pub(crate) struct Passwords {
    own: HashMap<Id, Password>,
    wrong: HashMap<Id, u8>,
}

impl Passwords {
    /// Wrong passwords in a row that lock an account.
    const TRIES: u8 = 10;

    /// Sets a password; none where only its hash is known.
    pub(crate) fn set(&mut self, user: Id, password: Option<&str>) {
        let kept = password.map_or(Password::Imported, |text| Password::Digest(digest(user, text)));
        self.own.insert(user, kept);
        self.wrong.remove(&user);
    }

    /// Whether `given` is the password of `user`.
    pub(crate) fn fits(&self, user: &User, given: &str) -> bool {
        user.has_password
            && match self.own.get(&user.id) {
                Some(Password::Digest(known)) => *known == digest(user.id, given),
                Some(Password::Imported) => false,
                None => given == seed::PASSWORD,
            }
    }

    /// Notes a wrong password; true where it was one too many.
    pub(crate) fn wrong(&mut self, user: Id) -> bool {
        let count = self.wrong.entry(user).or_default();
        *count = count.saturating_add(1);
        *count >= Self::TRIES
    }

    /// Forgets the wrong ones.
    pub(crate) fn right(&mut self, user: Id) {
        self.wrong.remove(&user);
    }

    /// Forgets all about somebody who is going away.
    pub(crate) fn forget(&mut self, user: Id) {
        self.own.remove(&user);
        self.wrong.remove(&user);
    }
}

fn digest(user: Id, password: &str) -> [u8; 32] {
    Sha256::digest(format!("{user}{password}")).into()
}

/// Somebody who is signed in to the org with a browser.
#[derive(Debug, Clone)]
pub(crate) struct Session {
    /// What tokens and the System Log call it: not what opens it.
    pub(crate) id: String,
    pub(crate) user: Id,
    /// When the password was given.
    pub(crate) since: Timestamp,
    pub(crate) level: Level,
    expires: Timestamp,
}

/// The sessions, by what the browser's cookie holds.
#[derive(Debug, Default)]
pub(crate) struct Sessions(HashMap<Box<str>, Session>);

impl Sessions {
    /// Seconds without a request after which a session ends.
    const IDLE: i64 = 7_200;

    pub(crate) fn start(&mut self, cookie: &str, id: String, user: Id, now: Timestamp) {
        self.0.retain(|_, session| session.expires > now);
        let expires = before(now, -Self::IDLE);
        let session = Session { id, user, since: now, level: Level::Password, expires };
        self.0.insert(cookie.into(), session);
    }

    /// The session of a browser, which goes on from now.
    pub(crate) fn live(&mut self, cookie: &str, now: Timestamp) -> Option<Session> {
        let session = self.0.get_mut(cookie).filter(|session| session.expires > now)?;
        session.expires = before(now, -Self::IDLE);
        Some(session.clone())
    }

    /// Notes that more than the password was proven.
    pub(crate) fn raise(&mut self, cookie: &str, level: Level) {
        if let Some(session) = self.0.get_mut(cookie) {
            session.level = session.level.max(level);
        }
    }

    pub(crate) fn end(&mut self, cookie: &str) -> Option<Session> {
        self.0.remove(cookie)
    }
}

/// An authorization request that was found in order.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) app: Id,
    pub(crate) redirect_uri: String,
    pub(crate) fragment: bool,
    pub(crate) scopes: Vec<String>,
    pub(crate) state: Option<String>,
    pub(crate) nonce: Option<String>,
    pub(crate) challenge: Option<String>,
    /// The person is asked whatever they said before.
    pub(crate) ask_consent: bool,
}

/// What somebody signs in for.
#[derive(Debug, Clone)]
pub(crate) enum Purpose {
    App(Request),
    /// A device, by its user code where that was given.
    Device(Option<String>),
}

/// A sign-in that is under way: what the forms of its pages lead back to.
#[derive(Debug, Clone)]
pub(crate) struct Visit {
    /// What its forms must bring.
    pub(crate) csrf: String,
    /// The browser that it began in.
    pub(crate) browser: String,
    pub(crate) purpose: Purpose,
    /// Whoever is signed in gives the password all the same.
    pub(crate) password: bool,
    pub(crate) acr: Option<Acr>,
    /// The name to begin with.
    pub(crate) hint: String,
    /// Whose password was right, and has expired.
    pub(crate) expired: Option<Id>,
    /// The code of the second step, once it was shown.
    pub(crate) code: Option<String>,
    expires: Timestamp,
}

/// What has been begun and what has been agreed to.
#[derive(Debug, Default)]
pub(crate) struct Visits {
    by_id: HashMap<Box<str>, Visit>,
    consents: BTreeMap<(Id, Id), BTreeSet<String>>,
}

impl Visits {
    /// Seconds that somebody may take.
    const LIFETIME: i64 = 900;

    /// Begins one.
    pub(crate) fn new_visit(
        csrf: String,
        browser: String,
        purpose: Purpose,
        now: Timestamp,
    ) -> Visit {
        Visit {
            csrf,
            browser,
            purpose,
            password: false,
            acr: None,
            hint: String::new(),
            expired: None,
            code: None,
            expires: before(now, -Self::LIFETIME),
        }
    }

    pub(crate) fn put(&mut self, id: &str, visit: Visit, now: Timestamp) {
        self.by_id.retain(|_, old| old.expires > now);
        self.by_id.insert(id.into(), visit);
    }

    pub(crate) fn get(&self, id: &str, now: Timestamp) -> Option<&Visit> {
        self.by_id.get(id).filter(|visit| visit.expires > now)
    }

    pub(crate) fn end(&mut self, id: &str) {
        self.by_id.remove(id);
    }

    /// Whether `user` has agreed that `app` may have `scopes`.
    pub(crate) fn agreed(&self, user: Id, app: Id, scopes: &[String]) -> bool {
        let agreed = self.consents.get(&(user, app));
        agreed.is_some_and(|agreed| scopes.iter().all(|scope| agreed.contains(scope)))
    }

    pub(crate) fn agree(&mut self, user: Id, app: Id, scopes: &[String]) {
        self.consents.entry((user, app)).or_default().extend(scopes.iter().cloned());
    }

    /// Drops what a user or an app that is going away agreed to.
    pub(crate) fn forget(&mut self, gone: Id) {
        self.consents.retain(|(user, app), _| *user != gone && *app != gone);
    }
}
