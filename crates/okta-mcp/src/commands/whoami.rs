//! `okta-mcp whoami`: who is signed in, and what they may do.

use okta_client::{ErrorKind, Grant, Identity};
use okta_mcp_server::App;
use okta_mcp_setup::doctor::Holder;
use serde_json::{Map, Value, json};

use super::login;
use crate::{
    cli::WhoamiArgs,
    failure::Failure,
    org::{self, Connected, Given},
    printer,
};

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
    let holder = Holder::of(person, (!org.api_token).then_some(&*org.principal));
    match okta_mcp_setup::doctor::roles(org.app.okta(), holder).await {
        Ok(roles) if roles.is_empty() => "none".into(),
        Ok(roles) => json!(roles),
        Err(error) => match error.kind {
            ErrorKind::MissingScope => "not known: that takes okta.roles.read".into(),
            ErrorKind::MissingRole => "not known: none that may read roles".into(),
            _ => format!("not known: {error}").into(),
        },
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join(", "),
        Value::Null => "-".to_owned(),
        other => other.to_string(),
    }
}
