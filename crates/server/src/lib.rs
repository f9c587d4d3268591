//! The MCP server: configuration, transports, and the handler that rmcp calls.
//!
//! Text for the model comes from the catalog and the pipeline; nothing here knows a tool by name.

mod app;
pub mod approvals;
mod config;
mod confirm;
mod handler;
mod key_file;
mod keyring;
mod logging;
mod page_style;
mod people;
mod sign_in;
mod stdio;
mod system;
mod tools;
mod trail;

pub use app::{App, StartError};
pub use config::{
    ApproverApp, At, AuditSettings, CheckpointCommand, Config, ConfigError, DEFAULT_PROFILE,
    Environment, Flags, Flow, Group, IdAt, KeySource, Kind, Origin, OwnKey, PERSON_SCOPES, Profile,
    Row, SETTINGS, Setting, Settings, SignIn, SyslogTo, read_cases, redirect_uri,
};
pub use handler::Handler;
pub use key_file::is_path;
pub use keyring::{Keyring, KeyringError, SecretEntry, SecretKind};
pub use logging::{Logging, LoggingError};
pub use sign_in::{Browser, LoopbackPage, SystemBrowser, TokenFiles};
pub use stdio::serve_stdio;
pub use system::{Folders, SystemClock, SystemEntropy};
pub use tools::{annotations, definition, definitions_digest};
pub use trail::of as trail_of;
