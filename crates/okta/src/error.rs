//! Why a request to Okta did not do what was asked.

use jiff::Timestamp;

use crate::Prompt;

/// One cause of an Okta error: `errorCauses[].errorSummary`, with what names its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cause {
    /// Okta's words.
    pub summary: String,
    /// `reason`, `location` or `domain`, where Okta sent one.
    pub place: Option<String>,
}

/// The body of an Okta error, whichever of Okta's shapes it had.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OktaError {
    /// The HTTP status.
    pub status: u16,
    /// `errorCode` (`E0000007`), or the OAuth `error` (`invalid_client`).
    pub code: Option<String>,
    /// `errorSummary`, `error_description`, governance's `message`, or the start of a body that is
    /// none of these.
    pub summary: Option<String>,
    /// `errorCauses`.
    pub causes: Vec<Cause>,
    /// `errorId`, with which Okta's support finds the event.
    pub error_id: Option<String>,
}

/// What kind of failure it is: decides what to do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// The token lacks an OAuth scope (403 with `insufficient_scope`, `invalid_scope`).
    MissingScope,
    /// The scope is there, the admin role or resource set is not (403 E0000006).
    MissingRole,
    /// The org has not switched the feature on (401 E0000015, 501 E0000060).
    FeatureDisabled,
    /// The credential is wrong, revoked or expired, or sign-in failed.
    SignIn,
    /// A person has to sign in first; the error holds what to show.
    SignInNeeded,
    /// No such object (404).
    NotFound,
    /// Okta does it for the person who is signed in, and a service app is none (404 E0000007 that
    /// looked for a user by the app's id).
    NoPerson,
    /// Okta refuses what was sent (400, 405, 406, 415, 422).
    BadArgument,
    /// Another state than the change needs (409, 412; 403 E0000032, E0000038, E0000056).
    Conflict,
    /// Okta is busy with the same object (423): try again shortly.
    Locked,
    /// The rate limit is used up until the given time (429).
    RateLimited {
        /// When the window ends, by Okta's clock, where Okta said so.
        until: Option<Timestamp>,
    },
    /// Okta's own fault (5xx).
    OktaFault,
    /// Okta was not reached, or its answer did not arrive whole.
    Network,
    /// A write was sent and its answer did not arrive: it may or may not have been done. It was
    /// not sent again.
    OutcomeUnknown,
    /// Okta's answer breaks a rule of ours: too large, a page on another host, a cursor loop.
    BadReply,
    /// The request could not be built. Nothing was sent.
    NotSent,
}

/// A failed request: what failed, why, what Okta said.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{message}")]
pub struct Error {
    /// The kind.
    pub kind: ErrorKind,
    /// One sentence: what happened. Never holds a secret.
    pub message: String,
    /// Okta's answer, where there was one.
    pub okta: Option<Box<OktaError>>,
    /// `X-Okta-Request-Id` of every attempt that was answered.
    pub request_ids: Vec<String>,
    /// What a person is shown to sign in, with [`ErrorKind::SignInNeeded`].
    pub prompt: Option<Box<Prompt>>,
}

impl Error {
    /// An error of `kind` that says `message`.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), okta: None, request_ids: Vec::new(), prompt: None }
    }
}

impl From<crate::BadRequest> for Error {
    fn from(bad: crate::BadRequest) -> Self {
        Self::new(ErrorKind::NotSent, bad.to_string())
    }
}
