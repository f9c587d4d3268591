//! `okta-mcp policy test`: cases.

use okta_client::Clock as _;
use okta_mcp_server::{SystemClock, read_cases};
use okta_policy::{CaseResult, Surroundings, run_cases};
use serde_json::{Map, Value, json};

use super::explain;
use crate::{cli::TestArgs, failure::Failure, org::Given, printer};

/// Runs the cases of a file, and fails where one of them goes otherwise.
pub(super) fn run(args: &TestArgs, given: &Given) -> Result<(), Failure> {
    let profile = given.profile()?;
    let cases = read_cases(&args.file).map_err(Failure::usage)?;
    let org = super::host(&profile.settings);
    let around = Surroundings { now: SystemClock.now(), profile: &profile.name, org: &org };
    let declared = |name: &str| okta_catalog::find(name).map(super::declared);
    let results = run_cases(&profile.policy, &cases, around, &declared);
    let failed = results.iter().filter(|result| result.problem.is_some()).count();
    if args.json {
        let told: Vec<Value> = results.iter().map(json).collect();
        let policy = profile.policy.version();
        printer::json(&json!({ "profile": profile.name, "policy": policy, "cases": told }))?;
    } else {
        for result in &results {
            printer::data(&line(result))?;
        }
    }
    if failed > 0 {
        return Err(Failure::Failed {
            message: format!("{failed} of {} cases went otherwise", results.len()),
            next: Some("`okta-mcp policy explain` says what each rule says".to_owned()),
        });
    }
    if !args.json {
        printer::note(&format!("All {} cases went as they should", results.len()));
    }
    Ok(())
}

fn line(result: &CaseResult) -> String {
    match &result.problem {
        None => format!("ok    {}", result.name),
        Some(problem) => format!("FAIL  {}: {problem}", result.name),
    }
}

fn json(result: &CaseResult) -> Value {
    let mut told = Map::from_iter([
        ("name".to_owned(), json!(result.name)),
        ("passed".to_owned(), json!(result.problem.is_none())),
    ]);
    if let Some(problem) = &result.problem {
        told.insert("problem".to_owned(), json!(problem));
    }
    if let Some(ruling) = &result.ruling {
        told.append(&mut explain::told(ruling));
    }
    Value::Object(told)
}
