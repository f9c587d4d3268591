//! Why the server cannot start.

use std::path::PathBuf;

use okta_client::{KeyError, OrgUrlError};

/// Why the server cannot start: which setting, why, and what it should look like.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A setting is missing.
    #[error("{variable} is not set: {why}, such as {variable}={example}")]
    Missing {
        /// The variable.
        variable: &'static str,
        /// Why it is needed.
        why: &'static str,
        /// An example.
        example: &'static str,
    },
    /// A setting cannot be read.
    #[error("{variable}: {problem}")]
    Bad {
        /// The variable.
        variable: &'static str,
        /// What is wrong with it, and what is accepted.
        problem: String,
    },
    /// The org URL cannot be read.
    #[error("OKTA_ORG_URL: {0}")]
    Org(OrgUrlError),
    /// The private key cannot be read.
    #[error("{variable}: {problem}")]
    Key {
        /// The variable.
        variable: &'static str,
        /// What is wrong with it.
        problem: KeyError,
    },
    /// A file that a setting names cannot be used.
    #[error("{variable}: {}: {problem}", path.display())]
    File {
        /// The variable.
        variable: &'static str,
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
    /// The configuration file says something that cannot be.
    #[error("{}:{line}:{column}: {problem}", path.display())]
    InFile {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// The column, from 1, in characters.
        column: usize,
        /// What is wrong with it, and what may have been meant.
        problem: String,
    },
    /// There is no such profile.
    #[error("there is no profile {name:?}: {problem}")]
    NoProfile {
        /// Its name.
        name: String,
        /// Which there are.
        problem: String,
    },
    /// Two settings contradict each other.
    #[error("{first} and {second} are both set: keep one of them")]
    Both {
        /// One.
        first: &'static str,
        /// The other.
        second: &'static str,
    },
    /// There is no home folder to keep the trail in.
    #[error("there is no home folder for the audit trail: set {0}, such as {0}=/var/lib/okta-mcp")]
    NoHome(&'static str),
}
