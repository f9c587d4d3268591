//! `okta-mcp`: the MCP server on standard input and output.

use std::{io::IsTerminal as _, sync::Arc};

use okta_mcp_server::{App, SystemBrowser, serve_stdio};

use crate::{
    failure::Failure,
    org::{self, Given},
    os::Stop,
    printer,
};

/// Serves until the client closes its end, or this process is told to stop.
pub(crate) async fn run(given: &Given) -> Result<(), Failure> {
    let mut stop = Stop::new().map_err(Failure::unexpected)?;
    let org = org::connect(given, App::new).await?;
    if let Some(browser) = SystemBrowser::of(&org::environment) {
        org.app.handler.open_pages_with(Arc::new(browser));
    }
    if std::io::stdin().is_terminal() {
        printer::note(
            "okta-mcp waits for an MCP client on standard input; `okta-mcp demo` shows what it does",
        );
    }
    // Boxed: it is large, and lives as long as the process.
    let (input, output) = (tokio::io::stdin(), tokio::io::stdout());
    let served = Box::pin(serve_stdio(org.app, input, output, stop.told()));
    served.await.map_err(Failure::unexpected)
}
