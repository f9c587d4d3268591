//! `okta-mcp`: administer an Okta org from AI clients through the Model Context Protocol.

use std::process::ExitCode;

fn main() -> ExitCode {
    okta_mcp::main()
}
