//! `okta-mcp doctor`: what keeps okta-mcp from working, and what helps.

use std::sync::Arc;

use okta_mcp_server::{SystemClock, SystemEntropy};
use okta_mcp_setup::doctor::{Finding, Outcome, Patient, Report};

use crate::{
    cli::DoctorArgs,
    failure::Failure,
    org::{self, Given},
    printer,
};

/// Looks, and tells.
pub(crate) async fn run(args: &DoctorArgs, given: &Given) -> Result<(), Failure> {
    if given.sandbox {
        return Err(Failure::usage(
            "--sandbox does not go with doctor, which looks at what is configured",
        ));
    }
    let program = std::env::current_exe().map_err(Failure::unexpected)?;
    let patient = Patient {
        environment: &org::environment,
        flags: &given.flags,
        program: &program,
        clock: Arc::new(SystemClock),
        entropy: Arc::new(SystemEntropy),
    };
    let report = patient.examine().await;
    if args.json {
        printer::json(&report.json())?;
    } else {
        tell(&report)?;
    }
    match report.count(Outcome::Fail) {
        0 => Ok(()),
        failed => Err(Failure::Failed {
            message: format!("{failed} of {} checks failed", report.findings.len()),
            next: None,
        }),
    }
}

fn tell(report: &Report) -> Result<(), Failure> {
    for Finding { check, outcome, told, trouble } in &report.findings {
        let outcome = match outcome {
            Outcome::Warn | Outcome::Fail => printer::strong(outcome.name()),
            Outcome::Pass | Outcome::Skip => printer::weak(outcome.name()),
        };
        let told = okta_gate::escaped(told);
        printer::data(&format!("{outcome}  {:<14} {told}", check.name()))?;
        if let Some(trouble) = trouble {
            printer::data(&format!("      {}: {}", trouble.id, trouble.sign))?;
            printer::data(&format!("      {}", trouble.remedy))?;
        }
    }
    Ok(())
}
