//! Where things are.

use std::{path::PathBuf, process::Command};

use crate::Result;

/// The root of the repository.
pub(crate) fn root() -> PathBuf {
    let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    here.parent().map_or_else(|| here.clone(), PathBuf::from)
}

/// An environment variable of the developer's.
#[expect(clippy::disallowed_methods, reason = "a tool for developers reads its surroundings here")]
pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// A file of the facts about Okta that lie outside the repository; `None` where it is not there.
pub(crate) fn shared(name: &str) -> Option<PathBuf> {
    let folder = variable("OKTA_MCP_SHARED").map(PathBuf::from);
    let file = folder.unwrap_or_else(|| root().join("../shared")).join(name);
    file.is_file().then_some(file)
}

/// The cargo that runs this.
pub(crate) fn cargo(arguments: &[&str]) -> Command {
    let mut command = Command::new(variable("CARGO").unwrap_or_else(|| "cargo".to_owned()));
    command.args(arguments).current_dir(root());
    command
}

/// The folder of what is built.
pub(crate) fn target() -> PathBuf {
    variable("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// Runs a command to its end, and gives what it printed.
pub(crate) fn output(mut command: Command) -> Result<String> {
    let ended = command.stderr(std::process::Stdio::inherit()).output()?;
    if !ended.status.success() {
        return Err(format!("{command:?}: {}", ended.status).into());
    }
    Ok(String::from_utf8(ended.stdout)?)
}
