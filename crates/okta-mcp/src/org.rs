//! The org that a command works on: the configured one, or one in memory.

use std::sync::Arc;

use okta_client::Clock as _;
use okta_mcp_server::{App, Config, SystemClock, SystemEntropy};
use okta_sandbox::{Org, Server};
use tokio::net::TcpListener;

use crate::failure::Failure;

/// The environment of this process.
#[expect(clippy::disallowed_methods, reason = "the environment is read here, and passed on")]
pub(crate) fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok()
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
    _sandbox: Option<Server>,
}

/// Reads the configuration; with `sandbox` it is that of an org in memory.
pub(crate) async fn configuration(sandbox: bool) -> Result<Configured, Failure> {
    if sandbox {
        return embedded().await;
    }
    let config = Config::from_environment(&environment).map_err(Failure::usage)?;
    Ok(Configured { config, sandbox: None })
}

/// Reads the configuration and puts the server together; with `sandbox` on an org in memory.
pub(crate) async fn connect(sandbox: bool) -> Result<Connected, Failure> {
    let Configured { config, sandbox } = configuration(sandbox).await?;
    let (principal, host) = (config.principal.clone(), config.org.host().to_owned());
    let app =
        App::new(config, Arc::new(SystemClock), Arc::new(SystemEntropy)).map_err(Failure::usage)?;
    Ok(Connected { app, principal, host, _sandbox: sandbox })
}

/// An org in memory that goes by the wall clock.
pub(crate) fn in_memory(config: okta_sandbox::Config) -> Org {
    Org::new(config, Arc::new(|| SystemClock.now()))
}

/// An org in memory on a port of the loopback interface, and how to sign in to it.
async fn embedded() -> Result<Configured, Failure> {
    let org = in_memory(okta_sandbox::Config::default());
    let app = org.service_app();
    let listener = TcpListener::bind("127.0.0.1:0").await.map_err(Failure::unexpected)?;
    let server = Server::start(org, listener, None).await.map_err(Failure::unexpected)?;
    let url = server.url();
    let scopes = app.scopes.join(" ");
    // The org is named by us, whatever the environment says; the rest of it holds.
    let env = |name: &str| match name {
        "OKTA_ORG_URL" => Some(url.clone()),
        "OKTA_CLIENT_ID" => Some(app.client_id.clone()),
        "OKTA_PRIVATE_KEY" => Some(app.private_key_pem.clone()),
        "OKTA_KEY_ID" => Some(app.key_id.clone()),
        "OKTA_API_TOKEN" | "OKTA_API_TOKEN_FILE" | "OKTA_PRIVATE_KEY_FILE" => None,
        "OKTA_SCOPES" => environment(name).or_else(|| Some(scopes.clone())),
        _ => environment(name),
    };
    let config = Config::from_environment(&env).map_err(Failure::usage)?;
    Ok(Configured { config, sandbox: Some(server) })
}
