//! The command line: types only.

use clap::Parser;

/// Administer an Okta org from AI clients through the Model Context Protocol.
///
/// Without a command: an MCP server on standard input and output, configured by environment
/// variables.
#[derive(Debug, Parser)]
#[command(name = "okta-mcp", version)]
pub(crate) struct Cli {
    /// Work on an Okta org in memory: no account needed.
    #[arg(long, global = true)]
    pub(crate) sandbox: bool,
}
