//! Who administers the org: the roles of people, groups and service apps.

use serde_json::{Map, Value, json};

use crate::{
    answer::Answer,
    call::{Call, stamp},
    error::{ApiError, Result},
    id::Id,
    listing,
    log::Target,
    oauth::Client,
    route::{Route, delete, get, post},
    store::{State, User},
};

const READ: &str = "okta.roles.read";
const MANAGE: &str = "okta.roles.manage";

pub(super) const ROUTES: &[Route] = &[
    get("/api/v1/users/{userId}/roles", READ, of_user),
    post("/api/v1/users/{userId}/roles", MANAGE, assign),
    delete("/api/v1/users/{userId}/roles/{roleAssignmentId}", MANAGE, unassign),
    get("/api/v1/groups/{groupId}/roles", READ, of_group),
    post("/api/v1/groups/{groupId}/roles", MANAGE, assign),
    delete("/api/v1/groups/{groupId}/roles/{roleAssignmentId}", MANAGE, unassign),
    get("/oauth2/v1/clients/{clientId}/roles", READ, of_client),
    post("/oauth2/v1/clients/{clientId}/roles", MANAGE, assign),
    delete("/oauth2/v1/clients/{clientId}/roles/{roleAssignmentId}", MANAGE, unassign),
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

fn of_client(call: &mut Call<'_>) -> Result<Answer> {
    let client = find_client(call)?;
    Ok(Answer::ok(Value::Array(held(call, client, &format!("/oauth2/v1/clients/{client}")))))
}

fn find_client(call: &Call<'_>) -> Result<Id> {
    let text = call.param("clientId");
    let client = Client::find(call.state, text).map(|client| client.id);
    client.ok_or_else(|| ApiError::not_found(text, "PublicClientApp"))
}

/// Whose roles the path is about, the link to it, and how the System Log tells of a change.
struct Holder {
    id: Id,
    link: String,
    target: Target,
    granted: &'static str,
    revoked: &'static str,
}

fn holder(call: &Call<'_>) -> Result<Holder> {
    if !call.param("clientId").is_empty() {
        let id = find_client(call)?;
        let label = call.state.app_label(id);
        return Ok(Holder {
            id,
            link: format!("/oauth2/v1/clients/{id}"),
            target: Target::new(id.as_str(), "PublicClientApp", id.as_str(), label),
            granted: "app.oauth2.client.privilege.grant",
            revoked: "app.oauth2.client.privilege.revoke",
        });
    }
    if !call.param("groupId").is_empty() {
        let group = super::groups::find(call)?;
        return Ok(Holder {
            id: group.id,
            link: format!("/api/v1/groups/{}", group.id),
            target: Target::group(group.id, group.name()),
            granted: "group.privilege.grant",
            revoked: "group.privilege.revoke",
        });
    }
    let user = super::users::find(call, "userId")?;
    Ok(Holder {
        id: user.id,
        link: format!("/api/v1/users/{}", user.id),
        target: Target::user(user),
        granted: "user.account.privilege.grant",
        revoked: "user.account.privilege.revoke",
    })
}

/// Gives a standard role. Custom roles, and roles for some groups or apps only, are not here.
fn assign(call: &mut Call<'_>) -> Result<Answer> {
    let Holder { id, link, target, granted, .. } = holder(call)?;
    let body = call.json()?;
    let Some(kind) = body.get("type").and_then(Value::as_str) else {
        return Err(ApiError::blank("type"));
    };
    let Some((role, label)) = LABELS.iter().find(|(name, _)| *name == kind) else {
        return Err(ApiError::invalid("type", "type: The field has an invalid value"));
    };
    let has = call.state.roles.get(&id).is_some_and(|rows| {
        rows.iter().any(|row| row.get("type").and_then(Value::as_str) == Some(role))
    });
    if has {
        return Err(ApiError::new(409, "E0000090", "Duplicate role assignment exception."));
    }
    let assignment = assignment_id(call.state, id, role);
    add(call.state, id, role, &assignment, call.now);
    call.log(granted, vec![target.detail("privilegeGranted", label)]);
    let given = held(call, id, &link).pop();
    Ok(Answer::json(201, given.unwrap_or_default()))
}

fn unassign(call: &mut Call<'_>) -> Result<Answer> {
    let Holder { id, target, revoked, .. } = holder(call)?;
    let wanted = call.param("roleAssignmentId").to_owned();
    let rows = call.state.roles.get_mut(&id);
    let found = rows.and_then(|rows| {
        let at = rows.iter().position(|row| row.get("id") == Some(&json!(wanted)))?;
        Some(rows.remove(at))
    });
    let role = found.ok_or_else(|| ApiError::not_found(&wanted, "RoleAssignment"))?;
    if call.state.roles.get(&id).is_some_and(Vec::is_empty) {
        call.state.roles.remove(&id);
    }
    let label = role.get("label").and_then(Value::as_str).unwrap_or_default();
    call.log(revoked, vec![target.detail("privilegeRevoked", label)]);
    Ok(Answer::empty(204))
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

/// Gives a standard role to a holder in a new org.
pub(crate) fn grant(state: &mut State, holder: Id, role: &'static str, now: jiff::Timestamp) {
    let id = if role == "SUPER_ADMIN" { state.maker.id("ra1").to_string() } else { base32(role) };
    add(state, holder, role, &id, now);
}

/// The id of a new assignment: roles that can be limited to some groups or apps are called by name.
fn assignment_id(state: &mut State, holder: Id, role: &str) -> String {
    const LIMITED: [&str; 4] =
        ["APP_ADMIN", "USER_ADMIN", "HELP_DESK_ADMIN", "GROUP_MEMBERSHIP_ADMIN"];
    if LIMITED.contains(&role) {
        return base32(role);
    }
    let prefix = if holder.has_prefix("00g") { "gra" } else { "ra1" };
    state.maker.id(prefix).to_string()
}

fn add(state: &mut State, holder: Id, role: &'static str, id: &str, now: jiff::Timestamp) {
    let label = LABELS.iter().find(|(name, _)| *name == role).map_or(role, |(_, label)| label);
    let to = match holder {
        _ if holder.has_prefix("00g") => "GROUP",
        _ if holder.has_prefix("0oa") => "CLIENT",
        _ => "USER",
    };
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
