//! Who administers the org: the roles of people and of groups, for reading.

use serde_json::{Value, json};

use crate::{
    answer::Answer,
    call::{Call, stamp},
    error::Result,
    id::Id,
    route::{Route, get},
    store::State,
};

const READ: &str = "okta.roles.read";

pub(super) const ROUTES: &[Route] = &[
    get("/api/v1/users/{userId}/roles", READ, of_user),
    get("/api/v1/groups/{groupId}/roles", READ, of_group),
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
