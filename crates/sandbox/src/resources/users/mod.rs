//! People.

mod lifecycle;
mod list;
mod render;
mod write;

use serde_json::Value;

use self::render::full;
pub(super) use self::{
    render::{brief, schema_id, schema_path},
    write::{check_password, wrong_status},
};
use super::groups;
use crate::{
    answer::Answer,
    call::Call,
    error::{ApiError, Result},
    id::Id,
    route::{Route, delete, get, post, put},
    store::{State, User},
};

pub(super) const READ: &str = "okta.users.read";
pub(super) const MANAGE: &str = "okta.users.manage";
/// With this one people read themselves.
pub(super) const SELF: &str = "okta.users.read.self";

/// The bucket of all changes of state.
const CYCLE: &str = "/api/v1/users/{id}/lifecycle/*";

const fn cycle(path: &'static str, handler: crate::route::Handler) -> Route {
    post(path, MANAGE, handler).bucket(CYCLE)
}

pub(super) const ROUTES: &[Route] = &[
    get("/api/v1/users", READ, list::list),
    post("/api/v1/users", MANAGE, write::create),
    get("/api/v1/users/{id}", READ, read).own(SELF).limit(2_000),
    post("/api/v1/users/{id}", MANAGE, write::update),
    put("/api/v1/users/{id}", MANAGE, write::replace),
    delete("/api/v1/users/{id}", MANAGE, lifecycle::delete),
    get("/api/v1/users/{id}/groups", READ, list_groups).limit(1_000),
    cycle("/api/v1/users/{id}/lifecycle/activate", lifecycle::activate),
    cycle("/api/v1/users/{id}/lifecycle/reactivate", lifecycle::reactivate),
    cycle("/api/v1/users/{id}/lifecycle/deactivate", lifecycle::deactivate),
    cycle("/api/v1/users/{id}/lifecycle/suspend", lifecycle::suspend),
    cycle("/api/v1/users/{id}/lifecycle/unsuspend", lifecycle::unsuspend),
    cycle("/api/v1/users/{id}/lifecycle/unlock", lifecycle::unlock),
    cycle("/api/v1/users/{id}/lifecycle/reset_password", lifecycle::reset_password),
    cycle("/api/v1/users/{id}/lifecycle/expire_password", lifecycle::expire_password),
    cycle(
        "/api/v1/users/{id}/lifecycle/expire_password_with_temp_password",
        lifecycle::expire_password_with_temp_password,
    ),
    cycle("/api/v1/users/{id}/lifecycle/reset_factors", lifecycle::reset_factors),
];

fn read(call: &mut Call<'_>) -> Result<Answer> {
    let user = find(call, "id")?;
    Ok(Answer::ok(full(call, user)).header("etag", etag(user)))
}

fn list_groups(call: &mut Call<'_>) -> Result<Answer> {
    let user = find(call, "id")?;
    let groups = call.state.groups_of(user.id).map(|group| groups::render(call, group));
    let link = format!("<{}{}?limit=200>; rel=\"self\"", call.base, call.path);
    Ok(Answer::ok(Value::Array(groups.collect())).header("link", link))
}

/// The user whom the placeholder names by id, login, short name or `me`.
pub(super) fn find<'a>(call: &'a Call<'_>, placeholder: &str) -> Result<&'a User> {
    let name = call.param(placeholder);
    let found = match call.principal.user().filter(|_| name == "me") {
        Some(id) => call.state.users.get(id),
        None => named(call.state, name),
    };
    found.ok_or_else(|| ApiError::not_found(name, "User"))
}

/// The id of that user.
pub(super) fn find_id(call: &Call<'_>, placeholder: &str) -> Result<Id> {
    find(call, placeholder).map(|user| user.id)
}

fn named<'a>(state: &'a State, name: &str) -> Option<&'a User> {
    let by_id = || Id::parse(name).and_then(|id| state.users.get(id));
    let by_short_name = || {
        // The part before the `@`, where it names one user only.
        let short = |user: &&User| {
            user.login().split_once('@').is_some_and(|(local, _)| local.eq_ignore_ascii_case(name))
        };
        let mut matches = state.users.iter().filter(short);
        matches.next().filter(|_| matches.next().is_none())
    };
    let known = by_id().or_else(|| state.users.by_login(name));
    if known.is_some() || name.contains('@') { known } else { by_short_name() }
}

/// The entity tag of a user: another one after each change.
fn etag(user: &User) -> String {
    format!(
        "W/\"{:x}\"",
        u64::from(user.version) << 32 | (user.created.as_second() & 0xffff_ffff).unsigned_abs()
    )
}
