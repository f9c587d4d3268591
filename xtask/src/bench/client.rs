//! A bare MCP client: pipes and lines, nothing between them and the clock.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

use fs_err as fs;
use serde_json::{Value, json};

use crate::Result;

/// A server on pipes.
pub(crate) struct Client {
    process: Child,
    /// Open until the client is dropped.
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
    next: u64,
}

impl Client {
    pub(crate) fn spawn(mut command: Command) -> Result<Self> {
        let mut process =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
        let input = process.stdin.take();
        let output = process.stdout.take().ok_or("the server has no standard output")?;
        Ok(Self { process, input, output: BufReader::with_capacity(1 << 20, output), next: 0 })
    }

    fn send(&mut self, message: &Value) -> Result {
        let mut line = message.to_string();
        line.push('\n');
        let input = self.input.as_mut().ok_or("the server's standard input is closed")?;
        input.write_all(line.as_bytes())?;
        Ok(input.flush()?)
    }

    /// Sends a request, and gives its id.
    pub(crate) fn request(&mut self, method: &str, params: &Value) -> Result<u64> {
        self.next += 1;
        let message =
            json!({ "jsonrpc": "2.0", "id": self.next, "method": method, "params": params });
        self.send(&message)?;
        Ok(self.next)
    }

    /// The next answer: what comes in between are notifications.
    pub(crate) fn answer(&mut self) -> Result<Value> {
        loop {
            let mut line = String::new();
            if self.output.read_line(&mut line)? == 0 {
                return Err("the server closed its standard output".into());
            }
            let message: Value = serde_json::from_str(&line)?;
            if message.get("id").is_some() && message.get("method").is_none() {
                return match message.get("error") {
                    Some(error) => Err(error.to_string().into()),
                    None => Ok(message.get("result").cloned().unwrap_or_default()),
                };
            }
        }
    }

    /// Sends a request, and waits for its answer.
    pub(crate) fn ask(&mut self, method: &str, params: &Value) -> Result<Value> {
        self.request(method, params)?;
        self.answer()
    }

    /// Greets as clients up to 2025-11-25 do.
    pub(crate) fn greet(&mut self) -> Result {
        let about = json!({ "name": "bench", "version": "1" });
        let params =
            json!({ "protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": about });
        self.ask("initialize", &params)?;
        self.send(&json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }))
    }

    /// Resident memory, in bytes.
    pub(crate) fn resident(&self) -> Result<u64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.process.id()))?;
        let kilobytes = status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:")?.trim().strip_suffix(" kB")?.parse().ok());
        kilobytes.map(|kilobytes: u64| kilobytes * 1024).ok_or_else(|| "no VmRSS".into())
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        drop(self.input.take());
        self.process.kill().ok();
        self.process.wait().ok();
    }
}
