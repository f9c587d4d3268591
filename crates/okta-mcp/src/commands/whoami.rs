//! `okta-mcp whoami`: who is signed in, and what they may do.

use okta_client::{ErrorKind, Grant, Identity, Method, Request};
use okta_mcp_server::App;
use serde_json::{Map, Value, json};

use super::login;
use crate::{
    cli::WhoamiArgs,
    failure::Failure,
    org::{self, Connected, Given},
    printer,
};

/// What the request for roles is called in Okta's System Log.
const CALL_ID: &str = "whoami";

/// Tells who is signed in.
pub(crate) async fn run(args: &WhoamiArgs, given: &Given) -> Result<(), Failure> {
    let org = org::connect(given, App::for_one_call).await?;
    let okta = org.app.okta();
    let grant = match okta.resume().await {
        Err(error) if error.kind == ErrorKind::SignInNeeded => {
            return Err(Failure::Failed {
                message: error.to_string(),
                next: Some("okta-mcp login".to_owned()),
            });
        }
        grant => grant.map_err(|error| login::failed(&error))?,
    };
    let told = facts(&org, &grant).await;
    if args.json {
        return printer::json(&Value::Object(told));
    }
    for (name, value) in &told {
        let name = printer::strong(&format!("{:<13}", name.replace('_', " ")));
        printer::data(&format!("{name} {}", okta_gate::escaped(&plain(value))))?;
    }
    Ok(())
}

async fn facts(org: &Connected, grant: &Grant) -> Map<String, Value> {
    let okta = org.app.okta();
    let mut told = Map::new();
    let mut tell = |name: &str, value: Value| drop(told.insert(name.to_owned(), value));
    let person = okta.identity().await;
    let signed_in = person.as_ref().map_or(&*org.principal, Identity::login_or_id);
    tell("signed_in", signed_in.into());
    if let Some(person) = &person {
        tell("name", person.name.as_deref().into());
        tell("user_id", person.id.as_str().into());
    }
    tell("org", org.host.as_str().into());
    tell("profile", org.profile.as_str().into());
    tell("by", org.way.into());
    tell(
        "scopes",
        match grant {
            Grant::Scopes(scopes) => json!(scopes),
            Grant::Unlimited => json!("all that the admin behind the API token may do"),
        },
    );
    if let Some(expires) = okta.expires().await {
        tell("expires", expires.to_string().into());
    }
    tell("admin_roles", roles(org, person.map(|person| person.id)).await);
    tell("tokens", org.app.tokens_are_kept().into());
    told
}

/// The admin roles, or why they are not known.
async fn roles(org: &Connected, person: Option<String>) -> Value {
    let holder = match (person, org.api_token) {
        (Some(person), _) => person,
        // Okta knows whom an API token belongs to.
        (None, true) => match own_id(org).await {
            Ok(id) => id,
            Err(why) => return why.into(),
        },
        (None, false) => {
            let template = "/oauth2/v1/clients/{clientId}/roles";
            return read(org, template, &org.principal)
                .await
                .map_or_else(Value::from, |roles| labels(&roles));
        }
    };
    read(org, "/api/v1/users/{userId}/roles", &holder)
        .await
        .map_or_else(Value::from, |roles| labels(&roles))
}

async fn own_id(org: &Connected) -> Result<String, String> {
    let me = read(org, "/api/v1/users/{userId}", "me").await?;
    let id = me.get("id").and_then(Value::as_str).map(str::to_owned);
    id.ok_or_else(|| "not known: the answer has no id".to_owned())
}

async fn read(org: &Connected, template: &'static str, id: &str) -> Result<Value, String> {
    let request = Request::new(Method::Get, template, |_| Some(id));
    let request = request.map_err(|error| error.to_string())?;
    match org.app.okta().send(&request, CALL_ID).await {
        Ok(reply) => Ok(reply.body),
        Err(error) => Err(match error.kind {
            ErrorKind::MissingScope => "not known: that takes okta.roles.read".to_owned(),
            ErrorKind::MissingRole => "not known: none that may read roles".to_owned(),
            _ => format!("not known: {error}"),
        }),
    }
}

fn labels(roles: &Value) -> Value {
    let label = |role: &Value| {
        let name = role.get("label").or_else(|| role.get("type"))?;
        name.as_str().map(str::to_owned)
    };
    let roles: Vec<String> = roles.as_array().into_iter().flatten().filter_map(label).collect();
    if roles.is_empty() { "none".into() } else { json!(roles) }
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join(", "),
        Value::Null => "-".to_owned(),
        other => other.to_string(),
    }
}
