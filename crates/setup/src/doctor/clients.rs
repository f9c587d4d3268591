//! The clients of this machine: whether they start okta-mcp, with a profile that is there.

use okta_mcp_server::{Flags, Profile};

use super::{
    Patient,
    finding::{Check, Finding},
};
use crate::{
    clients::{Content, Environment, Found, Launch, Machine, Starts, System, installed},
    trouble,
};

/// Looks into the files of all clients. What is worst is told, with how much else there is.
pub(super) fn examine(patient: &Patient<'_>) -> Finding {
    let machine = Machine { system: System::here(), env: &patient.environment };
    let found = installed(&Environment { machine, program: patient.program.to_owned() });
    let mut wrong: Vec<Finding> =
        found.iter().flat_map(|client| in_file(patient, client)).collect();
    // Of the same weight, what was found first.
    wrong.sort_by_key(|finding| std::cmp::Reverse(finding.outcome));
    let more = wrong.len().saturating_sub(1);
    if let Some(mut worst) = wrong.into_iter().next() {
        if more > 0 {
            worst.told = format!("{}; and {more} more", worst.told);
        }
        return worst;
    }
    let starting = found.iter().filter(|client| launches(client).iter().any(starts_us));
    let names: Vec<&str> = starting.map(|client| client.client.name).collect();
    if names.is_empty() {
        return Finding::skip(Check::Clients, "none starts okta-mcp: okta-mcp init adds it to one");
    }
    Finding::pass(Check::Clients, format!("started by {}", names.join(", ")))
}

fn launches(found: &Found) -> &[Launch] {
    match &found.content {
        Content::Servers(launches) => launches,
        Content::Missing | Content::Closed(_) | Content::Unreadable(_) => &[],
    }
}

fn starts_us(launch: &Launch) -> bool {
    matches!(launch.starts, Starts::This | Starts::Other(_))
}

/// What is wrong in one client's file.
fn in_file(patient: &Patient<'_>, found: &Found) -> Vec<Finding> {
    let at =
        |problem: String| format!("{}: {}: {problem}", found.client.name, found.file.display());
    let unreadable = match &found.content {
        Content::Unreadable(error) => Some(error.to_string()),
        Content::Closed(error) => Some(error.to_string()),
        Content::Missing | Content::Servers(_) => None,
    };
    if let Some(problem) = unreadable {
        // It may be no affair of ours.
        return vec![Finding::warn(trouble::CLIENT_FILE, at(problem))];
    }
    let mut wrong = Vec::new();
    for launch in launches(found) {
        let name = &launch.server.name;
        if let [first, ..] = &*launch.secrets {
            let told = at(format!("{first} of {name} holds a secret"));
            wrong.push(Finding::warn(trouble::CLIENT_SECRET, told));
        }
        let problem = match &launch.starts {
            Starts::Nothing => {
                Some(format!("{name} starts {}, which is not there", launch.server.entry.command))
            }
            Starts::This | Starts::Other(_) => no_profile(patient, launch),
            Starts::OktaOwn => None,
        };
        wrong.extend(problem.map(|problem| Finding::fail(trouble::CLIENT_START, at(problem))));
    }
    wrong
}

/// That the profile is not there which the client names, where it is not.
fn no_profile(patient: &Patient<'_>, launch: &Launch) -> Option<String> {
    let Launch { server, profile, config, .. } = launch;
    let profile = profile.clone()?;
    // Flags of this command are of no account to the client.
    let flags = Flags { file: config.clone(), ..Flags::default() };
    let names = match Profile::names(patient.environment, &flags) {
        Ok(names) => names,
        Err(error) => return Some(format!("{}: {error}", server.name)),
    };
    let there = names.contains(&profile);
    (!there).then(|| format!("{} names the profile {profile}, which is not there", server.name))
}
