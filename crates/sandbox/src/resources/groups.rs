//! Groups, and who is in them.

use serde_json::{Map, Value, json};

use crate::{
    answer::Answer,
    call::{Call, stamp},
    error::{ApiError, Result},
    id::Id,
    log::Target,
    route::{Route, delete, get, post, put},
    store::{Group, GroupType},
};

const READ: &str = "okta.groups.read";
const MANAGE: &str = "okta.groups.manage";

pub(super) const ROUTES: &[Route] = &[
    get("/api/v1/groups", READ, list).limit(500),
    post("/api/v1/groups", MANAGE, create).limit(500),
    get("/api/v1/groups/{groupId}", READ, read).limit(1_000),
    put("/api/v1/groups/{groupId}", MANAGE, replace).limit(1_000),
    delete("/api/v1/groups/{groupId}", MANAGE, remove).limit(1_000),
];

fn list(call: &mut Call<'_>) -> Result<Answer> {
    let limit = call.limit(10_000, 10_000)?;
    let after = call.query("after").and_then(Id::parse);
    let groups =
        call.state.groups.iter().filter(|group| after.is_none_or(|after| group.id > after));
    Ok(call.page_of(groups, limit, |group| group.id.to_string(), |group| render(call, group)))
}

fn read(call: &mut Call<'_>) -> Result<Answer> {
    let group = find(call)?;
    Ok(Answer::ok(render(call, group)))
}

fn create(call: &mut Call<'_>) -> Result<Answer> {
    let profile = profile(call)?;
    let group = Group {
        id: call.new_id("00g"),
        kind: GroupType::Okta,
        created: call.now,
        last_updated: call.now,
        last_membership_updated: call.now,
        profile,
        source: None,
    };
    call.log("group.lifecycle.create", vec![Target::group(group.id, group.name())]);
    let answer = Answer::ok(render(call, &group));
    call.state.groups.put(group);
    Ok(answer)
}

fn replace(call: &mut Call<'_>) -> Result<Answer> {
    let id = changeable(call)?;
    let profile = profile(call)?;
    if let Some(group) = call.state.groups.get_mut(id) {
        group.profile = profile;
        group.last_updated = call.now;
    }
    let group = find(call)?;
    let answer = Answer::ok(render(call, group));
    let target = Target::group(group.id, group.name());
    call.log("group.profile.update", vec![target]);
    Ok(answer)
}

fn remove(call: &mut Call<'_>) -> Result<Answer> {
    let id = changeable(call)?;
    let target = Target::group(id, find(call)?.name());
    call.state.remove_group(id);
    call.log("group.lifecycle.delete", vec![target]);
    Ok(Answer::empty(204))
}

/// The group in the path.
fn find<'a>(call: &'a Call<'_>) -> Result<&'a Group> {
    let id = call.id_param("groupId", "UserGroup")?;
    call.state.groups.get(id).ok_or_else(|| ApiError::not_found(id.as_str(), "UserGroup"))
}

/// The id of the group in the path, which must be one that Okta itself keeps.
fn changeable(call: &Call<'_>) -> Result<Id> {
    let group = find(call)?;
    if group.kind == GroupType::Okta { Ok(group.id) } else { Err(ApiError::forbidden()) }
}

/// The profile of a request body.
fn profile(call: &Call<'_>) -> Result<Map<String, Value>> {
    let mut body = call.json()?;
    let Some(Value::Object(mut profile)) = body.remove("profile") else {
        return Err(ApiError::invalid("profile", "profile: The field cannot be left blank"));
    };
    let name = profile.get("name").and_then(Value::as_str).unwrap_or_default();
    if name.is_empty() {
        return Err(ApiError::invalid("name", "name: The field cannot be left blank"));
    }
    profile.entry("description").or_insert(Value::Null);
    Ok(profile)
}

/// A group as Okta shows it.
pub(super) fn render(call: &Call<'_>, group: &Group) -> Value {
    let path = format!("/api/v1/groups/{}", group.id);
    json!({
        "id": group.id,
        "created": stamp(group.created),
        "lastUpdated": stamp(group.last_updated),
        "lastMembershipUpdated": stamp(group.last_membership_updated),
        "objectClass": ["okta:user_group"],
        "type": group.kind.as_str(),
        "profile": group.profile,
        "_links": {
            "users": call.link(&format!("{path}/users")),
            "apps": call.link(&format!("{path}/apps")),
        },
    })
}
