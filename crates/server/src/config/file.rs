//! The configuration file: where it is, who may change it, and what is written in it.

use std::{
    collections::BTreeMap,
    io::Read as _,
    path::{Path, PathBuf},
    sync::Arc,
};

use okta_policy::{Cases, Limit, Protect, Rule};
use serde::{Deserialize, de::DeserializeOwned};
use toml::{
    Spanned,
    de::{DeTable, DeValue, Deserializer},
};

use super::{
    AuditSettings, ConfigError, Environment, Flags, SETTINGS,
    layers::{Given, Origin, set},
    mistake::{self, Place},
    secret,
    setting::Setting,
    table,
};
use crate::system::{self, Folders};

/// The profile that holds where none is named.
pub const DEFAULT: &str = "default";

/// The keys of a profile that are no settings, but its policy.
const POLICY: [&str; 3] = ["rules", "limits", "protect"];

/// The largest file that is read, in bytes.
const LARGEST: u64 = 1 << 20;

/// The file as it is written, less the settings of its profiles.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Tables {
    audit: AuditSettings,
    profiles: BTreeMap<String, PolicyTables>,
}

/// The policy of a profile as it is written.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct PolicyTables {
    pub(super) rules: Vec<Rule>,
    pub(super) limits: Vec<Limit>,
    pub(super) protect: Protect,
}

/// A file that was read.
pub(super) struct Written {
    pub(super) path: Arc<Path>,
    pub(super) audit: AuditSettings,
    text: String,
    policies: BTreeMap<String, PolicyTables>,
    settings: BTreeMap<String, Vec<Given>>,
}

/// One profile of it.
pub(super) struct Section {
    pub(super) name: String,
    pub(super) policy: PolicyTables,
    pub(super) given: Vec<Given>,
}

/// The file that is to be read, and what names it.
pub(super) fn find(env: Environment<'_>, flags: &Flags) -> Option<(PathBuf, &'static str)> {
    let named = flags.file.clone().map(|path| (path, "--config"));
    let variable = table::CONFIG.variable;
    named.or_else(|| Some((set(env, variable)?.into(), variable))).or_else(|| {
        let path = Folders::of(env)?.config_file();
        // What is there and cannot be read is no reason to go on without it.
        let missing = |error: std::io::Error| error.kind() == std::io::ErrorKind::NotFound;
        let there = !fs_err::symlink_metadata(&path).is_err_and(missing);
        there.then_some((path, "the configuration file"))
    })
}

impl Written {
    /// Reads a file, which `by` names.
    pub(super) fn read(path: PathBuf, by: &str) -> Result<Self, ConfigError> {
        let fail =
            |problem: String| ConfigError::File { by: by.to_owned(), path: path.clone(), problem };
        let io = |error: std::io::Error| fail(reason(&error));
        let file = fs_err::File::open(&path).map_err(io)?;
        let about = file.metadata().map_err(io)?;
        if !about.is_file() {
            return Err(fail("it is no file".to_owned()));
        }
        if let Some(mode) = system::writable_by_others(&about) {
            let path = path.display();
            return Err(fail(format!(
                "it may be changed by others than its owner (mode {mode:04o}): chmod go-w {path}"
            )));
        }
        let open = system::readable_by_others(&about);
        let mut text = String::new();
        file.take(LARGEST + 1).read_to_string(&mut text).map_err(io)?;
        if text.len() as u64 > LARGEST {
            return Err(fail("it is too large for a configuration".to_owned()));
        }
        Self::of(path, text, open)
    }

    /// Reads the text of a file; `open` is its mode, where others than its owner may read it.
    pub(super) fn of(path: PathBuf, text: String, open: Option<u32>) -> Result<Self, ConfigError> {
        let path: Arc<Path> = path.into();
        let (tables, settings) = Reader { path: &path, text: &text, open }.read()?;
        Ok(Self { path, text, audit: tables.audit, policies: tables.profiles, settings })
    }

    /// The names of its profiles; where it has none, that of the one that is implied.
    pub(super) fn names(&self) -> Vec<String> {
        if self.policies.is_empty() {
            return vec![DEFAULT.to_owned()];
        }
        self.policies.keys().cloned().collect()
    }

    /// Takes out the profile that is named, or the default.
    pub(super) fn section(&mut self, named: Option<&str>) -> Result<Section, ConfigError> {
        let name = named.unwrap_or(DEFAULT).to_owned();
        // Without any profile there is one: what holds without a file.
        let implied = name == DEFAULT && self.policies.is_empty();
        let known: Vec<&str> = self.policies.keys().map(String::as_str).collect();
        let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
        let policy = match self.policies.remove(&name) {
            Some(policy) => policy,
            None if implied => PolicyTables::default(),
            None => {
                let path = self.path.display();
                let problem = if named.is_some() {
                    format!("{path} has {known}")
                } else {
                    format!("name one of {path} with --profile: {known}")
                };
                return Err(ConfigError::NoProfile { name, problem });
            }
        };
        let given = self.settings.remove(&name).unwrap_or_default();
        Ok(Section { name, policy, given })
    }

    /// What is wrong with a value of a profile.
    pub(super) fn wrong(
        &self,
        profile: &str,
        steps: &[okta_policy::Step],
        problem: String,
    ) -> ConfigError {
        let Place { line, column } = Place::of_value(&self.text, &["profiles", profile], steps);
        ConfigError::InFile { path: self.path.to_path_buf(), line, column, problem }
    }
}

/// The profiles' settings, each from where it stands.
type Profiles = BTreeMap<String, Vec<Given>>;

/// Reads the text of a file.
struct Reader<'a> {
    path: &'a Arc<Path>,
    text: &'a str,
    /// The mode, where others than its owner may read the file.
    open: Option<u32>,
}

impl Reader<'_> {
    fn read(&self) -> Result<(Tables, Profiles), ConfigError> {
        let mut root = DeTable::parse(self.text).map_err(|error| self.toml(&error))?;
        let mut all = Profiles::new();
        let profiles = root.get_mut().get_mut("profiles").map(Spanned::get_mut);
        if let Some(DeValue::Table(profiles)) = profiles {
            for (name, profile) in profiles.iter_mut() {
                if let DeValue::Table(table) = profile.get_mut() {
                    all.insert(name.get_ref().to_string(), self.settings(table)?);
                }
            }
        }
        let tables = Tables::deserialize(Deserializer::from(root));
        Ok((tables.map_err(|error| self.toml(&error))?, all))
    }

    /// Takes the settings out of a profile; what is left is its policy.
    fn settings(&self, profile: &mut DeTable<'_>) -> Result<Vec<Given>, ConfigError> {
        let known = |key: &str| SETTINGS.iter().find(|setting| setting.key == Some(key));
        let stranger = |key: &str| known(key).is_none() && !POLICY.contains(&key);
        let strangers = profile.keys().filter(|key| stranger(key.get_ref()));
        if let Some(key) = strangers.min_by_key(|key| key.span().start) {
            let keys: Vec<&str> =
                SETTINGS.iter().filter_map(|setting| setting.key).chain(POLICY).collect();
            return Err(self.wrong(key.span().start, mistake::unknown("key", key.get_ref(), &keys)));
        }
        let mut given = Vec::new();
        for setting in SETTINGS {
            let Some(value) = setting.key.and_then(|key| profile.remove(key)) else { continue };
            given.push(self.setting(setting, &value)?);
        }
        Ok(given)
    }

    fn setting(
        &self,
        setting: &'static Setting,
        written: &Spanned<DeValue<'_>>,
    ) -> Result<Given, ConfigError> {
        let name = setting.name();
        let at = |start: usize, problem: &str| self.wrong(start, format!("{name}: {problem}"));
        let value = setting.kind.of_toml(written);
        let value = value.map_err(|wrong| at(wrong.span.start, &wrong.problem))?;
        let items = written.get_ref().as_array().into_iter().flatten();
        let given = Given {
            setting,
            value,
            origin: self.origin(written),
            items: items.map(|item| self.origin(item)).collect(),
        };
        if let Some(mode) = self.open.filter(|_| secret::stands_in(&given)) {
            let path = self.path.display();
            return Err(at(
                written.span().start,
                &format!(
                    "a secret stands here, and others than the file's owner may read it (mode \
                     {mode:04o}): chmod 600 {path}, or keep it in a file of its own that {name}_file \
                     names"
                ),
            ));
        }
        Ok(given)
    }

    fn origin(&self, written: &Spanned<DeValue<'_>>) -> Origin {
        let Place { line, column } = Place::of_offset(self.text, written.span().start);
        Origin::File { path: Arc::clone(self.path), line, column }
    }

    fn wrong(&self, offset: usize, problem: String) -> ConfigError {
        wrong(self.path, self.text, offset, problem)
    }

    fn toml(&self, error: &toml::de::Error) -> ConfigError {
        toml_mistake(self.path, self.text, error)
    }
}

fn wrong(path: &Path, text: &str, offset: usize, problem: String) -> ConfigError {
    let Place { line, column } = Place::of_offset(text, offset);
    ConfigError::InFile { path: path.to_owned(), line, column, problem }
}

fn toml_mistake(path: &Path, text: &str, error: &toml::de::Error) -> ConfigError {
    let offset = error.span().map_or(0, |span| span.start);
    wrong(path, text, offset, mistake::plain(error.message()))
}

/// Reads cases for a policy (see [`okta_policy::run_cases`]).
pub fn read_cases(path: &Path) -> Result<Cases, ConfigError> {
    let text = fs_err::read_to_string(path).map_err(|error| ConfigError::File {
        by: "the cases".to_owned(),
        path: path.to_owned(),
        problem: reason(&error),
    })?;
    parse(path, &text)
}

fn parse<T: DeserializeOwned>(path: &Path, text: &str) -> Result<T, ConfigError> {
    toml::from_str(text).map_err(|error| toml_mistake(path, text, &error))
}

/// Why a file cannot be read, without the path that the error of `fs_err` repeats.
pub(crate) fn reason(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "there is no such file".to_owned(),
        std::io::ErrorKind::PermissionDenied => "it may not be read".to_owned(),
        std::io::ErrorKind::InvalidData => "it is no text in UTF-8".to_owned(),
        std::io::ErrorKind::IsADirectory => "it is no file".to_owned(),
        _ => error.to_string(),
    }
}
