//! An org, and requests to it.

use std::{
    path::PathBuf,
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    body::Body,
    http::{HeaderMap, Request, StatusCode},
};
use jiff::{SignedDuration, Timestamp};
use okta_sandbox::{Config, Org};
use serde_json::Value;
use tower::ServiceExt as _;

/// An org with a clock that the test moves.
pub(crate) struct Sandbox {
    pub(crate) org: Org,
    pub(crate) router: Router,
    clock: Arc<Mutex<Timestamp>>,
}

/// What came back.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) bytes: Vec<u8>,
    pub(crate) text: String,
    /// `Null` where the body is empty or no JSON.
    pub(crate) body: Value,
}

impl Reply {
    /// The path and query of the next page.
    pub(crate) fn next(&self) -> Option<String> {
        let links = self.headers.get_all("link").iter();
        let next =
            links.map(|link| link.to_str().unwrap()).find(|link| link.contains("\"next\""))?;
        let url = next.strip_prefix('<')?.split_once('>')?.0;
        Some(url.strip_prefix("http://localhost").unwrap().to_owned())
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// `errorCode`, or OAuth's `error`.
    pub(crate) fn code(&self) -> &str {
        self.body
            .get("errorCode")
            .or_else(|| self.body.get("error"))
            .and_then(Value::as_str)
            .unwrap_or("")
    }
}

impl Sandbox {
    pub(crate) fn new() -> Self {
        Self::with(Config { rate_limits: false, ..Config::default() })
    }

    pub(crate) fn with(config: Config) -> Self {
        let start: Timestamp = "2026-06-15T09:30:00Z".parse().unwrap();
        let clock = Arc::new(Mutex::new(start));
        let shared = Arc::clone(&clock);
        let org = Org::new(config, Arc::new(move || *shared.lock().unwrap()));
        Self { router: org.service(), org, clock }
    }

    pub(crate) fn forward(&self, seconds: i64) {
        *self.clock.lock().unwrap() += SignedDuration::from_secs(seconds);
    }

    pub(crate) fn now(&self) -> Timestamp {
        *self.clock.lock().unwrap()
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Reply {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap_or_default().to_vec();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let body = serde_json::from_str(&text).unwrap_or(Value::Null);
        Reply { status: parts.status, headers: parts.headers, bytes, text, body }
    }

    /// A request with the API token.
    pub(crate) async fn call(&self, method: &str, uri: &str, body: Option<Value>) -> Reply {
        let mut request = Request::builder()
            .method(method)
            .uri(uri.replace(' ', "%20").replace('"', "%22"))
            .header("host", "localhost")
            .header("user-agent", "sandbox-tests/1")
            .header("authorization", format!("SSWS {}", self.org.api_token()));
        if body.is_some() {
            request = request.header("content-type", "application/json");
        }
        let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
        self.send(request.body(body).unwrap()).await
    }

    pub(crate) async fn get(&self, uri: &str) -> Reply {
        self.call("GET", uri, None).await
    }

    pub(crate) async fn post(&self, uri: &str, body: Value) -> Reply {
        self.call("POST", uri, Some(body)).await
    }

    pub(crate) async fn put(&self, uri: &str, body: Value) -> Reply {
        self.call("PUT", uri, Some(body)).await
    }

    pub(crate) async fn delete(&self, uri: &str) -> Reply {
        self.call("DELETE", uri, None).await
    }

    /// POSTs a form (`application/x-www-form-urlencoded`) with these headers besides.
    pub(crate) async fn form(
        &self,
        uri: &str,
        fields: &[(&str, &str)],
        headers: &[(&str, &str)],
    ) -> Reply {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let mut request = Request::post(uri)
            .header("host", "localhost")
            .header("content-type", "application/x-www-form-urlencoded");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request.body(body.into()).unwrap()).await
    }

    /// A request with an access token.
    pub(crate) async fn bearer(&self, method: &str, uri: &str, token: &str) -> Reply {
        let request = Request::builder()
            .method(method)
            .uri(uri)
            .header("host", "localhost")
            .header("authorization", format!("Bearer {token}"));
        self.send(request.body(Body::empty()).unwrap()).await
    }

    /// POSTs a form (`multipart/form-data`) whose one part, `name`, is a file.
    pub(crate) async fn upload(&self, uri: &str, name: &str, file: &[u8]) -> Reply {
        let (kind, body) = form(name, file);
        let request = Request::builder()
            .method("POST")
            .uri(uri)
            .header("host", "localhost")
            .header("authorization", format!("SSWS {}", self.org.api_token()))
            .header("content-type", kind);
        self.send(request.body(Body::from(body)).unwrap()).await
    }

    /// All items of all pages.
    pub(crate) async fn all(&self, uri: &str) -> Vec<Value> {
        let mut items = Vec::new();
        let mut next = Some(uri.to_owned());
        while let Some(uri) = next {
            let reply = self.get(&uri).await;
            assert_eq!(reply.status, 200, "{uri}: {}", reply.text);
            items.extend(reply.body.as_array().unwrap().iter().cloned());
            next = reply.next();
        }
        items
    }
}

/// The `Content-Type` and the body of a form with one file.
pub(crate) fn form(name: &str, file: &[u8]) -> (&'static str, Vec<u8>) {
    let head = format!(
        "--edge\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"f.bin\"\r\n\
         Content-Type: application/octet-stream\r\n\r\n"
    );
    ("multipart/form-data; boundary=edge", [head.as_bytes(), file, b"\r\n--edge--\r\n"].concat())
}

/// The start of a PNG, as far as its dimensions, filled up to `length` bytes.
pub(crate) fn png(width: u32, height: u32, length: usize) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".to_vec();
    bytes.extend(width.to_be_bytes());
    bytes.extend(height.to_be_bytes());
    bytes.extend([8, 0, 0, 0, 0, 0, 0, 0, 0]);
    bytes.resize(length.max(bytes.len()), 0);
    bytes
}

/// The folder of facts about Okta, where there is one.
pub(crate) fn shared() -> Option<PathBuf> {
    #[expect(clippy::disallowed_methods, reason = "a test asks where the facts are")]
    let shared = std::env::var_os("OKTA_MCP_SHARED").map_or_else(
        || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared")),
        PathBuf::from,
    );
    shared.is_dir().then_some(shared)
}

/// The strings at `pointer` of all items.
pub(crate) fn texts(items: &[Value], pointer: &str) -> Vec<String> {
    let text =
        |item: &Value| item.pointer(pointer).and_then(Value::as_str).unwrap_or("").to_owned();
    items.iter().map(text).collect()
}
