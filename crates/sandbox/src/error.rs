//! Okta's error bodies.

use serde_json::{Value, json};

use crate::answer::Answer;

/// A refusal, as Okta words it.
#[derive(Debug, Clone)]
pub(crate) struct ApiError {
    status: u16,
    code: &'static str,
    summary: String,
    causes: Vec<String>,
    headers: Vec<(&'static str, String)>,
}

/// Most functions answer with this.
pub(crate) type Result<T, E = ApiError> = std::result::Result<T, E>;

impl ApiError {
    /// An error with `status`, Okta's `code` and `summary`.
    pub(crate) fn new(status: u16, code: &'static str, summary: impl Into<String>) -> Self {
        Self { status, code, summary: summary.into(), causes: Vec::new(), headers: Vec::new() }
    }

    /// Adds one `errorCauses` entry.
    pub(crate) fn cause(mut self, summary: impl Into<String>) -> Self {
        self.causes.push(summary.into());
        self
    }

    /// Adds an HTTP header.
    pub(crate) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// 400 E0000001: a field of the request breaks a rule. `of` is what Okta names, as `newUser`.
    pub(crate) fn validation(of: &str) -> Self {
        Self::new(400, "E0000001", format!("Api validation failed: {of}"))
    }

    /// 400 E0000001 with one cause.
    pub(crate) fn invalid(of: &str, cause: impl Into<String>) -> Self {
        Self::validation(of).cause(cause)
    }

    /// 400 E0000001 with all that is wrong; each cause starts with the property it is about.
    pub(crate) fn invalid_all(of: &str, causes: Vec<String>) -> Self {
        Self { causes, ..Self::validation(of) }
    }

    /// 400 E0000001: a property that must be there is not.
    pub(crate) fn blank(property: &str) -> Self {
        Self::invalid(property, format!("{property}: The field cannot be left blank"))
    }

    /// 400 E0000001 for a profile: names the first field that is wrong, or `object` where an
    /// attribute is not known at all.
    pub(crate) fn profile(object: &str, causes: Vec<String>) -> Self {
        let unknown = causes.iter().any(|cause| cause.starts_with("Property name"));
        let field = causes.first().and_then(|cause| cause.split_once(": ")).filter(|_| !unknown);
        let error = Self::validation(field.map_or(object, |(field, _)| field));
        Self { causes, ..error }
    }

    /// 400 E0000003: the body is no JSON object, or missing.
    pub(crate) fn malformed() -> Self {
        Self::new(400, "E0000003", "The request body was not well-formed.")
    }

    /// 403 E0000005: no credentials at all.
    pub(crate) fn no_session() -> Self {
        Self::new(403, "E0000005", "Invalid session")
    }

    /// 403 E0000006.
    pub(crate) fn forbidden() -> Self {
        Self::new(403, "E0000006", "You do not have permission to perform the requested action")
    }

    /// 404 E0000007: no object `id` of the Java-like class name that Okta shows, as `User`,
    /// `UserGroup`, `AppInstance`.
    pub(crate) fn not_found(id: &str, kind: &str) -> Self {
        let summary = format!("Not found: Resource not found: {id} ({kind})");
        Self::new(404, "E0000007", summary)
    }

    /// 401 E0000011.
    pub(crate) fn invalid_token() -> Self {
        Self::new(401, "E0000011", "Invalid token provided")
    }

    /// 415 E0000021: the body is of another type than the operation takes.
    pub(crate) fn wrong_type() -> Self {
        let summary = "Bad request.  Accept and/or Content-Type headers are likely not set.";
        Self::new(415, "E0000021", summary)
    }

    /// 405 E0000022.
    pub(crate) fn wrong_method() -> Self {
        let summary = "The endpoint does not support the provided HTTP method";
        Self::new(405, "E0000022", summary)
    }

    /// 400 E0000031: the filter or search expression cannot be used. The cause tells why.
    pub(crate) fn search(why: impl Into<String>) -> Self {
        Self::new(400, "E0000031", "Invalid search criteria.").cause(why)
    }

    /// 429 E0000047.
    pub(crate) fn rate_limited() -> Self {
        let summary = "API call exceeded rate limit due to too many requests.";
        Self::new(429, "E0000047", summary)
    }

    /// The HTTP answer; `error_id` is a new random id.
    pub(crate) fn answer(self, error_id: &str) -> Answer {
        let causes: Vec<Value> =
            self.causes.iter().map(|cause| json!({ "errorSummary": cause })).collect();
        let mut answer = Answer::json(
            self.status,
            json!({
                "errorCode": self.code,
                "errorSummary": self.summary,
                "errorLink": self.code,
                "errorId": error_id,
                "errorCauses": causes,
            }),
        );
        for (name, value) in self.headers {
            answer = answer.header(name, value);
        }
        answer
    }
}
