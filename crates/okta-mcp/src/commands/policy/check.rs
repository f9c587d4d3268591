//! `okta-mcp policy check`: whether the configuration file can be used.

use okta_mcp_server::Profile;
use serde_json::{Value, json};

use crate::{
    cli::CheckArgs,
    failure::Failure,
    org::{self, Given},
    printer,
};

/// Checks the file, and tells what is in it.
pub(super) fn run(args: &CheckArgs, given: &Given) -> Result<(), Failure> {
    let profiles = match &given.flags.profile {
        Some(_) => vec![given.profile()?],
        None => Profile::all(&org::environment, &given.flags).map_err(Failure::usage)?,
    };
    if args.json {
        let told: Vec<Value> = profiles.iter().map(json).collect();
        return printer::json(&json!({ "profiles": told }));
    }
    if profiles.is_empty() {
        return printer::data("There is no configuration file: the default policy holds.");
    }
    for profile in &profiles {
        printer::data(&line(profile))?;
        for remark in &profile.remarks {
            printer::note(&format!("note: {}: {remark}", profile.name));
        }
    }
    Ok(())
}

fn line(profile: &Profile) -> String {
    let source = profile.policy.source();
    let protect = &source.protect;
    let names = protect.users.len() + protect.groups.len() + protect.apps.len();
    let mut parts = vec![
        counted(source.rules.len(), "rule"),
        counted(source.limits.len(), "limit"),
        counted(names, "protected name"),
    ];
    if source.read_only {
        parts.insert(0, "read-only".to_owned());
    }
    if !protect.super_admins {
        parts.push("super administrators are not protected".to_owned());
    }
    let version = profile.policy.version();
    format!("{}: {} (policy {version})", profile.name, parts.join(", "))
}

fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

fn json(profile: &Profile) -> Value {
    let policy = &profile.policy;
    json!({
        "profile": profile.name,
        "file": profile.file.as_ref().map(|path| path.display().to_string()),
        "policy": policy.version(),
        "read_only": policy.read_only(),
        "rules": policy.source().rules.len(),
        "limits": policy.source().limits.len(),
        "remarks": profile.remarks,
    })
}
