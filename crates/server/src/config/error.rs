//! Why the server cannot start.

use std::path::PathBuf;

use okta_client::KeyError;

use super::{layers::At, setting::Setting};

/// Why the server cannot start: which setting, why, and what it should look like.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A setting is missing.
    #[error("{}", missing(setting, why, file.as_ref()))]
    Missing {
        /// The setting.
        setting: &'static Setting,
        /// Why it is needed.
        why: &'static str,
        /// The file and the profile in it that could say it, where there is one.
        file: Option<(PathBuf, String)>,
    },
    /// A setting cannot be read.
    #[error("{at}: {problem}")]
    Bad {
        /// Where it stands.
        at: At,
        /// What is wrong with it, and what is accepted.
        problem: String,
    },
    /// The private key cannot be read.
    #[error("{at}: {problem}")]
    Key {
        /// Where it stands.
        at: At,
        /// What is wrong with it.
        problem: KeyError,
    },
    /// A file that something names cannot be used.
    #[error("{by}: {}: {problem}", path.display())]
    File {
        /// What names it.
        by: String,
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
    /// Two settings say the same thing in two ways.
    #[error("{first} and {second} are both set: keep one of them")]
    Both {
        /// One, and where it stands.
        first: String,
        /// The other.
        second: String,
    },
    /// Two settings do not go together.
    #[error("{first} says {said:?}, which does not go with {second}: keep one of them")]
    Contradiction {
        /// One, and where it stands.
        first: String,
        /// What it says.
        said: String,
        /// The other.
        second: String,
    },
    /// There is no home folder to keep files in.
    #[error("there is no home folder: set {name}, such as {name}={}", .0.example, name = .0.variable)]
    NoHome(&'static Setting),
}

fn missing(setting: &Setting, why: &str, file: Option<&(PathBuf, String)>) -> String {
    let Setting { variable, example, .. } = setting;
    match (file, setting.key) {
        (Some((path, profile)), Some(key)) => format!(
            "{key} is not set in profile {profile} of {}, nor is {variable}: {why}, such as {}",
            path.display(),
            setting.toml_example()
        ),
        _ if example.contains(' ') => {
            format!("{variable} is not set: {why}, such as {variable}=\"{example}\"")
        }
        _ => format!("{variable} is not set: {why}, such as {variable}={example}"),
    }
}
