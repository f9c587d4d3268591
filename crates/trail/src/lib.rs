//! The audit trail: chained rows, checkpoints, verification, search, export.
//!
//! It knows neither Okta nor tools: a row is a kind and named values, and who calls decides what
//! they are. Clock and randomness are passed in.

mod canonical;
mod checkpoint;
mod entry;
mod export;
mod files;
mod head;
mod key;
mod live;
mod name;
mod others;
mod outside;
mod pack;
mod pseudonym;
mod read;
mod reconcile;
mod recover;
mod retire;
mod row;
mod segment;
mod settings;
mod surroundings;
mod text;
mod trail;
mod verify;

pub use canonical::canonical;
pub use checkpoint::Checkpoint;
pub use entry::Entry;
pub use export::{CallsCsv, ocsf};
pub use key::{KeyFile, PUBLIC_KEY_FILE, PublicKey, SigningKey};
pub use pack::{Pack, Window, evidence_pack};
pub use read::{Call, Calls, Filter, Item, Rows, Summary, search, tail};
pub use reconcile::{
    Account, Beside, Event, MARGIN, Nature, Question, Reconciled, Settled, Silent, Unexplained,
    Verdict, Why, named_call, reconcile,
};
pub use row::{Recorded, Recorder, Row, TrailError, hex};
pub use settings::{Settings, Syslog};
pub use surroundings::{Now, Random, Surroundings};
pub use text::{cut, escaped, to_text};
pub use trail::Trail;
pub use verify::{End, Problem, ProblemKind, Report, SegmentReport, verify};
