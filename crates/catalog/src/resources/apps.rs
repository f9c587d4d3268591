//! Applications: `/api/v1/apps`.

use okta_client::{BadRequest, Method};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::app_assignments as assignments;
use crate::{
    args::{Fields, Flag, Limit, Object},
    desk::{Created, Desk, Failure, Plan, Prepared},
    label, look, merge, read_only,
    replace::{Replacement, no_marker},
    scope::Scope,
    switch::Turn,
    tool::{Effect, Operation, Prepare, Tool, ToolDef, get, planned, tools},
};

tools![
    ListApplications,
    GetApplication,
    CreateApplication,
    UpdateApplication,
    DeleteApplication,
    ActivateApplication,
    DeactivateApplication,
];

const ALL: &str = "/api/v1/apps";
const ONE: &str = "/api/v1/apps/{appId}";
const GET: Operation = Operation::read(ONE, Scope::APPS_READ);
const CREATE: Operation = Operation::change(Method::Post, ALL, Scope::APPS_MANAGE, Effect::Write);
const UPDATE: Operation = Operation::change(Method::Put, ONE, Scope::APPS_MANAGE, Effect::Write);
const DELETE: Operation =
    Operation::change(Method::Delete, ONE, Scope::APPS_MANAGE, Effect::Destructive);
const ACTIVATE: Operation = Operation::change(
    Method::Post,
    "/api/v1/apps/{appId}/lifecycle/activate",
    Scope::APPS_MANAGE,
    Effect::Sensitive,
);
const DEACTIVATE: Operation = Operation::change(
    Method::Post,
    "/api/v1/apps/{appId}/lifecycle/deactivate",
    Scope::APPS_MANAGE,
    Effect::Destructive,
);

/// Where an application's settings decide who gets in, with what, and where they land.
const GUARDED: &[&str] = &[
    "signOnMode",
    "accessibility",
    "credentials",
    "settings.app",
    "settings.implicitAssignment",
    "settings.oauthClient",
    "settings.signOn",
];

/// List applications.
#[derive(Deserialize, Serialize, JsonSchema)]
#[serde(rename_all(serialize = "camelCase"), deny_unknown_fields)]
struct ListApplications {
    /// Start of the name or label
    q: Option<String>,
    /// Such as `status eq "ACTIVE"` or `user.id eq "00u…"`
    filter: Option<String>,
    /// `user/{id}` with a filter on user.id: that user's assignment
    expand: Option<String>,
    include_non_deleted: Option<Flag>,
    fetch_all: Option<Flag>,
    after: Option<String>,
    limit: Option<Limit>,
    fields: Option<Fields>,
}

impl Tool for ListApplications {
    const DEF: ToolDef = get::<Self>("list_applications", ALL, Scope::APPS_READ)
        .title("List applications")
        .page(&["q", "filter", "expand", "includeNonDeleted", "after", "limit"])
        .limit(200);
}

/// Get an application.
#[derive(Deserialize, Serialize, JsonSchema)]
#[serde(rename_all(serialize = "camelCase"), deny_unknown_fields)]
struct GetApplication {
    app_id: String,
    /// `user/{id}`: that user's assignment
    expand: Option<String>,
    fields: Option<Fields>,
}

impl Tool for GetApplication {
    const DEF: ToolDef = get::<Self>("get_application", GET.path, GET.scope)
        .title("Get application")
        .query(&["expand"]);
}

/// Create an application. For one of Okta's catalog use `install_oin_app`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct CreateApplication {
    /// label, signOnMode, name, settings, credentials
    app_config: Object,
    /// Default true
    activate: Option<Flag>,
    /// New file to write the client secret to: replies never show it
    secret_file: Option<String>,
}

impl Tool for CreateApplication {
    const DEF: ToolDef = planned::<Self>("create_application", CREATE).title("Create application");
}

impl Prepare for CreateApplication {
    async fn prepare(self, _: &dyn Desk) -> Result<Prepared, Failure> {
        no_marker("app_config", &self.app_config)?;
        let body = Value::Object(self.app_config.0);
        let mode = label::text(&body, "/signOnMode").unwrap_or("no signOnMode");
        let summary = format!("Create application {} ({mode})", label::app(&body));
        Ok(creation(summary, body, self.activate, self.secret_file)?.into())
    }
}

/// The plan that creates an application. One that grants access by itself is more than a write.
pub(super) fn creation(
    summary: String,
    body: Value,
    activate: Option<Flag>,
    secret_file: Option<String>,
) -> Result<Plan, BadRequest> {
    let grants = grants(&body);
    let mut request = CREATE.request(&[])?.body(body);
    if let Some(Flag(activate)) = activate {
        request = request.query("activate", activate.to_string());
    }
    let mut plan = Plan::new(summary, request)
        .created(Created::new(GET, &[DEACTIVATE, DELETE], "appId"))
        .check("list_applications with q the label")
        .done("The application is created.");
    for reason in grants {
        plan = plan.raise(Effect::Sensitive, reason.clone()).loss(reason);
    }
    plan.secret_file = secret_file.filter(|path| !path.is_empty());
    Ok(plan)
}

/// How a new application gives access by itself, before anybody is assigned.
fn grants(app: &Value) -> Vec<String> {
    let mut reasons = Vec::new();
    if app.pointer("/settings/implicitAssignment") == Some(&Value::Bool(true)) {
        reasons.push("Everybody gets it without an assignment (implicitAssignment).".to_owned());
    }
    if app.pointer("/accessibility/selfService") == Some(&Value::Bool(true)) {
        reasons.push("Users can ask for it themselves (selfService).".to_owned());
    }
    let types = app.pointer("/settings/oauthClient/grant_types").and_then(Value::as_array);
    for kind in types.into_iter().flatten().filter_map(Value::as_str) {
        let what = match kind {
            "client_credentials" => "It gets tokens in its own name",
            "implicit" => "Tokens reach the browser in a URL",
            "password" => "It takes users' passwords",
            _ => continue,
        };
        reasons.push(format!("{what} (grant type {kind})."));
    }
    reasons
}

/// Change an application; what is not given keeps its value.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct UpdateApplication {
    app_id: String,
    app_config: Object,
    /// Drop what is not given
    full_replace: Option<Flag>,
}

impl Tool for UpdateApplication {
    const DEF: ToolDef =
        planned::<Self>("update_application", UPDATE).title("Update application").also(&[GET]);
}

impl Prepare for UpdateApplication {
    async fn prepare(self, desk: &dyn Desk) -> Result<Prepared, Failure> {
        let path = [("appId", self.app_id.as_str())];
        let app = look::at(desk, GET, &path).await?.body;
        let read_only = read_only::application(&app);
        let replacement =
            Replacement::new("app_config", &app, self.app_config, &read_only, self.full_replace)?;
        let guarded = guarded(&app, &replacement.after);
        let summary = format!("Change application {}", label::app(&app));
        let put = UPDATE.request(&path)?;
        let mut plan = replacement
            .plan(summary, GET.request(&path)?, &put, app)
            .check("get_application")
            .done("The application is changed.");
        if !guarded.is_empty() {
            let reason = format!("It changes {}: how people sign in.", guarded.join(", "));
            plan = plan.raise(Effect::Sensitive, reason);
        }
        Ok(plan.into())
    }
}

/// Which guarded settings the change touches.
fn guarded(before: &Value, after: &Value) -> Vec<&'static str> {
    let changes = merge::diff(before, after);
    let fields: Vec<&str> =
        changes.iter().filter_map(|change| label::text(change, "/field")).collect();
    let touches = |guarded: &str| fields.iter().any(|field| meets(field, guarded));
    GUARDED.iter().copied().filter(|guarded| touches(guarded)).collect()
}

/// True if one path is the other, or lies in it.
fn meets(one: &str, other: &str) -> bool {
    let (short, long) = if one.len() < other.len() { (one, other) } else { (other, one) };
    long.strip_prefix(short).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// Delete a deactivated application for good.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct DeleteApplication {
    app_id: String,
}

impl Tool for DeleteApplication {
    const DEF: ToolDef = planned::<Self>("delete_application", DELETE)
        .title("Delete application")
        .also(&[GET, assignments::GROUPS, assignments::USERS]);
}

impl Prepare for DeleteApplication {
    async fn prepare(self, desk: &dyn Desk) -> Result<Prepared, Failure> {
        let path = [("appId", self.app_id.as_str())];
        let app = look::at(desk, GET, &path).await?.body;
        let name = label::app(&app);
        if label::text(&app, "/status") == Some("ACTIVE") {
            return Err(Failure::Refused {
                message: format!(
                    "application {name} is active: Okta deletes no active application"
                ),
                next: "call deactivate_application first".to_owned(),
            });
        }
        let [groups, users] = assignments::who_has(desk, &self.app_id).await?;
        Ok(Plan::new(format!("Delete application {name}"), DELETE.request(&path)?)
            .target(GET.request(&path)?, app)
            .loss(groups)
            .loss(users)
            .loss("Its settings, keys, secrets and assignments: they cannot be restored.")
            .check("get_application: not found means done")
            .done(format!("Application {name} is deleted."))
            .into())
    }
}

/// Activate an application: whoever is assigned gets in.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ActivateApplication {
    app_id: String,
}

impl Tool for ActivateApplication {
    const DEF: ToolDef = planned::<Self>("activate_application", ACTIVATE)
        .title("Activate application")
        .also(&[GET, assignments::GROUPS, assignments::USERS]);
}

impl Prepare for ActivateApplication {
    async fn prepare(self, desk: &dyn Desk) -> Result<Prepared, Failure> {
        lifecycle(desk, &self.app_id, Turn::On).await
    }
}

/// Deactivate an application. Its users can no longer open it.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct DeactivateApplication {
    app_id: String,
}

impl Tool for DeactivateApplication {
    const DEF: ToolDef = planned::<Self>("deactivate_application", DEACTIVATE)
        .title("Deactivate application")
        .also(&[GET, assignments::GROUPS, assignments::USERS]);
}

impl Prepare for DeactivateApplication {
    async fn prepare(self, desk: &dyn Desk) -> Result<Prepared, Failure> {
        lifecycle(desk, &self.app_id, Turn::Off).await
    }
}

async fn lifecycle(desk: &dyn Desk, app_id: &str, turn: Turn) -> Result<Prepared, Failure> {
    let path = [("appId", app_id)];
    let app = look::at(desk, GET, &path).await?.body;
    let [groups, users] = assignments::who_has(desk, app_id).await?;
    let what = format!("application {}", label::app(&app));
    let plan = turn
        .plan(&what, [ACTIVATE.request(&path)?, DEACTIVATE.request(&path)?], &app)
        .loss(groups)
        .loss(users)
        .check(turn.check("get_application"))
        .target(GET.request(&path)?, app);
    Ok(plan.into())
}
