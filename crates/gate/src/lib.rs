//! The call pipeline: the one way to Okta.
//!
//! find → decode → allow → prepare → allow → confirm → re-check → record → send → record → shape.
//! Scope, confirmation and the trail are enforced here, never in a tool, and key on the operation
//! that a request resolves to. Nothing here knows the Model Context Protocol or HTTP.

mod access;
mod ask;
mod call;
mod change;
mod confirm;
mod context;
mod control;
mod desk;
mod envelope;
mod exchanges;
mod export;
mod files;
mod gate;
mod lines;
mod locks;
mod memory;
mod own_keys;
mod private;
pub mod protect;
mod question;
mod record;
mod reply;
mod ruling;
mod shown;
mod sources;
mod undo;
mod wire;

pub use access::{Configured, Rights, SwitchedOff};
pub use ask::{Asker, Question, Verdict};
pub use context::{Client, Context};
pub use envelope::CallError;
pub use export::{ExportFolder, FolderError};
pub use gate::{Called, Gate, Setup};
pub use memory::{ApproverSignIn, Approvers, Memory};
pub use okta_policy::Level;
pub use okta_trail::{cut, escaped, to_text};
pub use own_keys::OwnKeys;
pub use protect::Own;
pub use record::{Recorded, Recorder, Row, TrailError, hex};
pub use sources::Sources;
pub use wire::Wire;
