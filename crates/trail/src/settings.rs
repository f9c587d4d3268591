//! How the trail is kept.

use std::path::{Path, PathBuf};

/// Where checkpoints go besides, over the syslog protocol (RFC 5424).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Syslog {
    /// A socket of this machine, such as `/dev/log`. Unix only.
    Unix(PathBuf),
    /// `host:port`, over UDP.
    Udp(String),
    /// `host:port`, over TCP, a line each.
    Tcp(String),
}

/// How the trail is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The folder of the segments. It is made where it is missing, for its owner alone.
    pub folder: PathBuf,
    /// The folder of the keys: `audit-key` and `pseudonym-key`.
    pub state: PathBuf,
    /// The size, in bytes, from which a segment is closed and the next one begun.
    pub rotate_bytes: u64,
    /// How many days a closed segment is kept; 0 keeps all for ever.
    pub retention_days: u32,
    /// How many rows may follow a checkpoint until the next; 0 signs one at the end only.
    pub checkpoint_rows: u64,
    /// Replace e-mail addresses and the names of people by stable pseudonyms.
    pub pseudonymise: bool,
    /// Where each checkpoint is sent besides.
    pub syslog: Option<Syslog>,
    /// A program and its arguments: each checkpoint besides is one line of JSON on the standard
    /// input of a run of it.
    pub command: Option<Vec<String>>,
}

impl Settings {
    /// The defaults, for a state folder: the segments are in `audit` below it.
    pub fn new(state: &Path) -> Self {
        Self {
            folder: state.join("audit"),
            state: state.to_owned(),
            rotate_bytes: 64 * 1024 * 1024,
            retention_days: 400,
            checkpoint_rows: 256,
            pseudonymise: false,
            syslog: None,
            command: None,
        }
    }
}
