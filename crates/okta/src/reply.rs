//! What Okta answered.

use std::time::Duration;

use serde_json::Value;

/// A successful answer (2xx), its JSON untouched.
#[derive(Clone, Debug, PartialEq)]
pub struct Reply {
    /// The HTTP status, 200 to 299.
    pub status: u16,
    /// The body; [`Value::Null`] where it was empty. A body that is no JSON is a
    /// [`Value::String`].
    pub body: Value,
    /// The entity tag, as received, weak marker and quotes included.
    pub etag: Option<String>,
    /// The query parameters of `Link: rel="next"`, decoded, where there is a further page of the
    /// same path on the same origin.
    pub next: Option<Vec<(String, String)>>,
    /// `X-Okta-Request-Id` of every attempt, in order; the last one is this answer's.
    pub request_ids: Vec<String>,
    /// The rate limit of this endpoint's bucket as this answer states it.
    pub rate_limit: Option<RateLimit>,
    /// The size of the body after decompression, in bytes.
    pub bytes: u64,
    /// From the first attempt to the last byte.
    pub took: Duration,
}

impl Reply {
    /// The `after` cursor of the next page.
    pub fn next_cursor(&self) -> Option<&str> {
        let pairs = self.next.as_deref()?;
        pairs.iter().find(|(name, _)| name == "after").map(|(_, value)| value.as_str())
    }
}

/// `X-Rate-Limit-Limit`, `-Remaining` and `-Reset` of one answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimit {
    /// Requests allowed in the window.
    pub limit: u32,
    /// Requests left in the window.
    pub remaining: u32,
    /// When the window ends.
    pub reset: jiff::Timestamp,
}
