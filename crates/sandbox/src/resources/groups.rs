//! Groups.

use serde_json::{Map, Value, json};

use super::users::brief;
use crate::{
    answer::Answer,
    call::{Call, stamp},
    error::{ApiError, Result},
    id::Id,
    listing::{self, Ask, Sort},
    log::Target,
    route::{Route, delete, get, post, put},
    scim::{Comparison, Op, Operand},
    store::{Group, GroupType, schema},
};

pub(super) const READ: &str = "okta.groups.read";
const MANAGE: &str = "okta.groups.manage";

pub(super) const ROUTES: &[Route] = &[
    get("/api/v1/groups", READ, list).limit(500),
    post("/api/v1/groups", MANAGE, create).limit(500),
    get("/api/v1/groups/{groupId}", READ, read).limit(1_000),
    put("/api/v1/groups/{groupId}", MANAGE, replace).limit(1_000),
    delete("/api/v1/groups/{groupId}", MANAGE, remove).limit(1_000),
    get("/api/v1/groups/{groupId}/users", READ, list_members).limit(500),
    put("/api/v1/groups/{groupId}/users/{userId}", MANAGE, add_member),
    delete("/api/v1/groups/{groupId}/users/{userId}", MANAGE, remove_member),
];

fn list(call: &mut Call<'_>) -> Result<Answer> {
    let ask = Ask::read(call, search_rule, filter_rule)?;
    if let Ask::Prefix(q) = &ask {
        let limit = call.limit(300, 10_000)?;
        let fits = |group: &&Group| group.name().to_lowercase().starts_with(q);
        let found = call.state.groups.iter().filter(fits).take(limit);
        return Ok(call.page(found.map(|group| render(call, group)).collect(), None));
    }
    let limit = call.limit(10_000, 10_000)?;
    let fits = |group: &&Group| match &ask {
        Ask::Where(filter, case) => filter.matches(*case, &|path| operand(group, path)),
        _ => true,
    };
    let found = call.state.groups.iter().filter(fits);
    if let Some(sort) = Sort::read(call).filter(|_| call.query("search").is_some()) {
        let key = |group: &&Group| (Sort::key(&operand(group, &sort.path)), group.id);
        let found = listing::sorted(found, &sort, call.query("after"), key)?;
        return Ok(call.page_of(
            found.into_iter(),
            limit,
            |(key, id, _)| listing::write_cursor(key, *id),
            |(_, _, group)| render(call, group),
        ));
    }
    let after = listing::after_id(call, "00g")?;
    let found = found.filter(|group| after.is_none_or(|after| group.id > after));
    Ok(call.page_of(found, limit, |group| group.id.to_string(), |group| render(call, group)))
}

/// `search`: any attribute, any operator but `ne`.
fn search_rule(comparison: &Comparison) -> Result<(), String> {
    let Comparison { path, op, .. } = comparison;
    let own = ["id", "type", "created", "lastUpdated", "lastMembershipUpdated", "source.id"];
    let known = path.strip_prefix("profile.").map_or_else(
        || own.contains(&path.as_str()),
        |name| schema::position(&schema::GROUP, name).is_some(),
    );
    if !known {
        return Err(format!("The attribute is not known: {path}"));
    }
    if *op == Op::Ne { listing::refuse(comparison) } else { Ok(()) }
}

/// `filter`: `id`, `type` and the two dates.
fn filter_rule(comparison: &Comparison) -> Result<(), String> {
    match (comparison.path.as_str(), comparison.op) {
        ("id" | "type", Op::Eq) => Ok(()),
        ("lastUpdated" | "lastMembershipUpdated", op) if op == Op::Eq || op.is_order() => Ok(()),
        _ => listing::refuse(comparison),
    }
}

fn operand<'a>(group: &'a Group, path: &str) -> Operand<'a> {
    match path {
        "id" => Operand::text(group.id.as_str()),
        "type" => Operand::text(group.kind.as_str()),
        "created" => Operand::Time(group.created),
        "lastUpdated" => Operand::Time(group.last_updated),
        "lastMembershipUpdated" => Operand::Time(group.last_membership_updated),
        "source.id" => {
            group.source.as_ref().map_or(Operand::Absent, |id| Operand::text(id.as_str()))
        }
        _ => {
            let name = path.strip_prefix("profile.").unwrap_or_default();
            group.profile.get(name).map_or(Operand::Absent, Operand::json)
        }
    }
}

fn read(call: &mut Call<'_>) -> Result<Answer> {
    let group = find(call)?;
    Ok(Answer::ok(render(call, group)))
}

fn create(call: &mut Call<'_>) -> Result<Answer> {
    let profile = profile(call, None)?;
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
    let profile = profile(call, Some(id))?;
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

fn list_members(call: &mut Call<'_>) -> Result<Answer> {
    let group = find(call)?.id;
    let limit = call.limit(1_000, 1_000)?;
    let after = listing::after_id(call, "00u")?;
    let members = call.state.members(group, after);
    Ok(call.page_of(members, limit, |user| user.id.to_string(), |user| brief(call, user)))
}

fn add_member(call: &mut Call<'_>) -> Result<Answer> {
    let group = changeable(call)?;
    let user = member(call)?;
    join(call, group, user);
    Ok(Answer::empty(204))
}

fn remove_member(call: &mut Call<'_>) -> Result<Answer> {
    let group = changeable(call)?;
    let user = member(call)?;
    set_member(call, group, user, false);
    Ok(Answer::empty(204))
}

/// Makes `user` a member of `group`.
pub(super) fn join(call: &mut Call<'_>, group: Id, user: Id) {
    set_member(call, group, user, true);
}

fn set_member(call: &mut Call<'_>, group: Id, user: Id, member: bool) {
    if group == call.state.groups.everyone || !call.state.set_member(group, user, member) {
        return;
    }
    let now = call.now;
    let name = call.state.groups.get_mut(group).map(|group| {
        group.last_membership_updated = now;
        group.name().to_owned()
    });
    let person = call.state.users.get(user).map(Target::user);
    let event = if member { "group.user_membership.add" } else { "group.user_membership.remove" };
    let targets = person.into_iter().chain(name.map(|name| Target::group(group, &name)));
    call.log(event, targets.collect());
}

/// The user in the path of a membership, by id or login.
fn member(call: &Call<'_>) -> Result<Id> {
    super::users::find_id(call, "userId")
}

/// The group in the path.
pub(super) fn find<'a>(call: &'a Call<'_>) -> Result<&'a Group> {
    let id = call.id_param("groupId", "UserGroup")?;
    call.state.groups.get(id).ok_or_else(|| ApiError::not_found(id.as_str(), "UserGroup"))
}

/// The id of the group in the path, which must be one that Okta itself keeps.
fn changeable(call: &Call<'_>) -> Result<Id> {
    let group = find(call)?;
    if group.kind == GroupType::Okta { Ok(group.id) } else { Err(super::users::wrong_status()) }
}

/// The profile of a request body, checked; `own` is the group that it is for.
fn profile(call: &Call<'_>, own: Option<Id>) -> Result<Map<String, Value>> {
    let mut body = call.json()?;
    let Some(Value::Object(mut profile)) = body.remove("profile") else {
        return Err(ApiError::invalid("profile", "profile: The field cannot be left blank"));
    };
    schema::check(&schema::GROUP, &profile, false)
        .map_err(|causes| ApiError::profile("group", causes))?;
    let name = profile.get("name").and_then(Value::as_str).unwrap_or_default();
    if call.state.groups.named(name).is_some_and(|other| Some(other.id) != own) {
        let cause = "name: An object with this field already exists in the current organization";
        return Err(ApiError::invalid("name", cause));
    }
    profile.entry("description").or_insert(Value::Null);
    Ok(profile)
}

/// A group as Okta shows it.
pub(super) fn render(call: &Call<'_>, group: &Group) -> Value {
    let path = format!("/api/v1/groups/{}", group.id);
    let logo = |size: &str| {
        let href = call.href(&format!("/assets/img/logos/groups/odyssey/okta-{size}.png"));
        json!({ "name": size, "href": href, "type": "image/png" })
    };
    let mut object = json!({
        "id": group.id,
        "created": stamp(group.created),
        "lastUpdated": stamp(group.last_updated),
        "lastMembershipUpdated": stamp(group.last_membership_updated),
        "objectClass": [object_class(group.kind)],
        "type": group.kind.as_str(),
        "profile": group.profile,
        "_links": {
            "logo": [logo("medium"), logo("large")],
            "users": call.link(&format!("{path}/users")),
            "apps": call.link(&format!("{path}/apps")),
        },
    });
    if let Some((source, object)) = group.source.zip(object.as_object_mut()) {
        object.insert("source".to_owned(), json!({ "id": source }));
    }
    let wanted = call.query("expand").is_some_and(|expand| expand.contains("stats"));
    if let Some(object) = object.as_object_mut().filter(|_| wanted) {
        object.insert("_embedded".to_owned(), json!({ "stats": stats(call, group) }));
    }
    object
}

const fn object_class(kind: GroupType) -> &'static str {
    match kind {
        GroupType::App => "okta:windows_security_principal",
        GroupType::Okta | GroupType::BuiltIn => "okta:user_group",
    }
}

fn stats(call: &Call<'_>, group: &Group) -> Value {
    let users = if group.kind == GroupType::BuiltIn {
        call.state.users.len()
    } else {
        call.state.groups.member_count(group.id)
    };
    json!({
        "usersCount": users,
        "appsCount": call.state.assignments.apps_of_group(group.id).count(),
        "groupPushMappingsCount": 0,
        "hasAdminPrivilege": call.state.roles.contains_key(&group.id),
    })
}
