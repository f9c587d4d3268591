//! One request: control endpoints, faults, budget, who calls, the operation, headers.

use std::{
    io,
    net::{IpAddr, SocketAddr},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::{
    body::{Body, Bytes},
    extract::Request,
    http::{HeaderMap, HeaderValue, Response, StatusCode, header, request::Parts},
};
use futures::stream::{self, StreamExt as _};
use jiff::Timestamp;
use serde_json::json;

use super::{
    auth,
    faults::{Fault, FaultKind},
    limits::Budget,
};
use crate::{
    answer::Answer,
    call::Call,
    error::{ApiError, Result},
    org::{Org, lock},
    route::{Access, Found},
};

/// The largest body that is read.
const BODY: usize = 8 << 20;

/// The other end of a connection, put into requests by the server.
#[derive(Debug, Clone, Copy)]
pub(super) struct Peer {
    pub(super) address: SocketAddr,
    pub(super) tls: bool,
}

/// In a response's extensions: close the connection instead of sending it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Dropped;

/// Counts a request while it is being answered.
struct InFlight<'a>(&'a AtomicUsize);

impl Drop for InFlight<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Answers a request.
pub(crate) async fn answer(org: &Org, request: Request) -> Response<Body> {
    let before = org.0.in_flight.fetch_add(1, Ordering::Relaxed);
    let _counted = InFlight(&org.0.in_flight);
    let (parts, body) = request.into_parts();
    let Ok(body) = axum::body::to_bytes(body, BODY).await else {
        let answer = ApiError::malformed().answer("oaeTooLarge");
        return render(&answer, org.now(), None, "");
    };
    let path = parts.uri.path();
    if path.starts_with("/sandbox/") {
        return render(&control(org, &parts, &body), org.now(), None, "");
    }
    let fault = lock(&org.0.faults).next(parts.method.as_str(), path);
    if let Some(FaultKind::Slow(delay)) = fault {
        tokio::time::sleep(Duration::from_millis(delay.into())).await;
    }
    let now = org.now();
    let request_id = org.state().maker.hex(32);
    let crowded = org.0.config.rate_limits && before >= org.0.config.max_concurrency;
    if crowded {
        let budget = Budget { limit: 0, remaining: 0, reset: now.as_second() + 10, exceeded: true };
        let answer = ApiError::rate_limited().answer(&error_id(org));
        return render(&answer, now, Some(budget), &request_id);
    }
    match fault {
        Some(FaultKind::Reset) => dropped(),
        Some(FaultKind::TooMany(seconds)) => {
            let reset = now.as_second() + i64::from(seconds);
            let budget = Budget { limit: 600, remaining: 0, reset, exceeded: true };
            let answer = ApiError::rate_limited().answer(&error_id(org));
            render(&answer, now, Some(budget), &request_id)
        }
        Some(FaultKind::Status(500)) => {
            let error = ApiError::new(500, "E0000009", "Internal Server Error");
            render(&error.answer(&error_id(org)), now, None, &request_id)
        }
        Some(FaultKind::Status(status)) => page(status, "The service is not available", now),
        Some(FaultKind::Garbage) => page(200, "Welcome to the proxy", now),
        Some(FaultKind::Cut | FaultKind::Lost | FaultKind::Slow(_)) | None => {
            let (answer, budget) = operate(org, &parts, &body, now, &request_id);
            match fault {
                Some(FaultKind::Lost) => dropped(),
                Some(FaultKind::Cut) => cut(&answer, now, &request_id),
                _ => render(&answer, now, budget, &request_id),
            }
        }
    }
}

/// Finds and runs the operation.
fn operate(
    org: &Org,
    parts: &Parts,
    body: &Bytes,
    now: Timestamp,
    request_id: &str,
) -> (Answer, Option<Budget>) {
    let path = parts.uri.path();
    let mut state = org.state();
    let (route, params) = match org.0.router.find(parts.method.as_str(), path) {
        Found::Route(route, params) => (route, params),
        Found::WrongMethod => {
            let error_id = state.maker.error_id();
            return (ApiError::wrong_method().answer(&error_id), None);
        }
        Found::Nothing => {
            let error = ApiError::new(404, "E0000008", "The requested path was not found");
            let error_id = state.maker.error_id();
            return (error.answer(&error_id), None);
        }
    };
    let budget = route.limit.map(|limit| {
        let bucket = if route.bucket.is_empty() { route.path } else { route.bucket };
        let budget = lock(&org.0.limits).take(bucket, limit, now);
        // Without limits no bucket runs dry: a client that reads the headers would wait.
        if org.0.config.rate_limits {
            budget
        } else {
            Budget { remaining: limit.saturating_sub(1), exceeded: false, ..budget }
        }
    });
    let peer = parts.extensions.get::<Arc<Peer>>();
    let base = base_url(parts, peer.is_some_and(|peer| peer.tls));
    let client_ip = peer.map_or(IpAddr::from([127, 0, 0, 1]), |peer| peer.address.ip()).to_string();
    let query = parts.uri.query().unwrap_or_default();
    let query = form_urlencoded::parse(query.as_bytes())
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect();
    let answer = auth::check(org, &state, parts, (route, &params), &base)
        .and_then(|principal| {
            if org.0.config.rate_limits && budget.is_some_and(|budget| budget.exceeded) {
                return Err(ApiError::rate_limited());
            }
            check_content_type(&parts.headers, body, route.access)?;
            let mut call = Call {
                state: &mut state,
                now,
                method: parts.method.as_str(),
                base: &base,
                path,
                params,
                query,
                headers: &parts.headers,
                body,
                principal,
                request_id,
                client_ip: &client_ip,
            };
            (route.handler)(&mut call)
        })
        .unwrap_or_else(|error| {
            let error_id = state.maker.error_id();
            error.answer(&error_id)
        });
    (answer, budget)
}

fn check_content_type(headers: &HeaderMap, body: &Bytes, access: Access) -> Result<()> {
    if body.is_empty() || access == Access::Public {
        return Ok(());
    }
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    match kind {
        Some(kind) if kind.starts_with("application/json") || kind.starts_with("multipart/") => {
            Ok(())
        }
        _ => Err(ApiError::wrong_type()),
    }
}

/// The org's URL as this caller names it.
fn base_url(parts: &Parts, tls: bool) -> String {
    let host = parts.headers.get(header::HOST).and_then(|value| value.to_str().ok());
    let host = host.or_else(|| parts.uri.authority().map(axum::http::uri::Authority::as_str));
    let scheme = if tls { "https" } else { "http" };
    format!("{scheme}://{}", host.unwrap_or("localhost"))
}

/// `/sandbox/…`: for tests, not part of Okta; this machine only.
fn control(org: &Org, parts: &Parts, body: &Bytes) -> Answer {
    let peer = parts.extensions.get::<Arc<Peer>>();
    if peer.is_some_and(|peer| !peer.address.ip().is_loopback()) {
        return ApiError::forbidden().answer("oaeSandbox");
    }
    match (parts.method.as_str(), parts.uri.path()) {
        ("POST", "/sandbox/faults") => match serde_json::from_slice::<Fault>(body) {
            Ok(fault) => {
                org.inject(fault);
                Answer::empty(204)
            }
            Err(error) => Answer::json(400, json!({ "error": error.to_string() })),
        },
        ("DELETE", "/sandbox/faults") => {
            lock(&org.0.faults).clear();
            Answer::empty(204)
        }
        _ => Answer::json(404, json!({ "error": "POST or DELETE /sandbox/faults" })),
    }
}

fn error_id(org: &Org) -> String {
    org.state().maker.error_id()
}

fn render(
    answer: &Answer,
    now: Timestamp,
    budget: Option<Budget>,
    request_id: &str,
) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status(answer.status);
    let headers = response.headers_mut();
    set(headers, "date", &http_date(now));
    if !request_id.is_empty() {
        set(headers, "x-okta-request-id", request_id);
    }
    if let Some(budget) = budget {
        set(headers, "x-rate-limit-limit", &budget.limit.to_string());
        set(headers, "x-rate-limit-remaining", &budget.remaining.to_string());
        set(headers, "x-rate-limit-reset", &budget.reset.to_string());
    }
    set(headers, "cache-control", "no-cache, no-store");
    for (name, value) in &answer.headers {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.append(*name, value);
        }
    }
    if let Some((kind, bytes)) = answer.body() {
        set(headers, "content-type", kind);
        *response.body_mut() = Body::from(bytes);
    }
    response
}

/// A page that is not Okta's, as from a proxy.
fn page(code: u16, text: &str, now: Timestamp) -> Response<Body> {
    let mut response = Response::new(Body::from(format!("<html><h1>{text}</h1></html>\n")));
    *response.status_mut() = status(code);
    set(response.headers_mut(), "date", &http_date(now));
    set(response.headers_mut(), "content-type", "text/html");
    response
}

fn dropped() -> Response<Body> {
    let mut response = Response::new(Body::from_stream(stream::iter([broken()])));
    response.extensions_mut().insert(Dropped);
    response
}

fn broken() -> io::Result<Bytes> {
    Err(io::Error::other("closed on purpose"))
}

fn cut(answer: &Answer, now: Timestamp, request_id: &str) -> Response<Body> {
    let mut bytes = answer.body().map(|(_, bytes)| bytes).unwrap_or_default();
    let mut response = render(answer, now, None, request_id);
    set(response.headers_mut(), "content-length", &bytes.len().max(2).to_string());
    let half = bytes.split_to(bytes.len() / 2);
    // The first half must be on its way before the connection breaks.
    let rest = async {
        tokio::time::sleep(Duration::from_millis(20)).await;
        broken()
    };
    let halves = stream::once(async { Ok(half) }).chain(stream::once(rest));
    *response.body_mut() = Body::from_stream(halves);
    response
}

fn status(code: u16) -> StatusCode {
    StatusCode::from_u16(code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

fn set(headers: &mut HeaderMap, name: &'static str, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

/// `Thu, 13 Mar 2025 23:24:20 GMT`.
fn http_date(time: Timestamp) -> String {
    time.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}
