//! What an operation answers, before it becomes HTTP.

use axum::body::Bytes;
use serde_json::Value;

/// A status, headers and a body.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    body: Payload,
}

/// What the body is.
#[derive(Debug, Clone)]
enum Payload {
    Nothing,
    Json(Value),
    /// Anything else, with its media type.
    File(&'static str, Bytes),
}

impl Answer {
    /// `status` with a JSON body.
    pub(crate) const fn json(status: u16, body: Value) -> Self {
        Self { status, headers: Vec::new(), body: Payload::Json(body) }
    }

    /// 200 with a JSON body.
    pub(crate) const fn ok(body: Value) -> Self {
        Self::json(200, body)
    }

    /// `status` without a body, as 204.
    pub(crate) const fn empty(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: Payload::Nothing }
    }

    /// 200 with the bytes of a file of a media type.
    pub(crate) const fn file(kind: &'static str, bytes: Bytes) -> Self {
        Self { status: 200, headers: Vec::new(), body: Payload::File(kind, bytes) }
    }

    /// `status` with a page for a person.
    pub(crate) fn page(status: u16, html: String) -> Self {
        let body = Payload::File("text/html; charset=utf-8", Bytes::from(html));
        Self { status, headers: Vec::new(), body }
    }

    /// 302: the browser goes to `url`.
    pub(crate) fn redirect(url: impl Into<String>) -> Self {
        Self::empty(302).header("location", url)
    }

    /// Adds a header line; the same name may come twice.
    pub(crate) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// The media type and the bytes of the body, where there is one.
    pub(crate) fn body(&self) -> Option<(&'static str, Bytes)> {
        match &self.body {
            Payload::Nothing => None,
            Payload::Json(value) => Some(("application/json", Bytes::from(value.to_string()))),
            Payload::File(kind, bytes) => Some((kind, bytes.clone())),
        }
    }
}
