//! `okta-mcp tools`: what can be called.

use okta_catalog::{Scope, ToolDef};
use okta_gate::{Configured, Rights};
use okta_mcp_server::definition;
use serde_json::json;

use crate::{
    cli::ToolsArgs,
    failure::Failure,
    org::{self, Given},
    printer, table,
};

/// Prints the tools.
pub(crate) async fn run(args: &ToolsArgs, given: &Given) -> Result<(), Failure> {
    let rights = rights(given).await?;
    let unlocked = |tool: &ToolDef| rights.as_ref().is_none_or(|rights| rights.allow(tool));
    let tools: Vec<&ToolDef> =
        okta_catalog::tools().filter(|tool| args.all || unlocked(tool)).collect();
    if args.json {
        let definitions: Vec<_> = tools.into_iter().map(definition).collect();
        return printer::json(&json!({ "tools": definitions }));
    }
    // Without a configuration nothing is locked: nothing is marked.
    let marked = args.all && rights.is_some();
    let mut headings = vec!["name", "effect", "scope", "title"];
    if marked {
        headings.push("configured");
    }
    let headings: Vec<String> = headings.into_iter().map(str::to_owned).collect();
    let rows = tools.iter().map(|tool| {
        let scopes: Vec<&str> = tool.scopes().into_iter().map(Scope::as_str).collect();
        let scopes = if scopes.is_empty() { "none".to_owned() } else { scopes.join(" or ") };
        let effect = tool.effect().as_str().to_owned();
        let mut row = vec![tool.name.to_owned(), effect, scopes, tool.title.to_owned()];
        if marked {
            row.push(if unlocked(tool) { "yes" } else { "no" }.to_owned());
        }
        row
    });
    printer::data(&table::render(&headings, rows))?;
    if rights.is_none() {
        printer::note(
            "Nothing is configured, so these are all tools, with the scope that each needs",
        );
    }
    Ok(())
}

/// What the configuration unlocks; `None` where nothing is configured.
async fn rights(given: &Given) -> Result<Option<Rights>, Failure> {
    if !given.sandbox && given.settings()?.org().is_none() {
        return Ok(None);
    }
    let config = org::configuration(given).await?.config;
    let caller = config.caller();
    Ok(Some(Rights::new(&Configured { scopes: config.scopes, caller, off: config.off }, None)))
}
