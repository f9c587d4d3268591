//! Who and which group is assigned to which app.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::id::Id;

/// How a person came to an app.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    /// Assigned alone.
    User,
    /// Through a group.
    Group,
}

/// One person or group of one app.
#[derive(Debug, Clone)]
pub(crate) struct Assignment {
    pub(crate) created: Timestamp,
    pub(crate) last_updated: Timestamp,
    pub(crate) scope: Scope,
    /// The group that brought the person, where `scope` is [`Scope::Group`].
    pub(crate) via: Option<Id>,
    /// The order of groups; not used for people.
    pub(crate) priority: i64,
    /// `credentials.userName`, where it is not the login.
    pub(crate) user_name: Option<Box<str>>,
    /// The app profile, where it has attributes of its own.
    pub(crate) profile: Option<Box<Map<String, Value>>>,
}

/// The two assignment tables, by (app, user) and (app, group).
#[derive(Debug, Default)]
pub(crate) struct Assignments {
    pub(crate) users: BTreeMap<(Id, Id), Assignment>,
    pub(crate) groups: BTreeMap<(Id, Id), Assignment>,
}

impl Assignments {
    /// Drops what concerns a user or a group that is going away.
    pub(crate) fn forget(&mut self, gone: Id) {
        self.users.retain(|(_, user), row| *user != gone && row.via != Some(gone));
        self.groups.retain(|(_, group), _| *group != gone);
    }

    /// Drops all of an app.
    pub(crate) fn forget_app(&mut self, app: Id) {
        self.users.retain(|(id, _), _| *id != app);
        self.groups.retain(|(id, _), _| *id != app);
    }

    /// The apps of a group.
    pub(crate) fn apps_of_group(&self, group: Id) -> impl Iterator<Item = Id> + '_ {
        self.groups.keys().filter(move |(_, id)| *id == group).map(|(app, _)| *app)
    }
}
