//! The configuration: from flags, environment variables and a file, judged before anything is
//! started.
//!
//! Each setting is declared once, in `table.rs`. `layers.rs` lays file, environment and flags over
//! each other; the other modules read what came of it.

mod approvers;
mod audit;
mod before;
mod error;
mod file;
mod layers;
mod mistake;
mod own_key;
mod profile;
mod redirect;
mod secret;
mod setting;
mod show;
mod sign_in;
mod switches;
pub(crate) mod table;

use std::{fmt, path::PathBuf};

pub use approvers::ApproverApp;
pub use audit::{AuditSettings, CheckpointCommand, SyslogTo};
pub use error::ConfigError;
pub(crate) use file::reason;
pub use file::{DEFAULT as DEFAULT_PROFILE, read_cases};
pub use layers::{At, Origin, Settings};
use okta_catalog::Caller;
use okta_client::{OrgUrl, Reach};
use okta_gate::SwitchedOff;
use okta_policy::Policy;
pub use own_key::{IdAt, OwnKey};
pub use profile::Profile;
pub use redirect::on_port as redirect_uri;
use secrecy::SecretString;
use secret::Around;
pub use secret::KeySource;
pub use setting::{Group, Kind, Setting};
pub use show::Row;
pub use sign_in::{Flow, PERSON as PERSON_SCOPES, SignIn};
pub use table::SETTINGS;

use crate::{Logging, keyring::Keyring, system::Folders};

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
#[derive(Clone)]
pub struct Config {
    /// The profile of the configuration file.
    pub profile: String,
    /// What is allowed, confirmed and denied. Nothing but the configuration changes it.
    pub policy: Policy,
    /// The tools that are switched off.
    pub off: SwitchedOff,
    /// How the audit trail is kept.
    pub audit: AuditSettings,
    /// How much is logged, and where to.
    pub logging: Logging,
    /// The org.
    pub org: OrgUrl,
    /// Who signs in, and how.
    pub sign_in: SignIn,
    /// The app that people sign in to who approve at level `person`, where there is one.
    pub approvers: Option<ApproverApp>,
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
    /// The system's keyring, or none.
    pub keyring: Keyring,
    /// The private key of a custom domain's certificate.
    pub domain_key: Option<SecretString>,
    /// The way to Okta: proxy and trusted certificates.
    pub reach: Reach,
    /// What whoever wrote it may have overlooked: one sentence each.
    pub remarks: Vec<String>,
}

impl fmt::Debug for Config {
    /// Without what may hold a secret, such as the proxy's URL.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config")
            .field("profile", &self.profile)
            .field("org", &self.org)
            .field("sign_in", &self.sign_in)
            .field("approvers", &self.approvers)
            .field("scopes", &self.scopes)
            .field("policy", &self.policy)
            .field("off", &self.off)
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}

impl Config {
    /// Reads the configuration of who gives no flags.
    pub fn from_environment(env: Environment<'_>) -> Result<Self, ConfigError> {
        Self::read(env, &Flags::default())
    }

    /// Reads the configuration. Everything that can be judged without the network is judged here.
    pub fn read(env: Environment<'_>, flags: &Flags) -> Result<Self, ConfigError> {
        Self::of(Profile::read(env, flags)?, env)
    }

    /// Reads the configuration that a file would give, were this its text and only its owner allowed
    /// to read it: before it is written.
    pub fn of_text(
        path: PathBuf,
        text: String,
        profile: &str,
        env: Environment<'_>,
    ) -> Result<Self, ConfigError> {
        Self::of(Profile::of_text(path, text, profile, env)?, env)
    }

    fn of(profile: Profile, env: Environment<'_>) -> Result<Self, ConfigError> {
        let Profile { name, settings, policy, off, audit, mut remarks, .. } = profile;
        let logging = Logging::of(&settings)?;
        let org = settings.org_url()?;
        let key_folders = settings.paths(&table::ALLOWED_KEY_DIRS).unwrap_or_default();
        let keyring = settings.keyring(env);
        let around = Around { allowed: &key_folders, keyring: &keyring, settings: &settings };
        let sign_in = sign_in::read(around, &mut remarks)?;
        let approvers = approvers::read(&around, &sign_in)?;
        remarks.extend(approvers::remarks(&policy, approvers.as_ref()));
        let domain_key = settings
            .one_of(Group::DomainKey)
            .map(|given| KeySource::of(given).read(&given.at(), None, &around));
        let folders = Folders::of(env);
        let uploads = folders.as_ref().map(|folders| folders.data.join("uploads"));
        let exports = settings.path(&table::EXPORT_DIR);
        Ok(Self {
            profile: name,
            policy,
            off,
            audit,
            logging,
            org,
            scopes: sign_in.scopes(&settings)?,
            principal: sign_in.principal(),
            sign_in,
            approvers,
            allow_sensitive: settings.text(&table::SENSITIVE) == Some("allow"),
            max_in_flight: settings.whole(&table::MAX_IN_FLIGHT, 20).try_into().unwrap_or(20),
            read_attempts: settings.whole(&table::READ_ATTEMPTS, 3),
            state: settings.state_folder(env)?,
            exports: exports
                .or_else(|| folders.map(|folders| folders.data.join("exports")))
                .ok_or(ConfigError::NoHome(&table::EXPORT_DIR))?,
            uploads: settings
                .paths(&table::UPLOAD_DIRS)
                .unwrap_or_else(|| uploads.into_iter().collect()),
            domain_key: domain_key.transpose()?,
            key_folders,
            keyring,
            reach: settings.reach(),
            remarks,
        })
    }

    /// In whose name calls are made.
    pub const fn caller(&self) -> Caller {
        match self.sign_in {
            SignIn::ApiToken { .. } => Caller::ApiToken,
            SignIn::ServiceApp { .. } => Caller::App,
            SignIn::Person { .. } => Caller::Person,
        }
    }

    /// True where an API token signs in.
    pub const fn api_token(&self) -> bool {
        matches!(self.sign_in, SignIn::ApiToken { .. })
    }
}
