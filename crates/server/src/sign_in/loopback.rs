//! The page that ends a sign-in in the browser: a port on loopback, open while a sign-in is under
//! way.

use std::{io, net::SocketAddr};

use axum::{
    Router,
    extract::{Query, Request, State},
    http::{HeaderMap, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse as _, Response},
    routing::get,
};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use okta_client::{Arrival, BoxFuture, Landed, Landing, Loopback};
use okta_gate::escaped;
use tokio::{
    net::TcpListener,
    sync::{mpsc, oneshot},
};
use tokio_util::sync::{CancellationToken, DropGuard};
use url::Url;

use crate::page_style;

/// Listens on the port of the redirect URI.
#[derive(Clone, Copy, Debug, Default)]
pub struct LoopbackPage;

impl Loopback for LoopbackPage {
    fn listen<'a>(&'a self, redirect: &'a Url) -> BoxFuture<'a, io::Result<Box<dyn Landing>>> {
        Box::pin(async move { Ok(Box::new(Open::new(redirect).await?) as Box<dyn Landing>) })
    }
}

/// An open port; closed when dropped, after what was answered has gone out.
struct Open {
    arrivals: mpsc::Receiver<Arrival>,
    _open: DropGuard,
}

#[derive(Clone)]
struct Served {
    /// What the browser has to call this page: another name means a page from elsewhere.
    host: String,
    arrivals: mpsc::Sender<Arrival>,
}

impl Open {
    async fn new(redirect: &Url) -> io::Result<Self> {
        let port = redirect.port_or_known_default().unwrap_or_default();
        let listener = TcpListener::bind(address(redirect, port)).await?;
        let (sender, arrivals) = mpsc::channel(1);
        let served = Served { host: redirect.authority().to_owned(), arrivals: sender };
        let router = Router::new()
            .route(redirect.path(), get(arrive))
            .fallback(async || shown(StatusCode::NOT_FOUND, &nothing()))
            .layer(middleware::from_fn_with_state(served.clone(), guarded))
            .with_state(served);
        let stop = CancellationToken::new();
        let (stopped, open) = (stop.clone(), stop.drop_guard());
        tokio::spawn(async move {
            let served = axum::serve(listener, router)
                .with_graceful_shutdown(async move { stopped.cancelled().await });
            if let Err(error) = served.await {
                tracing::warn!(%error, "the page that ends a sign-in");
            }
        });
        Ok(Self { arrivals, _open: open })
    }
}

/// `localhost` is 127.0.0.1 here: nothing is looked up.
fn address(redirect: &Url, port: u16) -> SocketAddr {
    match redirect.host() {
        Some(url::Host::Ipv4(ip)) => SocketAddr::from((ip, port)),
        Some(url::Host::Ipv6(ip)) => SocketAddr::from((ip, port)),
        _ => SocketAddr::from(([127, 0, 0, 1], port)),
    }
}

impl Landing for Open {
    fn next(&mut self) -> BoxFuture<'_, Option<Arrival>> {
        Box::pin(self.arrivals.recv())
    }
}

/// Refuses what does not mean this page, and puts the headers on every answer.
async fn guarded(State(served): State<Served>, request: Request, next: Next) -> Response {
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
    let mut response = if host.is_some_and(|host| host.eq_ignore_ascii_case(&served.host)) {
        next.run(request).await
    } else {
        shown(StatusCode::MISDIRECTED_REQUEST, &nothing())
    };
    response.headers_mut().extend(page_style::headers());
    response
}

async fn arrive(
    State(served): State<Served>,
    Query(query): Query<Vec<(String, String)>>,
    _: HeaderMap,
) -> Response {
    let (reply, landed) = oneshot::channel();
    let over = || shown(StatusCode::GONE, &failed("This sign-in is over. Start it again."));
    if served.arrivals.send(Arrival { query, reply }).await.is_err() {
        return over();
    }
    match landed.await {
        Ok(Landed::Done) => shown(StatusCode::OK, &done()),
        Ok(Landed::GoOn(url)) => page(StatusCode::OK, page_style::leading(&url, "the approval")),
        Ok(Landed::Failed(why)) => shown(StatusCode::BAD_REQUEST, &failed(&why)),
        Ok(Landed::Stray) => shown(StatusCode::BAD_REQUEST, &stray()),
        Err(_) => over(),
    }
}

fn shown(status: StatusCode, body: &Markup) -> Response {
    let whole = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { "okta-mcp: sign-in" }
                style { (PreEscaped(page_style::STYLE)) }
            }
            body { main { (body) } }
        }
    };
    page(status, whole)
}

fn page(status: StatusCode, whole: Markup) -> Response {
    let content = [(header::CONTENT_TYPE, "text/html; charset=utf-8")];
    (status, content, whole.into_string()).into_response()
}

fn done() -> Markup {
    html! {
        h1 { "You are signed in" }
        p { "okta-mcp has what it needs. You can close this page." }
    }
}

fn failed(why: &str) -> Markup {
    html! {
        h1 { "You are not signed in" }
        p .alert role="alert" { (escaped(why)) }
        p .quiet {
            "You can close this page. Start again from your client, or with "
            code { "okta-mcp login" }
            "."
        }
    }
}

fn stray() -> Markup {
    html! {
        h1 { "You are not signed in" }
        p .alert role="alert" {
            "This is not the sign-in that is under way. Use the newest link: it still waits."
        }
    }
}

fn nothing() -> Markup {
    html! {
        h1 { "There is nothing here" }
        p { "This port only ends a sign-in of okta-mcp." }
    }
}
