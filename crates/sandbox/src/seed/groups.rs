//! The groups of a new org, and who is in them.

use jiff::Timestamp;
use serde_json::{Map, json};

use super::{
    names::{DEPARTMENTS, GROUPS, OFFICES},
    people,
};
use crate::{
    config::Config,
    id::Id,
    resources::roles,
    store::{Group, GroupType, State, User, attr},
    time::before,
};

/// Who belongs to a group.
#[derive(Clone, Copy)]
enum Rule {
    Department(&'static str),
    Office(&'static str),
    Contractors,
    Managers,
    /// So many of 100, of one department where it is named.
    Share(u8, &'static str),
}

/// Adds the groups, fills them, and gives the admins their roles.
pub(super) fn add(state: &mut State, config: &Config, now: Timestamp) {
    let mut rules = Vec::new();
    for (at, (name, description, rule)) in plan(config.groups).into_iter().enumerate() {
        let days = 1_500 - i64::try_from(at).unwrap_or(0) * 20;
        let created = before(now, days.max(20) * 86_400);
        let imported = description.starts_with("acme.example/");
        let kind = if imported { GroupType::App } else { GroupType::Okta };
        let id = make(state, &name, &description, kind, created);
        rules.push((id, rule));
    }
    let mut random = state.maker.random().fork();
    let mut members = Vec::new();
    for (at, user) in state.users.iter().enumerate() {
        let groups = rules.iter().filter(|(_, rule)| belongs(user, at, *rule, random.u8(..100)));
        members.extend(groups.map(|(group, _)| (*group, user.id)));
    }
    for (group, user) in members {
        state.set_member(group, user, true);
    }
    grant_roles(state, now);
}

/// The first `count` groups: departments, offices, then the others, then teams without end.
fn plan(count: usize) -> Vec<(String, String, Rule)> {
    let mut departments: Vec<&'static str> = Vec::new();
    for department in &DEPARTMENTS {
        if !departments.contains(&department.name) {
            departments.push(department.name);
        }
    }
    let by_department = departments
        .into_iter()
        .map(|name| (name.to_owned(), format!("Everyone in {name}"), Rule::Department(name)));
    let by_office = OFFICES.iter().map(|(city, ..)| {
        (format!("Office {city}"), format!("People in {city}"), Rule::Office(city))
    });
    let others = GROUPS.iter().map(|(name, description, department)| {
        let rule = match *name {
            "Contractors" => Rule::Contractors,
            "Managers" => Rule::Managers,
            "VPN Users" | "Domain Users" => Rule::Share(70, ""),
            "MFA Exempt (temporary)" | "Emergency Access" | "Executives" => {
                Rule::Share(2, department)
            }
            _ => Rule::Share(15, department),
        };
        ((*name).to_owned(), (*description).to_owned(), rule)
    });
    let teams =
        (1..).map(|number| (format!("Team {number:03}"), String::new(), Rule::Share(2, "")));
    by_department.chain(by_office).chain(others).chain(teams).take(count).collect()
}

fn make(
    state: &mut State,
    name: &str,
    description: &str,
    kind: GroupType,
    created: Timestamp,
) -> Id {
    let id = state.maker.id("00g");
    let description = if description.is_empty() { json!(null) } else { json!(description) };
    state.groups.put(Group {
        id,
        kind,
        created,
        last_updated: created,
        last_membership_updated: created,
        profile: Map::from_iter([
            ("name".to_owned(), json!(name)),
            ("description".to_owned(), description),
        ]),
        source: (kind == GroupType::App).then(|| state.maker.id("0oa")),
    });
    id
}

fn belongs(user: &User, at: usize, rule: Rule, dice: u8) -> bool {
    if user.status == crate::store::Status::Deprovisioned {
        return false;
    }
    let is = |attribute: u16, value: &str| user.profile.text(attribute) == value;
    match rule {
        Rule::Department(name) => is(attr::DEPARTMENT, name),
        Rule::Office(city) => is(attr::CITY, city),
        Rule::Contractors => is(attr::USER_TYPE, "Contractor"),
        Rule::Managers => people::manages(at),
        Rule::Share(share, department) => {
            dice < share && (department.is_empty() || is(attr::DEPARTMENT, department))
        }
    }
}

fn grant_roles(state: &mut State, now: Timestamp) {
    let known = |state: &State, at: usize| {
        let login = people::KNOWN.get(at).map(people::Known::login)?;
        state.users.by_login(&login).map(|user: &User| user.id)
    };
    let since = before(now, 400 * 86_400);
    if let Some(admin) = known(state, people::ADMIN) {
        roles::grant(state, admin, "SUPER_ADMIN", since);
    }
    if let Some(analyst) = known(state, people::HELP_DESK) {
        roles::grant(state, analyst, "HELP_DESK_ADMIN", since);
    }
    for (group, role) in [
        ("IT Admins", "ORG_ADMIN"),
        ("IT Admins", "APP_ADMIN"),
        ("Help Desk", "HELP_DESK_ADMIN"),
        ("Security", "READ_ONLY_ADMIN"),
    ] {
        if let Some(id) = state.groups.named(group).map(|group| group.id) {
            roles::grant(state, id, role, since);
        }
    }
    for (group, person) in [("IT Admins", people::ADMIN), ("Help Desk", people::HELP_DESK)] {
        let group = state.groups.named(group).map(|group| group.id);
        if let Some((group, user)) = group.zip(known(state, person)) {
            state.set_member(group, user, true);
        }
    }
}
