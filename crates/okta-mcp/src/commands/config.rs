//! `okta-mcp config`: what is configured.

mod check;
mod show;

use crate::{cli::ConfigCommand, failure::Failure, org::Given};

/// Does what is asked about the configuration. It takes no org.
pub(crate) fn run(command: &ConfigCommand, given: &Given) -> Result<(), Failure> {
    match command {
        ConfigCommand::Show(args) => show::run(args, given),
        ConfigCommand::Check(args) => check::run(args, given),
    }
}
