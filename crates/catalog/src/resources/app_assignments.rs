//! Who has an application: `/api/v1/apps/{appId}/users` and `/groups`.

use okta_client::BadRequest;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    args::{Fields, Flag, Limit},
    desk::Desk,
    label,
    look::{self, Seen},
    scope::Scope,
    tool::{Operation, Tool, ToolDef, get, tools},
};

tools![ListApplicationUsers, ListApplicationGroups];

pub(super) const USERS: Operation = Operation::read("/api/v1/apps/{appId}/users", Scope::APPS_READ);
pub(super) const GROUPS: Operation =
    Operation::read("/api/v1/apps/{appId}/groups", Scope::APPS_READ);

/// List the users who have an application, directly or through a group.
#[derive(Deserialize, Serialize, JsonSchema)]
#[serde(rename_all(serialize = "camelCase"), deny_unknown_fields)]
struct ListApplicationUsers {
    app_id: String,
    /// Start of a name or e-mail address
    q: Option<String>,
    fetch_all: Option<Flag>,
    after: Option<String>,
    limit: Option<Limit>,
    fields: Option<Fields>,
}

impl Tool for ListApplicationUsers {
    const DEF: ToolDef = get::<Self>("list_application_users", USERS.path, USERS.scope)
        .title("List an application's users")
        .page(&["q", "after", "limit"])
        .limit(500);
}

/// List the groups that an application is assigned to.
#[derive(Deserialize, Serialize, JsonSchema)]
#[serde(rename_all(serialize = "camelCase"), deny_unknown_fields)]
struct ListApplicationGroups {
    app_id: String,
    fetch_all: Option<Flag>,
    after: Option<String>,
    limit: Option<Limit>,
    fields: Option<Fields>,
}

impl Tool for ListApplicationGroups {
    const DEF: ToolDef = get::<Self>("list_application_groups", GROUPS.path, GROUPS.scope)
        .title("List an application's groups")
        .page(&["after", "limit"])
        .limit(200)
        .at_least(20);
}

/// Who has the application, one line for groups and one for users.
pub(super) async fn who_has(desk: &dyn Desk, app_id: &str) -> Result<[String; 2], BadRequest> {
    let path = [("appId", app_id)];
    let by_name = [("limit", "200"), ("expand", "group")];
    let groups = match look::around(desk, GROUPS, &path, &by_name).await? {
        Seen::Page(groups, _) if groups.is_empty() => "Assigned to no group.".to_owned(),
        Seen::Page(groups, more) => format!(
            "Assigned to {}: {}.",
            label::count(&groups, more, "group"),
            label::some(&groups, label::assigned_group, more)
        ),
        Seen::Unknown(why) => format!("Which groups it is assigned to is unknown: {why}."),
    };
    let users = match look::around(desk, USERS, &path, &[("limit", "500")]).await? {
        Seen::Page(users, _) if users.is_empty() => "Used by no user.".to_owned(),
        Seen::Page(users, more) => format!(
            "Used by {}: {}.",
            label::count(&users, more, "user"),
            label::some(&users, label::assigned_user, more)
        ),
        Seen::Unknown(why) => format!("How many users have it is unknown: {why}."),
    };
    Ok([groups, users])
}
