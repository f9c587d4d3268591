//! The command line of `okta-mcp approvals`.

use clap::{Args, Subcommand};

/// See what waits for a person, and decide about it
///
/// What takes something away or grants access waits for a person. Where a policy asks for more than
/// the client's word, that person decides here or on the page that the client links to: with the
/// approval passphrase, which takes a terminal, or, at level person, by a sign-in to Okta.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  okta-mcp approvals setup
  okta-mcp approvals list
  okta-mcp approvals approve Zk3vQ0b1TjW8sXyLr5uCNg")]
pub(crate) struct ApprovalsArgs {
    #[command(subcommand)]
    pub(crate) command: ApprovalsCommand,
}

/// What is done about approvals.
#[derive(Debug, Subcommand)]
pub(crate) enum ApprovalsCommand {
    List(ListArgs),
    /// Show what waits under an id
    #[command(after_help = "Example: okta-mcp approvals show Zk3vQ0b1TjW8sXyLr5uCNg")]
    Show(IdArgs),
    /// Approve what waits under an id: asks for the passphrase on the terminal, or opens the page to
    /// sign in on
    #[command(after_help = "Example: okta-mcp approvals approve Zk3vQ0b1TjW8sXyLr5uCNg")]
    Approve(IdArgs),
    /// Decline what waits under an id: asks for the passphrase on the terminal, or opens the page to
    /// sign in on
    #[command(after_help = "Example: okta-mcp approvals deny Zk3vQ0b1TjW8sXyLr5uCNg")]
    Deny(IdArgs),
    /// Set the approval passphrase, or change it
    ///
    /// It is typed on the terminal, kept as a hash, and cannot be recovered.
    #[command(after_help = "Example: okta-mcp approvals setup")]
    Setup,
}

/// List what waits for a decision, the newest first
#[derive(Debug, Args)]
#[command(after_help = "Example: okta-mcp approvals list --all --json")]
pub(crate) struct ListArgs {
    /// List what was decided, used or has expired too; it is kept for 30 days
    #[arg(long)]
    pub(crate) all: bool,
    /// Print all that is known of each, as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// Which approval.
#[derive(Debug, Args)]
pub(crate) struct IdArgs {
    /// The id of the approval; `okta-mcp approvals list` shows it
    // Ids are random: some begin with a hyphen.
    #[arg(allow_hyphen_values = true)]
    pub(crate) id: String,
}
