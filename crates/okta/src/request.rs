//! A request to Okta, before anything is sent.

use std::{fmt, sync::Arc};

use aws_lc_rs::digest;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;

use crate::upload::{Hidden, Upload};

/// Everything but RFC 3986 `unreserved` is encoded in a path segment, so that no argument can
/// leave its segment.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'~').remove(b'.');

/// An HTTP method that Okta's management API uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Method {
    /// Reads.
    Get,
    /// Creates, changes in part, or runs a lifecycle operation.
    Post,
    /// Replaces, or adds a member.
    Put,
    /// Changes in part.
    Patch,
    /// Removes.
    Delete,
}

impl Method {
    /// The name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }

    /// The method of that name.
    pub fn named(name: &str) -> Option<Self> {
        let all = [Self::Get, Self::Post, Self::Put, Self::Patch, Self::Delete];
        all.into_iter().find(|method| method.as_str() == name)
    }

    /// True for the one method that changes nothing.
    pub const fn is_read(self) -> bool {
        matches!(self, Self::Get)
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Why a request could not be built. Nothing was sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadRequest {
    /// A path argument is empty: the request would go to another resource.
    #[error("`{name}` is empty")]
    Empty {
        /// The placeholder in the path template.
        name: String,
    },
    /// A path argument is `.` or `..`: servers and proxies read these as "here" and "one up",
    /// encoded or not.
    #[error("`{name}` must not be `.` or `..`")]
    Dots {
        /// The placeholder in the path template.
        name: String,
    },
    /// A path argument holds a control character, which no Okta identifier does.
    #[error("`{name}` holds a control character")]
    Control {
        /// The placeholder in the path template.
        name: String,
    },
    /// The template names an argument that was not given.
    #[error("the path needs `{name}`")]
    Missing {
        /// The placeholder in the path template.
        name: String,
    },
}

/// One request to Okta: what is to be sent, without host, token or retry.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    method: Method,
    template: &'static str,
    path: String,
    query: Vec<(String, String)>,
    body: Option<Value>,
    hidden: Vec<Hidden>,
    upload: Option<Arc<Upload>>,
    if_match: Option<String>,
}

impl Request {
    /// A request to `template` (the path as Okta's reference writes it, such as
    /// `/api/v1/users/{id}`), its placeholders filled by `argument`, percent-encoded so that no
    /// argument can leave its segment (RFC 3986 section 3.3).
    pub fn new<'a>(
        method: Method,
        template: &'static str,
        argument: impl Fn(&str) -> Option<&'a str>,
    ) -> Result<Self, BadRequest> {
        let mut path = String::with_capacity(template.len() + 24);
        let mut rest = template;
        while let Some((before, after)) = rest.split_once('{') {
            let (name, tail) = after.split_once('}').unwrap_or((after, ""));
            let named = || name.to_owned();
            let value = argument(name).ok_or_else(|| BadRequest::Missing { name: named() })?;
            if value.is_empty() {
                return Err(BadRequest::Empty { name: named() });
            }
            if value == "." || value == ".." {
                return Err(BadRequest::Dots { name: named() });
            }
            if value.chars().any(char::is_control) {
                return Err(BadRequest::Control { name: named() });
            }
            path.push_str(before);
            path.extend(utf8_percent_encode(value, SEGMENT));
            rest = tail;
        }
        path.push_str(rest);
        Ok(Self {
            method,
            template,
            path,
            query: Vec::new(),
            body: None,
            hidden: Vec::new(),
            upload: None,
            if_match: None,
        })
    }

    /// A request whose path was kept as it goes out. `None` where it is no path of `template`.
    pub fn kept(method: Method, template: &'static str, path: &str) -> Option<Self> {
        let names = template.split('/').zip(path.split('/'));
        let fits = template.split('/').count() == path.split('/').count()
            && names.clone().all(|(name, part)| name.starts_with('{') || name == part);
        let decoded: Vec<(&str, String)> = names
            .filter(|(name, _)| name.starts_with('{'))
            .map(|(name, part)| {
                let name = name.trim_matches(['{', '}']);
                (name, percent_decode_str(part).decode_utf8_lossy().into_owned())
            })
            .collect();
        // Built anew, so that the rules for arguments hold; and it must come out the same.
        let argument = |name: &str| {
            decoded.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str())
        };
        Self::new(method, template, argument).ok().filter(|request| fits && request.path == path)
    }

    /// Adds a query parameter; the value is encoded when it is sent.
    #[must_use]
    pub fn query(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.query.push((name.into(), value.into()));
        self
    }

    /// The same request with another query: the next page of a list.
    #[must_use]
    pub fn with_query(mut self, query: Vec<(String, String)>) -> Self {
        self.query = query;
        self
    }

    /// Sends `body` as JSON.
    #[must_use]
    pub fn body(mut self, body: Value) -> Self {
        self.body = Some(body);
        self
    }

    /// Puts `text` into the JSON body when it goes out, in the place of what stands at `place` (a
    /// JSON pointer, RFC 6901). Whoever looks at the request sees what stands there before.
    #[must_use]
    pub fn hidden(mut self, place: &'static str, text: SecretString) -> Self {
        self.hidden.push(Hidden { place, text });
        self
    }

    /// Sends a file in a form, instead of JSON.
    #[must_use]
    pub fn upload(mut self, upload: Upload) -> Self {
        self.upload = Some(Arc::new(upload));
        self
    }

    /// Sends `If-Match`, so that Okta refuses the change when the object is no longer the one
    /// that was read (RFC 9110 section 13.1.1).
    #[must_use]
    pub fn if_match(mut self, etag: impl Into<String>) -> Self {
        self.if_match = Some(etag.into());
        self
    }

    /// The HTTP method.
    pub const fn method(&self) -> Method {
        self.method
    }

    /// The path template, as Okta's reference writes it.
    pub const fn template(&self) -> &'static str {
        self.template
    }

    /// The path, its arguments encoded.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The query parameters, not encoded, in the order in which they were added.
    pub fn query_pairs(&self) -> &[(String, String)] {
        &self.query
    }

    /// The JSON body, without what is hidden.
    pub const fn json(&self) -> Option<&Value> {
        self.body.as_ref()
    }

    /// The file.
    pub fn file(&self) -> Option<&Upload> {
        self.upload.as_deref()
    }

    /// SHA-256 over what is hidden: two requests with the same one send the same. `None` where
    /// nothing is hidden.
    pub fn hidden_digest(&self) -> Option<[u8; 32]> {
        let mut context = digest::Context::new(&digest::SHA256);
        for hidden in &self.hidden {
            for text in [hidden.place, hidden.text.expose_secret()] {
                context.update(&text.len().to_be_bytes());
                context.update(text.as_bytes());
            }
        }
        let digest = context.finish();
        digest.as_ref().try_into().ok().filter(|_| !self.hidden.is_empty())
    }

    /// The texts that are hidden.
    pub(crate) fn secrets(&self) -> impl Iterator<Item = &SecretString> {
        self.hidden.iter().map(|hidden| &hidden.text)
    }

    /// The body as it goes out, with the value of its `Content-Type`; `None` without a body, an
    /// error where the body has no place for what is hidden.
    pub(crate) fn content(&self) -> Result<Option<(String, Vec<u8>)>, &'static str> {
        if let Some(upload) = &self.upload {
            return Ok(Some(upload.form()));
        }
        let Some(body) = &self.body else { return Ok(None) };
        let written = if self.hidden.is_empty() {
            serde_json::to_vec(body)
        } else {
            let mut whole = body.clone();
            for hidden in &self.hidden {
                let slot = whole.pointer_mut(hidden.place);
                *slot.ok_or("the body has no place for what is hidden")? =
                    hidden.text.expose_secret().into();
            }
            serde_json::to_vec(&whole)
        };
        let written = written.map_err(|_| "the body cannot be written as JSON")?;
        Ok(Some(("application/json".to_owned(), written)))
    }

    /// The entity tag that the object must still have.
    pub fn etag(&self) -> Option<&str> {
        self.if_match.as_deref()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn request() -> Request {
        Request::new(Method::Put, "/api/v1/domains", |_| None).unwrap()
    }

    fn sent(request: &Request) -> Value {
        serde_json::from_slice(&request.content().unwrap().unwrap().1).unwrap()
    }

    #[test]
    fn what_is_hidden_goes_out_and_is_seen_nowhere() {
        let body = json!({ "key": "[redacted]", "type": "PEM" });
        let hidden = request().body(body.clone()).hidden("/key", "s3cr3t".into());
        assert_eq!(sent(&hidden), json!({ "key": "s3cr3t", "type": "PEM" }));
        assert_eq!(hidden.json(), Some(&body));
        assert!(!format!("{hidden:?}").contains("s3cr3t"));
        let other = request().body(body.clone()).hidden("/key", "other".into());
        assert_ne!(hidden, other);
        assert_ne!(hidden.hidden_digest(), other.hidden_digest());
        assert_eq!(hidden.hidden_digest(), hidden.clone().hidden_digest());
        assert_eq!(request().body(body).hidden_digest(), None);
    }

    #[test]
    fn what_is_hidden_needs_a_place() {
        let nowhere = request().body(json!({})).hidden("/key", "s3cr3t".into());
        assert!(nowhere.content().is_err());
    }
}
