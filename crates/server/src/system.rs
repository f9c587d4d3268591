//! The clock, the randomness and the folders of this machine: all that depends on the operating
//! system.

use std::{path::PathBuf, time::Duration};

use okta_client::{BoxFuture, Clock, Entropy};

/// The wall clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the clock that is passed in")]
    fn now(&self) -> jiff::Timestamp {
        jiff::Timestamp::now()
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        Box::pin(tokio::time::sleep(duration))
    }
}

/// The operating system's random numbers.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    #[expect(
        clippy::disallowed_methods,
        clippy::panic,
        reason = "this is the source that is passed in; without randomness nothing here is safe"
    )]
    fn fill(&self, bytes: &mut [u8]) {
        if let Err(error) = getrandom::fill(bytes) {
            panic!("the operating system gives no random numbers: {error}");
        }
    }
}

/// Where the user's state and data are kept (XDG Base Directory Specification; the counterparts
/// of it on macOS and Windows).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folders {
    /// For what the user writes, such as the configuration file.
    pub config: PathBuf,
    /// For what must outlive a restart, such as the trail.
    pub state: PathBuf,
    /// For what the user asked for, such as exports.
    pub data: PathBuf,
}

impl Folders {
    /// The folders of the user whose environment this is; `None` without a home.
    pub fn of(env: impl Fn(&str) -> Option<String>) -> Option<Self> {
        let given = |name: &str| env(name).filter(|path| !path.is_empty()).map(PathBuf::from);
        if cfg!(windows) {
            let local = given("LOCALAPPDATA")?.join("okta-mcp");
            return Some(Self { config: local.clone(), state: local.join("state"), data: local });
        }
        let home = given("HOME")?;
        if cfg!(target_os = "macos") {
            let support = home.join("Library/Application Support/okta-mcp");
            let state = support.join("state");
            return Some(Self { config: support.clone(), state, data: support });
        }
        let absolute = |name: &str| given(name).filter(|path| path.is_absolute());
        let state = absolute("XDG_STATE_HOME").unwrap_or_else(|| home.join(".local/state"));
        let data = absolute("XDG_DATA_HOME").unwrap_or_else(|| home.join(".local/share"));
        let config = absolute("XDG_CONFIG_HOME").unwrap_or_else(|| home.join(".config"));
        let ours = |folder: PathBuf| folder.join("okta-mcp");
        Some(Self { config: ours(config), state: ours(state), data: ours(data) })
    }

    /// The configuration file, where nobody names another.
    pub fn config_file(&self) -> PathBuf {
        self.config.join("okta-mcp.toml")
    }
}

/// The mode of a file that others than its owner may change; `None` where they may not, or where the
/// system has no modes.
#[cfg(unix)]
pub(crate) fn writable_by_others(about: &std::fs::Metadata) -> Option<u32> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = about.permissions().mode() & 0o7777;
    (mode & 0o022 != 0).then_some(mode)
}

/// The mode of a file that others than its owner may change: Windows has none.
#[cfg(not(unix))]
pub(crate) fn writable_by_others(_: &std::fs::Metadata) -> Option<u32> {
    None
}

/// The mode of a file that others than its owner may read; `None` where they may not, or where the
/// system has no modes.
#[cfg(unix)]
pub(crate) fn readable_by_others(about: &std::fs::Metadata) -> Option<u32> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = about.permissions().mode() & 0o7777;
    (mode & 0o077 != 0).then_some(mode)
}

/// The mode of a file that others than its owner may read: Windows has none.
#[cfg(not(unix))]
pub(crate) fn readable_by_others(_: &std::fs::Metadata) -> Option<u32> {
    None
}
