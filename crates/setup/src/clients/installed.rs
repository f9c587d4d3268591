//! The clients of this machine, and how they start okta-mcp.

use std::{
    io,
    path::{Path, PathBuf},
};

use super::{CLIENTS, Client, Entry, Machine, OktaOwn, Server, Unreadable, entry::Hides};

/// What tells how clients start okta-mcp here.
pub struct Environment<'a> {
    /// Whose machine it is.
    pub machine: Machine<'a>,
    /// This program.
    pub program: PathBuf,
}

/// A client that is here.
#[derive(Debug)]
pub struct Found {
    /// The client.
    pub client: &'static Client,
    /// Its file.
    pub file: PathBuf,
    /// What the file holds.
    pub content: Content,
}

/// What a client's file holds.
#[derive(Debug)]
pub enum Content {
    /// There is no file; the folder it would be in is there.
    Missing,
    /// It cannot be read.
    Closed(io::Error),
    /// It is not what the client reads.
    Unreadable(Unreadable),
    /// Its servers that have to do with Okta.
    Servers(Vec<Launch>),
}

/// A server of a client's file that has to do with Okta.
#[derive(Debug)]
pub struct Launch {
    /// Its name and how it is started.
    pub server: Server,
    /// What is started.
    pub starts: Starts,
    /// The profile that it names; `None` where the default holds.
    pub profile: Option<String>,
    /// The configuration file that it names.
    pub config: Option<PathBuf>,
    /// The variables of its environment that hold secrets.
    pub secrets: Vec<String>,
}

/// What a client starts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Starts {
    /// This program.
    This,
    /// Another okta-mcp, which is there.
    Other(PathBuf),
    /// An okta-mcp that is not there.
    Nothing,
    /// Okta's own server.
    OktaOwn,
}

/// The clients that are here: those whose file is there, or the folder that it would be in.
pub fn installed(environment: &Environment<'_>) -> Vec<Found> {
    let found = |client: &'static Client| {
        let file = client.file(&environment.machine)?;
        let content = match fs_err::read_to_string(&file) {
            Ok(text) => match client.servers(&text) {
                Ok(servers) => Content::Servers(environment.launches(servers)),
                Err(error) => Content::Unreadable(error),
            },
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                // The home folder is everybody's.
                let home = environment.machine.home();
                let folder = file.parent().filter(|folder| home.as_deref() != Some(*folder))?;
                folder.is_dir().then_some(Content::Missing)?
            }
            Err(error) => Content::Closed(error),
        };
        Some(Found { client, file, content })
    };
    CLIENTS.iter().filter_map(found).collect()
}

impl Environment<'_> {
    fn launches(&self, servers: Vec<Server>) -> Vec<Launch> {
        servers.into_iter().filter_map(|server| self.launch(server)).collect()
    }

    /// The server, where it has to do with Okta.
    fn launch(&self, server: Server) -> Option<Launch> {
        let Entry { command, args, env } = &server.entry;
        let starts = if OktaOwn::of(&server.entry).is_some() {
            Starts::OktaOwn
        } else if names_us(command) {
            self.starts(command)
        } else {
            return None;
        };
        let flag = |name: &str| {
            let with = format!("{name}=");
            let next = args.iter().skip_while(|arg| *arg != name).nth(1).cloned();
            next.or_else(|| args.iter().find_map(|arg| arg.strip_prefix(&with).map(str::to_owned)))
        };
        let variable = |name: &str| {
            let mut given = env.iter().filter(|(variable, _)| variable == name);
            given.next().map(|(_, value)| value.clone()).filter(|value| !value.is_empty())
        };
        let secrets = env
            .iter()
            .filter(|(name, value)| Hides::of(name) == Hides::All && holds_secret(value))
            .map(|(name, _)| name.clone())
            .collect();
        Some(Launch {
            starts,
            profile: flag("--profile").or_else(|| variable("OKTA_MCP_PROFILE")),
            config: flag("--config").or_else(|| variable("OKTA_MCP_CONFIG")).map(PathBuf::from),
            secrets,
            server,
        })
    }

    fn starts(&self, command: &str) -> Starts {
        let Some(path) = self.resolved(Path::new(command)) else { return Starts::Nothing };
        if self.is_this(&path) { Starts::This } else { Starts::Other(path) }
    }

    /// True for this program, links resolved.
    pub fn is_this(&self, path: &Path) -> bool {
        let real = |path: &Path| fs_err::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        real(path) == real(&self.program)
    }

    /// The file that a client would start: by its path, or found in `PATH`.
    pub fn resolved(&self, command: &Path) -> Option<PathBuf> {
        let there = |path: PathBuf| {
            let windows = path.with_extension("exe");
            [path, windows].into_iter().find(|path| path.is_file())
        };
        if command.components().count() > 1 {
            return there(command.to_owned());
        }
        let paths = (self.machine.env)("PATH")?;
        std::env::split_paths(&paths).find_map(|folder| there(folder.join(command)))
    }
}

/// True for a command that can only be okta-mcp.
fn names_us(command: &str) -> bool {
    let last = command.rsplit(['/', '\\']).next().unwrap_or(command);
    last.strip_suffix(".exe").unwrap_or(last) == "okta-mcp"
}

/// False for what the client asks for itself, and for what names a file.
fn holds_secret(value: &str) -> bool {
    !value.trim().is_empty() && !value.contains("${") && !okta_mcp_server::is_path(value)
}
