//! API tokens: `Authorization: SSWS …`.

use secrecy::{ExposeSecret, SecretString};

use super::{Grant, Token, TokenSource};
use crate::{BoxFuture, Error, ErrorKind, SetupError, transport::secret_header, wire::Wire};

pub(super) struct ApiToken(SecretString);

impl ApiToken {
    pub(super) fn new(token: &SecretString) -> Result<Self, SetupError> {
        let text = token.expose_secret().trim();
        let text = text.strip_prefix("SSWS ").unwrap_or(text).trim();
        if text.is_empty() || !text.chars().all(|c| c.is_ascii_graphic()) {
            return Err(SetupError::ApiToken);
        }
        Ok(Self(SecretString::from(text)))
    }
}

impl TokenSource for ApiToken {
    fn fetch<'a>(
        &'a self,
        _: &'a Wire,
        _: Option<&'a Token>,
    ) -> BoxFuture<'a, Result<Token, Error>> {
        let header = secret_header(&format!("SSWS {}", self.0.expose_secret()));
        let token = header.map(|authorization| Token {
            authorization,
            secret: self.0.clone(),
            since: jiff::Timestamp::MIN,
            expires: jiff::Timestamp::MAX,
            renew_at: None,
            grant: Grant::Unlimited,
            proof: None,
            user: None,
        });
        let error = || Error::new(ErrorKind::NotSent, "the API token fits no header");
        Box::pin(std::future::ready(token.ok_or_else(error)))
    }

    fn is_renewable(&self) -> bool {
        false
    }

    fn advice(&self) -> &'static str {
        "the API token is wrong, revoked, or expired (30 days without use), or its owner was deactivated, or this network may not use it: make a new one in Security > API > Tokens"
    }

    fn service_app(&self) -> Option<&str> {
        None
    }
}
