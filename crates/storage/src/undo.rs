//! Undo: the requests that take a change back.

use jiff::Timestamp;

/// How a change is taken back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undo {
    /// Its id, from [`crate::new_id`]; what is sealed is sealed under it.
    pub id: String,
    /// The id of the call that made the change.
    pub call_id: String,
    /// The tool that made it.
    pub tool: String,
    /// What is taken back, in one line.
    pub summary: String,
    /// Who made the change.
    pub principal: String,
    /// The host of the org.
    pub org: String,
    /// When the change was made, kept to the microsecond.
    pub created: Timestamp,
    /// Until when it can be taken back, kept to the microsecond.
    pub expires: Timestamp,
    /// The requests, sealed under `id`.
    pub sealed: Vec<u8>,
}

impl Undo {
    /// The kind that its requests are sealed under, with its id.
    pub const KIND: &str = "undo";
}

/// An undo that is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// How the change is taken back.
    pub undo: Undo,
    /// When it was taken to be executed, where it was.
    pub taken: Option<Timestamp>,
}
