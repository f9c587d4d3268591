//! The command line of `okta-mcp audit`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum, builder::RangedU64ValueParser};

/// Read, check and export the audit trail
///
/// Every call leaves rows: who called what, what was decided, what was sent to Okta and what came
/// of it. The rows are chained and signed. Reading them leaves a row, too.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  okta-mcp audit tail
  okta-mcp audit search --since 7d --tool delete_group
  okta-mcp audit verify
  okta-mcp audit reconcile --since 7d
  okta-mcp audit export --format ocsf --since 2026-01-01 --out events.jsonl")]
pub(crate) struct AuditArgs {
    #[command(subcommand)]
    pub(crate) command: AuditCommand,
}

/// What is done with the trail.
#[derive(Debug, Subcommand)]
pub(crate) enum AuditCommand {
    Tail(TailArgs),
    Search(SearchArgs),
    Show(ShowArgs),
    Export(ExportArgs),
    Verify(VerifyArgs),
    Reconcile(ReconcileArgs),
    Report(ReportArgs),
}

/// Show the last rows
#[derive(Debug, Args)]
#[command(after_help = "Example: okta-mcp audit tail -n 50")]
pub(crate) struct TailArgs {
    /// How many rows
    #[arg(short = 'n', long = "rows", value_name = "ROWS", default_value_t = 20,
        value_parser = RangedU64ValueParser::<usize>::new().range(1..=100_000))]
    pub(crate) rows: usize,
    /// Print the rows as they are kept, as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// Find calls, and rows about something else
///
/// All that is given must hold. Times are UTC: RFC 3339, a date, or a span until now.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  okta-mcp audit search --since 24h --outcome not_confirmed
  okta-mcp audit search --request-id ZkqDvsl1y4 --json
  okta-mcp audit search --kind approval.decided
  okta-mcp audit search ana@acme.example")]
pub(crate) struct SearchArgs {
    /// Text anywhere in a row, whatever its case
    pub(crate) text: Option<String>,
    #[command(flatten)]
    pub(crate) window: WindowArgs,
    /// The tool
    #[arg(long)]
    pub(crate) tool: Option<String>,
    /// Who is responsible for the call
    #[arg(long)]
    pub(crate) principal: Option<String>,
    /// What came of it, such as success, denied, unknown
    #[arg(long)]
    pub(crate) outcome: Option<String>,
    /// A kind of row, such as intent, approval.decided, policy
    #[arg(long)]
    pub(crate) kind: Option<String>,
    /// The id of a call, or the one in the user agent of Okta's System Log
    #[arg(long, value_name = "ID")]
    pub(crate) call: Option<String>,
    /// A request id of Okta
    #[arg(long, value_name = "ID")]
    pub(crate) request_id: Option<String>,
    /// How many are shown at most: the last ones
    #[arg(long, default_value_t = 100,
        value_parser = RangedU64ValueParser::<usize>::new().range(1..=1_000_000))]
    pub(crate) limit: usize,
    /// Print what was found as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// A window of time.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct WindowArgs {
    /// Begun then or later, such as 2h, 7d, 2026-01-31, 2026-01-31T09:00:00Z
    #[arg(long, value_name = "TIME")]
    pub(crate) since: Option<String>,
    /// Begun before then
    #[arg(long, value_name = "TIME")]
    pub(crate) until: Option<String>,
}

/// Show all rows of one call
#[derive(Debug, Args)]
#[command(after_help = "Example: okta-mcp audit show 12-3f9a0c1d2e4b5a69")]
pub(crate) struct ShowArgs {
    /// The id of the call, or the one in the user agent of Okta's System Log
    #[arg(value_name = "CALL_ID")]
    pub(crate) id: String,
    /// Print the rows as they are kept, as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// Export the trail for other programs
///
/// jsonl has the rows as they are kept, csv a line for each call, ocsf an event of OCSF 1.8 (API
/// Activity, class 6003) for each call.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  okta-mcp audit export --format csv --since 30d --out calls.csv
  okta-mcp audit export --format ocsf --since 1h")]
pub(crate) struct ExportArgs {
    /// The form
    #[arg(long)]
    pub(crate) format: ExportFormat,
    #[command(flatten)]
    pub(crate) window: WindowArgs,
    /// Where to write it; must not exist yet. Without it: standard output
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
}

/// The form of an export.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ExportFormat {
    /// Rows as they are kept, a line of JSON each
    Jsonl,
    /// A line for each call, for spreadsheets
    Csv,
    /// A line of JSON for each call: OCSF 1.8, class 6003
    Ocsf,
}

impl ExportFormat {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Jsonl => "jsonl",
            Self::Csv => "csv",
            Self::Ocsf => "ocsf",
        }
    }
}

/// Check that the trail is as it was written, and that all of it is there
///
/// Names the first row that was changed, removed, reordered or inserted, what is missing at the
/// end, and signatures that are not the key's. Exit code 1 where something is wrong.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  okta-mcp audit verify
  okta-mcp audit verify --folder /mnt/evidence/audit --key audit-key.pub
  okta-mcp audit verify --checkpoints /var/log/okta-mcp-checkpoints.log")]
pub(crate) struct VerifyArgs {
    /// The folder of another trail, such as a copy; nothing is written there
    #[arg(long, value_name = "PATH")]
    pub(crate) folder: Option<PathBuf>,
    /// The public key to expect: a file of PEM or hex. Without it: the key of this machine, with
    /// --folder the one that lies there
    #[arg(long, value_name = "FILE")]
    pub(crate) key: Option<PathBuf>,
    /// Checkpoints that were sent away, a line each: the trail must have all of them
    #[arg(long, value_name = "FILE")]
    pub(crate) checkpoints: Option<PathBuf>,
    /// Print the result as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// Compare the trail with Okta's own System Log
///
/// Finds writes that Okta does not know, and events of Okta that the trail does not know: somebody
/// else used the credential, or the trail was rewritten by who holds its key. Settles writes of
/// unknown outcome. Reads the System Log as any call does (`okta.logs.read`; with an API token
/// `okta.users.read` too). Events can arrive late. Exit code 1 where something does not match.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  okta-mcp audit reconcile --since 24h
  okta-mcp audit reconcile --since 2026-01-01 --until 2026-02-01 --json")]
pub(crate) struct ReconcileArgs {
    /// From then on, such as 24h, 2026-01-31, 2026-01-31T09:00:00Z; Okta keeps 90 days
    #[arg(long, value_name = "TIME")]
    pub(crate) since: String,
    /// Until then; without it until now
    #[arg(long, value_name = "TIME")]
    pub(crate) until: Option<String>,
    /// Print what was found as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// Write an evidence pack: rows, calls, policies, approvals, tool digests and the verification, in
/// one signed archive
#[derive(Debug, Args)]
#[command(after_help = "Example: okta-mcp audit report --since 90d --out evidence.zip")]
pub(crate) struct ReportArgs {
    /// From then on, such as 90d, 2026-01-31, 2026-01-31T09:00:00Z
    #[arg(long, value_name = "TIME")]
    pub(crate) since: String,
    /// Until then; without it until now
    #[arg(long, value_name = "TIME")]
    pub(crate) until: Option<String>,
    /// Where to write it; must not exist yet
    #[arg(long, value_name = "FILE.zip")]
    pub(crate) out: PathBuf,
}
