//! The org that is measured against: `okta-mcp sandbox`, over HTTPS.

use std::{
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
};

use serde_json::{Map, Value};
use tempfile::TempDir;

use crate::Result;

/// An org that listens until it is dropped.
pub(crate) struct Org {
    process: Child,
    /// How to connect: environment variables.
    pub(crate) env: Vec<(String, String)>,
    /// An API token of it.
    pub(crate) api_token: String,
    /// Where its key and certificate lie.
    _home: TempDir,
}

impl Org {
    /// Starts the org. It never answers 429, so that what is measured is the server; and its key is
    /// RSA, as the ones that Okta makes, since Okta's own server takes no other.
    pub(crate) fn start(binary: &Path) -> Result<Self> {
        let home = TempDir::new()?;
        let mut process = Command::new(binary)
            .args(["sandbox", "--https", "--rsa", "--json", "--no-rate-limits"])
            // It is killed in the end, so its files lie where they go with us.
            .arg("--key-file")
            .arg(home.path().join("key.pem"))
            .arg("--ca-file")
            .arg(home.path().join("ca.pem"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()?;
        let mut line = String::new();
        let out = process.stdout.take().ok_or("the org has no standard output")?;
        BufReader::new(out).read_line(&mut line)?;
        let told: Value = serde_json::from_str(&line)?;
        let env = told.get("env").and_then(Value::as_object).map(pairs).unwrap_or_default();
        let api_token =
            told.get("api_token").and_then(Value::as_str).unwrap_or_default().to_owned();
        Ok(Self { process, env, api_token, _home: home })
    }

    /// One of the variables.
    pub(crate) fn variable(&self, name: &str) -> Result<&str> {
        let found = self.env.iter().find(|(key, _)| key == name);
        found
            .map(|(_, value)| value.as_str())
            .ok_or_else(|| format!("the org names no {name}").into())
    }
}

impl Drop for Org {
    fn drop(&mut self) {
        // It ends with this process at the latest.
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

fn pairs(env: &Map<String, Value>) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    env.iter().map(|(key, value)| (key.clone(), text(value))).collect()
}
