//! What every exchange with the org shares: patience, waiting, and trouble.

use std::{sync::Arc, time::Duration};

use http::{HeaderMap, HeaderValue};
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use url::Url;

use crate::{
    Clock, Entropy, Error, ErrorKind, OrgUrl,
    limits::{self, Stated},
    transport::{Answer, Broken, Failure, Transport, header},
};

const REQUEST_ID: &str = "x-okta-request-id";

/// The org, how to reach it, and how long to try.
pub(crate) struct Wire {
    pub(crate) org: OrgUrl,
    pub(crate) transport: Transport,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) entropy: Arc<dyn Entropy>,
    pub(crate) user_agent: HeaderValue,
    pub(crate) attempts: u32,
    pub(crate) deadline: Duration,
}

impl Wire {
    /// An id that was not used before: 128 random bits in hex.
    pub(crate) fn fresh_id(&self) -> String {
        let mut id = [0; 16];
        self.entropy.fill(&mut id);
        format!("{:032x}", u128::from_be_bytes(id))
    }
}

/// Why an attempt was not the last word, or was.
#[derive(Debug)]
pub(crate) enum Trouble {
    /// Trying again does not help, or must not be.
    Final(Error),
    /// It may pass: wait a little, or as long as `Retry-After` says.
    Passing { error: Error, headers: Option<Box<HeaderMap>> },
    /// A window or a number of simultaneous requests is used up.
    RateLimited { error: Error, headers: Box<HeaderMap> },
}

impl Trouble {
    /// No answer to something that may be repeated.
    pub(crate) fn unanswered(failure: Failure, what: &str) -> Self {
        match failure {
            Failure::Setup(why) => {
                Self::Final(Error::new(ErrorKind::NotSent, format!("{what} was not sent: {why}")))
            }
            Failure::Connect(why) | Failure::Tls(why) => Self::passing(
                ErrorKind::Network,
                format!("no connection for {what}, nothing was sent: {why}"),
            ),
            Failure::Lost(why) => {
                Self::passing(ErrorKind::Network, format!("no answer to {what}: {why}"))
            }
        }
    }

    /// Half an answer to something that may be repeated.
    pub(crate) fn broken(broken: Broken, what: &str) -> Self {
        match broken {
            Broken::Lost(why) => Self::passing(
                ErrorKind::Network,
                format!("the answer to {what} did not arrive whole: {why}"),
            ),
            Broken::TooLarge(limit) => Self::Final(Error::new(
                ErrorKind::BadReply,
                format!("the answer to {what} is larger than {limit} bytes: ask for less at once"),
            )),
        }
    }

    /// An answer that points elsewhere. It is not followed: the credential is for this org.
    pub(crate) fn redirect(headers: &HeaderMap, what: &str) -> Self {
        let target = header(headers, "location");
        let host = target.and_then(|url| Url::parse(url).ok()?.host_str().map(str::to_owned));
        let to = host.map_or_else(|| "elsewhere".to_owned(), |host| format!("to {host}"));
        Self::Final(Error::new(
            ErrorKind::BadReply,
            format!("{what} was redirected {to}, which is not followed: is the org URL right?"),
        ))
    }

    /// An answer that is a refusal, by its status.
    pub(crate) fn refused(status: u16, error: Error, headers: HeaderMap) -> Self {
        let headers = Box::new(headers);
        match status {
            429 => Self::RateLimited { error, headers },
            408 | 500.. => Self::Passing { error, headers: Some(headers) },
            _ => Self::Final(error),
        }
    }

    fn passing(kind: ErrorKind, message: String) -> Self {
        Self::Passing { error: Error::new(kind, message), headers: None }
    }
}

/// One request to the org with its retries.
pub(crate) struct Course<'a> {
    wire: &'a Wire,
    pub(crate) started: Timestamp,
    /// How many attempts ended in trouble.
    tried: u32,
    /// `X-Okta-Request-Id` of every attempt that was answered.
    pub(crate) request_ids: Vec<String>,
}

impl<'a> Course<'a> {
    pub(crate) fn new(wire: &'a Wire) -> Self {
        Self { wire, started: wire.clock.now(), tried: 0, request_ids: Vec::new() }
    }

    /// How long this request has taken.
    pub(crate) fn took(&self) -> Duration {
        Duration::try_from(self.wire.clock.now().duration_since(self.started)).unwrap_or_default()
    }

    /// How long it may still take.
    pub(crate) fn left(&self) -> Duration {
        self.wire.deadline.saturating_sub(self.took())
    }

    /// One attempt. Retries say so, and for which request.
    pub(crate) async fn attempt(
        &mut self,
        mut request: reqwest::Request,
        method: &str,
        template: &str,
    ) -> Result<Answer, Failure> {
        if self.tried > 0 {
            let headers = request.headers_mut();
            headers.insert("x-okta-retry-count", HeaderValue::from(self.tried));
            let first = self.request_ids.first();
            if let Some(id) = first.and_then(|id| HeaderValue::from_str(id).ok()) {
                headers.insert("x-okta-retry-for", id);
            }
        }
        let before = self.wire.clock.now();
        let answer = self.wire.transport.exchange(request, self.left()).await;
        let ms = self.wire.clock.now().duration_since(before).as_millis();
        match &answer {
            Ok(answer) => {
                let id = header(&answer.headers, REQUEST_ID);
                let status = answer.status;
                tracing::debug!(method, template, status, ms, request_id = id, "answered");
                self.request_ids.extend(id.map(str::to_owned));
            }
            Err(failure) => tracing::debug!(method, template, ms, ?failure, "not answered"),
        }
        answer
    }

    /// Waits until the next attempt makes sense, or says that there is none.
    pub(crate) async fn again(&mut self, trouble: Trouble) -> Result<(), Error> {
        let now = self.wire.clock.now();
        let entropy = &*self.wire.entropy;
        self.tried += 1;
        let (error, wait) = match trouble {
            Trouble::Final(error) => return Err(self.with_ids(error)),
            Trouble::Passing { error, headers } => {
                let asked = headers.as_deref().and_then(limits::retry_after);
                (error, asked.unwrap_or_else(|| limits::backoff(self.tried, entropy)))
            }
            Trouble::RateLimited { mut error, headers } => {
                let stated = Stated::read(&headers, now);
                error.kind = ErrorKind::RateLimited { until: stated.map(|s| s.rate_limit.reset) };
                let backoff = limits::backoff(self.tried, entropy);
                let wait = match stated {
                    // Places become free as soon as other requests end.
                    Some(stated) if stated.is_concurrency() => backoff
                        .saturating_mul(2)
                        .min(limits::until_reset(stated.left(now), entropy)),
                    Some(stated) => limits::until_reset(stated.left(now), entropy),
                    None => limits::retry_after(&headers).unwrap_or(backoff),
                };
                (error, wait)
            }
        };
        if self.tried >= self.wire.attempts || wait >= self.left() {
            return Err(self.with_ids(error));
        }
        self.wire.clock.sleep(wait).await;
        Ok(())
    }

    /// `error` with the ids of all attempts before its own.
    pub(crate) fn with_ids(&self, mut error: Error) -> Error {
        error.request_ids.splice(0..0, self.request_ids.iter().cloned());
        error
    }
}

/// `body` without the secret, as it is or as JSON writes it, should somebody on the way have echoed
/// it.
pub(crate) fn scrub(body: &[u8], secret: &SecretString) -> Vec<u8> {
    let secret = secret.expose_secret();
    let Ok(text) = std::str::from_utf8(body) else { return body.to_vec() };
    if secret.is_empty() {
        return body.to_vec();
    }
    let quoted = Value::from(secret).to_string();
    let escaped = quoted.get(1..quoted.len() - 1).unwrap_or(secret);
    text.replace(secret, "[redacted]").replace(escaped, "[redacted]").into_bytes()
}
