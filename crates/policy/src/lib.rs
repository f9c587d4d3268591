//! Which calls are allowed, confirmed or denied: ordered rules, conditions, limits, protected
//! objects.
//!
//! Nothing here does I/O. A [`Source`] is a policy as it is written; [`Policy::new`] checks it, and
//! [`Policy::judge`] says what becomes of a call of which the [`Facts`] are known. What cannot be
//! evaluated never makes a call freer.

mod approvers;
mod cases;
mod condition;
mod error;
mod facts;
mod judge;
mod names;
mod policy;
mod protect;
mod replay;
mod ruling;
mod select;
mod source;
mod time;
mod values;
mod walk;
mod words;

pub use approvers::{Candidate, MayApprove, MayNot};
pub use cases::{Case, CaseResult, Cases, Declared, Surroundings, run_cases};
pub use error::{PolicyError, Step, Unmatched};
pub use facts::{Facts, Operation, Stage};
pub use names::{Idle, Known};
pub use policy::{LimitOf, Policy};
pub use protect::Kind;
pub use replay::{Recorded, Replay, Replayed, Verdict};
pub use ruling::{Considered, Matched, Ruling};
pub use select::{BadGlob, Globs};
pub use source::{Count, Limit, Protect, Rule, Source};
pub use words::{Decision, Effect, Level, UnknownWord};
