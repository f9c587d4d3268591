//! Why a call did not do what was asked, and what a model is told of it.

use okta_catalog::{Caller, Failure, Plan, Scope, ToolDef};
use okta_client::{Error as OktaError, ErrorKind, OktaError as Body, Prompt};
use okta_policy::Level;
use serde_json::{Map, Value, json};

use crate::{call::chain, export::FolderError, record::TrailError};

/// A call that did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    /// The arguments do not fit. Nothing was sent.
    #[error("the arguments do not fit: {0}")]
    Arguments(String),
    /// A scope is missing. Nothing was sent.
    #[error("the scope {needed} is not granted")]
    Scope {
        /// The scope, or scopes of which one suffices.
        needed: String,
        /// True where the configuration asks for it, and Okta did not grant it.
        asked_for: bool,
    },
    /// The tool is about the person who signs in, and none does. Nothing was sent.
    #[error("{tool} is about the person who signs in, and {}", none_signs_in(*caller))]
    NoPerson {
        /// The tool.
        tool: &'static str,
        /// Who makes the calls instead.
        caller: Caller,
    },
    /// The configuration switches the tool off. Nothing was sent.
    #[error("{tool} is switched off by {by}")]
    SwitchedOff {
        /// The tool.
        tool: &'static str,
        /// The setting, and where it stands.
        by: String,
    },
    /// The state of the org does not allow it. Nothing was changed.
    #[error("{message}")]
    Refused {
        /// What stands in the way.
        message: String,
        /// What to do next.
        next: String,
    },
    /// The object is no longer the one that was shown. Nothing was changed.
    #[error("the object changed since it was read")]
    Changed,
    /// A person said no, or did not say yes.
    #[error("not confirmed: {0}")]
    NotConfirmed(&'static str),
    /// The client answered the question with an error.
    #[error("not confirmed: the client could not ask: {0}")]
    AskFailed(String),
    /// No person can be asked, or none that is sure enough.
    #[error("a person must confirm this, at level {needed} or better, and none can be asked")]
    CannotAsk {
        /// How sure it must be that a person confirms.
        needed: Level,
        /// How to go on.
        next: String,
    },
    /// The policy does not allow it. Nothing was changed.
    #[error("the policy denies this: {why}")]
    Denied {
        /// The rule that says so, and why.
        why: String,
    },
    /// It would change what is protected, whatever scopes and policy say. Nothing was changed.
    #[error("{message}")]
    Protected {
        /// What is protected, and why.
        message: String,
        /// Who can do it, and where.
        next: String,
    },
    /// What outlives a call cannot be read or kept. Nothing was changed.
    #[error("{0}")]
    Storage(String),
    /// The trail cannot be kept, so nothing is changed.
    #[error("{0}")]
    Trail(#[from] TrailError),
    /// A file could not be written, or read. Nothing was changed.
    #[error("{0}")]
    File(String),
    /// Okta refused, or was not reached.
    #[error("{error}")]
    Okta {
        /// Why.
        error: Box<OktaError>,
        /// The scope that the operation needs.
        scope: Option<Scope>,
        /// How to find out whether a write was done.
        check: String,
        /// How many requests of the plan were done before.
        done: usize,
    },
    /// The task that writes ended without an answer.
    #[error("the change was under way when its task ended: whether it was done is unknown")]
    Lost,
}

impl From<Failure> for CallError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Arguments(text) => Self::Arguments(text),
            Failure::Okta(error) => {
                Self::Okta { error: error.into(), scope: None, check: String::new(), done: 0 }
            }
            Failure::Refused { message, next } => Self::Refused { message, next },
            Failure::File(text) => Self::File(text),
        }
    }
}

impl From<OktaError> for CallError {
    fn from(error: OktaError) -> Self {
        Self::Okta { error: error.into(), scope: None, check: String::new(), done: 0 }
    }
}

impl From<okta_storage::Error> for CallError {
    fn from(error: okta_storage::Error) -> Self {
        Self::Storage(chain(&error))
    }
}

impl From<FolderError> for CallError {
    fn from(error: FolderError) -> Self {
        Self::File(error.to_string())
    }
}

impl CallError {
    /// There is no such thing, or it is not the caller's.
    pub(crate) fn unknown(what: &str, id: &str) -> Self {
        Self::Refused {
            message: format!("there is no {what} {id:?}"),
            next: "take the id from the answer that told it".to_owned(),
        }
    }

    /// The word for this kind: in the envelope, and in the trail.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Arguments(_) => "bad_argument",
            Self::Scope { .. } => "missing_scope",
            Self::NoPerson { .. } => "no_person",
            Self::SwitchedOff { .. } => "switched_off",
            Self::Refused { .. } => "refused",
            Self::Changed => "conflict",
            Self::NotConfirmed(_) | Self::AskFailed(_) => "not_confirmed",
            Self::CannotAsk { .. } => "confirmation_unavailable",
            Self::Denied { .. } => "denied",
            Self::Protected { .. } => "protected",
            Self::Storage(_) => "storage",
            Self::Trail(_) => "audit_trail",
            Self::File(_) => "file",
            Self::Lost => "outcome_unknown",
            Self::Okta { error, .. } => match error.kind {
                ErrorKind::MissingScope => "missing_scope",
                ErrorKind::MissingRole => "missing_admin_role",
                ErrorKind::FeatureDisabled => "feature_disabled",
                ErrorKind::SignIn => "sign_in",
                ErrorKind::SignInNeeded => "sign_in_needed",
                ErrorKind::NotFound => "not_found",
                ErrorKind::NoPerson => "no_person",
                ErrorKind::BadArgument | ErrorKind::NotSent => "bad_argument",
                ErrorKind::Conflict => "conflict",
                ErrorKind::Locked => "locked",
                ErrorKind::RateLimited { .. } => "rate_limit",
                ErrorKind::OktaFault => "okta_fault",
                ErrorKind::Network => "network",
                ErrorKind::OutcomeUnknown => "outcome_unknown",
                ErrorKind::BadReply => "bad_reply",
            },
        }
    }

    /// The same, with the scope that the tool's operation needs.
    #[must_use]
    pub(crate) fn about(mut self, tool: &ToolDef) -> Self {
        if let Self::Okta { scope, .. } = &mut self {
            *scope = tool.operation.map(|operation| operation.scope);
        }
        self
    }

    /// The same, of a plan of which `done` requests were done before.
    #[must_use]
    pub(crate) fn within(mut self, plan: &Plan, requests_done: usize) -> Self {
        if let Self::Okta { check, done, .. } = &mut self {
            check.clone_from(&plan.check);
            *done = requests_done;
        }
        self
    }

    /// Okta's request ids, where there are any.
    pub fn request_ids(&self) -> &[String] {
        match self {
            Self::Okta { error, .. } => &error.request_ids,
            _ => &[],
        }
    }

    /// What a person is shown to sign in, where the call needs that first.
    pub fn sign_in(&self) -> Option<&Prompt> {
        match self {
            Self::Okta { error, .. } => error.prompt.as_deref(),
            _ => None,
        }
    }

    /// True where a change may have been done.
    pub fn is_unknown(&self) -> bool {
        self.kind() == "outcome_unknown"
    }

    /// True where it is certain that nothing was changed.
    pub(crate) fn nothing_done(&self) -> bool {
        !self.is_unknown() && !matches!(self, Self::Okta { done: 1.., .. })
    }

    /// What a model is told: one envelope for every failure.
    pub fn envelope(&self) -> Value {
        let mut told = Map::new();
        told.insert("kind".to_owned(), json!(self.kind()));
        told.insert("message".to_owned(), json!(self.to_string()));
        if let Self::Okta { error, done, .. } = self {
            if let Some(body) = error.okta.as_deref() {
                told.insert("okta".to_owned(), okta(body, error));
            } else if let Some(id) = error.request_ids.last() {
                told.insert("okta".to_owned(), json!({ "request_id": id }));
            }
            if let ErrorKind::RateLimited { until: Some(until) } = error.kind {
                told.insert("until".to_owned(), json!(until.to_string()));
            }
            if *done > 0 {
                told.insert("requests_done".to_owned(), json!(done));
            }
        }
        if let Some(prompt) = self.sign_in() {
            told.insert("sign_in".to_owned(), sign_in(prompt));
        }
        if let Some(next) = self.next() {
            told.insert("next".to_owned(), json!(next));
        }
        json!({ "error": told })
    }

    fn next(&self) -> Option<String> {
        let next = match self {
            Self::Arguments(_) | Self::NotConfirmed(_) | Self::File(_) => return None,
            Self::Scope { needed, asked_for: false } => format!(
                "add {needed} to OKTA_SCOPES, grant it to the app in Okta, restart this server"
            ),
            Self::Scope { needed, asked_for: true } => {
                format!("grant {needed} to the app in Okta (Okta API Scopes), restart this server")
            }
            Self::NoPerson { .. } => {
                "whoever runs this server can let people sign in: OKTA_CLIENT_ID \
                                      of an app for people that has okta.users.read.self, and \
                                      neither an API token nor a service app's key"
                    .to_owned()
            }
            Self::SwitchedOff { .. } => {
                "whoever runs this server can change that setting and restart it".to_owned()
            }
            Self::Refused { next, .. }
            | Self::CannotAsk { next, .. }
            | Self::Protected { next, .. } => next.clone(),
            Self::Denied { .. } => "whoever runs this server can change its policy; `okta-mcp \
                                    policy explain` tells which rule decides"
                .to_owned(),
            Self::Changed => "read it again, and call again".to_owned(),
            Self::AskFailed(_) | Self::Storage(_) => "nothing was changed".to_owned(),
            Self::Trail(TrailError::Removed { .. }) => {
                "restart this server; until then nothing is changed in Okta".to_owned()
            }
            Self::Trail(TrailError::Write { .. }) => {
                "make room or give access at that place; until then nothing is \
                               changed in Okta"
                    .to_owned()
            }
            Self::Lost => "read the object before trying again".to_owned(),
            Self::Okta { error, scope, check, .. } => return after(&error.kind, *scope, check),
        };
        Some(next)
    }
}

fn none_signs_in(caller: Caller) -> &'static str {
    match caller {
        Caller::ApiToken => "an API token is nobody's sign-in",
        Caller::App => "a service app is no person",
        Caller::Person => "nobody has signed in",
    }
}

fn after(kind: &ErrorKind, scope: Option<Scope>, check: &str) -> Option<String> {
    let next = match kind {
        ErrorKind::MissingScope => match scope {
            Some(scope) => format!("grant {scope} to the app in Okta, restart this server"),
            None => "grant the scope to the app in Okta, restart this server".to_owned(),
        },
        ErrorKind::MissingRole => {
            "the scope is there: the app (or the admin behind the API token) \
                                   needs an admin role or resource set that covers this object"
                .to_owned()
        }
        ErrorKind::NoPerson => "Okta does this for the person who is signed in: whoever runs this \
                                server can sign in with an admin's API token (OKTA_API_TOKEN) \
                                instead of the service app"
            .to_owned(),
        ErrorKind::SignInNeeded => "show the person the link and the code; when they have signed \
                                    in, call again"
            .to_owned(),
        ErrorKind::FeatureDisabled => "this org does not have the feature; an Okta administrator \
                                       or Okta's support can enable it"
            .to_owned(),
        ErrorKind::Locked => "try again in a few seconds".to_owned(),
        ErrorKind::RateLimited { .. } => "try again after that time".to_owned(),
        ErrorKind::OktaFault | ErrorKind::Network => "try again later".to_owned(),
        ErrorKind::Conflict => "read the object again before trying again".to_owned(),
        ErrorKind::OutcomeUnknown if check.is_empty() => {
            "read the object before trying again".to_owned()
        }
        ErrorKind::OutcomeUnknown => format!("check before trying again: {check}"),
        ErrorKind::SignIn
        | ErrorKind::NotFound
        | ErrorKind::BadArgument
        | ErrorKind::NotSent
        | ErrorKind::BadReply => return None,
    };
    Some(next)
}

fn sign_in(prompt: &Prompt) -> Value {
    let mut told = Map::new();
    told.insert("url".to_owned(), json!(prompt.url));
    if let Some((_, code)) = &prompt.code {
        told.insert("code".to_owned(), json!(code));
    }
    told.insert("expires".to_owned(), json!(prompt.expires.to_string()));
    Value::Object(told)
}

fn okta(body: &Body, error: &OktaError) -> Value {
    let mut told = Map::new();
    told.insert("status".to_owned(), json!(body.status));
    if let Some(code) = &body.code {
        told.insert("code".to_owned(), json!(code));
    }
    if let Some(summary) = &body.summary {
        told.insert("summary".to_owned(), json!(summary));
    }
    if !body.causes.is_empty() {
        let causes: Vec<Value> = body
            .causes
            .iter()
            .map(|cause| match &cause.place {
                Some(place) => json!({ "summary": cause.summary, "place": place }),
                None => json!(cause.summary),
            })
            .collect();
        told.insert("causes".to_owned(), json!(causes));
    }
    if let Some(id) = &body.error_id {
        told.insert("error_id".to_owned(), json!(id));
    }
    if let Some(id) = error.request_ids.last() {
        told.insert("request_id".to_owned(), json!(id));
    }
    Value::Object(told)
}
