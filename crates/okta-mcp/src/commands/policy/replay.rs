//! `okta-mcp policy replay`: the recorded calls under a draft.

use okta_client::Clock as _;
use okta_gate::escaped;
use okta_mcp_server::{Profile, SystemClock};
use okta_policy::{Recorded, Replay, Replayed, Verdict};
use serde_json::{Map, Value, json};

use super::{
    explain,
    recorded::{self, Found},
};
use crate::{
    cli::ReplayArgs,
    failure::Failure,
    moment,
    org::{self, Given},
    printer, table,
};

/// A call that the draft says something else of, or nothing for sure.
struct Told<'a> {
    call: &'a Recorded,
    replayed: Replayed,
}

/// Judges the recorded calls by the draft.
pub(super) async fn run(args: &ReplayArgs, given: &Given) -> Result<(), Failure> {
    if given.flags.file.is_some() {
        return Err(Failure::usage("--config does not go with replay: --draft names the file"));
    }
    let now = SystemClock.now();
    let since = args.since.as_deref().map(|text| moment::since(text, now)).transpose();
    let since = since.map_err(|problem| Failure::usage(format!("--since: {problem}")))?;
    let named = given.flags.profile.clone().or_else(|| org::environment("OKTA_MCP_PROFILE"));
    let draft = Profile::of_file(args.draft.clone(), named.as_deref()).map_err(Failure::usage)?;
    let policy = draft.policy.with_read_only(draft.policy.read_only() || given.flags.read_only);
    let folder =
        draft.settings.state_folder(&org::environment).map_err(Failure::usage)?.join("audit");
    let found = recorded::read(&folder, &draft.name, since).map_err(Failure::unexpected)?;
    let mut replay = Replay::new(&policy, super::best(&draft.settings).await);
    let told: Vec<Told<'_>> = found
        .calls
        .iter()
        .map(|call| Told { call, replayed: replay.judge(call) })
        .filter(|told| told.replayed.verdict != Verdict::Same)
        .collect();
    if args.json {
        return printer::json(&json(&found, &told));
    }
    print(&found, &told)
}

fn print(found: &Found, told: &[Told<'_>]) -> Result<(), Failure> {
    if !told.is_empty() {
        let headings = ["time", "call", "tool", "was", "would be", "why"].map(str::to_owned);
        printer::data(&table::render(&headings, told.iter().map(row)))?;
    }
    let unknown = told.iter().filter(|told| told.is_unknown()).count();
    let (all, otherwise) = (found.calls.len(), told.len() - unknown);
    let same = all - told.len();
    printer::note(&format!(
        "Of {all} calls {same} would have gone the same way, {otherwise} otherwise; of {unknown} it \
         cannot be told"
    ));
    for (count, what) in [
        (found.beside, "calls that ended before the policy was asked"),
        (found.elsewhere, "calls of other profiles"),
        (found.unread, "lines of the trail that are no rows (see `okta-mcp audit verify`)"),
    ] {
        if count > 0 {
            printer::note(&format!("Left out are {what}: {count}"));
        }
    }
    Ok(())
}

impl Told<'_> {
    fn is_unknown(&self) -> bool {
        matches!(self.replayed.verdict, Verdict::Unknown(_))
    }

    /// What would have become of it, and why.
    fn would(&self) -> (&str, &str) {
        match &self.replayed.verdict {
            Verdict::Unknown(why) => ("unknown", why),
            Verdict::Same | Verdict::Otherwise => {
                (self.replayed.ruling.decision.as_str(), &self.replayed.ruling.why)
            }
        }
    }
}

fn row(told: &Told<'_>) -> Vec<String> {
    let (would, why) = told.would();
    let was = told.call.decision.map_or("unknown", okta_policy::Decision::as_str);
    vec![
        format!("{:.0}", told.call.at),
        escaped(&told.call.id),
        told.call.tool.clone(),
        was.to_owned(),
        would.to_owned(),
        escaped(why),
    ]
}

fn json(found: &Found, told: &[Told<'_>]) -> Value {
    let calls = told.iter().map(|told| {
        let (would, why) = told.would();
        let mut value = Map::from_iter([
            ("time".to_owned(), json!(told.call.at)),
            ("call".to_owned(), json!(told.call.id)),
            ("tool".to_owned(), json!(told.call.tool)),
            ("was".to_owned(), json!(told.call.decision)),
            ("would_be".to_owned(), json!(would)),
            ("why".to_owned(), json!(why)),
        ]);
        value.insert("ruling".to_owned(), Value::Object(explain::told(&told.replayed.ruling)));
        Value::Object(value)
    });
    let calls: Vec<Value> = calls.collect();
    json!({
        "judged": found.calls.len(),
        "same": found.calls.len() - told.len(),
        "calls": calls,
        "before_the_policy": found.beside,
        "other_profiles": found.elsewhere,
        "no_rows": found.unread,
    })
}
