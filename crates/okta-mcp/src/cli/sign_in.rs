//! The command line of `okta-mcp login`, `logout` and `whoami`.

use clap::Args;

/// Sign in to Okta as a person
///
/// Shows the page to open, and opens it where there is a browser; waits until the sign-in has come
/// to its end. The tokens are kept, sealed, for the server and for other commands. A service app
/// and an API token need no login: with them it is tried whether Okta lets them in.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  okta-mcp login
  okta-mcp login --profile prod --again")]
pub(crate) struct LoginArgs {
    /// Sign in anew, even where somebody is signed in
    #[arg(long)]
    pub(crate) again: bool,
    /// Do not open a browser
    #[arg(long)]
    pub(crate) no_browser: bool,
}

/// Sign out: Okta takes the tokens back, and they are forgotten here
#[derive(Debug, Args)]
#[command(after_help = "Example: okta-mcp logout --profile prod")]
pub(crate) struct LogoutArgs {}

/// Show who is signed in, to which org, with which scopes and admin roles, and until when
#[derive(Debug, Args)]
#[command(after_help = "Example: okta-mcp whoami --json")]
pub(crate) struct WhoamiArgs {
    /// Print it as JSON
    #[arg(long)]
    pub(crate) json: bool,
}
