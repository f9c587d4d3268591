//! The measurements, one after the other.

use std::{
    process::Command,
    thread::sleep,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use super::{Counts, client::Client, http, org::Org, samples::Samples, server::Server};
use crate::{Result, workspace};

/// Someone that every org of the sandbox has.
const USER: &str = "ana.silva@acme.example";

/// How many calls are under way at once.
const CROWD: usize = 64;

/// What was measured of one server. What did not work says why.
pub(crate) struct Measured {
    /// The definitions of the tools.
    pub(crate) tools: Vec<Value>,
    pub(crate) bare_start: Outcome<Samples>,
    pub(crate) modern_start: Outcome<Samples>,
    pub(crate) python_start: Outcome<Samples>,
    /// Resident memory after `tools/list`, and after a call.
    pub(crate) idle: Outcome<(u64, Option<u64>)>,
    pub(crate) call: Outcome<Samples>,
    pub(crate) request: Outcome<Samples>,
    pub(crate) rate: Outcome<Rate>,
}

/// A figure, or why there is none.
pub(crate) type Outcome<T> = std::result::Result<T, String>;

/// Calls per second.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rate {
    pub(crate) calls: usize,
    pub(crate) elapsed: Duration,
}

/// Measures one server. A server that does not start is an error; what it cannot do is an outcome.
pub(crate) fn measure(server: &Server, org: &Org, counts: Counts, whole: bool) -> Result<Measured> {
    Ok(Measured {
        tools: tools(server)?,
        bare_start: told(start(server, counts.starts, false)),
        modern_start: if server.modern {
            told(start(server, counts.starts, true))
        } else {
            Err("knows no 2026-07-28".to_owned())
        },
        python_start: told(python(server, counts.python)),
        idle: told(idle(server)),
        call: if whole { told(calls(server, counts.calls)) } else { left_out() },
        request: if whole { told(http::get_user(org, USER, counts.calls)) } else { left_out() },
        rate: if whole { told(rate(server, counts.crowd)) } else { left_out() },
    })
}

/// Why a short run has no such figure.
fn left_out<T>() -> Outcome<T> {
    Err("left out: --short".to_owned())
}

fn told<T>(result: Result<T>) -> Outcome<T> {
    result.map_err(|error| error.to_string().chars().take(300).collect())
}

fn tools(server: &Server) -> Result<Vec<Value>> {
    let mut client = Client::spawn(server.command(&[]))?;
    client.greet()?;
    let listed = client.ask("tools/list", &json!({}))?;
    let tools = listed.get("tools").and_then(Value::as_array).cloned();
    tools.ok_or_else(|| "no tools are listed".into())
}

/// From the start of the process to the list of tools.
fn start(server: &Server, count: usize, modern: bool) -> Result<Samples> {
    let meta = json!({ "_meta": {
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": {},
    }});
    let once = || {
        let begun = Instant::now();
        let mut client = Client::spawn(server.command(&[]))?;
        if modern {
            client.ask("tools/list", &meta)?;
        } else {
            client.greet()?;
            client.ask("tools/list", &json!({}))?;
        }
        Ok(begun.elapsed())
    };
    (0..count).map(|_| once()).collect()
}

/// The same by the Python client, which is the same for both servers.
fn python(server: &Server, count: usize) -> Result<Samples> {
    let python = workspace::target().join("e2e/py2/bin/python");
    if !python.exists() {
        return Err("no Python client here: e2e/setup installs it".into());
    }
    let settings = server.command(&[]);
    let mut command = Command::new(python);
    command.arg(workspace::root().join("e2e/start.py")).arg(count.to_string()).arg(&server.program);
    command.env_clear();
    command.envs(settings.get_envs().filter_map(|(name, value)| Some((name, value?))));
    // What the servers say on the way is nobody's business, unless it fails.
    let ended = command.output()?;
    if !ended.status.success() {
        let said = String::from_utf8_lossy(&ended.stderr);
        return Err(said.lines().last().unwrap_or("the Python client failed").to_owned().into());
    }
    let text = String::from_utf8(ended.stdout)?;
    let seconds: std::result::Result<Vec<f64>, _> = text.lines().map(str::parse).collect();
    Ok(seconds?.into_iter().map(Duration::from_secs_f64).collect())
}

fn idle(server: &Server) -> Result<(u64, Option<u64>)> {
    let mut client = Client::spawn(server.command(&[]))?;
    client.greet()?;
    client.ask("tools/list", &json!({}))?;
    sleep(Duration::from_secs(2));
    let listed = client.resident()?;
    let called = get_user(&mut client).ok().map(|()| {
        sleep(Duration::from_secs(1));
        client.resident()
    });
    Ok((listed, called.transpose()?))
}

/// One call after the other.
fn calls(server: &Server, count: usize) -> Result<Samples> {
    let mut client = Client::spawn(server.command(&[]))?;
    client.greet()?;
    for _ in 0..10 {
        get_user(&mut client)?;
    }
    let mut once = || {
        let begun = Instant::now();
        get_user(&mut client)?;
        Ok(begun.elapsed())
    };
    (0..count).map(|_| once()).collect()
}

/// Many calls at once, in a window: a new one goes out for each that comes back.
fn rate(server: &Server, count: usize) -> Result<Rate> {
    let crowd = CROWD.to_string();
    let mut client = Client::spawn(server.command(&[("OKTA_MCP_MAX_IN_FLIGHT", &crowd)]))?;
    client.greet()?;
    for _ in 0..10 {
        get_user(&mut client)?;
    }
    let call = asking();
    let begun = Instant::now();
    let mut sent = 0;
    for _ in 0..count {
        while sent < count && sent < CROWD {
            client.request("tools/call", &call)?;
            sent += 1;
        }
        is_user(&client.answer()?)?;
        if sent < count {
            client.request("tools/call", &call)?;
            sent += 1;
        }
    }
    Ok(Rate { calls: count, elapsed: begun.elapsed() })
}

/// The call that is measured.
fn asking() -> Value {
    json!({ "name": "get_user", "arguments": { "user_id": USER } })
}

fn get_user(client: &mut Client) -> Result {
    is_user(&client.ask("tools/call", &asking())?)
}

/// Only a call that answers with the user counts: Okta's own server tells an error in a text that is
/// not marked as one.
fn is_user(result: &Value) -> Result {
    let marked = result.get("isError").and_then(Value::as_bool) == Some(true);
    let content = result.get("content").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let mut texts = content.iter().filter_map(|block| block.get("text")?.as_str());
    let login = format!("\"{USER}\"");
    if !marked && texts.clone().any(|text| text.contains(&login)) {
        return Ok(());
    }
    Err(texts.next().unwrap_or("an empty answer").to_owned().into())
}
