//! The command line of `okta-mcp config`.

use clap::{Args, Subcommand};

/// See what is configured and where it comes from, and check the configuration file
///
/// A setting comes from the configuration file, over it from the environment, over that from the
/// command line. Secrets are never printed.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  okta-mcp config show --profile prod
  okta-mcp config check")]
pub(crate) struct ConfigArgs {
    #[command(subcommand)]
    pub(crate) command: ConfigCommand,
}

/// What is done about the configuration.
#[derive(Debug, Subcommand)]
pub(crate) enum ConfigCommand {
    Show(ShowConfigArgs),
    Check(CheckConfigArgs),
}

/// Show each setting, and where it comes from
///
/// Of a secret it is only said that it is set.
#[derive(Debug, Args)]
#[command(after_help = "Example: okta-mcp config show --profile prod --json")]
pub(crate) struct ShowConfigArgs {
    /// Leave out what is not set
    #[arg(long)]
    pub(crate) set: bool,
    /// Print it as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// Check the configuration file: every profile in it, as the server would start with it
///
/// Exit code 2 where the server would not start with one of them.
#[derive(Debug, Args)]
#[command(after_help = "Example: okta-mcp config check --config ./okta-mcp.toml")]
pub(crate) struct CheckConfigArgs {
    /// Print what was found as JSON
    #[arg(long)]
    pub(crate) json: bool,
}
