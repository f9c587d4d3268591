//! Whose files are looked at, and on what system.

use std::path::PathBuf;

/// An operating system, as far as clients keep their files elsewhere there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum System {
    /// Linux, and what goes by the XDG Base Directory Specification.
    Linux,
    /// macOS.
    MacOs,
    /// Windows.
    Windows,
}

impl System {
    /// The one that this program was built for.
    pub const fn here() -> Self {
        if cfg!(windows) {
            Self::Windows
        } else if cfg!(target_os = "macos") {
            Self::MacOs
        } else {
            Self::Linux
        }
    }
}

/// The system, and the environment of the person.
#[derive(Clone, Copy)]
pub struct Machine<'a> {
    /// The system.
    pub system: System,
    /// Reads an environment variable.
    pub env: &'a dyn Fn(&str) -> Option<String>,
}

impl Machine<'_> {
    /// A path that a variable names.
    pub(super) fn path(&self, variable: &str) -> Option<PathBuf> {
        (self.env)(variable).filter(|path| !path.is_empty()).map(PathBuf::from)
    }

    /// The person's own folder.
    pub(super) fn home(&self) -> Option<PathBuf> {
        self.path(if self.system == System::Windows { "USERPROFILE" } else { "HOME" })
    }

    /// Where programs keep what the person set in them.
    pub(super) fn app_data(&self) -> Option<PathBuf> {
        match self.system {
            System::Windows => self.path("APPDATA"),
            System::MacOs => Some(self.home()?.join("Library/Application Support")),
            System::Linux => {
                let named = self.path("XDG_CONFIG_HOME").filter(|path| path.has_root());
                named.or_else(|| Some(self.home()?.join(".config")))
            }
        }
    }
}
