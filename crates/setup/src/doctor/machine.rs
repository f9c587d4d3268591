//! What lies on this machine: the configuration, and what has to be private.

use std::{
    fs::Metadata,
    path::{Path, PathBuf},
};

use okta_mcp_server::{Config, ConfigError, Settings};

use super::finding::{Check, Finding};
use crate::trouble::{self, Trouble};

/// Whether the server would start with it.
pub(super) fn configuration(
    settings: Result<&Settings, &ConfigError>,
    config: Result<&Config, &ConfigError>,
) -> Finding {
    match (settings, config) {
        (Err(error), _) | (_, Err(error)) => Finding::fail(trouble_of(error), error.to_string()),
        (Ok(settings), Ok(config)) => {
            let from = match settings.file() {
                Some(file) => format!("{}, profile {}", file.display(), settings.profile()),
                None => "environment variables".to_owned(),
            };
            let way = config.sign_in.way();
            Finding::pass(Check::Configuration, format!("{from}: {way}"))
        }
    }
}

/// The configuration can be read, and no client be made with it.
pub(super) fn cannot_start(error: &dyn std::error::Error) -> Finding {
    Finding::fail(trouble::CONFIGURATION, error.to_string())
}

fn trouble_of(error: &ConfigError) -> &'static Trouble {
    match error {
        ConfigError::Key { .. } => trouble::KEY_UNREADABLE,
        ConfigError::Bad { at, .. } if at.name() == "org" => trouble::ORG_URL,
        _ => trouble::CONFIGURATION,
    }
}

/// Whether what has to be private is.
pub(super) fn files(settings: &Settings, env: &dyn Fn(&str) -> Option<String>) -> Vec<Finding> {
    let state = match settings.state_folder(env) {
        Ok(state) => state,
        Err(error) => return vec![Finding::fail(trouble::STATE, error.to_string())],
    };
    if let Err(error) = writable(&state) {
        let told = format!("{}: {error}", state.display());
        return vec![Finding::fail(trouble::STATE, told)];
    }
    let exposed: Vec<PathBuf> = below(&state).into_iter().filter(|path| is_exposed(path)).collect();
    if let [first, rest @ ..] = &*exposed {
        let more =
            if rest.is_empty() { String::new() } else { format!(" and {} more", rest.len()) };
        let told = format!("others can read {}{more}", first.display());
        return vec![Finding::fail(trouble::EXPOSED, told)];
    }
    // In a container others are often nobody.
    let key = settings.secret_files().into_iter().find(|path| is_exposed(path));
    vec![match key {
        Some(path) => {
            Finding::warn(trouble::EXPOSED, format!("others can read {}", path.display()))
        }
        None => Finding::pass(Check::Files, format!("{} is private", state.display())),
    }]
}

/// Whether the keyring can be asked. That it cannot matters where something is in it.
pub(super) fn keyring(settings: &Settings, env: &dyn Fn(&str) -> Option<String>) -> Finding {
    let keyring = settings.keyring(env);
    let state = settings.state_folder(env);
    let sealed = state.is_ok_and(|state| okta_storage::key_is_in_keyring(&state));
    let used = match (settings.secret_in_keyring(), sealed) {
        (Some(setting), _) => Some(format!("it is to hold {setting}")),
        (None, true) => Some("it holds the sealing key".to_owned()),
        (None, false) => None,
    };
    match (keyring.state(), used) {
        (Ok(()), used) => {
            let used = used.map_or_else(String::new, |used| format!(": {used}"));
            Finding::pass(Check::Keyring, format!("the {} works{used}", keyring.name()))
        }
        (Err(why), Some(used)) => Finding::fail(trouble::KEYRING, format!("{why}; and {used}")),
        (Err(why), None) => Finding::skip(Check::Keyring, format!("not used: {why}")),
    }
}

/// Tries to write where the trail would be written, and leaves nothing behind.
fn writable(state: &Path) -> std::io::Result<()> {
    let there = state.ancestors().find(|path| path.exists()).unwrap_or(state);
    if !there.is_dir() {
        return Err(std::io::Error::from(std::io::ErrorKind::NotADirectory));
    }
    tempfile::Builder::new().prefix(".okta-mcp-doctor").tempfile_in(there).map(drop)
}

/// The folder and all that lies below it. What cannot be read is left out: who reads it says so.
fn below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries = fs_err::read_dir(&folder).into_iter().flatten().flatten();
        for entry in entries {
            let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
            if is_folder { folders.push(entry.path()) } else { found.push(entry.path()) }
        }
        found.push(folder);
    }
    found.sort();
    found
}

fn is_exposed(path: &Path) -> bool {
    fs_err::metadata(path).is_ok_and(|about| others_may(&about))
}

#[cfg(unix)]
fn others_may(about: &Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    about.permissions().mode() & 0o077 != 0
}

/// Without modes the folder of the user decides.
#[cfg(not(unix))]
fn others_may(_: &Metadata) -> bool {
    false
}
