//! The settings of one profile as they are given: by file, environment and flags, each layer over
//! the one before.

use std::{
    fmt,
    path::{Path, PathBuf},
    sync::Arc,
};

use secrecy::ExposeSecret as _;

use super::{
    ConfigError, Environment, Flags, SETTINGS,
    setting::{Group, Kind, Setting, Value},
    table,
};
use crate::{key_file, system::Folders};

/// Where something stands: a variable, a flag, or a line of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The configuration file.
    File {
        /// The file.
        path: Arc<Path>,
        /// The line, from 1.
        line: usize,
        /// The column, from 1, in characters.
        column: usize,
    },
    /// An environment variable.
    Variable(&'static str),
    /// A flag of the command line.
    Flag(&'static str),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File { path, line, column } => write!(f, "{}:{line}:{column}", path.display()),
            Self::Variable(name) | Self::Flag(name) => f.write_str(name),
        }
    }
}

/// The layers, each over the one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Layer {
    File,
    Environment,
    Flags,
}

/// A setting as one layer gives it.
#[derive(Clone, Debug)]
pub(crate) struct Given {
    pub(crate) setting: &'static Setting,
    pub(crate) value: Value,
    pub(crate) origin: Origin,
    /// Where each of its items stands, of a list in the file.
    pub(crate) items: Vec<Origin>,
}

/// A setting and where it stands, for a mistake in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct At {
    name: &'static str,
    origin: Origin,
}

impl fmt::Display for At {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.origin {
            Origin::File { .. } => write!(f, "{}: {}", self.origin, self.name),
            Origin::Variable(_) | Origin::Flag(_) => self.origin.fmt(f),
        }
    }
}

impl At {
    /// A variable.
    pub(crate) const fn variable(name: &'static str) -> Self {
        Self { name, origin: Origin::Variable(name) }
    }

    /// The setting's name.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// The setting first, then where it stands: in the midst of a sentence.
    pub(crate) fn named(&self) -> String {
        match &self.origin {
            Origin::File { .. } => format!("{} ({})", self.name, self.origin),
            Origin::Variable(_) | Origin::Flag(_) => self.origin.to_string(),
        }
    }
}

impl Given {
    pub(crate) const fn new(setting: &'static Setting, value: Value, origin: Origin) -> Self {
        Self { setting, value, origin, items: Vec::new() }
    }

    pub(crate) const fn layer(&self) -> Layer {
        match self.origin {
            Origin::File { .. } => Layer::File,
            Origin::Variable(_) => Layer::Environment,
            Origin::Flag(_) => Layer::Flags,
        }
    }

    pub(crate) fn at(&self) -> At {
        At { name: self.setting.name(), origin: self.origin.clone() }
    }

    /// True for that setting.
    pub(crate) fn is(&self, setting: &Setting) -> bool {
        self.setting.variable == setting.variable
    }

    /// What is wrong with it.
    pub(crate) fn bad(&self, problem: impl fmt::Display) -> ConfigError {
        ConfigError::Bad { at: self.at(), problem: problem.to_string() }
    }

    /// What is wrong with one of its items.
    pub(crate) fn bad_item(&self, index: usize, problem: impl fmt::Display) -> ConfigError {
        let origin = self.items.get(index).unwrap_or(&self.origin).clone();
        let at = At { name: self.setting.name(), origin };
        ConfigError::Bad { at, problem: problem.to_string() }
    }

    /// Its text; empty for what has none.
    pub(crate) fn text(&self) -> &str {
        if let Value::Text(text) = &self.value { text } else { "" }
    }

    /// Its texts.
    pub(crate) fn list(&self) -> &[String] {
        if let Value::List(list) = &self.value { list } else { &[] }
    }
}

/// The settings of one profile, from every layer.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// The profile.
    pub(super) profile: String,
    /// The configuration file; `None` where there is none.
    pub(super) file: Option<PathBuf>,
    /// From the lowest layer to the highest.
    given: Vec<Given>,
}

impl Settings {
    /// Lays environment and flags over what the file gives.
    pub(super) fn laid(
        profile: String,
        file: Option<PathBuf>,
        mut given: Vec<Given>,
        env: Environment<'_>,
        flags: &Flags,
    ) -> Result<Self, ConfigError> {
        let home = home(env);
        for setting in SETTINGS {
            let Some((variable, text)) = variable(env, setting) else { continue };
            let at = At::variable(variable);
            let value = setting.kind.of_text(&text);
            let value = value.map_err(|problem| ConfigError::Bad { at, problem })?;
            given.push(Given::new(setting, value, Origin::Variable(variable)));
        }
        for (setting, value) in flags.given() {
            let Some(flag) = setting.flag else { continue };
            given.push(Given::new(setting, value, Origin::Flag(flag)));
        }
        for one in &mut given {
            one.value.expand(one.setting.kind, home.as_deref(), &one.origin);
        }
        let settings = Self { profile, file, given };
        settings.check()?;
        Ok(settings)
    }

    /// What holds of a setting, where it is given and nothing else replaces it.
    pub(crate) fn get(&self, setting: &Setting) -> Option<&Given> {
        let given = self.given.iter().rfind(|given| given.is(setting))?;
        self.instead_of(given).is_none().then_some(given)
    }

    /// What holds of the settings of a group.
    pub(crate) fn one_of(&self, group: Group) -> Option<&Given> {
        self.given.iter().rfind(|given| given.setting.group == Some(group))
    }

    /// What each layer gives for a setting, from the lowest to the highest.
    pub(crate) fn all(&self, setting: &Setting) -> impl DoubleEndedIterator<Item = &Given> {
        self.given.iter().filter(|given| given.is(setting))
    }

    /// What of its group in a higher layer holds instead.
    pub(crate) fn instead_of(&self, given: &Given) -> Option<&Given> {
        let holds = self.one_of(given.setting.group?)?;
        (!std::ptr::eq(holds, given) && !holds.is(given.setting)).then_some(holds)
    }

    /// The text of a setting.
    pub(crate) fn text(&self, setting: &Setting) -> Option<&str> {
        self.get(setting).map(Given::text)
    }

    /// The path of a setting.
    pub(crate) fn path(&self, setting: &Setting) -> Option<PathBuf> {
        self.text(setting).map(PathBuf::from)
    }

    /// The paths of a setting.
    pub(crate) fn paths(&self, setting: &Setting) -> Option<Vec<PathBuf>> {
        self.get(setting).map(|given| given.list().iter().map(PathBuf::from).collect())
    }

    /// The number of a setting.
    pub(crate) fn whole(&self, setting: &Setting, default: u32) -> u32 {
        match self.get(setting).map(|given| &given.value) {
            Some(Value::Whole(number)) => *number,
            _ => default,
        }
    }

    /// True where the setting is `true`.
    pub(crate) fn yes(&self, setting: &Setting) -> bool {
        matches!(self.get(setting).map(|given| &given.value), Some(Value::YesNo(true)))
    }

    /// That a setting is missing.
    pub(crate) fn missing(&self, setting: &'static Setting, why: &'static str) -> ConfigError {
        let file = self.file.clone().map(|path| (path, self.profile.clone()));
        ConfigError::Missing { setting, why, file }
    }

    /// The profile.
    pub fn profile(&self) -> &str {
        &self.profile
    }

    /// The configuration file; `None` where there is none.
    pub fn file(&self) -> Option<&Path> {
        self.file.as_deref()
    }

    /// The org as it is given, unread.
    pub fn org(&self) -> Option<&str> {
        self.text(&table::ORG)
    }

    /// The client id.
    pub fn client_id(&self) -> Option<&str> {
        self.text(&table::CLIENT_ID)
    }

    /// True where scopes are given.
    pub fn has_scopes(&self) -> bool {
        self.get(&table::SCOPES).is_some()
    }

    /// True where it is set up how approvers sign in.
    pub fn names_approvers(&self) -> bool {
        let settings = [&table::APPROVER_CLIENT_ID, &table::APPROVER_ACR];
        settings.into_iter().any(|setting| self.get(setting).is_some())
    }

    /// The folder of the trail and of what outlives a call, which needs no org.
    pub fn state_folder(&self, env: Environment<'_>) -> Result<PathBuf, ConfigError> {
        // A draft was read without the environment, and is about the same trail.
        set(env, table::STATE_DIR.variable)
            .map(PathBuf::from)
            .or_else(|| self.path(&table::STATE_DIR))
            .or_else(|| Folders::of(env).map(|folders| folders.state))
            .ok_or(ConfigError::NoHome(&table::STATE_DIR))
    }

    /// Refuses what contradicts itself within one layer.
    fn check(&self) -> Result<(), ConfigError> {
        for (index, first) in self.given.iter().enumerate() {
            let Some(group) = first.setting.group else { continue };
            let same = |other: &&Given| {
                other.setting.group == Some(group) && other.layer() == first.layer()
            };
            if let Some(second) = self.given.iter().skip(index + 1).find(same) {
                return Err(ConfigError::Both {
                    first: first.at().named(),
                    second: second.at().named(),
                });
            }
        }
        Ok(())
    }
}

impl Value {
    /// Makes paths whole: `~/` is the user's home, and what the file names relatively lies beside
    /// it.
    fn expand(&mut self, kind: Kind, home: Option<&Path>, origin: &Origin) {
        let beside = match origin {
            Origin::File { path, .. } => path.parent(),
            Origin::Variable(_) | Origin::Flag(_) => None,
        };
        let whole = |text: &mut String| *text = expanded(text, home, beside);
        match (kind, self) {
            (Kind::Path, Self::Text(text)) => whole(text),
            (Kind::Key, Self::Secret(secret)) if key_file::is_path(secret.expose_secret()) => {
                *secret = expanded(secret.expose_secret(), home, beside).into();
            }
            (Kind::Paths, Self::List(list)) => list.iter_mut().for_each(whole),
            _ => {}
        }
    }
}

/// A path that is whole.
fn expanded(text: &str, home: Option<&Path>, beside: Option<&Path>) -> String {
    let rest = text.strip_prefix("~/").or_else(|| text.strip_prefix("~\\"));
    match (rest, home, beside) {
        (Some(rest), Some(home), _) => home.join(rest).display().to_string(),
        (_, _, Some(beside)) => beside.join(text).display().to_string(),
        _ => text.to_owned(),
    }
}

/// The user's home.
fn home(env: Environment<'_>) -> Option<PathBuf> {
    let name = if cfg!(windows) { "USERPROFILE" } else { "HOME" };
    env(name).filter(|path| !path.is_empty()).map(PathBuf::from)
}

/// A variable that is set to something.
pub(super) fn set(env: Environment<'_>, name: &str) -> Option<String> {
    env(name).map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
}

/// What the environment says of a setting, and in which variable: those of proxies are written in
/// small letters, too.
fn variable(env: Environment<'_>, setting: &Setting) -> Option<(&'static str, String)> {
    let small = match setting.variable {
        "HTTPS_PROXY" => Some("https_proxy"),
        "NO_PROXY" => Some("no_proxy"),
        _ => None,
    };
    let found = |name: &'static str| Some((name, set(env, name)?));
    found(setting.variable).or_else(|| found(small?))
}

impl Flags {
    fn given(&self) -> Vec<(&'static Setting, Value)> {
        let mut given: Vec<(&'static Setting, Value)> = Vec::new();
        if let Some(file) = &self.file {
            given.push((&table::CONFIG, Value::Text(file.display().to_string())));
        }
        if let Some(profile) = &self.profile {
            given.push((&table::PROFILE, Value::Text(profile.clone())));
        }
        if self.read_only {
            given.push((&table::READ_ONLY, Value::YesNo(true)));
        }
        given
    }
}
