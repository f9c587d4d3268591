//! `okta-mcp config check`: whether the server would start with each profile.

use okta_mcp_server::{Config, ConfigError, DEFAULT_PROFILE, Profile};
use serde_json::{Value, json};

use crate::{
    cli::CheckConfigArgs,
    failure::Failure,
    org::{self, Given},
    printer,
};

/// A profile, and the server that it would make.
struct Checked {
    name: String,
    config: Result<Config, ConfigError>,
}

/// Checks every profile of the file; where one is named, only that one.
pub(super) fn run(args: &CheckConfigArgs, given: &Given) -> Result<(), Failure> {
    let names = match &given.flags.profile {
        Some(name) => vec![name.clone()],
        None => Profile::names(&org::environment, &given.flags).map_err(Failure::usage)?,
    };
    let names = if names.is_empty() { vec![DEFAULT_PROFILE.to_owned()] } else { names };
    let check = |name: String| {
        let flags = given.flags.for_profile(name.clone());
        Checked { name, config: Config::read(&org::environment, &flags) }
    };
    let checked: Vec<Checked> = names.into_iter().map(check).collect();
    if args.json {
        let told: Vec<Value> = checked.iter().map(json).collect();
        printer::json(&json!({ "profiles": told }))?;
    } else {
        for profile in &checked {
            tell(profile)?;
        }
    }
    let wrong = checked.iter().filter(|profile| profile.config.is_err()).count();
    match (wrong, checked.len()) {
        (0, _) => Ok(()),
        (1, 1) => Err(Failure::usage("the server would not start")),
        (wrong, all) => Err(Failure::usage(format!(
            "the server would not start with {wrong} of {all} profiles"
        ))),
    }
}

fn tell(profile: &Checked) -> Result<(), Failure> {
    let Checked { name, config } = profile;
    let config = match config {
        Ok(config) => config,
        Err(error) => return printer::data(&format!("{name}: {error}")),
    };
    let off = match config.off.len() {
        0 => String::new(),
        off => format!(", {off} tools switched off"),
    };
    let read_only = if config.policy.read_only() { ", read-only" } else { "" };
    let (org, scopes) = (config.org.host(), config.scopes.len());
    printer::data(&format!("{name}: good: {org}, {scopes} scopes{off}{read_only}"))?;
    for remark in &config.remarks {
        printer::data(&format!("{name}: note: {remark}"))?;
    }
    Ok(())
}

fn json(profile: &Checked) -> Value {
    let Checked { name, config } = profile;
    match config {
        Ok(config) => json!({
            "profile": name, "good": true, "org": config.org.host(), "scopes": config.scopes,
            "read_only": config.policy.read_only(), "remarks": config.remarks,
            "switched_off": config.off.keys().collect::<Vec<_>>(),
        }),
        Err(error) => json!({ "profile": name, "good": false, "problem": error.to_string() }),
    }
}
