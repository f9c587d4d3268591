//! OAuth: what is given to clients and people, and what they prove to get and use it.

mod access;
mod assertion;
pub(crate) mod bearer;
mod client;
mod codes;
mod dpop;
mod jwt;
mod key;
mod level;
pub(crate) mod scopes;
mod tokens;

pub(crate) use self::{
    access::{IdToken, access_token, id_token},
    client::{Client, authenticate},
    codes::{Code, Codes, Devices, Polled, Said},
    dpop::{Expected, check as check_dpop, nonce},
    key::Key,
    level::{ACRS, Acr, Level},
    tokens::{Grant, Login, Refresh, Tokens, Worth},
};
use crate::answer::Answer;

/// A refusal, as OAuth words it.
#[derive(Debug, Clone)]
pub(crate) struct OAuthError {
    pub(crate) status: u16,
    pub(crate) error: &'static str,
    pub(crate) description: String,
}

impl OAuthError {
    pub(crate) fn new(status: u16, error: &'static str, description: impl Into<String>) -> Self {
        Self { status, error, description: description.into() }
    }

    /// 401 `invalid_client`.
    pub(crate) fn client(description: impl Into<String>) -> Self {
        Self::new(401, "invalid_client", description)
    }

    /// 400 `invalid_request`.
    pub(crate) fn request(description: impl Into<String>) -> Self {
        Self::new(400, "invalid_request", description)
    }

    /// 400 `invalid_grant`.
    pub(crate) fn grant(description: impl Into<String>) -> Self {
        Self::new(400, "invalid_grant", description)
    }

    pub(crate) fn answer(&self) -> Answer {
        Answer::json(
            self.status,
            serde_json::json!({ "error": self.error, "error_description": self.description }),
        )
    }
}
