//! The command line of `okta-mcp keys`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use okta_mcp_server::SecretKind;

/// Look after the key that signs in, and the secrets in the system's keyring
///
/// A private key is never printed.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  okta-mcp keys show --profile prod
  okta-mcp keys store private_key --file prod.pem
  okta-mcp keys rotate")]
pub(crate) struct KeysArgs {
    #[command(subcommand)]
    pub(crate) command: KeysCommand,
}

/// What is done with keys.
#[derive(Debug, Subcommand)]
pub(crate) enum KeysCommand {
    Show(ShowKeyArgs),
    Rotate(RotateArgs),
    Store(StoreArgs),
    Forget(ForgetArgs),
}

/// Show the public half of the key that signs in, its id, and where it lies
#[derive(Debug, Args)]
#[command(after_help = "Example: okta-mcp keys show --json")]
pub(crate) struct ShowKeyArgs {
    /// Print it as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// Replace the key that signs in by a new one
///
/// Makes a new key pair of the same kind and registers its public half with the app: by itself where
/// `okta.apps.manage` is granted, else it is shown with what to click. The new key is tried before
/// anything is switched; then it takes the place of the old one, `key_id` in the configuration file
/// names it, and the old public key is removed at Okta. What was interrupted goes on with the same
/// command.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  okta-mcp keys rotate --profile prod
  okta-mcp keys rotate --yes --keep-old")]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(crate) struct RotateArgs {
    /// Change the keys of the app at Okta without asking
    #[arg(long)]
    pub(crate) yes: bool,
    /// Leave the old public key at Okta, for servers that run with it
    #[arg(long)]
    pub(crate) keep_old: bool,
    /// Register nothing: show the public key, and what to click
    #[arg(long)]
    pub(crate) by_hand: bool,
    /// Forget a new key that is not in use yet
    #[arg(long, conflicts_with_all = ["yes", "keep_old", "by_hand"])]
    pub(crate) abandon: bool,
}

/// Put a secret of the profile into the system's keyring
///
/// It is asked for on the terminal, or read from a file: not from the command line, which others can
/// see. The profile then says `private_key = "keyring"`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  okta-mcp keys store private_key --file prod.pem
  okta-mcp keys store api_token --profile preview")]
pub(crate) struct StoreArgs {
    /// Which secret
    pub(crate) secret: Credential,
    /// The file that holds it; `-` for standard input
    #[arg(long, value_name = "PATH")]
    pub(crate) file: Option<PathBuf>,
}

/// Remove a secret of the profile from the system's keyring
#[derive(Debug, Args)]
#[command(after_help = "Example: okta-mcp keys forget api_token --profile preview")]
pub(crate) struct ForgetArgs {
    /// Which secret
    pub(crate) secret: Credential,
}

/// A secret of a profile, by the setting that it is for.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Credential {
    /// The private key of the app
    #[value(name = "private_key")]
    PrivateKey,
    /// The secret of the app that people sign in to
    #[value(name = "client_secret")]
    ClientSecret,
    /// An admin's API token
    #[value(name = "api_token")]
    ApiToken,
    /// The secret of the app that approvers sign in to
    #[value(name = "approver_client_secret")]
    ApproverClientSecret,
}

impl From<Credential> for SecretKind {
    fn from(secret: Credential) -> Self {
        match secret {
            Credential::PrivateKey => Self::PrivateKey,
            Credential::ClientSecret => Self::ClientSecret,
            Credential::ApiToken => Self::ApiToken,
            Credential::ApproverClientSecret => Self::ApproverClientSecret,
        }
    }
}
