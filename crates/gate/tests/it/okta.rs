//! An Okta that answers what a test programs, and remembers what it was asked.

use std::sync::{Arc, Mutex};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::State,
    http::{Request, Response},
};
use serde_json::Value;

/// A request as it arrived.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Seen {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: Vec<(String, String)>,
    /// The JSON; `None` for another body, or none.
    pub(crate) body: Option<Value>,
    pub(crate) raw: Vec<u8>,
    pub(crate) headers: http::HeaderMap,
}

/// An answer.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn json(status: u16, body: &Value) -> Self {
        Self { status, headers: Vec::new(), body: body.to_string() }
    }

    pub(crate) fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }
}

/// The last parts of paths where Okta answers with a list.
pub(crate) const LISTS: [&str; 14] = [
    "users",
    "groups",
    "apps",
    "rules",
    "appLinks",
    "logs",
    "policies",
    "device-assurances",
    "brands",
    "themes",
    "email-domains",
    "email",
    "customizations",
    "widget-versions",
];

type Script = dyn Fn(&Seen) -> Answer + Send + Sync;

/// A server on a port of its own.
pub(crate) struct Okta {
    pub(crate) origin: String,
    shared: Arc<Shared>,
}

struct Shared {
    script: Mutex<Arc<Script>>,
    seen: Mutex<Vec<Seen>>,
}

impl Okta {
    pub(crate) async fn start() -> Self {
        let nothing: Arc<Script> = Arc::new(|_| Answer::json(500, &Value::Null));
        let shared = Arc::new(Shared { script: Mutex::new(nothing), seen: Mutex::default() });
        let app = Router::new().fallback(answer).with_state(Arc::clone(&shared));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        Self { origin, shared }
    }

    /// Answers so from now on, and forgets what it was asked.
    pub(crate) fn program(&self, script: impl Fn(&Seen) -> Answer + Send + Sync + 'static) {
        *self.shared.script.lock().unwrap() = Arc::new(script);
        self.shared.seen.lock().unwrap().clear();
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.shared.seen.lock().unwrap().clone()
    }

    /// The requests that change something.
    pub(crate) fn writes(&self) -> Vec<Seen> {
        self.seen().into_iter().filter(|seen| seen.method != "GET").collect()
    }
}

fn is_json(headers: &http::HeaderMap) -> bool {
    headers.get("content-type").is_some_and(|kind| kind == "application/json")
}

async fn answer(State(shared): State<Arc<Shared>>, request: Request<Body>) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let body: Bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    let seen = Seen {
        method: parts.method.to_string(),
        path: parts.uri.path().to_owned(),
        query: pairs(parts.uri.query().unwrap_or_default()),
        body: (is_json(&parts.headers) && !body.is_empty())
            .then(|| serde_json::from_slice(&body).unwrap()),
        raw: body.to_vec(),
        headers: parts.headers,
    };
    let script = Arc::clone(&shared.script.lock().unwrap());
    let answer = script(&seen);
    shared.seen.lock().unwrap().push(seen);
    let mut response = Response::builder().status(answer.status);
    if !answer.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type")) {
        response = response.header("content-type", "application/json");
    }
    for (name, value) in &answer.headers {
        response = response.header(name, value);
    }
    response.body(Body::from(answer.body)).unwrap()
}

/// The pairs of a query string (WHATWG URL, `application/x-www-form-urlencoded`).
pub(crate) fn pairs(query: &str) -> Vec<(String, String)> {
    let decode = |text: &str| {
        let text = text.replace('+', " ");
        percent_encoding::percent_decode_str(&text).decode_utf8().unwrap().into_owned()
    };
    query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (decode(name), decode(value)))
        .collect()
}
