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
    /// The entry that protects an object, given as Okta has it: by id, login, group name or
    /// application label. Names are compared without regard to case, as Okta compares them.
    pub fn object(&self, kind: Kind, object: &Value) -> Option<&str> {
        let places: &[&str] = match kind {
            Kind::User => &["/id", "/profile/login"],
            Kind::Group => &["/id", "/profile/name"],
            Kind::App => &["/id", "/label"],
        };
        let text = |place: &&str| object.pointer(place).and_then(Value::as_str);
        places.iter().filter_map(text).find_map(|text| self.named(kind, text))
    }

    /// The entry that protects what an argument names: an id, a login (also its part before the
    /// `@`, which Okta takes too), a group name or an application label.
    pub fn named(&self, kind: Kind, name: &str) -> Option<&str> {
        let name = name.trim().to_lowercase();
        let entries = match kind {
            Kind::User => &self.users,
            Kind::Group => &self.groups,
            Kind::App => &self.apps,
        };
        let is = |entry: &&String| {
            let entry = entry.trim().to_lowercase();
            let short = entry.split_once('@').map(|(short, _)| short);
            entry == name || (kind == Kind::User && short == Some(name.as_str()))
        };
        entries.iter().find(is).map(String::as_str)
    }
}
