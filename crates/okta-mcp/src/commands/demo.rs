//! `okta-mcp demo`: an administrator's morning, through a real MCP client and a real server.

mod connect;
mod guide;
mod morning;

use okta_sandbox::{Config, Org, Server};
use tokio::{net::TcpListener, process::Command};

use self::guide::Guide;
use crate::{
    failure::Failure,
    org,
    os::{self, Readers, Stop},
    printer,
};

/// The configuration file of the demo, which says nothing.
const CONFIGURATION: &str = "okta-mcp.toml";

/// Starts an org and a server for it, and walks through the morning.
pub(crate) async fn run() -> Result<(), Failure> {
    let mut stop = Stop::new().map_err(Failure::unexpected)?;
    // Dropped at the end, whatever happened.
    let folder = os::private_folder("okta-mcp-demo-").map_err(Failure::unexpected)?;
    // Of whoever watches: their policy is not what the demo is about.
    let configuration = folder.path().join(CONFIGURATION);
    os::create(&configuration, "", Readers::Owner).map_err(Failure::unexpected)?;
    let org = org::in_memory(Config::default());
    let listener = TcpListener::bind("127.0.0.1:0").await.map_err(Failure::unexpected)?;
    let server = Server::start(org.clone(), listener, None).await.map_err(Failure::unexpected)?;
    let program = std::env::current_exe().map_err(Failure::unexpected)?;
    let command = server_for(&org, &server.url(), folder.path(), &program);
    tokio::select! {
        result = walk(command) => result?,
        () = stop.told() => return Ok(()),
    }
    printer::data(&connect::how(&program))?;
    folder.close().map_err(Failure::unexpected)
}

/// This program as the MCP server of that org, which leaves nothing anywhere else.
fn server_for(
    org: &Org,
    url: &str,
    folder: &std::path::Path,
    program: &std::path::Path,
) -> Command {
    let app = org.service_app();
    let mut command = Command::new(program);
    for setting in okta_mcp_server::SETTINGS {
        command.env_remove(setting.variable).env_remove(setting.variable.to_lowercase());
    }
    command
        .env("OKTA_ORG_URL", url)
        .env("OKTA_CLIENT_ID", app.client_id)
        .env("OKTA_KEY_ID", app.key_id)
        .env("OKTA_PRIVATE_KEY", app.private_key_pem)
        .env("OKTA_SCOPES", app.scopes.join(" "))
        .env("OKTA_MCP_STATE_DIR", folder.join("state"))
        .env("OKTA_MCP_EXPORT_DIR", folder.join("exports"))
        .env("OKTA_MCP_CONFIG", folder.join(CONFIGURATION))
        // The folder goes with the demo; nothing of it is to stay in the user's keyring.
        .env("OKTA_MCP_KEYRING", "off")
        .kill_on_drop(true);
    command
}

async fn walk(command: Command) -> Result<(), Failure> {
    let mut guide = Guide::start(command).await?;
    morning::walk(&mut guide).await?;
    guide.end().await
}
