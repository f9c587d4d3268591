//! Objects that may not be changed.

use serde_json::Value;

use crate::source::Protect;

/// A kind of object that can be protected by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A person.
    User,
    /// A group.
    Group,
    /// An application.
    App,
}

impl Protect {
    /// The entries for objects of a kind.
    pub fn entries(&self, kind: Kind) -> &[String] {
        match kind {
            Kind::User => &self.users,
            Kind::Group => &self.groups,
            Kind::App => &self.apps,
        }
    }

    /// The entry that is one of these ids or names. They are compared as Okta compares logins:
    /// without regard to case. No two of Okta's ids differ by case alone in practice, and an entry
    /// that was typed in another case is to protect all the same.
    pub fn listed(&self, kind: Kind, names: &[&str]) -> Option<&str> {
        let known: Vec<String> = names.iter().copied().map(fold).collect();
        let is = |entry: &&String| {
            let entry = fold(entry);
            !entry.is_empty() && known.contains(&entry)
        };
        self.entries(kind).iter().find(is).map(String::as_str)
    }

    /// The entry that protects an object, given as Okta has it: by id, login, e-mail address, group
    /// name or application label.
    pub fn object(&self, kind: Kind, object: &Value) -> Option<&str> {
        let places: &[&str] = match kind {
            Kind::User => &["/id", "/profile/login", "/profile/email"],
            Kind::Group => &["/id", "/profile/name"],
            Kind::App => &["/id", "/label"],
        };
        let names = places.iter().filter_map(|place| object.pointer(place)?.as_str());
        self.listed(kind, &names.collect::<Vec<_>>())
    }

    /// The entry that protects what an argument names: an id, a login (also its part before the
    /// `@`, which Okta takes too), a group name or an application label.
    pub fn named(&self, kind: Kind, name: &str) -> Option<&str> {
        let short = |entry: &&String| {
            let short = entry.split_once('@').map(|(short, _)| short);
            kind == Kind::User && short.is_some_and(|short| fold(short) == fold(name))
        };
        let login = || self.entries(kind).iter().find(short).map(String::as_str);
        self.listed(kind, &[name]).or_else(login)
    }
}

/// By way of the capitals, so that letters with two small forms (`σ`, `ς`) and those that capitals
/// write as two (`ß`) come out the same.
fn fold(name: &str) -> String {
    name.trim().chars().flat_map(char::to_uppercase).flat_map(char::to_lowercase).collect()
}
