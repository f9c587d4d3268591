//! The command line: types only.

mod approvals;
mod audit;
mod config;
mod doctor;
mod init;
mod keys;
mod policy;
mod sign_in;

use std::{fmt::Write as _, path::PathBuf, str::FromStr};

use clap::{Args, Parser, Subcommand, ValueEnum, builder::RangedU64ValueParser};
use clap_complete::Shell;

pub(crate) use approvals::{ApprovalsArgs, ApprovalsCommand, ListArgs};
pub(crate) use audit::{
    AuditArgs, AuditCommand, ExportArgs, ExportFormat, ReconcileArgs, ReportArgs, SearchArgs,
    ShowArgs, TailArgs, VerifyArgs, WindowArgs,
};
pub(crate) use config::{CheckConfigArgs, ConfigArgs, ConfigCommand, ShowConfigArgs};
pub(crate) use doctor::DoctorArgs;
pub(crate) use init::{InitArgs, NO_CLIENT};
pub(crate) use keys::{ForgetArgs, KeysArgs, KeysCommand, RotateArgs, ShowKeyArgs, StoreArgs};
pub(crate) use policy::{CheckArgs, ExplainArgs, PolicyArgs, PolicyCommand, ReplayArgs, TestArgs};
pub(crate) use sign_in::{LoginArgs, LogoutArgs, WhoamiArgs};

/// Administer an Okta org from AI clients through the Model Context Protocol
///
/// Without a command: an MCP server on standard input and output, configured by a file of profiles
/// and by environment variables, which hold over it.
#[derive(Debug, Default, Parser)]
#[command(
    name = "okta-mcp",
    version,
    disable_help_subcommand = true,
    after_help = "Example: okta-mcp demo",
    after_long_help = after_help()
)]
pub(crate) struct Cli {
    /// Work on an Okta org in memory: no account needed
    #[arg(long)]
    pub(crate) sandbox: bool,
    #[command(flatten)]
    pub(crate) configuration: ConfigurationArgs,
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

/// Which configuration holds.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Configuration")]
pub(crate) struct ConfigurationArgs {
    /// The configuration file, instead of `okta-mcp.toml` in the user's configuration folder
    #[arg(long, global = true, value_name = "PATH")]
    pub(crate) config: Option<PathBuf>,
    /// The profile of the configuration file
    #[arg(long, global = true, value_name = "NAME")]
    pub(crate) profile: Option<String>,
    /// Deny everything but reads
    #[arg(long, global = true)]
    pub(crate) read_only: bool,
}

/// What is done instead of serving.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Show what an MCP client can do, with an Okta org in memory
    #[command(after_help = "Example: okta-mcp demo")]
    Demo,
    Init(Box<InitArgs>),
    Login(LoginArgs),
    Logout(LogoutArgs),
    Whoami(WhoamiArgs),
    Doctor(DoctorArgs),
    Call(CallArgs),
    Undo(UndoArgs),
    Approvals(ApprovalsArgs),
    Audit(AuditArgs),
    Config(ConfigArgs),
    Keys(KeysArgs),
    Policy(PolicyArgs),
    Tools(ToolsArgs),
    Sandbox(SandboxArgs),
    /// Print the completions for a shell
    #[command(after_help = "Example: okta-mcp completions bash > \
                      ~/.local/share/bash-completion/completions/okta-mcp")]
    Completions {
        /// The shell
        shell: Shell,
    },
}

/// Call one tool, as an MCP client would
///
/// The call goes the same way as a client's: scopes, confirmation and the audit trail hold.
/// Sensitive and destructive calls ask on the terminal.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  okta-mcp call list_users search='status eq \"LOCKED_OUT\"'
  okta-mcp call create_group profile.name='Night shift' profile.description=Berlin
  okta-mcp call update_user --json @change.json
  okta-mcp call --dry-run delete_group group_id=00g1a2b3c4d5e6f7g8h9
  okta-mcp call --sandbox get_scope_status")]
pub(crate) struct CallArgs {
    /// The tool's name; `okta-mcp tools` lists them
    pub(crate) tool: String,
    /// The arguments, text unless the tool wants something else; `profile.firstName=Ana` sets a
    /// property of an object
    #[arg(value_name = "KEY=VALUE", conflicts_with = "json")]
    pub(crate) arguments: Vec<String>,
    /// The arguments as a JSON object: as it is, `@` and a file, or `-` for standard input
    #[arg(long, value_name = "JSON", allow_hyphen_values = true)]
    pub(crate) json: Option<String>,
    /// Show what would be sent and what would change; send nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// How to print the answer: on a terminal lists are tables, elsewhere all is JSON
    #[arg(long, value_name = "FORMAT")]
    pub(crate) output: Option<Output>,
    /// Work on an Okta org in memory: no account needed
    #[arg(long)]
    pub(crate) sandbox: bool,
}

/// Take a change back, while the object is as the change left it
///
/// Scopes, policy, confirmation and the audit trail hold as for any change.
#[derive(Debug, Args)]
#[command(after_help = "Example: okta-mcp undo Zk3vQ0b1TjW8sXyLr5uCNg")]
pub(crate) struct UndoArgs {
    /// The id that the answer to the change gives as `_undo`
    pub(crate) id: String,
    /// How to print the answer
    #[arg(long, value_name = "FORMAT")]
    pub(crate) output: Option<Output>,
}

/// How an answer is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Output {
    /// JSON
    Json,
    /// A table, for answers that are lists
    Table,
}

/// List the tools
///
/// Those that the configured scopes unlock; without a configuration all of them.
#[derive(Debug, Args)]
#[command(after_help = "Example: okta-mcp tools --all")]
pub(crate) struct ToolsArgs {
    /// List those too whose scope is not configured
    #[arg(long)]
    pub(crate) all: bool,
    /// Print the definitions as MCP clients get them
    #[arg(long)]
    pub(crate) json: bool,
    /// Work on an Okta org in memory: no account needed
    #[arg(long)]
    pub(crate) sandbox: bool,
}

/// Serve an Okta org in memory over HTTP, for tests and trials
///
/// People, groups, apps, policies and a System Log, all made up. It listens on the loopback
/// interface until it is interrupted, and forgets everything then.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  okta-mcp sandbox
  okta-mcp sandbox --https --port 8443 --users 1000
  okta-mcp sandbox --https --rsa
  okta-mcp sandbox --json --fault too-many=50 --fault slow=20")]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(crate) struct SandboxArgs {
    /// The port; 0 takes a free one
    #[arg(long, default_value_t = 0)]
    pub(crate) port: u16,
    /// Serve HTTPS, with a certificate made for it
    #[arg(long)]
    pub(crate) https: bool,
    /// How many people the org has
    #[arg(long, default_value_t = 250, value_parser = RangedU64ValueParser::<usize>::new().range(1..=1_000_000))]
    pub(crate) users: usize,
    /// What names and ids are made from: the same seed gives the same org
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// The API token that the org knows; made from the seed where none is given
    #[arg(long, value_name = "TOKEN")]
    pub(crate) api_token: Option<String>,
    /// Make so many of 1,000 requests go wrong: too-many (429), server-error (5xx), slow (1 s),
    /// cut (half an answer), garbage (no JSON), reset (no answer)
    #[arg(long = "fault", value_name = "KIND=PERMILLE")]
    pub(crate) faults: Vec<FaultChance>,
    /// Never answer 429 because a rate limit is used up
    #[arg(long)]
    pub(crate) no_rate_limits: bool,
    /// Where to write the certificate to trust with `--https`; must not exist yet
    #[arg(long, value_name = "PATH", requires = "https")]
    pub(crate) ca_file: Option<PathBuf>,
    /// Give the service app an RSA key, for clients that sign with RS256 only, as Okta's own MCP
    /// server and several of its SDKs; without it the key is on a curve (ES256)
    #[arg(long)]
    pub(crate) rsa: bool,
    /// Where to write the service app's private key; must not exist yet
    #[arg(long, value_name = "PATH")]
    pub(crate) key_file: Option<PathBuf>,
    /// Print how to connect as one line of JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// How often a fault happens.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FaultChance {
    pub(crate) kind: FaultKind,
    pub(crate) permille: u16,
}

/// A fault that happens by chance.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum FaultKind {
    TooMany,
    ServerError,
    Slow,
    Cut,
    Garbage,
    Reset,
}

impl FromStr for FaultChance {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let Some((kind, permille)) = text.split_once('=') else {
            return Err("one looks like slow=20: 20 of 1,000 requests".to_owned());
        };
        let kind = FaultKind::from_str(kind, true).map_err(|_| {
            let known = "too-many, server-error, slow, cut, garbage, reset";
            format!("there is no fault {kind:?}, only {known}")
        })?;
        match permille.parse() {
            Ok(permille @ 0..=1_000) => Ok(Self { kind, permille }),
            _ => Err(format!("{permille:?} is no whole number from 0 to 1000")),
        }
    }
}

/// Examples, and the settings.
fn after_help() -> String {
    let mut text = "\
Examples:
  okta-mcp demo              What it does, with an org in memory
  okta-mcp --sandbox         The MCP server, on an org in memory

  OKTA_ORG_URL=https://acme.okta.com \\
  OKTA_CLIENT_ID=0oa1b2c3d4e5f6g7h8i9 \\
  OKTA_KEY_ID=my-key-2026 \\
  OKTA_PRIVATE_KEY=/run/secrets/okta.pem \\
  OKTA_SCOPES='okta.users.read okta.groups.read' okta-mcp

Environment variables:"
        .to_owned();
    for setting in okta_mcp_server::SETTINGS {
        let about = setting.about.strip_suffix('.').filter(|about| !about.contains(". "));
        let about = about.unwrap_or(setting.about);
        let default = match setting.default {
            "none" => String::new(),
            needed if needed.starts_with("required") => format!("[{needed}] "),
            default => format!("[default: {default}] "),
        };
        // Writing to a string cannot fail.
        let _ = write!(
            text,
            "\n  {}\n          {about}\n          {default}[example: {}]",
            setting.variable, setting.example
        );
    }
    text
}
