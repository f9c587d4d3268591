//! Runs the binary with nothing of the environment of whoever runs the tests.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
};

use serde_json::{Map, Value, json};
use tempfile::TempDir;

pub(crate) const BINARY: &str = env!("CARGO_BIN_EXE_okta-mcp");

/// What a client sends that asks for one thing, which has id 1.
pub(crate) fn session(method: &str, params: &Value) -> [Value; 3] {
    let client = json!({ "name": "test", "version": "1" });
    let begin = json!({
        "protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": client,
    });
    [
        json!({ "jsonrpc": "2.0", "id": 0, "method": "initialize", "params": begin }),
        json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }),
        json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params }),
    ]
}

/// A home of one test's own.
pub(crate) struct Home(TempDir);

/// What a run said.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ran {
    pub(crate) fn json(&self) -> Value {
        assert_eq!(self.code, Some(0), "{self:?}");
        serde_json::from_str(&self.stdout).unwrap()
    }

    /// All of it, as a snapshot shows it.
    pub(crate) fn shown(&self) -> String {
        let code = self.code.unwrap();
        format!("exit code {code}\n--- stdout\n{}--- stderr\n{}", self.stdout, self.stderr)
    }
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).unwrap();
        let Output { status, stdout, stderr } = output;
        Self { code: status.code(), stdout: text(stdout), stderr: text(stderr) }
    }
}

impl Home {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    /// The binary with these arguments, and no environment but this home.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(BINARY);
        command.args(args).env_clear().envs(self.environment()).stdin(Stdio::null());
        command
    }

    pub(crate) fn environment(&self) -> Vec<(&'static str, PathBuf)> {
        let home = self.path();
        let mut all = vec![
            ("HOME", home.to_owned()),
            ("LOCALAPPDATA", home.to_owned()),
            ("TMPDIR", home.to_owned()),
            ("TEMP", home.to_owned()),
            ("XDG_STATE_HOME", home.join("state")),
            // Not that of whoever runs the tests.
            ("OKTA_MCP_KEYRING", "off".into()),
            ("XDG_DATA_HOME", home.join("data")),
        ];
        // Windows has no sockets without.
        if let Some(root) = option_env!("SYSTEMROOT") {
            all.push(("SYSTEMROOT", root.into()));
        }
        all
    }

    pub(crate) fn run(&self, args: &[&str]) -> Ran {
        self.command(args).output().unwrap().into()
    }

    pub(crate) fn run_with(&self, env: &[(&str, &str)], args: &[&str]) -> Ran {
        self.command(args).envs(env.iter().copied()).output().unwrap().into()
    }

    /// Runs with that text on standard input.
    pub(crate) fn run_fed(&self, args: &[&str], input: &str) -> Ran {
        fed(self.command(args), input)
    }

    /// An org, with how to connect to it.
    pub(crate) fn sandbox(&self, args: &[&str]) -> Sandbox {
        let key = self.path().join("key.pem");
        let mut all = vec!["sandbox", "--json", "--key-file", key.to_str().unwrap()];
        all.extend(args);
        let child = self.command(&all).stdout(Stdio::piped()).spawn().unwrap();
        Sandbox::new(child)
    }
}

/// Runs a command with that text on standard input.
pub(crate) fn fed(mut command: Command, input: &str) -> Ran {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    child.wait_with_output().unwrap().into()
}

/// `okta-mcp sandbox --json`, stopped when dropped.
pub(crate) struct Sandbox {
    child: Child,
    pub(crate) env: Map<String, Value>,
    pub(crate) api_token: String,
    pub(crate) sign_in: Value,
}

impl Sandbox {
    fn new(mut child: Child) -> Self {
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let told: Value = serde_json::from_str(&line).unwrap();
        let api_token = told["api_token"].as_str().unwrap().to_owned();
        let env = told["env"].as_object().unwrap().clone();
        Self { child, env, api_token, sign_in: told["sign_in"].clone() }
    }

    pub(crate) fn env(&self) -> Vec<(&str, &str)> {
        self.env.iter().map(|(name, value)| (name.as_str(), value.as_str().unwrap())).collect()
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// What differs from run to run, from system to system, replaced.
pub(crate) fn filters() -> Vec<(&'static str, &'static str)> {
    vec![
        (r"\b0[0-9a-z][a-z0-9][0-9A-Za-z]{17}\b", "[id]"),
        (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z", "[time]"),
        (r"\d{4}-\d\d-\d\d", "[day]"),
        (r"\b\d{13}_\d+\b", "[cursor]"),
        (r#"("_undo": ?|_undo +)"?[\w-]{22}"?"#, "$1[undo]"),
        (r"[\d.,]+ ms", "[ms]"),
        (r"[\d,]+ bytes", "[bytes]"),
        (r"[^:]*\(os error \d+\)", " [why]"),
        (r"\[home\]\\", "[home]/"),
        (r"okta-mcp\.exe", "okta-mcp"),
    ]
}

/// Compares with the snapshot, with [`filters`].
macro_rules! assert_shown {
    ($name:expr, $text:expr) => {
        insta::with_settings!({ filters => $crate::support::filters() }, {
            insta::assert_snapshot!($name, $text);
        })
    };
}
pub(crate) use assert_shown;
