//! How to connect the clients that people use.

use std::path::Path;

use crate::printer;

/// What to copy, for an org in memory and for a real one.
pub(super) fn how(program: &Path) -> String {
    let section = |title: &str, text: &str| format!("{}\n{text}", printer::strong(title));
    let program = program.display();
    [
        format!(
            "\n{}\n\nWhere `okta-mcp` is not on the client's PATH, give its full path:\n{program}\n",
            printer::strong("Connect your client")
        ),
        section("Claude Code", CLAUDE_CODE),
        section("Codex", CODEX),
        section("VS Code", VS_CODE),
        section(
            "Claude Desktop (claude_desktop_config.json) and Cursor (~/.cursor/mcp.json)",
            DESKTOP,
        ),
        section("A real org, in both of these files and VS Code's mcp.json", REAL),
        "Every setting: okta-mcp --help".to_owned(),
    ]
    .join("\n")
}

const CLAUDE_CODE: &str = "  claude mcp add okta-sandbox -- okta-mcp --sandbox

  claude mcp add okta \\
    -e OKTA_ORG_URL=https://acme.okta.com \\
    -e OKTA_CLIENT_ID=0oa1b2c3d4e5f6g7h8i9 \\
    -e OKTA_KEY_ID=my-key-2026 \\
    -e OKTA_PRIVATE_KEY=/path/to/key.pem \\
    -e OKTA_SCOPES='okta.users.read okta.groups.read okta.logs.read' \\
    -- okta-mcp
";

const CODEX: &str = "  codex mcp add okta-sandbox -- okta-mcp --sandbox

  codex mcp add okta \\
    --env OKTA_ORG_URL=https://acme.okta.com \\
    --env OKTA_CLIENT_ID=0oa1b2c3d4e5f6g7h8i9 \\
    --env OKTA_KEY_ID=my-key-2026 \\
    --env OKTA_PRIVATE_KEY=/path/to/key.pem \\
    --env OKTA_SCOPES='okta.users.read okta.groups.read okta.logs.read' \\
    -- okta-mcp
";

const VS_CODE: &str = r#"  code --add-mcp '{"name":"okta-sandbox","command":"okta-mcp","args":["--sandbox"]}'
"#;

const DESKTOP: &str = r#"  { "mcpServers": { "okta-sandbox": { "command": "okta-mcp", "args": ["--sandbox"] } } }
"#;

const REAL: &str = r#"  "okta": {
    "command": "okta-mcp",
    "env": {
      "OKTA_ORG_URL": "https://acme.okta.com",
      "OKTA_CLIENT_ID": "0oa1b2c3d4e5f6g7h8i9",
      "OKTA_KEY_ID": "my-key-2026",
      "OKTA_PRIVATE_KEY": "/path/to/key.pem",
      "OKTA_SCOPES": "okta.users.read okta.groups.read okta.logs.read"
    }
  }
"#;
