//! MCP over standard input and output: one JSON-RPC message a line.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll, ready},
};

use okta_client::BoxFuture;
use rmcp::{
    RoleServer, ServiceExt as _,
    model::{ErrorData, ServerJsonRpcMessage},
    service::{RxJsonRpcMessage, TxJsonRpcMessage},
    transport::{Transport, async_rw::AsyncRwTransport},
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
};

use crate::App;

/// The longest line that is read, in bytes.
const LONGEST: usize = 16 * 1024 * 1024;

/// Serves until the client closes its end; changes that were begun are finished first.
pub async fn serve_stdio<R, W>(app: App, input: R, output: W) -> io::Result<()>
where
    R: AsyncRead + Send + Unpin + 'static,
    W: AsyncWrite + Send + Unpin + 'static,
{
    app.start_sign_in();
    let gate = app.handler.gate().clone();
    match app.handler.serve(Lines::new(input, output)).await {
        Ok(running) => {
            running.waiting().await.map_err(io::Error::other)?;
        }
        // The client went before it said anything: nothing is wrong.
        Err(rmcp::service::ServerInitializeError::ConnectionClosed(_)) => {}
        Err(error) => return Err(io::Error::other(error)),
    }
    gate.drain().await;
    Ok(())
}

/// rmcp's transport, with an answer for the lines that it would drop without one.
struct Lines<R: AsyncRead + Unpin, W: AsyncWrite> {
    inner: AsyncRwTransport<RoleServer, Filter<R>, W>,
    refused: UnboundedReceiver<Refused>,
    /// An answer under way: [`Transport::receive`] may be dropped at any await, the answer not.
    answering: Option<BoxFuture<'static, io::Result<()>>>,
}

/// A line that is not passed on.
#[derive(Clone, Copy, Debug)]
enum Refused {
    Batch,
    TooLong,
}

impl Refused {
    fn answer(self) -> ServerJsonRpcMessage {
        let message = match self {
            Self::Batch => "JSON-RPC batches are not supported: send one message a line",
            Self::TooLong => "the message is longer than 16 MiB, and was not read",
        };
        ServerJsonRpcMessage::error(ErrorData::invalid_request(message, None), None)
    }
}

impl<R, W> Lines<R, W>
where
    R: AsyncRead + Send + Unpin,
    W: AsyncWrite + Send + Unpin + 'static,
{
    fn new(input: R, output: W) -> Self {
        let (sender, refused) = unbounded_channel();
        let filter = Filter { input, sender, line: 0, state: State::Start };
        Self { inner: AsyncRwTransport::new(filter, output), refused, answering: None }
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
    ) -> impl Future<Output = Result<(), Self::Error>> + Send + 'static {
        self.inner.send(item)
    }

    async fn receive(&mut self) -> Option<RxJsonRpcMessage<RoleServer>> {
        loop {
            if let Some(answering) = &mut self.answering {
                let answered = answering.await;
                self.answering = None;
                answered.ok()?;
            }
            let message = tokio::select! {
                biased;
                Some(refused) = self.refused.recv() => Err(refused),
                message = self.inner.receive() => match message {
                    // What was refused just before the end is answered all the same.
                    None => self.refused.try_recv().map_or(Ok(None), Err),
                    message => Ok(message),
                },
            };
            match message {
                Ok(message) => return message,
                Err(refused) => self.answering = Some(Box::pin(self.inner.send(refused.answer()))),
            }
        }
    }

    async fn close(&mut self) -> Result<(), Self::Error> {
        self.inner.close().await
    }
}

/// Passes lines on, but for those that are refused.
struct Filter<R> {
    input: R,
    sender: UnboundedSender<Refused>,
    /// Bytes of this line so far.
    line: usize,
    state: State,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// Nothing but white space in this line yet.
    Start,
    Pass,
    Skip,
}

impl<R> Filter<R> {
    /// What of these bytes is passed on.
    fn pass(&mut self, bytes: &[u8], out: &mut Vec<u8>) {
        for &byte in bytes {
            if byte == b'\n' {
                out.push(byte);
                self.line = 0;
                self.state = State::Start;
                continue;
            }
            self.line += 1;
            if self.state == State::Start && !byte.is_ascii_whitespace() {
                self.state = if byte == b'[' { self.refuse(Refused::Batch) } else { State::Pass };
            }
            if self.state != State::Skip && self.line > LONGEST {
                // What was passed on of the line is no JSON, so it is dropped with its end.
                self.state = self.refuse(Refused::TooLong);
            }
            if self.state != State::Skip {
                out.push(byte);
            }
        }
    }

    fn refuse(&self, why: Refused) -> State {
        // The receiver lives as long as the transport that polls this.
        let _ = self.sender.send(why);
        State::Skip
    }
}

impl<R: AsyncRead + Unpin> AsyncRead for Filter<R> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let mut chunk = vec![0; buffer.remaining().min(64 * 1024)];
        let mut out = Vec::with_capacity(chunk.len());
        loop {
            let mut read = ReadBuf::new(&mut chunk);
            ready!(Pin::new(&mut self.input).poll_read(context, &mut read))?;
            if read.filled().is_empty() {
                return Poll::Ready(Ok(()));
            }
            self.pass(read.filled(), &mut out);
            if !out.is_empty() {
                buffer.put_slice(&out);
                return Poll::Ready(Ok(()));
            }
        }
    }
}
