//! What this server may do: asks nothing of Okta.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::{
    desk::{Access, Answer, Caller, Desk, Failure, Prepared},
    tool::{Prepare, Tool, ToolDef, local, tools},
};

tools![GetScopeStatus];

/// Tell which tools are disabled and which scope each needs.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct GetScopeStatus {}

impl Tool for GetScopeStatus {
    const DEF: ToolDef = local::<Self>("get_scope_status").title("Show scopes and disabled tools");
}

impl Prepare for GetScopeStatus {
    async fn prepare(self, desk: &dyn Desk) -> Result<Prepared, Failure> {
        Ok(Answer { value: status(&desk.access()), rows: 0, links: false }.into())
    }
}

fn status(access: &Access) -> Value {
    let (of_people, others): (Vec<&ToolDef>, Vec<&ToolDef>) = super::tools()
        .filter(|tool| !access.suffices_for(tool) && !access.off.contains_key(tool.name))
        .partition(|tool| tool.needs_person() && access.caller != Caller::Person);
    let disabled: Map<String, Value> = others
        .into_iter()
        .map(|tool| {
            let scopes: Vec<&str> = tool.scopes().iter().map(|scope| scope.as_str()).collect();
            (tool.name.to_owned(), json!(scopes.join(" or ")))
        })
        .collect();
    let mut status = Map::new();
    status.insert("configured_scopes".to_owned(), json!(access.configured));
    match &access.granted {
        Some(granted) => {
            let refused: Vec<&String> =
                access.configured.iter().filter(|scope| !granted.contains(scope)).collect();
            status.insert("granted_scopes".to_owned(), json!(granted));
            if !refused.is_empty() {
                status.insert("not_granted".to_owned(), json!(refused));
            }
        }
        None if access.caller == Caller::ApiToken => {
            let about = "An API token has the rights of the admin who made it; OKTA_SCOPES limits \
                         what is listed and callable.";
            status.insert("granted_scopes".to_owned(), Value::Null);
            status.insert("about".to_owned(), json!(about));
        }
        None => {
            status.insert("granted_scopes".to_owned(), Value::Null);
            status.insert("about".to_owned(), json!("Okta has not granted a token yet."));
        }
    }
    if !access.off.is_empty() {
        let mut off: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (tool, by) in access.off.iter() {
            off.entry(by).or_default().push(tool);
        }
        status.insert("switched_off_by_configuration".to_owned(), json!(off));
    }
    if !of_people.is_empty() {
        let names: Vec<&str> = of_people.into_iter().map(|tool| tool.name).collect();
        status.insert("only_where_a_person_signs_in".to_owned(), json!(names));
    }
    let none = disabled.is_empty();
    status.insert("disabled_tools".to_owned(), Value::Object(disabled));
    if !none {
        let how = "A tool is enabled by adding its scope to OKTA_SCOPES, granting the scope to the \
                   app in Okta (Applications > the app > Okta API Scopes), and restarting this \
                   server.";
        status.insert("how_to_enable".to_owned(), json!(how));
    }
    Value::Object(status)
}
