//! What is a person's own: `/api/v1/users/me`.
//!
//! Okta's specification knows these operations with the scopes of admins. Who signs in opens what
//! is about themselves with `okta.users.read.self`, without any admin role (Okta developer
//! reference, "Okta OAuth 2.0 scopes").

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    args::Fields,
    desk::{Answer, Desk, Failure, Prepared},
    engine, label, look,
    meant::{self, Called},
    pages,
    scope::Scope,
    shape,
    tool::{Operation, Prepare, Tool, ToolDef, planned, tools},
};

tools![GetMyUserProfile, ListAssignedApplications, GetApplicationSsoLink];

const PROFILE: Operation = Operation::read("/api/v1/users/{id}", Scope::USERS_READ_SELF);
const APP_LINKS: Operation = Operation::read("/api/v1/users/{id}/appLinks", Scope::USERS_READ_SELF);

/// Who asks, by the name that Okta has for them.
const ME: (&str, &str) = ("id", "me");

/// Get the user who is signed in: profile with department, title, manager.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct GetMyUserProfile {
    fields: Option<Fields>,
}

impl Tool for GetMyUserProfile {
    const DEF: ToolDef = planned::<Self>("get_my_user_profile", PROFILE).title("Get my profile");
}

impl Prepare for GetMyUserProfile {
    async fn prepare(self, desk: &dyn Desk) -> Result<Prepared, Failure> {
        let request = PROFILE.request(&[ME])?;
        Ok(engine::object(request, &self.fields.unwrap_or_default(), desk).await?.into())
    }
}

/// List the applications of the user who is signed in, as on their dashboard.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ListAssignedApplications {
    fields: Option<Fields>,
}

impl Tool for ListAssignedApplications {
    const DEF: ToolDef =
        planned::<Self>("list_assigned_applications", APP_LINKS).title("List my applications");
}

impl Prepare for ListAssignedApplications {
    async fn prepare(self, desk: &dyn Desk) -> Result<Prepared, Failure> {
        let links = dashboard(desk).await?;
        Ok(pages::complete(links, &self.fields.unwrap_or_default()).into())
    }
}

/// Get the link of one of the applications of the user who is signed in, by its name. Small typing
/// errors do not matter; where several fit, all are told.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct GetApplicationSsoLink {
    name: String,
    fields: Option<Fields>,
}

impl Tool for GetApplicationSsoLink {
    const DEF: ToolDef = planned::<Self>("get_application_sso_link", APP_LINKS)
        .title("Get the link of an application");
}

impl Prepare for GetApplicationSsoLink {
    async fn prepare(self, desk: &dyn Desk) -> Result<Prepared, Failure> {
        let asked = self.name.trim();
        if asked.is_empty() {
            return Err(Failure::Arguments("`name`: the name of an application is needed".into()));
        }
        let links = dashboard(desk).await?;
        Ok(one_of(links, asked, &self.fields.unwrap_or_default()).into())
    }
}

/// The application that `asked` names: Okta's object. Where several fit, all of them; where none
/// does, what comes nearest, by name only: no link is given that was not asked for.
fn one_of(links: Vec<Value>, asked: &str, fields: &Fields) -> Answer {
    let called: Vec<Called<'_>> = links.iter().map(called).collect();
    let fitting = meant::meant(asked, &called);
    let near: Vec<&str> = meant::nearest(asked, &called)
        .into_iter()
        .filter_map(|at| called.get(at).map(|called| called.name))
        .collect();
    let nobody = json!({
        "message": format!("no application on the dashboard is called {asked:?}"),
        "nearest": near,
    });
    let mut found: Vec<Value> = links
        .into_iter()
        .enumerate()
        .filter(|(at, _)| fitting.contains(at))
        .map(|(_, link)| shape::project(link, fields))
        .collect();
    let rows = found.len() as u64;
    let value = match found.len() {
        0 => nobody,
        1 => found.remove(0),
        count => json!({
            "message": format!("{asked:?} may be {count} applications: which one is meant?"),
            "candidates": found,
        }),
    };
    Answer { value, rows, links: shape::wants_links(fields) }
}

fn called(link: &Value) -> Called<'_> {
    let text = |at| label::text(link, at).unwrap_or_default();
    Called { name: text("/label"), also: text("/appName") }
}

/// What is on the dashboard, in its order; what has no place there, last.
async fn dashboard(desk: &dyn Desk) -> Result<Vec<Value>, Failure> {
    let pages = look::whole(desk, APP_LINKS.request(&[ME])?).await?;
    let mut links: Vec<Value> = pages.into_iter().flatten().collect();
    let place = |link: &Value| link.get("sortOrder").and_then(Value::as_f64);
    links.sort_by(|one, other| {
        let [one, other] = [one, other].map(|link| place(link).unwrap_or(f64::INFINITY));
        one.total_cmp(&other)
    });
    Ok(links)
}
