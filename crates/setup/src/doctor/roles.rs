//! The admin roles behind a sign-in.

use okta_client::{Error, Method, Okta, Request};
use serde_json::Value;

/// What the requests are called in Okta's System Log.
const CALL_ID: &str = "roles";

/// Who has the roles.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Holder {
    /// A service app, by its client id.
    App(String),
    /// A person, by their id.
    Person(String),
    /// The admin who made the API token: Okta knows who that is.
    Token,
}

impl Holder {
    /// The person, where the id of one is known; else the app, where there is one.
    pub fn of(person: Option<String>, app: Option<&str>) -> Self {
        match (person, app) {
            (Some(person), _) => Self::Person(person),
            (None, Some(app)) => Self::App(app.to_owned()),
            (None, None) => Self::Token,
        }
    }
}

/// The roles, by the names that the Admin Console shows.
pub type Roles = Vec<String>;

/// Reads the admin roles. That takes `okta.roles.read`, and a role that may read roles.
pub async fn roles(okta: &Okta, holder: Holder) -> Result<Roles, Error> {
    let roles = match holder {
        Holder::App(id) => read(okta, "/oauth2/v1/clients/{clientId}/roles", &id).await?,
        Holder::Person(id) => of_person(okta, &id).await?,
        Holder::Token => {
            let me = read(okta, "/api/v1/users/{userId}", "me").await?;
            of_person(okta, me.get("id").and_then(Value::as_str).unwrap_or("me")).await?
        }
    };
    let label = |role: &Value| {
        let name = role.get("label").or_else(|| role.get("type"))?;
        name.as_str().map(str::to_owned)
    };
    Ok(roles.as_array().into_iter().flatten().filter_map(label).collect())
}

async fn of_person(okta: &Okta, id: &str) -> Result<Value, Error> {
    read(okta, "/api/v1/users/{userId}/roles", id).await
}

async fn read(okta: &Okta, template: &'static str, id: &str) -> Result<Value, Error> {
    let request = Request::new(Method::Get, template, |_| Some(id))?;
    Ok(okta.send(&request, CALL_ID).await?.body)
}
