//! `okta-mcp`: administer an Okta org from AI clients through the Model Context Protocol.

mod cli;
mod commands;
mod failure;
mod org;

use std::process::ExitCode;

use clap::Parser as _;

fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    match commands::run(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}
