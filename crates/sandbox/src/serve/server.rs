//! An org on a listener.

use std::{io, net::SocketAddr, sync::Arc};

use axum::body::Body;
use hyper::service::service_fn;
use hyper_util::{
    rt::{TokioExecutor, TokioIo},
    server::conn::auto,
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpListener,
    task::{JoinHandle, JoinSet},
};
use tokio_rustls::TlsAcceptor;
use tower::ServiceExt as _;

use super::{
    http::{Dropped, Peer},
    tls::Tls,
};
use crate::org::Org;

/// An org that listens. Dropping it stops it.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    tls: bool,
    task: JoinHandle<()>,
}

/// The connection is to be closed without an answer.
#[derive(Debug, thiserror::Error)]
#[error("the connection is closed on purpose")]
struct ClosedOnPurpose;

impl Server {
    /// Serves `org` on `listener`, with TLS where `tls` is given.
    pub async fn start(org: Org, listener: TcpListener, tls: Option<Tls>) -> io::Result<Self> {
        let address = listener.local_addr()?;
        let acceptor = tls.map(Tls::acceptor).transpose().map_err(io::Error::other)?;
        let router = org.service();
        let tls = acceptor.is_some();
        let task = tokio::spawn(accept(listener, acceptor, router));
        // The task runs before the first caller connects.
        tokio::task::yield_now().await;
        Ok(Self { address, tls, task })
    }

    /// The URL of the org.
    pub fn url(&self) -> String {
        if self.tls {
            format!("https://localhost:{}", self.address.port())
        } else {
            format!("http://{}", self.address)
        }
    }

    /// Closes the listener and all connections.
    pub async fn stop(mut self) {
        self.task.abort();
        // An aborted task answers with the error that says so.
        drop((&mut self.task).await);
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn accept(listener: TcpListener, acceptor: Option<TlsAcceptor>, router: axum::Router) {
    let mut connections = JoinSet::new();
    loop {
        // A connection that fails here is the other side's loss; the org goes on.
        let Ok((stream, address)) = listener.accept().await else {
            tokio::task::yield_now().await;
            continue;
        };
        stream.set_nodelay(true).ok();
        let peer = Peer { address, tls: acceptor.is_some() };
        let router = router.clone();
        match acceptor.clone() {
            Some(acceptor) => connections.spawn(async move {
                if let Ok(stream) = acceptor.accept(stream).await {
                    serve(stream, peer, router).await;
                }
            }),
            None => connections.spawn(serve(stream, peer, router)),
        };
        while connections.try_join_next().is_some() {}
    }
}

async fn serve<S>(stream: S, peer: Peer, router: axum::Router)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let peer = Arc::new(peer);
    let service = service_fn(move |mut request: hyper::Request<hyper::body::Incoming>| {
        request.extensions_mut().insert(Arc::clone(&peer));
        let router = router.clone();
        async move {
            let Ok(response) = router.oneshot(request.map(Body::new)).await;
            if response.extensions().get::<Dropped>().is_some() {
                Err(ClosedOnPurpose)
            } else {
                Ok(response)
            }
        }
    });
    let builder = auto::Builder::new(TokioExecutor::new());
    // What fails on one connection concerns that connection only.
    builder.serve_connection(TokioIo::new(stream), service).await.ok();
}
