//! What was sent, counted for limits.

use jiff::Timestamp;

/// A call that counts, about to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// When, kept to the microsecond.
    pub at: Timestamp,
    /// The host of the org: what was sent to one does not count in another.
    pub org: String,
    /// The object that is changed: its id, else its path.
    pub target: String,
    /// Who is responsible.
    pub principal: String,
    /// The id of the call.
    pub call_id: String,
}

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Count {
    /// Distinct objects.
    Targets,
    /// Calls.
    Calls,
}

/// A limit, as it stands now: what was sent then or later counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Window {
    /// The limit's name.
    pub limit: String,
    /// Since when.
    pub since: Timestamp,
    /// How many there may be.
    pub at_most: u64,
    /// What is counted.
    pub count: Count,
}

/// What came of an attempt to be counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Admitted {
    /// It is counted.
    Yes,
    /// A limit is passed with it, and nothing is counted.
    No {
        /// The first such limit.
        limit: String,
    },
}
