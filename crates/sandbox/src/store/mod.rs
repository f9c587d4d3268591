//! The state of an org: plain tables. Operations hold the lock on the whole, so there is nothing to
//! be said about transactions here.

mod assignments;
mod docs;
mod files;
mod groups;
pub(crate) mod schema;
mod sign_in;
mod users;

use std::collections::{BTreeMap, BTreeSet};

pub(crate) use self::{
    assignments::{Assignment, Assignments, Scope},
    docs::Docs,
    files::{Files, StoredFile},
    groups::{Group, GroupType, Groups},
    sign_in::{Passwords, Purpose, Request, Session, Sessions, Visit, Visits},
    users::{Atom, Profile, Status, User, Users, attr},
};
use crate::{
    id::{Id, Maker},
    log::Log,
    oauth::{Codes, Devices, Key, Tokens},
};

/// Everything an org knows.
#[derive(Debug)]
pub(crate) struct State {
    /// Makes ids.
    pub(crate) maker: Maker,
    /// `00o…`, the org itself.
    pub(crate) org_id: Id,
    /// The admin whose API token it is.
    pub(crate) admin: Id,
    /// When the org was made.
    pub(crate) born: jiff::Timestamp,
    /// `oty…`, the default user type; its schema has the same letters after `osc`.
    pub(crate) user_type: Id,
    /// The key that the org signs access tokens with.
    pub(crate) signing_key: Option<Key>,
    pub(crate) users: Users,
    pub(crate) groups: Groups,
    /// Resources kept as JSON, by collection (`apps`, `policies`, …).
    pub(crate) docs: BTreeMap<&'static str, Docs>,
    /// What was uploaded.
    pub(crate) files: Files,
    /// Who and what is assigned to which app.
    pub(crate) assignments: Assignments,
    /// OAuth scopes granted to an app, by app id.
    pub(crate) grants: BTreeMap<Id, BTreeSet<String>>,
    /// Admin roles by the id of the user, group or app that holds them.
    pub(crate) roles: BTreeMap<Id, Vec<serde_json::Map<String, serde_json::Value>>>,
    pub(crate) log: Log,
    pub(crate) tokens: Tokens,
    /// Authorization codes.
    pub(crate) codes: Codes,
    /// Devices whose people are to sign in.
    pub(crate) devices: Devices,
    pub(crate) passwords: Passwords,
    pub(crate) sessions: Sessions,
    /// Sign-ins that are under way.
    pub(crate) visits: Visits,
}

impl State {
    /// The label of an app; empty where there is no such app.
    pub(crate) fn app_label(&self, app: Id) -> &str {
        let doc = self.docs("apps").get(app.as_str());
        doc.and_then(|doc| doc.get("label")?.as_str()).unwrap_or_default()
    }

    /// The collection `name`, for reading.
    pub(crate) fn docs(&self, name: &str) -> &Docs {
        static NONE: Docs = Docs::new();
        self.docs.get(name).unwrap_or(&NONE)
    }

    /// The collection `name`, for writing.
    pub(crate) fn docs_mut(&mut self, name: &'static str) -> &mut Docs {
        self.docs.entry(name).or_default()
    }

    /// The groups of a user, `Everyone` first.
    pub(crate) fn groups_of(&self, user: Id) -> impl Iterator<Item = &Group> {
        let explicit = self.users.get(user).map_or(&[][..], |found| &found.groups);
        let everyone = self.users.get(user).map(|_| self.groups.everyone);
        everyone.into_iter().chain(explicit.iter().copied()).filter_map(|id| self.groups.get(id))
    }

    /// The members of a group in id order, those after `after` only.
    pub(crate) fn members(
        &self,
        group: Id,
        after: Option<Id>,
    ) -> Box<dyn Iterator<Item = &User> + '_> {
        if group == self.groups.everyone {
            return Box::new(self.users.after(after));
        }
        Box::new(self.groups.members(group, after).filter_map(|id| self.users.get(id)))
    }

    /// True where `user` belongs to `group`.
    pub(crate) fn is_member(&self, group: Id, user: Id) -> bool {
        self.users
            .get(user)
            .is_some_and(|found| group == self.groups.everyone || found.groups.contains(&group))
    }

    /// Adds or removes a member; false where nothing changed.
    pub(crate) fn set_member(&mut self, group: Id, user: Id, member: bool) -> bool {
        let Some(found) = self.users.get_mut(user) else { return false };
        if member == found.groups.contains(&group) {
            return false;
        }
        if member {
            found.groups.push(group);
        } else {
            found.groups.retain(|id| *id != group);
        }
        self.groups.set_member(group, user, member)
    }

    /// Removes a user and everything that hangs on it.
    pub(crate) fn remove_user(&mut self, user: Id) {
        for group in self.users.get(user).map(|found| found.groups.clone()).unwrap_or_default() {
            self.groups.set_member(group, user, false);
        }
        self.assignments.forget(user);
        self.roles.remove(&user);
        self.passwords.forget(user);
        self.visits.forget(user);
        self.users.remove(user);
    }

    /// Removes a group and everything that hangs on it.
    pub(crate) fn remove_group(&mut self, group: Id) {
        let members: Vec<Id> = self.groups.members(group, None).collect();
        for user in members {
            self.set_member(group, user, false);
        }
        self.assignments.forget(group);
        self.roles.remove(&group);
        self.groups.remove(group);
    }
}
