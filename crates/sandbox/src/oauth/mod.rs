//! OAuth: access tokens, and what a client proves to get and use them.

mod access;
mod assertion;
mod dpop;
mod jwt;
mod key;
mod tokens;

pub(crate) use self::{
    access::token as access_token,
    assertion::{Client, authenticate},
    dpop::{Expected, check as check_dpop, nonce},
    key::Key,
    tokens::{Grant, Tokens},
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

    pub(crate) fn answer(&self) -> Answer {
        Answer::json(
            self.status,
            serde_json::json!({ "error": self.error, "error_description": self.description }),
        )
    }
}
