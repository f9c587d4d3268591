//! What can be done to an Okta org: each tool is one declaration, one file per Okta resource.
//!
//! Nothing here does I/O: a tool is a constant, and what it needs to read it asks of its
//! [`Desk`]. Only a [`Plan`]'s requests change anything, and only the pipeline sends them.

mod args;
mod contents;
mod described;
mod desk;
mod engine;
mod image;
mod label;
mod look;
mod meant;
mod merge;
mod names;
mod pages;
mod pem;
mod read_back;
mod read_only;
mod replace;
mod resources;
#[cfg(any(test, feature = "schemas"))]
mod schema;
mod scope;
mod shape;
mod switch;
mod tool;
mod version;

pub use contents::{FILE_ARGUMENTS, Undecodable, file_in};
#[cfg(any(test, feature = "schemas"))]
pub use described::described;
pub use desk::{
    Access, Answer, Caller, Control, Created, Desk, Export, ExportFile, Failure, KEY_VARIABLE,
    KeyPlace, Plan, Prepared, Target,
};
pub use merge::{diff, merged, remarkable, same};
pub use read_back::{Found, ReadBack};
pub use resources::{
    GET_LOGS, GET_USER, PREVIEW_CHANGE, TOOLSETS, Toolset, UNDO_CHANGE, find, operation, tools,
    toolset_of,
};
pub use scope::Scope;
pub use shape::{REDACTED, redact, strip_links};
pub use tool::{Args, Effect, Operation, Prepare, Tool, ToolDef};
