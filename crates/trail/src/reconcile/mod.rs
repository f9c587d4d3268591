//! Reconciliation: the trail beside the log that Okta itself keeps of the same requests.
//!
//! Who holds the signing key can write another trail, and it verifies. What Okta logged they cannot
//! change: each request carried number and hash of a row in its `User-Agent`, and Okta's ids of the
//! requests stand in the rows. Here the two are joined; what an event means is up to who read it.

mod account;
mod join;

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

pub use self::{account::Account, join::reconcile};

/// How far beyond its window the log is to be read, and how long a write may be missing from it:
/// clocks differ, and events arrive late.
pub const MARGIN: SignedDuration = SignedDuration::from_mins(15);

/// What is joined.
#[derive(Clone, Copy)]
pub struct Question<'a> {
    /// Where the window begins.
    pub since: Timestamp,
    /// Where it ends.
    pub until: Timestamp,
    /// When the log was read.
    pub read: Timestamp,
    /// The host of the org whose log it is.
    pub org: &'a str,
    /// Who was responsible for the writes that are looked for in it.
    pub principal: &'a str,
    /// Why the log may hold nothing of an operation (`PUT /api/v1/groups/{groupId}`), where it may.
    pub silent: &'a dyn Fn(&str) -> Option<&'static str>,
}

/// An event of the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Event {
    /// Its id.
    pub id: String,
    /// When it happened.
    pub time: Timestamp,
    /// What it tells of, such as `group.lifecycle.create`.
    pub kind: String,
    /// How it ended, and why, in the log's words.
    pub result: String,
    /// Who did it: the ids of actor and client.
    pub by: Vec<String>,
    /// The `User-Agent` of the request; empty where the log names none.
    pub agent: String,
    /// The address that the request came from; empty where the log names none.
    pub address: String,
    /// What it was done to, by name.
    pub targets: Vec<String>,
    /// The ids of the request that caused it.
    pub request_ids: Vec<String>,
    /// The call that its `User-Agent` names: see [`named_call`].
    pub call: Option<String>,
    /// What it says about a write.
    #[serde(skip)]
    pub nature: Nature,
    /// True where a row of the trail must explain it.
    #[serde(skip)]
    pub expected: bool,
}

/// What an event says about a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nature {
    /// It was done.
    Done,
    /// It was refused.
    Refused,
    /// Nothing: it tells of something else, such as a rate limit.
    Aside,
}

/// What the join found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Reconciled {
    /// Writes of the window that were sent.
    pub writes: u64,
    /// How many of them the log knows.
    pub witnessed: u64,
    /// Events of the window.
    pub events: u64,
    /// How many of them the trail explains.
    pub explained: u64,
    /// How many of them no row need explain.
    pub aside: u64,
    /// Writes that were done by the trail, and that the log does not know.
    pub missing: Vec<Account>,
    /// Writes of which trail and log say the opposite.
    pub contradicted: Vec<Beside>,
    /// Events that the trail does not explain.
    pub unexplained: Vec<Unexplained>,
    /// Writes that the log does not know yet.
    pub late: Vec<Account>,
    /// Writes that the log does not know, and need not.
    pub silent: Vec<Silent>,
    /// Writes of which the trail does not know the outcome.
    pub settled: Vec<Settled>,
    /// What was refused: calls and events, side by side.
    pub refused: Vec<Beside>,
    /// Writes of the window to other orgs, or by other principals.
    pub elsewhere: u64,
    /// Lines of the trail that are no rows.
    pub unreadable: u64,
}

impl Reconciled {
    /// True where trail and log tell the same.
    pub const fn matches(&self) -> bool {
        self.missing.is_empty() && self.contradicted.is_empty() && self.unexplained.is_empty()
    }
}

/// A call, and the events of it: one of both may be missing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Beside {
    /// What the trail says.
    pub call: Option<Account>,
    /// What the log says.
    pub events: Vec<Event>,
}

/// An event that the trail does not explain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Unexplained {
    /// Why not.
    #[serde(flatten)]
    pub why: Why,
    /// The event.
    pub event: Event,
}

/// Why an event is not explained.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "why")]
pub enum Why {
    /// Its request names no call of a trail: something else used the credential.
    Foreign,
    /// Its request names a row that the trail does not have: one was changed or removed. Where
    /// the trail has the request's id all the same, `recorded` is the call that has it.
    RowGone {
        /// The call whose rows hold the request's id now.
        recorded: Option<String>,
    },
    /// Its request names a call that sent another request: something else used the credential,
    /// and borrowed the id.
    Borrowed,
}

/// A write that the log need not know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Silent {
    /// Why it need not.
    pub why: &'static str,
    /// What the trail says.
    pub call: Account,
}

/// A write of which the trail does not know the outcome.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Settled {
    /// What the log says about it.
    pub verdict: Verdict,
    /// What the trail says.
    pub call: Account,
    /// The events of it.
    pub events: Vec<Event>,
}

/// What the log says about a write of which the trail does not know the outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It was done.
    Done,
    /// It was refused.
    Refused,
    /// Nothing, and a write that was done would be in it by now.
    Nothing,
    /// Nothing, and it need not.
    Silent,
    /// Nothing yet.
    Late,
}

/// The id of a call that a `User-Agent` names (`okta-mcp/1.2.3 (call/12-0123456789abcdef)`), in
/// the form of [`crate::Recorded::call_id`].
pub fn named_call(agent: &str) -> Option<&str> {
    let product = agent.find("okta-mcp/")?;
    let (_, rest) = agent.get(product..)?.split_once(" (call/")?;
    let (id, _) = rest.split_once(')')?;
    let (seq, hash) = id.split_once('-')?;
    let hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    let fits = !seq.is_empty()
        && seq.len() < 20
        && seq.bytes().all(|byte| byte.is_ascii_digit())
        && hash.len() == 16
        && hash.bytes().all(hex);
    fits.then_some(id)
}

#[cfg(test)]
mod tests;
