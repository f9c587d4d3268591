//! The audit trail: chained rows, checkpoints, verification, search, export.
//!
//! It knows neither Okta nor tools: a row is a kind and named values, and who calls decides what
//! they are. Clock and randomness are passed in.

mod row;
mod settings;
mod text;

pub use row::{Recorded, Recorder, Row, TrailError, hex};
pub use settings::{Settings, Syslog};
pub use text::{escaped, to_text};
