//! One profile: its settings from every layer, its policy, and how the trail is kept.

use std::path::PathBuf;

use okta_gate::SwitchedOff;
use okta_policy::{Known, Policy, PolicyError, Source};

use super::{
    AuditSettings, ConfigError, Environment, Flags,
    file::{self, DEFAULT, PolicyTables, Section, Written},
    layers::{Settings, set},
    switches, table,
};

/// What holds under one profile: what the configuration file says of it, with environment and flags
/// over it.
#[derive(Clone, Debug)]
pub struct Profile {
    /// Its name.
    pub name: String,
    /// The file; `None` where there is none.
    pub file: Option<PathBuf>,
    /// The settings, as they are given.
    pub settings: Settings,
    /// What is allowed, confirmed and denied.
    pub policy: Policy,
    /// The tools that are switched off.
    pub off: SwitchedOff,
    /// How the audit trail is kept.
    pub audit: AuditSettings,
    /// What a reader of the file may have overlooked: one sentence each.
    pub remarks: Vec<String>,
}

impl Settings {
    /// Reads the settings of the profile that flags and environment name, which hold over what it
    /// says, and nothing else of it.
    pub fn read(env: Environment<'_>, flags: &Flags) -> Result<Self, ConfigError> {
        Opened::new(env, flags)?.settings(env, flags).map(|(settings, _)| settings)
    }
}

impl Profile {
    /// Reads the profile that flags and environment name, which hold over what it says.
    pub fn read(env: Environment<'_>, flags: &Flags) -> Result<Self, ConfigError> {
        Opened::new(env, flags)?.profile(env, flags)
    }

    /// The names of the profiles of the file that flags and environment name; none where there is
    /// no file.
    pub fn names(env: Environment<'_>, flags: &Flags) -> Result<Vec<String>, ConfigError> {
        match file::find(env, flags) {
            Some((path, by)) => Written::read(path, by).map(|written| written.names()),
            None => Ok(Vec::new()),
        }
    }

    /// Reads every profile of that file.
    pub fn all(env: Environment<'_>, flags: &Flags) -> Result<Vec<Self>, ConfigError> {
        let names = Self::names(env, flags)?;
        names.into_iter().map(|name| Self::read(env, &flags.for_profile(name))).collect()
    }

    /// Reads a file, and the profile of it that is named, whatever environment and flags say.
    pub fn of_file(path: PathBuf, named: Option<&str>) -> Result<Self, ConfigError> {
        let mut written = Written::read(path, "the file")?;
        let section = written.section(named)?;
        let opened = Opened { written: Some(written), section };
        opened.profile(&|_: &str| None, &Flags::default())
    }

    /// Reads a profile of a file that is not written yet, with that environment over it.
    pub fn of_text(
        path: PathBuf,
        text: String,
        name: &str,
        env: Environment<'_>,
    ) -> Result<Self, ConfigError> {
        let mut written = Written::of(path, text, None)?;
        let section = written.section(Some(name))?;
        Opened { written: Some(written), section }.profile(env, &Flags::default())
    }
}

impl Flags {
    /// The same, for that profile.
    #[must_use]
    pub fn for_profile(&self, name: String) -> Self {
        Self { profile: Some(name), ..self.clone() }
    }
}

/// The profile that is named, and the file it stands in, where there is one.
struct Opened {
    written: Option<Written>,
    section: Section,
}

impl Opened {
    fn new(env: Environment<'_>, flags: &Flags) -> Result<Self, ConfigError> {
        let named = flags.profile.clone().or_else(|| set(env, table::PROFILE.variable));
        if let Some((path, by)) = file::find(env, flags) {
            let mut written = Written::read(path, by)?;
            let section = written.section(named.as_deref())?;
            return Ok(Self { written: Some(written), section });
        }
        let name = named.unwrap_or_else(|| DEFAULT.to_owned());
        if name != DEFAULT {
            return Err(ConfigError::NoProfile {
                name,
                problem: "there is no configuration file (--config names one)".to_owned(),
            });
        }
        let section = Section { name, policy: PolicyTables::default(), given: Vec::new() };
        Ok(Self { written: None, section })
    }

    fn settings(
        mut self,
        env: Environment<'_>,
        flags: &Flags,
    ) -> Result<(Settings, Self), ConfigError> {
        let file = self.written.as_ref().map(|written| written.path.to_path_buf());
        let given = std::mem::take(&mut self.section.given);
        let settings = Settings::laid(self.section.name.clone(), file, given, env, flags)?;
        Ok((settings, self))
    }

    fn profile(self, env: Environment<'_>, flags: &Flags) -> Result<Profile, ConfigError> {
        let (settings, Self { written, section }) = self.settings(env, flags)?;
        let Section { name, policy: PolicyTables { rules, limits, protect }, .. } = section;
        let at = |problem: String, steps: &[okta_policy::Step]| match &written {
            Some(written) => written.wrong(&name, steps, problem),
            // Without a file there are no rules that could be wrong.
            None => ConfigError::NoProfile { name: name.clone(), problem },
        };
        let read_only = settings.yes(&table::READ_ONLY);
        let policy = Policy::new(Source { read_only, rules, limits, protect })
            .map_err(|error: PolicyError| at(error.to_string(), &error.path))?;
        let mut remarks = policy.remarks();
        for unmatched in policy.unmatched(&known_names()) {
            // A glob may be meant for tools to come; a name is a slip.
            if unmatched.exact {
                return Err(at(unmatched.to_string(), &unmatched.path));
            }
            remarks.push(unmatched.to_string());
        }
        let off = switches::read(&settings, &mut remarks)?;
        let file = settings.file().map(PathBuf::from);
        let audit = written.map(|written| written.audit).unwrap_or_default();
        Ok(Profile { name, file, settings, policy, off, audit, remarks })
    }
}

/// What the catalog has that a policy can name.
fn known_names() -> Known {
    let mut operations: Vec<String> = okta_catalog::tools()
        .flat_map(okta_catalog::ToolDef::operations)
        .map(|operation| format!("{} {}", operation.method.as_str(), operation.path))
        .collect();
    operations.sort_unstable();
    operations.dedup();
    Known { tools: switches::tools(), toolsets: switches::toolsets(), operations }
}
