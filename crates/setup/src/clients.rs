//! The MCP clients that `init` connects and `doctor` looks at: where each keeps its servers, and
//! how they stand there.
//!
//! Each is declared once, by its own documentation.

mod entry;
mod installed;
mod json;
mod machine;
mod okta_own;
mod text;
mod toml;

use std::path::PathBuf;

pub use entry::{Entry, Server};
pub use installed::{Content, Environment, Found, Launch, Starts, installed};
pub use machine::{Machine, System};
pub use okta_own::{OktaOwn, PlacedKey};
use text::Text;
pub(crate) use toml::{edited, shown as shown_toml};

/// An MCP client.
#[derive(Clone, Copy, Debug)]
pub struct Client {
    /// What the command line calls it.
    pub id: &'static str,
    /// What people call it.
    pub name: &'static str,
    /// What makes it read its file again; a whole sentence.
    pub after: &'static str,
    /// How its servers stand in the file.
    format: Format,
    /// Where its file is, for one person and all their projects.
    place: fn(&Machine<'_>) -> Option<PathBuf>,
}

/// How the servers of a client stand in its file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    /// Objects by name in the object `section`.
    Json {
        section: &'static str,
        /// Each says with `type` that it is started here.
        typed: bool,
        /// The file may have comments and trailing commas.
        comments: bool,
    },
    /// Tables by name in the table `section`.
    Toml { section: &'static str },
}

/// Every client, in the order in which people are asked.
pub const CLIENTS: &[Client] =
    &[CLAUDE_DESKTOP, CLAUDE_CODE, VS_CODE, CURSOR, CODEX, WINDSURF, ZED];

/// <https://modelcontextprotocol.io/docs/develop/connect-local-servers>; the one for Linux, which
/// that page does not name yet, keeps its file among the user's configuration.
const CLAUDE_DESKTOP: Client = Client {
    id: "claude-desktop",
    name: "Claude Desktop",
    after: "Quit Claude Desktop and open it again.",
    format: Format::Json { section: "mcpServers", typed: false, comments: false },
    place: |machine| Some(machine.app_data()?.join("Claude/claude_desktop_config.json")),
};

/// <https://code.claude.com/docs/en/mcp> (user scope); `CLAUDE_CONFIG_DIR` moves the file, too.
const CLAUDE_CODE: Client = Client {
    id: "claude-code",
    name: "Claude Code",
    after: "Start Claude Code again.",
    format: Format::Json { section: "mcpServers", typed: true, comments: false },
    place: |machine| {
        let folder = machine.path("CLAUDE_CONFIG_DIR").or_else(|| machine.home())?;
        Some(folder.join(".claude.json"))
    },
};

/// <https://code.visualstudio.com/docs/agents/reference/mcp-configuration>, in the folder of
/// <https://code.visualstudio.com/docs/configure/settings#_settings-file-locations>.
const VS_CODE: Client = Client {
    id: "vscode",
    name: "VS Code",
    after: "Run \"MCP: List Servers\" in VS Code, and start it there.",
    format: Format::Json { section: "servers", typed: true, comments: true },
    place: |machine| Some(machine.app_data()?.join("Code/User/mcp.json")),
};

/// <https://cursor.com/docs/mcp>.
const CURSOR: Client = Client {
    id: "cursor",
    name: "Cursor",
    after: "Start Cursor again.",
    format: Format::Json { section: "mcpServers", typed: false, comments: true },
    place: |machine| Some(machine.home()?.join(".cursor/mcp.json")),
};

/// <https://developers.openai.com/codex/mcp>: command line, app and editor extension share it.
const CODEX: Client = Client {
    id: "codex",
    name: "Codex",
    after: "Start Codex again.",
    format: Format::Toml { section: "mcp_servers" },
    place: |machine| {
        let ours = || Some(machine.home()?.join(".codex"));
        Some(machine.path("CODEX_HOME").or_else(ours)?.join("config.toml"))
    },
};

/// <https://docs.windsurf.com/windsurf/cascade/mcp>.
const WINDSURF: Client = Client {
    id: "windsurf",
    name: "Windsurf",
    after: "Press the refresh button of Windsurf's MCP servers.",
    format: Format::Json { section: "mcpServers", typed: false, comments: true },
    place: |machine| Some(machine.home()?.join(".codeium/windsurf/mcp_config.json")),
};

/// <https://zed.dev/docs/ai/mcp>, in the file of <https://zed.dev/docs/configuring-zed>.
const ZED: Client = Client {
    id: "zed",
    name: "Zed",
    after: "Zed starts it by itself.",
    format: Format::Json { section: "context_servers", typed: false, comments: true },
    place: |machine| {
        let folder = match machine.system {
            System::Windows => machine.app_data()?.join("Zed"),
            System::MacOs => machine.home()?.join(".config/zed"),
            System::Linux => machine.app_data()?.join("zed"),
        };
        Some(folder.join("settings.json"))
    },
};

/// Why a client's file is left alone.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// It is not in the syntax that the client reads.
    #[error("line {line}: {why}")]
    Syntax {
        /// The line, from 1.
        line: usize,
        /// What the reader says.
        why: String,
    },
    /// It holds something else than names and values.
    #[error("what it holds has no names: it is no configuration of that client")]
    Nameless,
    /// Something stands where the servers should.
    #[error("`{0}` is not what holds servers there")]
    Shape(String),
    /// A name that stands for two things: readers differ in which of them counts.
    #[error("`{0}` stands there twice")]
    Twice(String),
}

impl Client {
    /// The client of that id.
    pub fn find(id: &str) -> Option<&'static Self> {
        CLIENTS.iter().find(|client| client.id == id)
    }

    /// Its file; `None` where the environment does not say where.
    pub fn file(&self, machine: &Machine<'_>) -> Option<PathBuf> {
        (self.place)(machine)
    }

    /// The servers in the text of its file.
    pub fn servers(&self, text: &str) -> Result<Vec<Server>, Unreadable> {
        let text = Text::of(text);
        match self.format {
            Format::Json { section, comments, .. } => json::servers(&text, section, comments),
            Format::Toml { section } => toml::servers(&text, section),
        }
    }

    /// The text of its file with that server in it, in place of one of the same name: what the
    /// entry does not decide stays as it was, to the byte.
    pub fn with(&self, text: &str, name: &str, entry: &Entry) -> Result<String, Unreadable> {
        if self.servers(text)?.iter().any(|server| server.name == name && server.entry == *entry) {
            return Ok(text.to_owned());
        }
        match self.format {
            Format::Json { section, typed, comments } => {
                json::with(&Text::of(text), section, comments, name, entry, typed)
            }
            Format::Toml { section } => toml::with(text, section, name, entry),
        }
    }

    /// The text of its file as people may see it: with `…` for what may be a secret.
    pub fn shown(&self, text: &str) -> Result<String, Unreadable> {
        match self.format {
            Format::Json { comments, .. } => json::shown(&Text::of(text), comments),
            Format::Toml { .. } => toml::shown(text),
        }
    }
}
