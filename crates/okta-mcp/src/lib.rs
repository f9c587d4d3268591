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
    // Clients start it without arguments: then nothing is put together to parse them with.
    let cli = if std::env::args_os().len() > 1 { cli::Cli::parse() } else { cli::Cli::default() };
    match commands::run(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}

/// The command line, as the reference describes it.
pub fn command() -> clap::Command {
    cli::Cli::command()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_arguments_nothing_needs_to_be_parsed() {
        let parsed = cli::Cli::try_parse_from(["okta-mcp"]).unwrap();
        assert_eq!(format!("{:?}", cli::Cli::default()), format!("{parsed:?}"));
    }
}
