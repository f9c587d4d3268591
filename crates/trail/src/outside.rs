//! Where checkpoints go besides: out of reach of whoever can write the trail's folder.

use std::{
    io::{self, Write as _},
    net::{TcpStream, ToSocketAddrs as _, UdpSocket},
    path::Path,
    process::{Command, Stdio},
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, channel, sync_channel},
    },
    thread,
    time::Duration,
};

use jiff::Timestamp;
use serde_json::Value;

use crate::{Row, Settings, Syslog, checkpoint::Checkpoint, head::stamp};

/// How many checkpoints may wait.
const WAITING: usize = 64;

/// How long a connection, and the end of a process, wait.
const PATIENCE: Duration = Duration::from_secs(5);

/// Facility 13 ("log audit"), severity 5 ("notice"): RFC 5424 section 6.2.1.
const PRIORITY: u8 = 13 * 8 + 5;

/// Sends checkpoints from a thread of its own, so that nothing that is slow holds up a row.
pub(crate) struct Outside {
    jobs: SyncSender<Job>,
    done: Receiver<()>,
    failures: Arc<Mutex<Vec<Row>>>,
}

struct Job {
    signed: Value,
    line: String,
    time: Timestamp,
}

impl Outside {
    pub(crate) fn new(settings: &Settings) -> Self {
        let (jobs, todo) = sync_channel::<Job>(WAITING);
        let (running, done) = channel();
        let failures = Arc::<Mutex<Vec<Row>>>::default();
        let (syslog, command) = (settings.syslog.clone(), settings.command.clone());
        let told = Arc::clone(&failures);
        let work = move || {
            // Dropped at the end: whoever waits sees it.
            let _running = running;
            for job in todo {
                let results = [
                    ("syslog", syslog.as_ref().map(|syslog| to_syslog(syslog, &job))),
                    ("command", command.as_ref().map(|command| to_command(command, &job.line))),
                ];
                for (to, result) in results {
                    if let Some(Err(error)) = result {
                        fail(&told, to, &job.signed, &error.to_string());
                    }
                }
            }
        };
        let started = thread::Builder::new().name("checkpoints".to_owned()).spawn(work);
        if let Err(error) = started {
            fail(&failures, "all", &Value::Null, &error.to_string());
        }
        Self { jobs, done, failures }
    }

    /// Puts a checkpoint on its way.
    pub(crate) fn send(&self, checkpoint: &Checkpoint, time: Timestamp) {
        let signed = checkpoint.signed();
        let job = Job { signed: signed.clone(), line: checkpoint.to_line(), time };
        let why = match self.jobs.try_send(job) {
            Ok(()) => return,
            Err(TrySendError::Full(_)) => "those before are still on their way",
            Err(TrySendError::Disconnected(_)) => "nothing sends them",
        };
        fail(&self.failures, "all", &signed, why);
    }

    /// What did not arrive since this was last asked, a row each.
    pub(crate) fn failures(&self) -> Vec<Row> {
        std::mem::take(&mut self.failures.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Waits a little for what is on its way.
    pub(crate) fn finish(self) -> Vec<Row> {
        let Self { jobs, done, failures } = self;
        drop(jobs);
        if done.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) {
            fail(&failures, "all", &Value::Null, "the process ended before they were sent");
        }
        std::mem::take(&mut failures.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn fail(failures: &Mutex<Vec<Row>>, to: &str, signed: &Value, why: &str) {
    tracing::warn!(to, why, "a checkpoint of the audit trail did not arrive");
    let mut row = Row::new("checkpoint_undelivered");
    row.set("to", to);
    row.set("checkpoint", signed.clone());
    row.set("error", why);
    failures.lock().unwrap_or_else(PoisonError::into_inner).push(row);
}

/// A message of RFC 5424, without structured data. The host is left to who receives it.
fn message(job: &Job) -> String {
    let process = std::process::id();
    format!("<{PRIORITY}>1 {} - okta-mcp {process} checkpoint - {}", stamp(job.time), job.line)
}

fn to_syslog(syslog: &Syslog, job: &Job) -> io::Result<()> {
    let message = message(job);
    match syslog {
        Syslog::Unix(path) => to_socket(path, &message),
        Syslog::Udp(address) => {
            let mut error = nowhere();
            for address in address.to_socket_addrs()? {
                let local = if address.is_ipv4() { "0.0.0.0:0" } else { "[::]:0" };
                let sent = UdpSocket::bind(local)
                    .and_then(|socket| socket.send_to(message.as_bytes(), address));
                match sent {
                    Ok(_) => return Ok(()),
                    Err(new) => error = new,
                }
            }
            Err(error)
        }
        Syslog::Tcp(address) => {
            let mut error = nowhere();
            for address in address.to_socket_addrs()? {
                match TcpStream::connect_timeout(&address, PATIENCE) {
                    Ok(mut stream) => {
                        stream.set_write_timeout(Some(PATIENCE))?;
                        // A line each: RFC 6587 section 3.4.2.
                        return stream.write_all((message + "\n").as_bytes());
                    }
                    Err(new) => error = new,
                }
            }
            Err(error)
        }
    }
}

fn nowhere() -> io::Error {
    io::Error::new(io::ErrorKind::NotFound, "the address leads nowhere")
}

/// A socket takes messages or a stream of lines; which one, only trying tells.
#[cfg(unix)]
fn to_socket(path: &Path, message: &str) -> io::Result<()> {
    use std::os::unix::net::{UnixDatagram, UnixStream};
    let sent = UnixDatagram::unbound()?.send_to(message.as_bytes(), path);
    sent.map(drop).or_else(|error| {
        let mut stream = UnixStream::connect(path).map_err(|_| error)?;
        stream.set_write_timeout(Some(PATIENCE))?;
        stream.write_all(format!("{message}\n").as_bytes())
    })
}

#[cfg(not(unix))]
fn to_socket(_: &Path, _: &str) -> io::Result<()> {
    Err(io::Error::new(io::ErrorKind::Unsupported, "this system has no such sockets"))
}

/// Runs the command, with the line on its standard input.
fn to_command(command: &[String], line: &str) -> io::Result<()> {
    let Some((program, args)) = command.split_first() else {
        return Err(io::Error::other("no command is named"));
    };
    // Our own standard output carries MCP.
    let mut child =
        Command::new(program).args(args).stdin(Stdio::piped()).stdout(Stdio::null()).spawn()?;
    let fed = match child.stdin.take() {
        Some(mut input) => input.write_all(format!("{line}\n").as_bytes()),
        None => Ok(()),
    };
    let status = child.wait()?;
    if !status.success() {
        return Err(io::Error::other(format!("the command failed: {status}")));
    }
    fed
}
