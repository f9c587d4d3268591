//! `okta-mcp completions`: what a shell needs to complete our command line.

use clap_complete::Shell;

use crate::{failure::Failure, printer};

/// Prints the completions.
pub(crate) fn run(shell: Shell) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut crate::command(), "okta-mcp", &mut script);
    let script = String::from_utf8(script).map_err(Failure::unexpected)?;
    printer::data(script.trim_end())
}
