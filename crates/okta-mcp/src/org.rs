//! The org that a command works on: the configured one, or one in memory.

use std::sync::Arc;

use okta_client::{Clock, Entropy};
use okta_gate::Context;
use okta_mcp_server::{
    App, Config, Flags, Logging, Profile, Settings, StartError, SystemClock, SystemEntropy,
};
use okta_sandbox::{Org, Server};
use tokio::net::TcpListener;

use crate::{cli::ConfigurationArgs, failure::Failure};

/// The environment of this process.
#[expect(clippy::disallowed_methods, reason = "the environment is read here, and passed on")]
pub(crate) fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// What the command line says of org and configuration.
#[derive(Clone, Debug)]
pub(crate) struct Given {
    /// Work on an org in memory.
    pub(crate) sandbox: bool,
    /// What holds over the environment.
    pub(crate) flags: Flags,
}

impl Given {
    pub(crate) fn new(sandbox: bool, args: ConfigurationArgs) -> Self {
        let ConfigurationArgs { config, profile, read_only } = args;
        Self { sandbox, flags: Flags { file: config, profile, read_only } }
    }

    /// The same, on an org in memory where the command asks for it too.
    pub(crate) fn or(&self, sandbox: bool) -> Self {
        Self { sandbox: self.sandbox || sandbox, flags: self.flags.clone() }
    }

    /// Refuses flags for a command that has no configuration.
    pub(crate) fn unused(&self, command: &str) -> Result<(), Failure> {
        if self.flags == Flags::default() {
            return Ok(());
        }
        let flags = "--config, --profile and --read-only";
        Err(Failure::usage(format!("{flags} do not go with {command}, which has no configuration")))
    }

    /// The settings of the profile, as they are given.
    pub(crate) fn settings(&self) -> Result<Settings, Failure> {
        Settings::read(&environment, &self.flags).map_err(Failure::usage)
    }

    /// Starts the log of this process, for a command that takes no org.
    pub(crate) fn start_log(&self) -> Result<(), Failure> {
        Logging::of(&self.settings()?).map_err(Failure::usage)?.start().map_err(Failure::usage)
    }

    /// The profile.
    pub(crate) fn profile(&self) -> Result<Profile, Failure> {
        Profile::read(&environment, &self.flags).map_err(Failure::usage)
    }
}

/// A configuration, and the org in memory that it names, where it does.
pub(crate) struct Configured {
    pub(crate) config: Config,
    /// Lives as long as it is needed.
    sandbox: Option<Server>,
}

/// A server that is ready, and the org in memory that it works on, where it does.
pub(crate) struct Connected {
    pub(crate) app: App,
    /// Who is responsible for the calls.
    pub(crate) principal: String,
    /// The host of the org.
    pub(crate) host: String,
    /// The profile of the configuration.
    pub(crate) profile: String,
    /// How it is signed in.
    pub(crate) way: &'static str,
    /// An API token signs in: the admin who made it does what is done.
    pub(crate) api_token: bool,
    _sandbox: Option<Server>,
}

impl Connected {
    /// A call of this command line, by that command.
    pub(crate) async fn context(&self, client: &str) -> Context {
        Context {
            principal: self.app.okta().person().await.unwrap_or_else(|| self.principal.clone()),
            person: self.app.okta().person_id().await,
            client: client.to_owned(),
            client_version: env!("CARGO_PKG_VERSION").to_owned(),
            org: self.host.clone(),
            profile: self.profile.clone(),
            era: "cli".to_owned(),
            trace: None,
        }
    }
}

/// Reads the configuration: that of an org in memory where that is asked for.
pub(crate) async fn configuration(given: &Given) -> Result<Configured, Failure> {
    if given.sandbox {
        return embedded(&given.flags).await;
    }
    let config = Config::read(&environment, &given.flags).map_err(Failure::usage)?;
    Ok(Configured { config, sandbox: None })
}

impl From<Config> for Configured {
    fn from(config: Config) -> Self {
        Self { config, sandbox: None }
    }
}

/// Puts a server together: one that stays, or one for a single call.
type Make = fn(Config, Arc<dyn Clock>, Arc<dyn Entropy>) -> Result<App, StartError>;

/// Reads the configuration and puts the server together.
pub(crate) async fn connect(given: &Given, make: Make) -> Result<Connected, Failure> {
    let configured = configuration(given).await?;
    configured.config.logging.start().map_err(Failure::usage)?;
    assemble(configured, make)
}

/// Puts the server of that configuration together.
pub(crate) fn assemble(configured: Configured, make: Make) -> Result<Connected, Failure> {
    let Configured { config, sandbox } = configured;
    let (principal, host) = (config.principal.clone(), config.org.host().to_owned());
    let (profile, api_token) = (config.profile.clone(), config.api_token());
    let way = config.sign_in.way();
    let app =
        make(config, Arc::new(SystemClock), Arc::new(SystemEntropy)).map_err(Failure::usage)?;
    Ok(Connected { app, principal, host, profile, way, api_token, _sandbox: sandbox })
}

/// An org in memory that goes by the wall clock.
pub(crate) fn in_memory(config: okta_sandbox::Config) -> Org {
    Org::new(config, Arc::new(|| SystemClock.now()))
}

/// An org in memory on a port of the loopback interface, and how to sign in to it.
async fn embedded(flags: &Flags) -> Result<Configured, Failure> {
    let org = in_memory(okta_sandbox::Config::default());
    let (app, web) = (org.service_app(), org.sign_in().web);
    let listener = TcpListener::bind("127.0.0.1:0").await.map_err(Failure::unexpected)?;
    let server = Server::start(org, listener, None).await.map_err(Failure::unexpected)?;
    let url = server.url();
    // Those of the profile hold here, too.
    let settings = Settings::read(&environment, flags).map_err(Failure::usage)?;
    let scopes = (!settings.has_scopes()).then(|| app.scopes.join(" "));
    let approvers = settings.names_approvers().then_some(web);
    // Org and sign-in are named by us, whatever the configuration says; the rest of it holds.
    let env = |name: &str| match name {
        "OKTA_ORG_URL" => Some(url.clone()),
        "OKTA_CLIENT_ID" => Some(app.client_id.clone()),
        "OKTA_PRIVATE_KEY" => Some(app.private_key_pem.clone()),
        "OKTA_KEY_ID" => Some(app.key_id.clone()),
        "OKTA_MCP_SIGN_IN" => Some("private_key".to_owned()),
        // Where approvers sign in, they do so to an app of this org.
        "OKTA_MCP_APPROVER_CLIENT_ID" => Some(approvers.as_ref()?.client_id.clone()),
        "OKTA_MCP_APPROVER_CLIENT_SECRET" => approvers.as_ref()?.client_secret.clone(),
        "OKTA_API_TOKEN"
        | "OKTA_API_TOKEN_FILE"
        | "OKTA_PRIVATE_KEY_FILE"
        | "OKTA_CLIENT_SECRET"
        | "OKTA_CLIENT_SECRET_FILE"
        | "OKTA_MCP_APPROVER_CLIENT_SECRET_FILE" => None,
        "OKTA_SCOPES" => scopes.clone().or_else(|| environment(name)),
        _ => environment(name),
    };
    let config = Config::read(&env, flags).map_err(Failure::usage)?;
    Ok(Configured { config, sandbox: Some(server) })
}
