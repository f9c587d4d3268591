//! Groups: `/api/v1/groups`.

use okta_client::Method;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::users;
use crate::{
    args::{Fields, Flag, Limit, Object},
    desk::{Created, Desk, Failure, Plan, Prepared},
    label,
    look::{self, Seen},
    merge,
    replace::no_marker,
    scope::Scope,
    tool::{Effect, Operation, Prepare, Tool, ToolDef, get, planned, tools},
};

tools![
    ListGroups,
    GetGroup,
    CreateGroup,
    UpdateGroup,
    DeleteGroup,
    ListGroupUsers,
    ListGroupApps,
    AddUserToGroup,
    RemoveUserFromGroup,
];

const ALL: &str = "/api/v1/groups";
const ONE: &str = "/api/v1/groups/{groupId}";
const MEMBER: &str = "/api/v1/groups/{groupId}/users/{userId}";
const GET: Operation = Operation::read(ONE, Scope::GROUPS_READ);
const USERS: Operation = Operation::read("/api/v1/groups/{groupId}/users", Scope::GROUPS_READ);
// The specification says `okta.groups.read` in every release; no stricter source exists.
const APPS: Operation = Operation::read("/api/v1/groups/{groupId}/apps", Scope::GROUPS_READ);
const ROLES: Operation = Operation::read("/api/v1/groups/{groupId}/roles", Scope::ROLES_READ);
const DELETE: Operation =
    Operation::change(Method::Delete, ONE, Scope::GROUPS_MANAGE, Effect::Destructive);
const ADD: Operation = Operation::change(Method::Put, MEMBER, Scope::GROUPS_MANAGE, Effect::Write);
const REMOVE: Operation =
    Operation::change(Method::Delete, MEMBER, Scope::GROUPS_MANAGE, Effect::Destructive);
/// As much of a list as a person is shown before a change.
const PAGE: &[(&str, &str)] = &[("limit", "200")];

/// List groups.
#[derive(Deserialize, Serialize, JsonSchema)]
#[serde(rename_all(serialize = "camelCase"), deny_unknown_fields)]
struct ListGroups {
    /// Such as `type eq "OKTA_GROUP" and profile.name sw "eng"`
    search: Option<String>,
    filter: Option<String>,
    /// Start of the name
    q: Option<String>,
    fetch_all: Option<Flag>,
    after: Option<String>,
    limit: Option<Limit>,
    fields: Option<Fields>,
}

impl Tool for ListGroups {
    const DEF: ToolDef = get::<Self>("list_groups", ALL, Scope::GROUPS_READ)
        .title("List groups")
        .page(&["search", "filter", "q", "after", "limit"])
        .limit(10_000);
}

/// Get a group.
#[derive(Deserialize, Serialize, JsonSchema)]
#[serde(rename_all(serialize = "camelCase"), deny_unknown_fields)]
struct GetGroup {
    group_id: String,
    fields: Option<Fields>,
}

impl Tool for GetGroup {
    const DEF: ToolDef = get::<Self>("get_group", ONE, Scope::GROUPS_READ).title("Get group");
}

/// List the members of a group.
#[derive(Deserialize, Serialize, JsonSchema)]
#[serde(rename_all(serialize = "camelCase"), deny_unknown_fields)]
struct ListGroupUsers {
    group_id: String,
    fetch_all: Option<Flag>,
    after: Option<String>,
    limit: Option<Limit>,
    fields: Option<Fields>,
}

impl Tool for ListGroupUsers {
    const DEF: ToolDef = get::<Self>("list_group_users", USERS.path, USERS.scope)
        .title("List group members")
        .page(&["after", "limit"])
        .limit(1000);
}

/// List the applications assigned to a group.
#[derive(Deserialize, Serialize, JsonSchema)]
#[serde(rename_all(serialize = "camelCase"), deny_unknown_fields)]
struct ListGroupApps {
    group_id: String,
    fetch_all: Option<Flag>,
    after: Option<String>,
    limit: Option<Limit>,
    fields: Option<Fields>,
}

impl Tool for ListGroupApps {
    const DEF: ToolDef = get::<Self>("list_group_apps", APPS.path, APPS.scope)
        .title("List a group's applications")
        .page(&["after", "limit"])
        .limit(200);
}

/// Create a group.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct CreateGroup {
    /// name, description, custom attributes
    profile: Object,
}

impl Tool for CreateGroup {
    const DEF: ToolDef = planned::<Self>(
        "create_group",
        Operation::change(Method::Post, ALL, Scope::GROUPS_MANAGE, Effect::Write),
    )
    .title("Create group");
}

impl Prepare for CreateGroup {
    async fn prepare(self, _: &dyn Desk) -> Result<Prepared, Failure> {
        no_marker("profile", &self.profile)?;
        let body = json!({ "profile": self.profile.0 });
        let name = label::group(&body);
        let request = users::operation::<Self>().request(&[])?.body(body);
        Ok(Plan::new(format!("Create group {name}"), request)
            .created(Created::new(GET, &[DELETE], "groupId"))
            .check("list_groups with search profile.name eq the name")
            .done("The group is created.")
            .into())
    }
}

/// Change a group's profile; attributes not given keep their value.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct UpdateGroup {
    group_id: String,
    profile: Object,
    /// Drop what is not given
    full_replace: Option<Flag>,
}

impl Tool for UpdateGroup {
    const DEF: ToolDef = planned::<Self>(
        "update_group",
        Operation::change(Method::Put, ONE, Scope::GROUPS_MANAGE, Effect::Write),
    )
    .title("Update group")
    .also(&[GET]);
}

impl Prepare for UpdateGroup {
    async fn prepare(self, desk: &dyn Desk) -> Result<Prepared, Failure> {
        let path = [("groupId", self.group_id.as_str())];
        let group = look::at(desk, GET, &path).await?.body;
        let old = group.get("profile").cloned().unwrap_or_default();
        let given = Value::Object(self.profile.0);
        let profile = if matches!(self.full_replace, Some(Flag(true))) {
            merge::replace(&old, &given)
        } else {
            merge::merge(&old, &given, &[])
        };
        let mut after = group.clone();
        if let Some(slot) = after.get_mut("profile") {
            slot.clone_from(&profile);
        }
        let operation = users::operation::<Self>();
        let undo = operation.request(&path)?.body(json!({ "profile": old }));
        let request = operation.request(&path)?.body(json!({ "profile": profile }));
        Ok(Plan::new(format!("Change group {}", label::group(&group)), request)
            .target(GET.request(&path)?, group)
            .after(after)
            .undo(undo)
            .check("get_group")
            .done("The group is changed.")
            .into())
    }
}

/// Delete a group. Its members lose what it grants.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct DeleteGroup {
    group_id: String,
}

impl Tool for DeleteGroup {
    const DEF: ToolDef =
        planned::<Self>("delete_group", DELETE).title("Delete group").also(&[GET, USERS, APPS]);
}

impl Prepare for DeleteGroup {
    async fn prepare(self, desk: &dyn Desk) -> Result<Prepared, Failure> {
        let path = [("groupId", self.group_id.as_str())];
        let group = look::at(desk, GET, &path).await?.body;
        let members = match look::around(desk, USERS, &path, PAGE).await? {
            Seen::Page(members, _) if members.is_empty() => "It has no members.".to_owned(),
            Seen::Page(members, more) => format!(
                "It has {}: {}.",
                label::count(&members, more, "member"),
                label::some(&members, label::user, more)
            ),
            Seen::Unknown(why) => format!("How many members it has is unknown: {why}."),
        };
        let apps = match look::around(desk, APPS, &path, PAGE).await? {
            Seen::Page(apps, _) if apps.is_empty() => "It is assigned no application.".to_owned(),
            Seen::Page(apps, more) => {
                format!("It grants access to {}.", label::some(&apps, label::app, more))
            }
            Seen::Unknown(why) => format!("Which applications it grants is unknown: {why}."),
        };
        let name = label::group(&group);
        Ok(Plan::new(format!("Delete group {name}"), DELETE.request(&path)?)
            .target(GET.request(&path)?, group)
            .loss(members)
            .loss(apps)
            .check("get_group: not found means done")
            .done(format!("Group {name} is deleted."))
            .into())
    }
}

/// Add a user to a group.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct AddUserToGroup {
    group_id: String,
    user_id: String,
}

impl Tool for AddUserToGroup {
    const DEF: ToolDef = planned::<Self>("add_user_to_group", ADD)
        .title("Add user to group")
        .also(&[GET, ROLES, users::GET]);
}

impl Prepare for AddUserToGroup {
    async fn prepare(self, desk: &dyn Desk) -> Result<Prepared, Failure> {
        let path = [("groupId", self.group_id.as_str()), ("userId", self.user_id.as_str())];
        let group = look::at(desk, GET, &path).await?.body;
        let name = label::group(&group);
        let who = who(desk, &self.user_id).await?;
        let mut plan = Plan::new(format!("Add {who} to group {name}"), ADD.request(&path)?)
            .undo(REMOVE.request(&path)?)
            .target(GET.request(&path)?, group)
            .check("list_user_groups")
            .done(format!("{who} is in group {name}."));
        match look::around(desk, ROLES, &path, &[]).await? {
            Seen::Page(roles, _) if roles.is_empty() => {}
            Seen::Page(roles, more) => {
                let roles = label::some(&roles, role, more);
                plan = plan
                    .raise(Effect::Sensitive, format!("the group grants the admin role {roles}"));
            }
            Seen::Unknown(why) => {
                plan = plan.raise(
                    Effect::Sensitive,
                    format!("whether the group grants an admin role is unknown: {why}"),
                );
            }
        }
        Ok(plan.into())
    }
}

/// Remove a user from a group.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct RemoveUserFromGroup {
    group_id: String,
    user_id: String,
}

impl Tool for RemoveUserFromGroup {
    const DEF: ToolDef = planned::<Self>("remove_user_from_group", REMOVE)
        .title("Remove user from group")
        .also(&[GET, APPS, users::GET]);
}

impl Prepare for RemoveUserFromGroup {
    async fn prepare(self, desk: &dyn Desk) -> Result<Prepared, Failure> {
        let path = [("groupId", self.group_id.as_str()), ("userId", self.user_id.as_str())];
        let group = look::at(desk, GET, &path).await?.body;
        let name = label::group(&group);
        let who = who(desk, &self.user_id).await?;
        let mut plan = Plan::new(format!("Remove {who} from group {name}"), REMOVE.request(&path)?)
            .undo(ADD.request(&path)?)
            .target(GET.request(&path)?, group)
            .check("list_user_groups")
            .done(format!("{who} is no longer in group {name}."));
        match look::around(desk, APPS, &path, PAGE).await? {
            Seen::Page(apps, _) if apps.is_empty() => {}
            Seen::Page(apps, more) => {
                let apps = label::some(&apps, label::app, more);
                plan = plan.loss(format!("The group grants access to {apps}."));
            }
            Seen::Unknown(why) => {
                plan = plan.loss(format!("Which applications are lost is unknown: {why}."));
            }
        }
        Ok(plan.into())
    }
}

/// The user's name where it can be read, else the id as given.
async fn who(desk: &dyn Desk, user_id: &str) -> Result<String, Failure> {
    if desk.allows(users::GET.scope) {
        Ok(label::user(&look::at(desk, users::GET, &[("id", user_id)]).await?.body))
    } else {
        Ok(format!("user {user_id}"))
    }
}

fn role(role: &Value) -> String {
    let name = label::text(role, "/label").or_else(|| label::text(role, "/type"));
    name.unwrap_or("?").to_owned()
}
