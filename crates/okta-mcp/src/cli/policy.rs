//! The command line of `okta-mcp policy`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use jiff::Timestamp;
use okta_policy::Effect;

/// See what the policy says, and try a change of it
///
/// The policy stands in the configuration file: which calls are allowed, confirmed by a person or
/// denied. None of these commands needs an org or credentials.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  okta-mcp policy check
  okta-mcp policy explain delete_group group_id=00g1a2b3c4d5e6f7g8h9
  okta-mcp policy test cases.toml
  okta-mcp policy replay --draft draft.toml --since 7d")]
pub(crate) struct PolicyArgs {
    #[command(subcommand)]
    pub(crate) command: PolicyCommand,
}

/// What is done about the policy.
#[derive(Debug, Subcommand)]
pub(crate) enum PolicyCommand {
    Check(CheckArgs),
    Explain(ExplainArgs),
    Test(TestArgs),
    Replay(ReplayArgs),
}

/// Check the configuration file, and every profile in it
#[derive(Debug, Args)]
#[command(after_help = "Example: okta-mcp policy check --config ./okta-mcp.toml")]
pub(crate) struct CheckArgs {
    /// Print what was found as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// Say what would become of a call, which rule decides, and what the others say
///
/// Nothing is read from Okta: rules that look at the object to be changed are left out unless it is
/// given, and limits are asked as if nothing had been done before.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  okta-mcp policy explain delete_group group_id=00g1a2b3c4d5e6f7g8h9
  okta-mcp policy explain update_user user_id=ana@acme.example --target @ana.json
  okta-mcp policy explain deactivate_user user_id=00u1 --count offboarding=6 --profile prod")]
pub(crate) struct ExplainArgs {
    /// The tool's name; `okta-mcp tools` lists them
    pub(crate) tool: String,
    /// The arguments, as in `okta-mcp call`
    #[arg(value_name = "KEY=VALUE", conflicts_with = "arguments_json")]
    pub(crate) arguments: Vec<String>,
    /// The arguments as a JSON object: as it is, `@` and a file, or `-` for standard input
    #[arg(long = "arguments", value_name = "JSON", allow_hyphen_values = true)]
    pub(crate) arguments_json: Option<String>,
    /// The object to be changed, as `okta-mcp call get_… --output json` prints it: JSON, `@` and a
    /// file, or `-` for standard input; `null` for a tool that makes something new
    #[arg(long, value_name = "JSON", allow_hyphen_values = true)]
    pub(crate) target: Option<String>,
    /// The effect, where the arguments raise it above what the tool declares
    #[arg(long, value_name = "EFFECT")]
    pub(crate) effect: Option<Effect>,
    /// How many a limit counts, with this call
    #[arg(long = "count", value_name = "LIMIT=NUMBER")]
    pub(crate) counts: Vec<String>,
    /// The time of the call
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<Timestamp>,
    /// Who is responsible for the call; without it the app of `OKTA_CLIENT_ID`
    #[arg(long, value_name = "ID")]
    pub(crate) principal: Option<String>,
    /// The client's name
    #[arg(long, value_name = "NAME")]
    pub(crate) client: Option<String>,
    /// Print it as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// Run cases: calls of which a file says what should become of them
///
/// Exit code 1 where one of them goes otherwise.
#[derive(Debug, Args)]
#[command(after_help = "Example: okta-mcp policy test cases.toml --config ./okta-mcp.toml")]
pub(crate) struct TestArgs {
    /// The file of cases, in TOML
    pub(crate) file: PathBuf,
    /// Print the results as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// Judge the calls of the audit trail by a draft, and list those that would have gone otherwise
///
/// The trail holds calls, and not the objects that they changed: a rule that looks at those, or at
/// arguments that were not kept, cannot be asked, and such calls are listed too. Limits are counted
/// anew, over the calls that went to Okta.
#[derive(Debug, Args)]
#[command(after_help = "Example: okta-mcp policy replay --draft draft.toml --since 7d")]
pub(crate) struct ReplayArgs {
    /// The draft: a configuration file, with the profile that `--profile` names
    #[arg(long, value_name = "PATH")]
    pub(crate) draft: PathBuf,
    /// Calls since a time, or of a span until now, such as 24h or 7d; without it all that are kept
    #[arg(long, value_name = "WHEN")]
    pub(crate) since: Option<String>,
    /// Print what was found as JSON
    #[arg(long)]
    pub(crate) json: bool,
}
