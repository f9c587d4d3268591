//! The command line of `okta-mcp init`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use okta_mcp_setup::AppKind;

/// Set okta-mcp up: the app in Okta, a profile, and the clients
///
/// Asks for what is not given, shows what to click in Okta's Admin Console, and shows each change of
/// a file before it is made. What was there is kept beside it (.bak). No secret goes into a client's
/// file, nor into the command line.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  okta-mcp init
  okta-mcp init --profile prod --org https://acme.okta.com --app-kind service --generate-key
  okta-mcp init --org acme.okta.com --app-kind native --client-id 0oa1b2c3d4e5f6g7h8i9 \\
      --toolsets users,groups,logs --client claude-code,vscode --yes
  okta-mcp init --take-over claude-desktop
  okta-mcp init --app-kind web --guide")]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(crate) struct InitArgs {
    /// The org, such as `https://acme.okta.com`
    #[arg(long, value_name = "URL")]
    pub(crate) org: Option<String>,
    /// What signs in
    #[arg(long, value_enum, value_name = "KIND")]
    pub(crate) app_kind: Option<Kind>,
    /// What the app is called in Okta
    #[arg(long, value_name = "NAME", default_value = okta_mcp_setup::guide::APP_NAME)]
    pub(crate) app_name: String,
    /// The client id of the app
    #[arg(long, value_name = "ID")]
    pub(crate) client_id: Option<String>,
    /// The toolsets that are wanted, whose scopes follow; names or globs
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub(crate) toolsets: Vec<String>,
    /// Ask for the scopes that change things, too; without it for those that read
    #[arg(long)]
    pub(crate) manage: bool,
    /// The scopes, instead of those of the toolsets
    #[arg(long, value_name = "SCOPE", value_delimiter = ',', conflicts_with = "manage")]
    pub(crate) scopes: Vec<String>,
    /// Make a key pair for a service app: the public half is shown, to be registered
    #[arg(long, conflicts_with = "key_file")]
    pub(crate) generate_key: bool,
    /// The file of the service app's private key; it stays where it is
    #[arg(long, value_name = "PATH")]
    pub(crate) key_file: Option<PathBuf>,
    /// The id that the key has at Okta (KID)
    #[arg(long, value_name = "KID", conflicts_with = "generate_key")]
    pub(crate) key_id: Option<String>,
    /// The file of the API token; it stays where it is
    #[arg(long, value_name = "PATH")]
    pub(crate) api_token_file: Option<PathBuf>,
    /// The file of the web app's client secret; it stays where it is
    #[arg(long, value_name = "PATH")]
    pub(crate) client_secret_file: Option<PathBuf>,
    /// People sign in to the native app with a browser of this machine, instead of by a code
    #[arg(long)]
    pub(crate) browser: bool,
    /// The port that the browser comes back to
    #[arg(long, value_name = "PORT", value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) redirect_port: Option<u16>,
    /// The clients to connect
    #[arg(long, value_name = "CLIENT", value_delimiter = ',', value_parser = clients())]
    pub(crate) client: Vec<String>,
    /// What the server is called in the clients; without it okta, or okta- and the profile
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<String>,
    /// Take over what that client's entry of Okta's own server says, and replace the entry
    #[arg(long, value_name = "CLIENT", value_parser = ids())]
    pub(crate) take_over: Option<String>,
    /// Ask nothing of the org: neither what it is, nor whether the sign-in works
    #[arg(long)]
    pub(crate) offline: bool,
    /// Only show what to click in the Admin Console
    #[arg(long, conflicts_with_all = ["yes", "dry_run"])]
    pub(crate) guide: bool,
    /// Make the changes without asking
    #[arg(long, conflicts_with = "dry_run")]
    pub(crate) yes: bool,
    /// Show everything, and write nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
}

/// What signs in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Kind {
    /// People, on a page of Okta that takes a code
    Native,
    /// The app itself, with a private key
    Service,
    /// People, with a browser of this machine and a secret
    Web,
    /// An API token of an admin
    ApiToken,
}

impl From<Kind> for AppKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Native => Self::Native,
            Kind::Service => Self::Service,
            Kind::Web => Self::Web,
            Kind::ApiToken => Self::ApiToken,
        }
    }
}

/// What stands for no client.
pub(crate) const NO_CLIENT: &str = "none";

fn ids() -> clap::builder::PossibleValuesParser {
    okta_mcp_setup::clients::CLIENTS.iter().map(|client| client.id).collect::<Vec<_>>().into()
}

fn clients() -> clap::builder::PossibleValuesParser {
    let ids = okta_mcp_setup::clients::CLIENTS.iter().map(|client| client.id);
    ids.chain([NO_CLIENT]).collect::<Vec<_>>().into()
}
