//! What a verification finds.

use std::fmt;

use serde::Serialize;

/// What a verification finds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// The public key that signatures were checked with, in hex.
    pub key: String,
    /// Every segment that is there, the oldest first.
    pub segments: Vec<SegmentReport>,
    /// How many segments were deleted for their age, as the trail says.
    pub retired: usize,
    /// What is wrong, by segment and row. Of a chain that is broken, the first broken row.
    pub problems: Vec<Problem>,
}

impl Report {
    /// True where nothing is wrong.
    pub fn is_whole(&self) -> bool {
        self.problems.is_empty()
    }

    /// How many rows there are.
    pub fn rows(&self) -> u64 {
        self.segments.iter().map(|segment| segment.rows).sum()
    }

    /// How many checkpoints are good.
    pub fn checkpoints(&self) -> u64 {
        self.segments.iter().map(|segment| segment.checkpoints).sum()
    }
}

/// A segment, as it was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SegmentReport {
    /// Its file name.
    pub segment: String,
    /// How many rows it has.
    pub rows: u64,
    /// When its first row was written, UTC.
    pub first: Option<String>,
    /// When its last row was written, UTC.
    pub last: Option<String>,
    /// How many of its checkpoints are good.
    pub checkpoints: u64,
    /// How it ends.
    pub end: End,
}

/// How a segment ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum End {
    /// A process is writing it.
    Live,
    /// Its process closed it.
    Closed,
    /// Its process was gone; a later one looked after it.
    Recovered,
    /// Its process is gone; the next one to start looks after it.
    Crashed,
}

/// Something that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Problem {
    /// The segment's file name.
    pub segment: String,
    /// The number of the first row that is not as it was written, from 1.
    pub row: u64,
    /// What kind of thing.
    pub kind: ProblemKind,
    /// What it is, in words.
    pub sentence: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} row {}: {}", self.segment, self.row, self.sentence)
    }
}

/// What kind of thing is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ProblemKind {
    /// A row is not the one that was written.
    Changed,
    /// Rows are missing between others.
    Removed,
    /// Rows stand in another order.
    Reordered,
    /// A row was added.
    Inserted,
    /// Rows are missing at the end.
    Truncated,
    /// A segment is missing.
    MissingSegment,
    /// A signature is not the key's.
    BadSignature,
    /// A head file is missing.
    MissingHead,
    /// A segment was signed with another key.
    KeyChanged,
}
