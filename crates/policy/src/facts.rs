//! What is known of a call when it is judged.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::Value;

use crate::words::{Effect, Level};

/// How much of a call is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Nothing was read from Okta yet. For a call that reads, this is the only judgement. For one
    /// that changes something it is a first one, and only a `deny` is final: what hangs on the
    /// target or on counts is left out.
    BeforeReading,
    /// The target is read and the requests are known: for a call that changes something, the
    /// judgement that counts.
    Prepared,
    /// From the trail: requests and counts are known, the target is not.
    Recorded,
}

/// An operation that a call sends, or is declared to send. A glob of a rule matches if it matches
/// method and path template, or method and path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operation {
    /// The HTTP method, in capitals.
    pub method: String,
    /// The path template, as Okta's reference writes it: `/api/v1/groups/{groupId}`.
    pub template: String,
    /// The path with its values, such as `/api/v1/groups/00g1a2b3`; `None` until it is known.
    pub path: Option<String>,
}

impl Operation {
    /// An operation of which the values are not known.
    pub fn declared(method: &str, template: &str) -> Self {
        Self { method: method.to_owned(), template: template.to_owned(), path: None }
    }

    /// An operation as it is sent.
    pub fn sent(method: &str, template: &str, path: &str) -> Self {
        Self { path: Some(path.to_owned()), ..Self::declared(method, template) }
    }
}

/// A call, as rules and conditions see it.
#[derive(Clone, Debug)]
pub struct Facts<'a> {
    /// The tool.
    pub tool: &'a str,
    /// Its toolset.
    pub toolset: &'a str,
    /// What it does; once it is prepared, as raised by its arguments.
    pub effect: Effect,
    /// What it sends; before it is prepared, what it is declared to send.
    pub operations: &'a [Operation],
    /// The arguments: a JSON object.
    pub args: &'a Value,
    /// The object that is changed, as Okta has it; `None` where the tool changes none that is
    /// there.
    pub target: Option<&'a Value>,
    /// Who is responsible for the call.
    pub principal: &'a str,
    /// The client's name, as it says.
    pub client: &'a str,
    /// The profile of the configuration.
    pub profile: &'a str,
    /// The host of the org.
    pub org: &'a str,
    /// The time of the call.
    pub now: Timestamp,
    /// For each limit of the policy how many are in its span of time; where the limit is about this
    /// call (see [`Policy::limits_of`](crate::Policy::limits_of)) with this call's own.
    pub counts: &'a BTreeMap<String, u64>,
    /// The best level of confirmation that is set up.
    pub best: Level,
}
