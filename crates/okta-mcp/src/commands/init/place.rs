//! Where things are set up: file, profile, program.

use std::path::PathBuf;

use jiff::Timestamp;
use okta_mcp_server::{DEFAULT_PROFILE, Folders};
use okta_mcp_setup::clients::{Entry, Environment, Machine, System};

use crate::{
    failure::Failure,
    org::{self, Given},
};

/// Where things are set up.
pub(super) struct Place {
    /// The configuration file, as an absolute path.
    pub(super) config: PathBuf,
    /// It is not where it is looked for without being named.
    unusual: bool,
    /// The profile.
    pub(super) profile: String,
    /// This program.
    program: PathBuf,
    /// The time.
    pub(super) now: Timestamp,
}

impl Place {
    pub(super) fn find(given: &Given, now: Timestamp) -> Result<Self, Failure> {
        let set = |name: &str| org::environment(name).filter(|value| !value.is_empty());
        let named = given.flags.file.clone().or_else(|| set("OKTA_MCP_CONFIG").map(PathBuf::from));
        let usual = Folders::of(org::environment).map(|folders| folders.config_file());
        let unusual = named.is_some();
        let config = named.or(usual).ok_or_else(|| {
            Failure::usage(
                "there is no home folder to keep the configuration in: name a file with --config",
            )
        })?;
        let config = std::path::absolute(config).map_err(Failure::usage)?;
        let profile = given.flags.profile.clone().or_else(|| set("OKTA_MCP_PROFILE"));
        let profile = profile.unwrap_or_else(|| DEFAULT_PROFILE.to_owned());
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
        if profile.is_empty() || profile.len() > 64 || !profile.bytes().all(plain) {
            return Err(Failure::usage(format!(
                "--profile: {profile:?} is no name for a profile: take letters, digits, - and _"
            )));
        }
        let program = std::env::current_exe().map_err(Failure::unexpected)?;
        Ok(Self { config, unusual, profile, program, now })
    }

    /// `--profile` and the name, as it follows a command; empty for the default.
    pub(super) fn flag(&self) -> String {
        let config = if self.unusual {
            format!(" --config {}", self.config.display())
        } else {
            String::new()
        };
        if self.profile == DEFAULT_PROFILE {
            config
        } else {
            format!("{config} --profile {}", self.profile)
        }
    }

    /// What the server is called in clients where nobody says otherwise.
    pub(super) fn server_name(&self) -> String {
        if self.profile == DEFAULT_PROFILE {
            "okta".to_owned()
        } else {
            format!("okta-{}", self.profile)
        }
    }

    /// How clients start the server. By its whole path: those that are started from a desktop do
    /// not search where a shell does. Where a shell finds this program it is by that path, which
    /// stays when a new version comes.
    pub(super) fn entry(&self) -> Entry {
        let environment = self.environment();
        let found = environment.resolved("okta-mcp".as_ref());
        let found = found.filter(|path| path.is_absolute() && environment.is_this(path));
        let program = found.unwrap_or_else(|| self.program.clone());
        let mut args = Vec::new();
        if self.unusual {
            args.extend(["--config".to_owned(), self.config.display().to_string()]);
        }
        if self.profile != DEFAULT_PROFILE {
            args.extend(["--profile".to_owned(), self.profile.clone()]);
        }
        Entry { command: program.display().to_string(), args, env: Vec::new() }
    }

    pub(super) fn environment(&self) -> Environment<'static> {
        let machine = Machine { system: System::here(), env: &org::environment };
        Environment { machine, program: self.program.clone() }
    }
}
