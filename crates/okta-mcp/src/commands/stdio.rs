//! `okta-mcp`: the MCP server on standard input and output.

use okta_mcp_server::{Logging, serve_stdio};

use crate::{failure::Failure, org};

/// Serves until the client closes its end.
pub(crate) async fn run(sandbox: bool) -> Result<(), Failure> {
    Logging::from_environment(&org::environment)
        .map_err(Failure::usage)?
        .start()
        .map_err(Failure::usage)?;
    let org = org::connect(sandbox).await?;
    serve_stdio(org.app, tokio::io::stdin(), tokio::io::stdout()).await.map_err(Failure::unexpected)
}
