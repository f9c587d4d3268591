//! The configuration file: where it is, who may change it, and what it says.

use std::{
    collections::BTreeMap,
    io::Read as _,
    path::{Path, PathBuf},
};

use okta_policy::{Cases, Known, Limit, Policy, PolicyError, Protect, Rule, Source};
use serde::{Deserialize, de::DeserializeOwned};

use super::{
    AuditSettings, ConfigError, Environment, Flags,
    mistake::{self, Place},
};
use crate::{
    system::{self, Folders},
    vars,
};

/// The profile that holds where none is named.
const DEFAULT: &str = "default";

/// The largest file that is read, in bytes.
const LARGEST: u64 = 1 << 20;

/// What the configuration file says for one profile, with what stands above it.
#[derive(Clone, Debug)]
pub struct Profile {
    /// Its name.
    pub name: String,
    /// The file; `None` where there is none.
    pub file: Option<PathBuf>,
    /// What is allowed, confirmed and denied.
    pub policy: Policy,
    /// How the audit trail is kept.
    pub audit: AuditSettings,
    /// What a reader of the file may have overlooked: one sentence each.
    pub remarks: Vec<String>,
}

/// The file as it is written.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Tables {
    audit: AuditSettings,
    profiles: BTreeMap<String, ProfileTable>,
}

/// One profile as it is written.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct ProfileTable {
    read_only: bool,
    rules: Vec<Rule>,
    limits: Vec<Limit>,
    protect: Protect,
}

/// A file that was read.
struct Written {
    path: PathBuf,
    text: String,
    tables: Tables,
}

impl Profile {
    /// Reads the profile that flags and environment name, which hold over what it says.
    pub fn read(env: Environment<'_>, flags: &Flags) -> Result<Self, ConfigError> {
        let set = |name: &str| setting(env, name);
        let written = match find(env, flags) {
            Some((path, by)) => Some(Written::read(path, by)?),
            None => None,
        };
        let named = flags.profile.clone().or_else(|| set(vars::PROFILE));
        let mut profile = match written {
            Some(written) => written.profile(named.as_deref())?,
            None => Self::without_a_file(named)?,
        };
        let told = flags.read_only.then_some(true).map_or_else(
            || set(vars::READ_ONLY).map(|text| flag(vars::READ_ONLY, &text)).transpose(),
            |read_only| Ok(Some(read_only)),
        )?;
        if let Some(read_only) = told {
            profile.policy = profile.policy.with_read_only(read_only);
        }
        Ok(profile)
    }

    /// Reads every profile of the file that flags and environment name; none where there is no
    /// file.
    pub fn all(env: Environment<'_>, flags: &Flags) -> Result<Vec<Self>, ConfigError> {
        let Some((path, by)) = find(env, flags) else { return Ok(Vec::new()) };
        let names: Vec<String> =
            Written::read(path.clone(), by)?.tables.profiles.into_keys().collect();
        let names = if names.is_empty() { vec![DEFAULT.to_owned()] } else { names };
        names.iter().map(|name| Written::read(path.clone(), by)?.profile(Some(name))).collect()
    }

    /// Reads a file, and the profile of it that is named, whatever environment and flags say.
    pub fn of_file(path: PathBuf, named: Option<&str>) -> Result<Self, ConfigError> {
        Written::read(path, "the file")?.profile(named)
    }

    fn without_a_file(named: Option<String>) -> Result<Self, ConfigError> {
        let name = named.unwrap_or_else(|| DEFAULT.to_owned());
        if name != DEFAULT {
            return Err(ConfigError::NoProfile {
                name,
                problem: "there is no configuration file (--config names one)".to_owned(),
            });
        }
        Ok(Self {
            name,
            file: None,
            policy: Policy::default(),
            audit: AuditSettings::default(),
            remarks: Vec::new(),
        })
    }
}

/// A variable that is set to something.
fn setting(env: Environment<'_>, name: &str) -> Option<String> {
    env(name).map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
}

/// The file that is to be read, and what names it.
fn find(env: Environment<'_>, flags: &Flags) -> Option<(PathBuf, &'static str)> {
    let named = flags.file.clone().map(|path| (path, "--config"));
    named.or_else(|| Some((setting(env, vars::CONFIG)?.into(), vars::CONFIG))).or_else(|| {
        let path = Folders::of(env)?.config.join("okta-mcp.toml");
        // What is there and cannot be read is no reason to go on without it.
        let missing = |error: std::io::Error| error.kind() == std::io::ErrorKind::NotFound;
        let there = !fs_err::symlink_metadata(&path).is_err_and(missing);
        there.then_some((path, "the configuration file"))
    })
}

impl Written {
    fn read(path: PathBuf, by: &'static str) -> Result<Self, ConfigError> {
        let fail =
            |problem: String| ConfigError::File { variable: by, path: path.clone(), problem };
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
        let mut text = String::new();
        file.take(LARGEST + 1).read_to_string(&mut text).map_err(io)?;
        if text.len() as u64 > LARGEST {
            return Err(fail("it is too large for a configuration".to_owned()));
        }
        let tables = parse(&path, &text)?;
        Ok(Self { path, text, tables })
    }

    fn profile(self, named: Option<&str>) -> Result<Profile, ConfigError> {
        let Self { path, text, tables: Tables { audit, mut profiles } } = self;
        let known: Vec<String> = profiles.keys().cloned().collect();
        let name = named.unwrap_or(DEFAULT).to_owned();
        // Without any profile there is one: what holds without a file.
        let implied = name == DEFAULT && profiles.is_empty();
        let table = match profiles.remove(&name) {
            Some(table) => table,
            None if implied => ProfileTable::default(),
            None => {
                let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
                let problem = if named.is_some() {
                    format!("{} has {known}", path.display())
                } else {
                    format!("name one of {} with --profile: {known}", path.display())
                };
                return Err(ConfigError::NoProfile { name, problem });
            }
        };
        let ProfileTable { read_only, rules, limits, protect } = table;
        let at = |problem: String, steps: &[okta_policy::Step]| {
            let place = Place::of_value(&text, &["profiles", &name], steps);
            let Place { line, column } = place;
            ConfigError::InFile { path: path.clone(), line, column, problem }
        };
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
        Ok(Profile { name, file: Some(path), policy, audit, remarks })
    }
}

/// Reads cases for a policy (see [`okta_policy::run_cases`]).
pub fn read_cases(path: &Path) -> Result<Cases, ConfigError> {
    let text = fs_err::read_to_string(path).map_err(|error| ConfigError::File {
        variable: "the cases",
        path: path.to_owned(),
        problem: reason(&error),
    })?;
    parse(path, &text)
}

fn parse<T: DeserializeOwned>(path: &Path, text: &str) -> Result<T, ConfigError> {
    toml::from_str(text).map_err(|error| {
        let Place { line, column } =
            Place::of_offset(text, error.span().map_or(0, |span| span.start));
        let problem = mistake::plain(error.message());
        ConfigError::InFile { path: path.to_owned(), line, column, problem }
    })
}

/// What the catalog has that a policy can name.
fn known_names() -> Known {
    let mut operations: Vec<String> = okta_catalog::tools()
        .flat_map(okta_catalog::ToolDef::operations)
        .map(|operation| format!("{} {}", operation.method.as_str(), operation.path))
        .collect();
    operations.sort_unstable();
    operations.dedup();
    Known {
        tools: okta_catalog::tools().map(|tool| tool.name.to_owned()).collect(),
        toolsets: okta_catalog::TOOLSETS.iter().map(|set| set.name.to_owned()).collect(),
        operations,
    }
}

/// Why a file cannot be read, without the path that the error of `fs_err` repeats.
fn reason(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "there is no such file".to_owned(),
        std::io::ErrorKind::PermissionDenied => "it may not be read".to_owned(),
        std::io::ErrorKind::InvalidData => "it is no text in UTF-8".to_owned(),
        std::io::ErrorKind::IsADirectory => "it is no file".to_owned(),
        _ => error.to_string(),
    }
}

fn flag(variable: &'static str, text: &str) -> Result<bool, ConfigError> {
    match text {
        "true" => Ok(true),
        "false" => Ok(false),
        other => Err(ConfigError::Bad {
            variable,
            problem: format!("{other:?} is neither true nor false"),
        }),
    }
}
