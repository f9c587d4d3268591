//! MCP over standard input and output: one JSON-RPC message a line.

use std::{io, sync::Arc, time::Duration};

use okta_client::BoxFuture;
use rmcp::{
    RoleServer, ServiceExt as _,
    model::{ErrorCode, ErrorData, RequestId, ServerJsonRpcMessage},
    service::{RxJsonRpcMessage, ServerInitializeError, TxJsonRpcMessage},
    transport::Transport,
};
use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt as _, AsyncRead, AsyncWrite, AsyncWriteExt as _, BufReader},
    sync::Mutex,
};

use crate::App;

/// The longest line that is read, in bytes.
const LONGEST: usize = 16 * 1024 * 1024;

/// How long the end waits for a sign-in that is being renewed.
const LAST_WAIT: Duration = Duration::from_secs(10);

/// Serves until the client closes its end, or `stop` is there; changes that were begun are finished
/// first.
pub async fn serve_stdio<R, W>(
    app: App,
    input: R,
    output: W,
    stop: impl Future<Output = ()>,
) -> io::Result<()>
where
    R: AsyncRead + Send + Unpin + 'static,
    W: AsyncWrite + Send + Unpin + 'static,
{
    app.start_sign_in();
    let gate = app.handler.gate().clone();
    let okta = app.okta().clone();
    let served = async {
        match app.handler.serve(Lines::new(input, output)).await {
            Ok(running) => running.waiting().await.map(drop).map_err(io::Error::other),
            // The client went before it said anything: nothing is wrong.
            Err(ServerInitializeError::ConnectionClosed(_)) => Ok(()),
            Err(error) => Err(io::Error::other(error)),
        }
    };
    tokio::select! {
        served = served => served?,
        () = stop => tracing::info!("told to stop"),
    }
    gate.drain().await;
    // Bounded: whoever stops the process does not wait for ever.
    drop(tokio::time::timeout(LAST_WAIT, okta.settled()).await);
    Ok(())
}

/// Lines of JSON. rmcp's own transport leaves a line that it cannot read without an answer that
/// its sender could know; here each gets one clear answer, with the id where there is one.
struct Lines<R, W> {
    input: BufReader<R>,
    line: Line,
    output: Arc<Mutex<W>>,
    /// An answer under way: [`Transport::receive`] may be dropped at any await, the answer not.
    answering: Option<BoxFuture<'static, io::Result<()>>>,
}

/// The line that is being read.
#[derive(Default)]
struct Line {
    bytes: Vec<u8>,
    /// It is longer than [`LONGEST`]; the rest of it is skipped.
    too_long: bool,
}

impl<R: AsyncRead, W> Lines<R, W> {
    fn new(input: R, output: W) -> Self {
        let output = Arc::new(Mutex::new(output));
        Self { input: BufReader::new(input), line: Line::default(), output, answering: None }
    }
}

impl<R: AsyncRead + Unpin, W> Lines<R, W> {
    /// The next whole line; `None` at the end. What was read of a line is kept where this is
    /// dropped.
    async fn next(&mut self) -> io::Result<Option<Line>> {
        loop {
            let available = self.input.fill_buf().await?;
            if available.is_empty() {
                return Ok(None);
            }
            let end = available.iter().position(|byte| *byte == b'\n');
            let (part, used) = match end {
                Some(end) => (available.get(..end).unwrap_or_default(), end + 1),
                None => (available, available.len()),
            };
            if self.line.bytes.len() + part.len() > LONGEST {
                self.line = Line { bytes: Vec::new(), too_long: true };
            }
            if !self.line.too_long {
                self.line.bytes.extend_from_slice(part);
            }
            self.input.consume(used);
            if end.is_some() {
                return Ok(Some(std::mem::take(&mut self.line)));
            }
        }
    }
}

impl<R, W> Transport<RoleServer> for Lines<R, W>
where
    R: AsyncRead + Send + Unpin + 'static,
    W: AsyncWrite + Send + Unpin + 'static,
{
    type Error = io::Error;

    fn send(
        &mut self,
        item: TxJsonRpcMessage<RoleServer>,
    ) -> impl Future<Output = io::Result<()>> + Send + 'static {
        let output = Arc::clone(&self.output);
        async move {
            let mut text = serde_json::to_vec(&item)?;
            text.push(b'\n');
            let mut output = output.lock().await;
            output.write_all(&text).await?;
            output.flush().await
        }
    }

    async fn receive(&mut self) -> Option<RxJsonRpcMessage<RoleServer>> {
        loop {
            if let Some(answering) = &mut self.answering {
                let answered = answering.await;
                self.answering = None;
                answered.ok()?;
            }
            let line = match self.next().await {
                Ok(line) => line?,
                Err(error) => {
                    tracing::error!(%error, "the client cannot be read");
                    return None;
                }
            };
            match line.read() {
                Ok(Some(message)) => return Some(message),
                Ok(None) => {}
                Err(refused) => self.answering = Some(Box::pin(self.send(*refused))),
            }
        }
    }

    async fn close(&mut self) -> io::Result<()> {
        self.output.lock().await.shutdown().await
    }
}

impl Line {
    /// The message; nothing for an empty line, or for one that nobody waits for an answer to; the
    /// answer to one that is no message.
    fn read(&self) -> Result<Option<RxJsonRpcMessage<RoleServer>>, Box<ServerJsonRpcMessage>> {
        let refused = |code, message: &'static str, id| {
            Box::new(ServerJsonRpcMessage::error(ErrorData::new(code, message, None), id))
        };
        if self.too_long {
            let message = "the message is longer than 16 MiB, and was not read";
            return Err(refused(ErrorCode::INVALID_REQUEST, message, None));
        }
        let text = self.bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&self.bytes).trim_ascii();
        if text.is_empty() {
            return Ok(None);
        }
        if text.starts_with(b"[") {
            let message = "JSON-RPC batches are not supported: send one message a line";
            return Err(refused(ErrorCode::INVALID_REQUEST, message, None));
        }
        let problem = match serde_json::from_slice(text) {
            Ok(message) => return Ok(Some(message)),
            Err(error) => error,
        };
        let Ok(value) = serde_json::from_slice::<Value>(text) else {
            return Err(refused(ErrorCode::PARSE_ERROR, "the line is no JSON", None));
        };
        let id =
            value.get("id").and_then(|id| serde_json::from_value::<RequestId>(id.clone()).ok());
        if id.is_none() && value.get("method").is_some() {
            tracing::debug!(%problem, "a notification that cannot be read is dropped");
            return Ok(None);
        }
        let message =
            "the line is no JSON-RPC 2.0 message of MCP: check jsonrpc, method and params";
        Err(refused(ErrorCode::INVALID_REQUEST, message, id))
    }
}
