//! The command line of `okta-mcp doctor`.

use clap::Args;

/// Look for what keeps okta-mcp from working, and tell what helps
///
/// From the configuration over network, TLS and clock to the app's key, scopes and admin role. It
/// changes nothing. The exit code is 0 where nothing fails, else 1.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  okta-mcp doctor
  okta-mcp doctor --profile prod --json")]
pub(crate) struct DoctorArgs {
    /// Print the findings as JSON
    #[arg(long)]
    pub(crate) json: bool,
}
