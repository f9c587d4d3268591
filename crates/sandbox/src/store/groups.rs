//! Groups and who is in them.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Bound,
};

use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::id::Id;

/// Where a group comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum GroupType {
    /// Made in Okta: the only kind that can be changed.
    Okta,
    /// Imported from an app or a directory.
    App,
    /// `Everyone`.
    BuiltIn,
}

impl GroupType {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Okta => "OKTA_GROUP",
            Self::App => "APP_GROUP",
            Self::BuiltIn => "BUILT_IN",
        }
    }
}

/// A group.
#[derive(Debug, Clone)]
pub(crate) struct Group {
    pub(crate) id: Id,
    pub(crate) kind: GroupType,
    pub(crate) created: Timestamp,
    pub(crate) last_updated: Timestamp,
    pub(crate) last_membership_updated: Timestamp,
    /// `name`, `description`, and custom attributes.
    pub(crate) profile: Map<String, Value>,
    /// The app that an `APP_GROUP` was imported from.
    pub(crate) source: Option<Id>,
}

impl Group {
    pub(crate) fn name(&self) -> &str {
        self.profile.get("name").and_then(Value::as_str).unwrap_or_default()
    }
}

/// All groups and their explicit members; `Everyone` has none, it is everybody.
#[derive(Debug)]
pub(crate) struct Groups {
    pub(crate) everyone: Id,
    by_id: BTreeMap<Id, Group>,
    members: BTreeMap<Id, BTreeSet<Id>>,
}

impl Groups {
    pub(crate) fn new(everyone: Group) -> Self {
        let id = everyone.id;
        Self { everyone: id, by_id: BTreeMap::from([(id, everyone)]), members: BTreeMap::new() }
    }

    pub(crate) fn put(&mut self, group: Group) {
        self.by_id.insert(group.id, group);
    }

    pub(crate) fn get(&self, id: Id) -> Option<&Group> {
        self.by_id.get(&id)
    }

    pub(crate) fn get_mut(&mut self, id: Id) -> Option<&mut Group> {
        self.by_id.get_mut(&id)
    }

    pub(super) fn remove(&mut self, id: Id) {
        self.by_id.remove(&id);
        self.members.remove(&id);
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Group> {
        self.by_id.values()
    }

    pub(crate) fn named(&self, name: &str) -> Option<&Group> {
        self.iter().find(|group| group.name() == name)
    }

    pub(crate) fn member_count(&self, id: Id) -> usize {
        self.members.get(&id).map_or(0, BTreeSet::len)
    }

    pub(super) fn members(&self, id: Id, after: Option<Id>) -> impl Iterator<Item = Id> + '_ {
        let from = after.map_or(Bound::Unbounded, Bound::Excluded);
        let set = self.members.get(&id).into_iter();
        set.flat_map(move |set| set.range((from, Bound::Unbounded))).copied()
    }

    pub(super) fn set_member(&mut self, group: Id, user: Id, member: bool) -> bool {
        let set = self.members.entry(group).or_default();
        if member { set.insert(user) } else { set.remove(&user) }
    }
}
