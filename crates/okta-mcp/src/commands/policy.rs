//! `okta-mcp policy`: what the policy says, and what a change of it would.

mod check;
mod explain;
mod recorded;
mod replay;
mod test;

use okta_catalog::{ToolDef, toolset_of};
use okta_mcp_server::Settings;
use okta_policy::{Declared, Effect, Level, Operation};
use okta_storage::{Sqlite, Store as _};

use crate::{
    cli::PolicyCommand,
    failure::Failure,
    org::{self, Given},
    printer,
};

/// Does what is asked about the policy. It takes no org.
pub(crate) async fn run(command: PolicyCommand, given: &Given) -> Result<(), Failure> {
    match command {
        PolicyCommand::Check(args) => check::run(&args, given),
        PolicyCommand::Explain(args) => explain::run(&args, given).await,
        PolicyCommand::Replay(args) => replay::run(&args, given).await,
        PolicyCommand::Test(args) => test::run(&args, given),
    }
}

/// What the catalog says of a tool, for a policy.
fn declared(tool: &ToolDef) -> Declared {
    let operations = tool.operation.iter();
    Declared {
        toolset: toolset_of(tool).to_owned(),
        effect: effect(tool),
        operations: operations
            .map(|operation| Operation::declared(operation.method.as_str(), operation.path))
            .collect(),
    }
}

fn effect(tool: &ToolDef) -> Effect {
    match tool.effect() {
        okta_catalog::Effect::Read => Effect::Read,
        okta_catalog::Effect::Write => Effect::Write,
        okta_catalog::Effect::Sensitive => Effect::Sensitive,
        okta_catalog::Effect::Destructive => Effect::Destructive,
    }
}

/// The best level of confirmation that is set up for these settings. What cannot be read is not set
/// up: the server would not take it either.
async fn best(settings: &Settings) -> Level {
    if settings.names_approvers() {
        return Level::Person;
    }
    let Ok(state) = settings.state_folder(&org::environment) else { return Level::Client };
    // A look at the policy makes no store.
    if !state.is_dir() {
        return Level::Client;
    }
    match Sqlite::new(&state).passphrase().await {
        Ok(Some(_)) => Level::Desktop,
        Ok(None) => Level::Client,
        Err(error) => {
            printer::note(&format!("warning: whether a passphrase is set is not known: {error}"));
            Level::Client
        }
    }
}

/// The host of the org that the settings name, where they do.
fn host(settings: &Settings) -> String {
    let url = settings.org().unwrap_or_default();
    okta_client::OrgUrl::parse(url).map(|url| url.host().to_owned()).unwrap_or_default()
}
