//! Who administers the org: the roles of people and of groups, for reading.

use serde_json::{Map, Value, json};

use crate::{
    answer::Answer,
    call::{Call, stamp},
    error::Result,
    id::Id,
    listing,
    route::{Route, get},
    store::{State, User},
};

const READ: &str = "okta.roles.read";

pub(super) const ROUTES: &[Route] = &[
    get("/api/v1/users/{userId}/roles", READ, of_user),
    get("/api/v1/groups/{groupId}/roles", READ, of_group),
    get("/api/v1/iam/assignees/users", READ, assignees),
];

/// The standard roles and what the Admin Console calls them.
const LABELS: [(&str, &str); 10] = [
    ("SUPER_ADMIN", "Super Administrator"),
    ("ORG_ADMIN", "Organization Administrator"),
    ("APP_ADMIN", "Application Administrator"),
    ("USER_ADMIN", "Group Administrator"),
    ("HELP_DESK_ADMIN", "Help Desk Administrator"),
    ("READ_ONLY_ADMIN", "Read-only Administrator"),
    ("MOBILE_ADMIN", "Mobile Administrator"),
    ("API_ACCESS_MANAGEMENT_ADMIN", "API Access Management Administrator"),
    ("REPORT_ADMIN", "Report Administrator"),
    ("GROUP_MEMBERSHIP_ADMIN", "Group Membership Administrator"),
];

fn of_user(call: &mut Call<'_>) -> Result<Answer> {
    let user = super::users::find_id(call, "userId")?;
    let mut roles = held(call, user, &format!("/api/v1/users/{user}"));
    for group in call.state.groups_of(user) {
        roles.extend(held(call, group.id, &format!("/api/v1/groups/{}", group.id)));
    }
    Ok(Answer::ok(Value::Array(roles)))
}

/// The people with roles of their own or through a group. Unlike other lists this one is an object,
/// and names its next page in the body.
fn assignees(call: &mut Call<'_>) -> Result<Answer> {
    let limit = call.limit(100, 100)?;
    let after = listing::after_id(call, "00u")?;
    let holds = |user: &User| {
        let direct = std::iter::once(user.id);
        let groups = call.state.groups_of(user.id).map(|group| group.id);
        direct.chain(groups).any(|holder| call.state.roles.contains_key(&holder))
    };
    let mut found = call.state.users.after(after).filter(|user| holds(user)).map(|user| user.id);
    let ids: Vec<Id> = found.by_ref().take(limit).collect();
    let mut links = Map::new();
    if found.next().is_some()
        && let Some(last) = ids.last()
    {
        let next = format!("{}?after={last}&limit={limit}", call.path);
        links.insert("next".to_owned(), call.link(&next));
    }
    let orn = |id: &Id| format!("orn:okta:directory:{}:users:{id}", call.state.org_id);
    let people: Vec<Value> = ids
        .iter()
        .map(|id| {
            let own = format!("/api/v1/users/{id}");
            let links = json!({
                "self": call.link(&own),
                "roles": call.link(&format!("{own}/roles")),
            });
            json!({ "id": id, "orn": orn(id), "_links": links })
        })
        .collect();
    Ok(Answer::ok(json!({ "value": people, "_links": links })))
}

fn of_group(call: &mut Call<'_>) -> Result<Answer> {
    let group = super::groups::find(call)?.id;
    Ok(Answer::ok(Value::Array(held(call, group, &format!("/api/v1/groups/{group}")))))
}

/// The roles that `holder` has itself, with the link to it.
fn held(call: &Call<'_>, holder: Id, assignee: &str) -> Vec<Value> {
    let rows = call.state.roles.get(&holder).map_or(&[][..], Vec::as_slice).iter();
    rows.map(|role| {
        let mut role = role.clone();
        role.insert("_links".to_owned(), json!({ "assignee": call.link(assignee) }));
        Value::Object(role)
    })
    .collect()
}

/// Gives a standard role to a user or a group.
pub(crate) fn grant(state: &mut State, holder: Id, role: &'static str, now: jiff::Timestamp) {
    let label = LABELS.iter().find(|(name, _)| *name == role).map_or(role, |(_, label)| label);
    let id = if role == "SUPER_ADMIN" { state.maker.id("ra1").to_string() } else { base32(role) };
    let to = if holder.has_prefix("00g") { "GROUP" } else { "USER" };
    let row = json!({
        "id": id,
        "label": label,
        "type": role,
        "status": "ACTIVE",
        "created": stamp(now),
        "lastUpdated": stamp(now),
        "assignmentType": to,
    });
    if let Value::Object(row) = row {
        state.roles.entry(holder).or_default().push(row);
    }
}

/// The id of a standard role's assignment: its name in base 32 without padding.
fn base32(name: &str) -> String {
    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let bits: Vec<bool> =
        name.bytes().flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1 == 1)).collect();
    bits.chunks(5)
        .map(|chunk| {
            let value = (0..5).fold(0_usize, |value, at| {
                value << 1 | usize::from(chunk.get(at).copied().unwrap_or(false))
            });
            DIGITS.get(value).map_or('A', |digit| char::from(*digit))
        })
        .collect()
}
