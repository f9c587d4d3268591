//! How the audit trail is kept: the table `[audit]` of the configuration file.

use std::{num::NonZeroU32, path::PathBuf};

use serde::Deserialize;

/// How the audit trail is kept.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct AuditSettings {
    /// Refuse reads too where the trail cannot be kept; without it only changes are refused.
    pub required: bool,
    /// Replace e-mail addresses and the names of people by stable pseudonyms.
    pub pseudonymise: bool,
    /// How many days a closed segment is kept; 0 keeps all for ever.
    pub retention_days: u32,
    /// The size, in MiB, from which a segment is closed and the next one begun.
    pub rotate_mib: NonZeroU32,
    /// How many rows may follow a signed checkpoint until the next; 0 signs one at the end only.
    pub checkpoint_rows: u64,
    /// Where checkpoints are sent besides, by syslog (RFC 5424).
    pub syslog: Option<SyslogTo>,
    /// A program and its arguments, which gets each checkpoint as a line of JSON.
    pub command: Option<CheckpointCommand>,
}

impl Default for AuditSettings {
    fn default() -> Self {
        Self {
            required: false,
            pseudonymise: false,
            retention_days: 400,
            rotate_mib: NonZeroU32::MIN.saturating_add(63),
            checkpoint_rows: 256,
            syslog: None,
            command: None,
        }
    }
}

/// Where a syslog daemon listens.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(try_from = "String")]
pub enum SyslogTo {
    /// `unix:/dev/log`: a socket of this machine.
    Unix(PathBuf),
    /// `udp:host:514`.
    Udp(String),
    /// `tcp:host:601`.
    Tcp(String),
}

impl TryFrom<String> for SyslogTo {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let port = |place: &str| {
            place.rsplit_once(':').is_some_and(|(host, port)| {
                !host.is_empty() && port.parse::<u16>().is_ok_and(|port| port > 0)
            })
        };
        match text.split_once(':') {
            Some(("unix", path)) if cfg!(unix) && path.starts_with('/') => {
                Ok(Self::Unix(path.into()))
            }
            Some(("udp", place)) if port(place) => Ok(Self::Udp(place.to_owned())),
            Some(("tcp", place)) if port(place) => Ok(Self::Tcp(place.to_owned())),
            _ => Err(format!(
                "{text:?} is no place of a syslog daemon; one looks like unix:/dev/log, \
                 udp:localhost:514 or tcp:logs.example.com:601"
            )),
        }
    }
}

/// A program and its arguments.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(try_from = "Vec<String>")]
pub struct CheckpointCommand(pub Vec<String>);

impl TryFrom<Vec<String>> for CheckpointCommand {
    type Error = &'static str;

    fn try_from(words: Vec<String>) -> Result<Self, Self::Error> {
        match words.first() {
            Some(program) if !program.trim().is_empty() => Ok(Self(words)),
            _ => Err("a command names a program, such as [\"/usr/bin/logger\", \"-t\", \"okta\"]"),
        }
    }
}
