//! The configuration: from flags, environment variables and a file, judged before anything is
//! started.

mod audit;
mod error;
mod file;
mod mistake;

use std::path::PathBuf;

pub use audit::{AuditSettings, CheckpointCommand, SyslogTo};
pub use error::ConfigError;
pub use file::{Profile, read_cases};
use okta_client::{Credentials, OrgUrl, PrivateKey};
use okta_policy::Policy;
use secrecy::{ExposeSecret as _, SecretString};

use crate::{key_file, system::Folders, vars};

/// Reads an environment variable.
pub type Environment<'a> = &'a dyn Fn(&str) -> Option<String>;

/// What the command line says of the configuration: it holds over the environment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Flags {
    /// The configuration file.
    pub file: Option<PathBuf>,
    /// The profile.
    pub profile: Option<String>,
    /// Deny everything but reads.
    pub read_only: bool,
}

/// What the server works with.
#[derive(Clone, Debug)]
pub struct Config {
    /// The profile of the configuration file.
    pub profile: String,
    /// What is allowed, confirmed and denied. Nothing but the configuration changes it.
    pub policy: Policy,
    /// How the audit trail is kept.
    pub audit: AuditSettings,
    /// The org.
    pub org: OrgUrl,
    /// How to sign in.
    pub credentials: Credentials,
    /// The scopes asked for; with an API token, those that limit the tools.
    pub scopes: Vec<String>,
    /// Who is responsible for the calls.
    pub principal: String,
    /// Let sensitive changes through where nobody can be asked.
    pub allow_sensitive: bool,
    /// Requests to Okta under way at once.
    pub max_in_flight: usize,
    /// How often a read is tried at most.
    pub read_attempts: u32,
    /// The folder of the trail.
    pub state: PathBuf,
    /// The folder of exports.
    pub exports: PathBuf,
    /// The folders that images for uploads are read from.
    pub uploads: Vec<PathBuf>,
    /// The folders that tools read private keys from.
    pub key_folders: Vec<PathBuf>,
    /// The private key of a custom domain's certificate.
    pub domain_key: Option<SecretString>,
    /// The proxy on the way to Okta.
    pub https_proxy: Option<String>,
    /// Hosts to reach without it.
    pub no_proxy: Option<String>,
    /// Certificates to trust besides the system's.
    pub ca_file: Option<PathBuf>,
    /// A folder of them.
    pub ca_dir: Option<PathBuf>,
}

impl Config {
    /// Reads the configuration of who gives no flags.
    pub fn from_environment(env: Environment<'_>) -> Result<Self, ConfigError> {
        Self::read(env, &Flags::default())
    }

    /// Reads the configuration. Everything that can be judged without the network is judged here.
    pub fn read(env: Environment<'_>, flags: &Flags) -> Result<Self, ConfigError> {
        let Profile { name, policy, audit, .. } = Profile::read(env, flags)?;
        let set = |name: &str| {
            env(name).map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
        };
        let org = set(vars::ORG_URL).ok_or(ConfigError::Missing {
            variable: vars::ORG_URL,
            why: "it names the Okta org",
            example: "https://acme.okta.com",
        })?;
        let org = OrgUrl::parse(&org).map_err(ConfigError::Org)?;
        let scopes = set(vars::SCOPES).map(|text| split_scopes(&text)).transpose()?;
        let allowed: Vec<PathBuf> = set(vars::ALLOWED_KEY_DIRS)
            .map(|dirs| std::env::split_paths(&dirs).collect())
            .unwrap_or_default();
        let (credentials, scopes, principal) = sign_in(&set, scopes, &allowed)?;
        let folders = Folders::of(env);
        let uploads = folders.as_ref().map(|folders| folders.data.join("uploads"));
        let folder = |name: &'static str, default: Option<PathBuf>| {
            set(name).map(PathBuf::from).or(default).ok_or(ConfigError::NoHome(name))
        };
        Ok(Self {
            profile: name,
            policy,
            audit,
            org,
            credentials,
            scopes,
            principal,
            allow_sensitive: sensitive(set(vars::SENSITIVE).as_deref())?,
            max_in_flight: number(vars::MAX_IN_FLIGHT, set(vars::MAX_IN_FLIGHT), 20)?,
            read_attempts: number(vars::READ_ATTEMPTS, set(vars::READ_ATTEMPTS), 3)?,
            state: Self::state_folder(env)?,
            exports: folder(vars::EXPORT_DIR, folders.map(|f| f.data.join("exports")))?,
            uploads: match set(vars::UPLOAD_DIRS) {
                Some(folders) => std::env::split_paths(&folders).collect(),
                None => uploads.into_iter().collect(),
            },
            key_folders: allowed,
            domain_key: set(vars::DOMAIN_KEY).map(SecretString::from),
            https_proxy: set(vars::HTTPS_PROXY).or_else(|| set("https_proxy")),
            no_proxy: set(vars::NO_PROXY).or_else(|| set("no_proxy")),
            ca_file: set(vars::SSL_CERT_FILE).map(PathBuf::from),
            ca_dir: set(vars::SSL_CERT_DIR).map(PathBuf::from),
        })
    }

    /// The folder of the trail and of what outlives a call, which needs no org.
    pub fn state_folder(env: Environment<'_>) -> Result<PathBuf, ConfigError> {
        let set = env(vars::STATE_DIR).filter(|text| !text.trim().is_empty());
        set.map(|text| PathBuf::from(text.trim()))
            .or_else(|| Folders::of(env).map(|folders| folders.state))
            .ok_or(ConfigError::NoHome(vars::STATE_DIR))
    }

    /// True where an API token signs in.
    pub const fn api_token(&self) -> bool {
        matches!(self.credentials, Credentials::ApiToken(_))
    }
}

type Lookup<'a> = &'a dyn Fn(&str) -> Option<String>;

fn sign_in(
    set: Lookup<'_>,
    scopes: Option<Vec<String>>,
    allowed: &[PathBuf],
) -> Result<(Credentials, Vec<String>, String), ConfigError> {
    let token = secret(set, vars::API_TOKEN, vars::API_TOKEN_FILE, allowed)?;
    let key = secret(set, vars::PRIVATE_KEY, vars::PRIVATE_KEY_FILE, allowed)?;
    let client_id = set(vars::CLIENT_ID);
    match (token, key) {
        (Some(_), Some((variable, _))) => {
            Err(ConfigError::Both { first: vars::API_TOKEN, second: variable })
        }
        (Some((_, token)), None) => {
            let scopes = scopes.unwrap_or_else(every_read);
            Ok((Credentials::ApiToken(token), scopes, "api-token".to_owned()))
        }
        (None, Some((variable, key))) => {
            let client_id = client_id.ok_or(ConfigError::Missing {
                variable: vars::CLIENT_ID,
                why: "it names the service app whose private key is given",
                example: "0oa1b2c3d4e5f6g7h8i9",
            })?;
            let scopes = scopes.ok_or(ConfigError::Missing {
                variable: vars::SCOPES,
                why: "it says what the server may do",
                example: "\"okta.users.read okta.groups.read\"",
            })?;
            // Scopes of a person's sign-in: a service app cannot have them.
            let person = ["openid", "profile", "email", "offline_access"];
            let scopes: Vec<String> =
                scopes.into_iter().filter(|scope| !person.contains(&scope.as_str())).collect();
            let key = PrivateKey::parse(key.expose_secret(), set(vars::KEY_ID).as_deref())
                .map_err(|problem| ConfigError::Key { variable, problem })?;
            let principal = client_id.clone();
            let asked = scopes.clone();
            Ok((Credentials::PrivateKey { client_id, key, scopes }, asked, principal))
        }
        (None, None) if client_id.is_some() => Err(ConfigError::Missing {
            variable: vars::PRIVATE_KEY,
            why: "the app named by OKTA_CLIENT_ID signs in with it",
            example: "/run/secrets/okta.pem",
        }),
        (None, None) => Err(ConfigError::Missing {
            variable: vars::CLIENT_ID,
            why: "it names the service app that signs in with OKTA_PRIVATE_KEY (or set \
                  OKTA_API_TOKEN; or try it without Okta: okta-mcp --sandbox)",
            example: "0oa1b2c3d4e5f6g7h8i9",
        }),
    }
}

/// A secret, and the variable it came from.
fn secret(
    set: Lookup<'_>,
    variable: &'static str,
    file_variable: &'static str,
    allowed: &[PathBuf],
) -> Result<Option<(&'static str, SecretString)>, ConfigError> {
    match (set(variable), set(file_variable)) {
        (Some(_), Some(_)) => Err(ConfigError::Both { first: variable, second: file_variable }),
        (Some(text), None) if variable == vars::PRIVATE_KEY && key_file::is_path(&text) => {
            let text = key_file::read(variable, text.as_ref(), allowed)?;
            Ok(Some((variable, text)))
        }
        (Some(text), None) => Ok(Some((variable, text.into()))),
        (None, Some(path)) => {
            let text = key_file::read(file_variable, path.as_ref(), allowed)?;
            Ok(Some((file_variable, text)))
        }
        (None, None) => Ok(None),
    }
}

fn split_scopes(text: &str) -> Result<Vec<String>, ConfigError> {
    let mut scopes: Vec<String> = Vec::new();
    for scope in text.split([' ', ',', '\t', '\n']).filter(|scope| !scope.is_empty()) {
        let good =
            scope.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-:".contains(&byte));
        if !good {
            return Err(ConfigError::Bad {
                variable: vars::SCOPES,
                problem: format!("{scope:?} is no scope; one looks like okta.users.read"),
            });
        }
        if !scopes.iter().any(|known| known == scope) {
            scopes.push(scope.to_owned());
        }
    }
    Ok(scopes)
}

/// The scope of every tool that reads.
fn every_read() -> Vec<String> {
    let mut scopes: Vec<String> = okta_catalog::tools()
        .flat_map(okta_catalog::ToolDef::scopes)
        .filter(|scope| scope.reads())
        .map(|scope| scope.to_string())
        .collect();
    scopes.sort();
    scopes.dedup();
    scopes
}

fn sensitive(text: Option<&str>) -> Result<bool, ConfigError> {
    match text {
        None | Some("refuse") => Ok(false),
        Some("allow") => Ok(true),
        Some(other) => Err(ConfigError::Bad {
            variable: vars::SENSITIVE,
            problem: format!("{other:?} is neither allow nor refuse"),
        }),
    }
}

fn number<N: std::str::FromStr + PartialOrd + From<u8>>(
    variable: &'static str,
    text: Option<String>,
    default: u8,
) -> Result<N, ConfigError> {
    let Some(text) = text else { return Ok(default.into()) };
    match text.parse() {
        Ok(number) if number >= N::from(1) => Ok(number),
        _ => Err(ConfigError::Bad {
            variable,
            problem: format!("{text:?} is no whole number of at least 1"),
        }),
    }
}
