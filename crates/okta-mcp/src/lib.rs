//! The command line of `okta-mcp`. A library only so that its reference can be generated.

mod arguments;
mod cli;
mod commands;
mod failure;
mod moment;
mod org;
mod os;
mod printer;
mod table;
mod terminal;

use std::process::ExitCode;

use clap::{CommandFactory as _, Parser as _};

/// Runs the program.
pub fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    match commands::run(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}

/// The command line, as the reference describes it.
pub fn command() -> clap::Command {
    cli::Cli::command()
}
