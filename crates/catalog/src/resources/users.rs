//! Users: `/api/v1/users`.

use okta_client::Method;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::{
    args::{Fields, Flag, Limit, Object},
    desk::{Answer, Created, Desk, Failure, Plan, Prepared},
    label,
    look::{self, Seen},
    merge,
    replace::no_marker,
    scope::Scope,
    shape::REDACTED,
    tool::{Effect, Operation, Prepare, Tool, ToolDef, get, planned, tools},
};

tools![
    ListUsers,
    GetUser,
    GetUserProfileAttributes,
    CreateUser,
    UpdateUser,
    DeactivateUser,
    DeleteDeactivatedUser,
    ListUserGroups,
];

const ONE: &str = "/api/v1/users/{id}";
pub(super) const LIST: Operation = Operation::read("/api/v1/users", Scope::USERS_READ);
pub(super) const GET: Operation = Operation::read(ONE, Scope::USERS_READ);
const APP_LINKS: Operation = Operation::read("/api/v1/users/{id}/appLinks", Scope::USERS_READ);
const DEACTIVATE: Operation = Operation::change(
    Method::Post,
    "/api/v1/users/{id}/lifecycle/deactivate",
    Scope::USERS_MANAGE,
    Effect::Destructive,
);
const DELETE: Operation =
    Operation::change(Method::Delete, ONE, Scope::USERS_MANAGE, Effect::Destructive);
const SCHEMA: Operation =
    Operation::read("/api/v1/meta/schemas/user/{schemaId}", Scope::SCHEMAS_READ);

/// The tool that reads a user; `me` is the one who asks.
pub const GET_USER: &ToolDef = &GetUser::DEF;

/// List users. Without `search`, deactivated users are left out.
#[derive(Deserialize, Serialize, JsonSchema)]
#[serde(rename_all(serialize = "camelCase"), deny_unknown_fields)]
struct ListUsers {
    /// Such as `status eq "LOCKED_OUT"` or `profile.department sw "Eng"`
    search: Option<String>,
    filter: Option<String>,
    /// Start of a name or e-mail address
    q: Option<String>,
    sort_by: Option<String>,
    sort_order: Option<String>,
    fetch_all: Option<Flag>,
    after: Option<String>,
    limit: Option<Limit>,
    fields: Option<Fields>,
}

impl Tool for ListUsers {
    const DEF: ToolDef = get::<Self>("list_users", "/api/v1/users", Scope::USERS_READ)
        .title("List users")
        .page(&["search", "filter", "q", "sortBy", "sortOrder", "after", "limit"])
        .limit(200);
}

/// Get a user.
#[derive(Deserialize, Serialize, JsonSchema)]
#[serde(rename_all(serialize = "camelCase"), deny_unknown_fields)]
struct GetUser {
    /// Id or login
    #[serde(rename(serialize = "id"))]
    user_id: String,
    fields: Option<Fields>,
}

impl Tool for GetUser {
    const DEF: ToolDef = get::<Self>("get_user", ONE, Scope::USERS_READ).title("Get user");
}

/// List the groups of a user.
#[derive(Deserialize, Serialize, JsonSchema)]
#[serde(rename_all(serialize = "camelCase"), deny_unknown_fields)]
struct ListUserGroups {
    #[serde(rename(serialize = "id"))]
    user_id: String,
    fields: Option<Fields>,
}

impl Tool for ListUserGroups {
    const DEF: ToolDef =
        get::<Self>("list_user_groups", "/api/v1/users/{id}/groups", Scope::USERS_READ)
            .title("List a user's groups")
            .page(&[]);
}

/// List the attributes of user profiles: names, types, which are required.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct GetUserProfileAttributes {}

impl Tool for GetUserProfileAttributes {
    const DEF: ToolDef = planned::<Self>("get_user_profile_attributes", SCHEMA)
        .title("List user profile attributes")
        .also(&[LIST])
        .any_of(&[Scope::USERS_READ, Scope::SCHEMAS_READ]);
}

impl Prepare for GetUserProfileAttributes {
    async fn prepare(self, desk: &dyn Desk) -> Result<Prepared, Failure> {
        if desk.allows(SCHEMA.scope) {
            let schema = look::at(desk, SCHEMA, &[("schemaId", "default")]).await?.body;
            return Ok(from_schema(&schema).into());
        }
        let request = LIST.request(&[])?.query("limit", "200");
        let reply = desk.get(request).await?;
        Ok(from_profiles(&reply.body).into())
    }
}

/// The attributes that the schema declares (`definitions.base` and `definitions.custom`).
fn from_schema(schema: &Value) -> Answer {
    let mut attributes = Vec::new();
    for part in ["base", "custom"] {
        let required = schema.pointer(&format!("/definitions/{part}/required"));
        let required = required.and_then(Value::as_array);
        let properties = schema.pointer(&format!("/definitions/{part}/properties"));
        for (name, property) in properties.and_then(Value::as_object).into_iter().flatten() {
            let mut attribute = Map::new();
            attribute.insert("name".to_owned(), json!(name));
            for key in ["title", "type", "description", "enum", "mutability", "maxLength"] {
                if let Some(value) = property.get(key) {
                    attribute.insert(key.to_owned(), value.clone());
                }
            }
            if let Some(kind) = property.pointer("/items/type") {
                attribute.insert("items".to_owned(), kind.clone());
            }
            let needed = required.is_some_and(|names| names.iter().any(|item| item == name));
            if needed || property.get("required") == Some(&Value::Bool(true)) {
                attribute.insert("required".to_owned(), json!(true));
            }
            attribute.insert("custom".to_owned(), json!(part == "custom"));
            attributes.push(Value::Object(attribute));
        }
    }
    let rows = attributes.len() as u64;
    Answer { value: json!({ "attributes": attributes, "complete": true }), rows, links: false }
}

/// The attributes that some users' profiles have: names and types, never values.
fn from_profiles(users: &Value) -> Answer {
    let mut seen: Map<String, Value> = Map::new();
    for user in users.as_array().into_iter().flatten() {
        for (name, value) in user.get("profile").and_then(Value::as_object).into_iter().flatten() {
            let kind = match value {
                Value::Null => "null",
                Value::Bool(_) => "boolean",
                Value::Number(_) => "number",
                Value::String(_) => "string",
                Value::Array(_) => "array",
                Value::Object(_) => "object",
            };
            let known = seen.entry(name.clone()).or_insert_with(|| json!(kind));
            if known == "null" {
                *known = json!(kind);
            }
        }
    }
    let rows = seen.len() as u64;
    let attributes: Vec<Value> =
        seen.into_iter().map(|(name, kind)| json!({ "name": name, "type": kind })).collect();
    let value = json!({
        "attributes": attributes,
        "complete": false,
        "notes": [format!(
            "Seen in the profiles of some users; attributes that none of them has are missing. \
             For all of them add the scope {}.",
            SCHEMA.scope
        )],
    });
    Answer { value, rows, links: false }
}

/// Create a user.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct CreateUser {
    /// firstName, lastName, email, login and others
    profile: Object,
    /// Default true
    activate: Option<Flag>,
}

impl Tool for CreateUser {
    const DEF: ToolDef = planned::<Self>(
        "create_user",
        Operation::change(Method::Post, "/api/v1/users", Scope::USERS_MANAGE, Effect::Write),
    )
    .title("Create user");
}

impl Prepare for CreateUser {
    async fn prepare(self, _: &dyn Desk) -> Result<Prepared, Failure> {
        no_marker("profile", &self.profile)?;
        let body = json!({ "profile": self.profile.0 });
        let who = label::user(&body);
        let mut request = operation::<Self>().request(&[])?.body(body);
        if let Some(Flag(activate)) = self.activate {
            request = request.query("activate", activate.to_string());
        }
        Ok(Plan::new(format!("Create user {who}"), request)
            .created(Created::new(GET, &[DEACTIVATE, DELETE], "id"))
            .check("list_users with search profile.login eq the login")
            .done("The user is created.")
            .into())
    }
}

/// Change a user's profile: the attributes given, no others. `null` clears one.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct UpdateUser {
    user_id: String,
    profile: Object,
}

impl Tool for UpdateUser {
    const DEF: ToolDef = planned::<Self>(
        "update_user",
        Operation::change(Method::Post, ONE, Scope::USERS_MANAGE, Effect::Write),
    )
    .title("Update user")
    .also(&[GET]);
}

impl Prepare for UpdateUser {
    async fn prepare(self, desk: &dyn Desk) -> Result<Prepared, Failure> {
        let path = [("id", self.user_id.as_str())];
        let reply = look::at(desk, GET, &path).await?;
        let mut profile = self.profile.0;
        profile.retain(|_, value| value != REDACTED);
        if profile.is_empty() {
            return Err(Failure::Arguments("`profile` holds nothing to change".to_owned()));
        }
        let old = reply.body.get("profile").cloned().unwrap_or_default();
        let profile = merge::replace(&old, &Value::Object(profile));
        let given = profile.as_object().cloned().unwrap_or_default();
        let back: Map<String, Value> = given
            .keys()
            .map(|key| (key.clone(), old.get(key).cloned().unwrap_or_default()))
            .collect();
        let change = json!({ "profile": profile });
        let after = merge::merge(&reply.body, &change, &[]);
        let mut request = operation::<Self>().request(&path)?.body(change);
        if let Some(etag) = &reply.etag {
            request = request.if_match(etag);
        }
        let undo = operation::<Self>().request(&path)?.body(json!({ "profile": back }));
        Ok(Plan::new(format!("Change the profile of {}", label::user(&reply.body)), request)
            .target(GET.request(&path)?, reply.body)
            .after(after)
            .undo(undo)
            .check("get_user")
            .done("The user is changed.")
            .into())
    }
}

/// Deactivate a user. They lose access to every application.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct DeactivateUser {
    user_id: String,
}

impl Tool for DeactivateUser {
    const DEF: ToolDef = planned::<Self>("deactivate_user", DEACTIVATE)
        .title("Deactivate user")
        .also(&[GET, APP_LINKS]);
}

impl Prepare for DeactivateUser {
    async fn prepare(self, desk: &dyn Desk) -> Result<Prepared, Failure> {
        let path = [("id", self.user_id.as_str())];
        let user = look::at(desk, GET, &path).await?.body;
        let apps = match look::around(desk, APP_LINKS, &path, &[]).await? {
            Seen::Page(apps, _) if apps.is_empty() => "No application on the dashboard.".to_owned(),
            Seen::Page(apps, more) => {
                format!("Loses access to {}.", label::some(&apps, label::app, more))
            }
            Seen::Unknown(why) => format!("Which applications are lost is unknown: {why}."),
        };
        let who = label::user(&user);
        Ok(Plan::new(format!("Deactivate user {who}"), DEACTIVATE.request(&path)?)
            .target(GET.request(&path)?, user)
            .loss(apps)
            .loss("Application assignments and the password are not restored by activating again.")
            .check("get_user: status DEPROVISIONED means done")
            .done(format!("{who} is deactivated."))
            .into())
    }
}

/// Delete a deactivated user for good.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct DeleteDeactivatedUser {
    user_id: String,
}

impl Tool for DeleteDeactivatedUser {
    const DEF: ToolDef = planned::<Self>("delete_deactivated_user", DELETE)
        .title("Delete deactivated user")
        .also(&[GET]);
}

impl Prepare for DeleteDeactivatedUser {
    async fn prepare(self, desk: &dyn Desk) -> Result<Prepared, Failure> {
        let path = [("id", self.user_id.as_str())];
        let user = look::at(desk, GET, &path).await?.body;
        let who = label::user(&user);
        let status = label::text(&user, "/status").unwrap_or("unknown");
        if status != "DEPROVISIONED" {
            return Err(Failure::Refused {
                message: format!("{who} is not deactivated (status {status})"),
                next: "call deactivate_user first".to_owned(),
            });
        }
        Ok(Plan::new(format!("Delete user {who} for good"), DELETE.request(&path)?)
            .target(GET.request(&path)?, user)
            .loss("The user, the profile and the history of the account: they cannot be restored.")
            .check("get_user: not found means done")
            .done(format!("{who} is deleted."))
            .into())
    }
}

/// The operation that a tool of this file stands for.
pub(super) fn operation<T: Tool>() -> Operation {
    T::DEF.operation.unwrap_or(LIST)
}
