//! What the trail says of a call, as far as a reconciliation asks.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use crate::{Call, Entry};

/// What the trail says of a call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Account {
    /// When its write was about to be sent; where nothing was, when it began.
    pub time: Timestamp,
    /// Its id.
    pub call: String,
    /// The id under which its write went to Okta.
    pub intent: Option<String>,
    /// The tool.
    pub tool: String,
    /// How grave it is: read, write, sensitive, destructive.
    pub effect: String,
    /// What was to be done, in words.
    pub summary: String,
    /// The requests of its write, such as `DELETE /api/v1/groups/00g1`.
    pub requests: Vec<String>,
    /// What came of it; empty where nothing is recorded.
    pub outcome: String,
    /// Okta's request ids.
    pub request_ids: Vec<String>,
}

impl Account {
    /// What the trail says of a call; `None` where no row has a time.
    pub(super) fn of(call: &Call) -> Option<Self> {
        let intent = call.of_kind("intent");
        let time = intent.or_else(|| call.rows().first())?.time()?;
        let text = |name: &str| call.text(name).unwrap_or_default().to_owned();
        let requests = intent.map(|intent| sent(intent).map(|(request, _)| request.to_owned()));
        Some(Self {
            time,
            call: call.id(),
            intent: intent.and_then(Entry::id),
            tool: text("tool"),
            effect: text("effect"),
            summary: text("summary"),
            requests: requests.into_iter().flatten().collect(),
            outcome: call.outcome().to_owned(),
            request_ids: request_ids(call),
        })
    }

    /// True where it was to change something, and was not done.
    pub(super) fn is_refused_change(&self) -> bool {
        const NO_REFUSALS: &[&str] =
            &["success", "unknown", "", "asked", "approval_required", "cancelled", "interrupted"];
        self.effect != "read" && !NO_REFUSALS.contains(&self.outcome.as_str())
    }

    /// True where the trail does not know whether it was done.
    pub(super) fn is_open(&self) -> bool {
        matches!(self.outcome.as_str(), "unknown" | "")
    }
}

/// What an intent says was to be sent: the requests, and the operation of each, with its method.
pub(super) fn sent(intent: &Entry) -> impl Iterator<Item = (&str, String)> {
    let requests = intent.row.get("requests").and_then(Value::as_array);
    requests.into_iter().flatten().filter_map(|sent| {
        let request = sent.get("request")?.as_str()?;
        let (method, _) = request.split_once(' ')?;
        Some((request, format!("{method} {}", sent.get("operation")?.as_str()?)))
    })
}

/// All request ids that its rows name, each once.
fn request_ids(call: &Call) -> Vec<String> {
    let rows = call.rows().iter();
    let all = rows.filter_map(|row| row.row.get("okta_request_ids")?.as_array()).flatten();
    let mut ids: Vec<String> = Vec::new();
    for id in all.filter_map(Value::as_str) {
        if !ids.iter().any(|known| known == id) {
            ids.push(id.to_owned());
        }
    }
    ids
}
