//! People. A hundred thousand of them must fit: profiles are kept packed and become JSON when read.

use std::{
    collections::{BTreeMap, HashMap},
    ops::Bound,
};

use jiff::Timestamp;
use serde_json::Value;

use crate::{id::Id, scim::Operand};

/// Where a user stands in the life cycle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Status {
    Staged,
    Provisioned,
    Active,
    Recovery,
    LockedOut,
    PasswordExpired,
    Suspended,
    Deprovisioned,
}

impl Status {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Staged => "STAGED",
            Self::Provisioned => "PROVISIONED",
            Self::Active => "ACTIVE",
            Self::Recovery => "RECOVERY",
            Self::LockedOut => "LOCKED_OUT",
            Self::PasswordExpired => "PASSWORD_EXPIRED",
            Self::Suspended => "SUSPENDED",
            Self::Deprovisioned => "DEPROVISIONED",
        }
    }
}

/// Numbers of attributes: their places in [`super::schema::USER`].
pub(crate) mod attr {
    pub(crate) const LOGIN: u16 = 0;
    pub(crate) const FIRST_NAME: u16 = 1;
    pub(crate) const LAST_NAME: u16 = 2;
    pub(crate) const EMAIL: u16 = 6;
    pub(crate) const TITLE: u16 = 7;
    pub(crate) const SECOND_EMAIL: u16 = 11;
    pub(crate) const MOBILE_PHONE: u16 = 12;
    pub(crate) const CITY: u16 = 15;
    pub(crate) const STATE: u16 = 16;
    pub(crate) const COUNTRY_CODE: u16 = 18;
    pub(crate) const USER_TYPE: u16 = 23;
    pub(crate) const EMPLOYEE_NUMBER: u16 = 24;
    pub(crate) const COST_CENTER: u16 = 25;
    pub(crate) const ORGANIZATION: u16 = 26;
    pub(crate) const DIVISION: u16 = 27;
    pub(crate) const DEPARTMENT: u16 = 28;
    pub(crate) const MANAGER_ID: u16 = 29;
    pub(crate) const MANAGER: u16 = 30;
    pub(crate) const CONTRACT_END: u16 = 31;
    pub(crate) const BADGE_NUMBER: u16 = 32;
}

/// One attribute value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Atom {
    /// A text that the seed took from a list.
    Known(&'static str),
    Text(Box<str>),
    /// Anything else.
    Json(Box<Value>),
}

impl Atom {
    pub(crate) fn from_value(value: Value) -> Self {
        match value {
            Value::String(text) => Self::Text(text.into()),
            other => Self::Json(Box::new(other)),
        }
    }

    pub(crate) fn to_value(&self) -> Value {
        match self {
            Self::Json(value) => (**value).clone(),
            Self::Known(text) => Value::String((*text).to_owned()),
            Self::Text(text) => Value::String(text.clone().into()),
        }
    }

    pub(crate) fn operand(&self) -> Operand<'_> {
        match self {
            Self::Json(value) => Operand::json(value),
            Self::Known(text) => Operand::text(text),
            Self::Text(text) => Operand::text(text),
        }
    }

    pub(crate) fn as_str(&self) -> Option<&str> {
        match self {
            Self::Known(text) => Some(text),
            Self::Text(text) => Some(text),
            Self::Json(_) => None,
        }
    }
}

/// Attribute values by their place in the schema, sorted.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Profile(Vec<(u16, Atom)>);

impl Profile {
    pub(crate) fn get(&self, attribute: u16) -> Option<&Atom> {
        let at = self.0.binary_search_by_key(&attribute, |(key, _)| *key).ok()?;
        self.0.get(at).map(|(_, atom)| atom)
    }

    /// The text of an attribute; empty where there is none.
    pub(crate) fn text(&self, attribute: u16) -> &str {
        self.get(attribute).and_then(Atom::as_str).unwrap_or_default()
    }

    /// Sets an attribute, or clears it.
    pub(crate) fn set(&mut self, attribute: u16, value: Option<Atom>) {
        let place = self.0.binary_search_by_key(&attribute, |(key, _)| *key);
        match (place, value) {
            (Ok(at), Some(value)) => {
                if let Some(slot) = self.0.get_mut(at) {
                    slot.1 = value;
                }
            }
            (Ok(at), None) => {
                self.0.remove(at);
            }
            (Err(at), Some(value)) => self.0.insert(at, (attribute, value)),
            (Err(_), None) => {}
        }
    }

    pub(crate) fn shrink(&mut self) {
        self.0.shrink_to_fit();
    }
}

/// A person.
#[derive(Debug, Clone)]
pub(crate) struct User {
    pub(crate) id: Id,
    pub(crate) status: Status,
    pub(crate) created: Timestamp,
    pub(crate) activated: Option<Timestamp>,
    pub(crate) status_changed: Option<Timestamp>,
    pub(crate) last_login: Option<Timestamp>,
    pub(crate) last_updated: Timestamp,
    pub(crate) password_changed: Option<Timestamp>,
    pub(crate) profile: Profile,
    pub(crate) has_password: bool,
    pub(crate) recovery_question: Option<Box<str>>,
    /// The directory that the person comes from, where it is not Okta: its type and name.
    pub(crate) directory: Option<(&'static str, &'static str)>,
    /// Counts changes, for the entity tag.
    pub(crate) version: u32,
    /// Groups besides `Everyone`.
    pub(crate) groups: Vec<Id>,
}

impl User {
    pub(crate) fn login(&self) -> &str {
        self.profile.text(attr::LOGIN)
    }

    pub(crate) fn email(&self) -> &str {
        self.profile.text(attr::EMAIL)
    }

    /// First and last name.
    pub(crate) fn display_name(&self) -> String {
        let (first, last) =
            (self.profile.text(attr::FIRST_NAME), self.profile.text(attr::LAST_NAME));
        format!("{first} {last}").trim().to_owned()
    }
}

/// All people, by id and by login.
#[derive(Debug, Default)]
pub(crate) struct Users {
    by_id: BTreeMap<Id, User>,
    by_login: HashMap<Box<str>, Id>,
}

impl Users {
    /// Adds a user; the login must be free.
    pub(crate) fn put(&mut self, user: User) {
        self.by_login.insert(user.login().to_lowercase().into(), user.id);
        self.by_id.insert(user.id, user);
    }

    pub(crate) fn get(&self, id: Id) -> Option<&User> {
        self.by_id.get(&id)
    }

    /// For changes to everything but the login, which [`Self::rename`] changes.
    pub(crate) fn get_mut(&mut self, id: Id) -> Option<&mut User> {
        self.by_id.get_mut(&id)
    }

    /// The user with this login, whatever its case.
    pub(crate) fn by_login(&self, login: &str) -> Option<&User> {
        self.by_login.get(login.to_lowercase().as_str()).and_then(|id| self.get(*id))
    }

    /// Keeps the login index in step after a profile changed.
    pub(crate) fn rename(&mut self, id: Id, old_login: &str) {
        self.by_login.remove(old_login.to_lowercase().as_str());
        if let Some(user) = self.by_id.get(&id) {
            self.by_login.insert(user.login().to_lowercase().into(), id);
        }
    }

    pub(super) fn remove(&mut self, id: Id) {
        if let Some(user) = self.by_id.remove(&id) {
            self.by_login.remove(user.login().to_lowercase().as_str());
        }
    }

    pub(crate) fn after(&self, after: Option<Id>) -> impl Iterator<Item = &User> {
        let from = after.map_or(Bound::Unbounded, Bound::Excluded);
        self.by_id.range((from, Bound::Unbounded)).map(|(_, user)| user)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &User> {
        self.by_id.values()
    }

    pub(crate) fn len(&self) -> usize {
        self.by_id.len()
    }
}
