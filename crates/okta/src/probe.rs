//! What an org tells everybody, and the way to it.

use std::{fmt, sync::Arc, time::Duration};

use http::{HeaderValue, header};
use hyper_util::client::proxy::matcher::Matcher;
use jiff::SignedDuration;
use serde_json::Value;
use url::Url;

use crate::{
    Clock, OrgUrl, Reach, SetupError, limits,
    settings::USER_AGENT,
    transport::{Broken, Failure, Transport},
};

/// The largest document that is read, in bytes.
const LARGEST: u64 = 1024 * 1024;

/// Reads what an org tells everybody: without a credential, and once, for those who want to know
/// how the way to the org is.
pub struct Probe {
    org: OrgUrl,
    transport: Transport,
    clock: Arc<dyn Clock>,
}

/// An answer.
#[derive(Clone, Debug)]
pub struct Seen {
    /// The HTTP status.
    pub status: u16,
    /// How long it took; the first one makes the connection.
    pub took: Duration,
    /// How far the clock of who answered is ahead of this one, by its `Date`, which counts whole
    /// seconds.
    pub ahead: Option<SignedDuration>,
    /// The body, where it is JSON.
    pub body: Option<Value>,
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unseen {
    /// The HTTP client could not be made.
    #[error("{0}")]
    Setup(String),
    /// No connection was made.
    #[error("no connection: {0}")]
    Connect(String),
    /// The other side is not to be trusted, or speaks no TLS that is.
    #[error("no TLS connection: {0}")]
    Tls(String),
    /// The request went out, and no whole answer came.
    #[error("no answer: {0}")]
    Lost(String),
}

/// Whom connections are made to: the org, or the proxy on the way to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hop {
    /// Host name or address.
    pub host: String,
    /// Port.
    pub port: u16,
    /// True for the proxy.
    pub proxy: bool,
}

impl Probe {
    /// A reader of that org's documents. Nothing is sent.
    pub fn new(org: OrgUrl, reach: &Reach, clock: Arc<dyn Clock>) -> Result<Self, SetupError> {
        let transport = Transport::new(&org, reach, LARGEST)?;
        Ok(Self { org, transport, clock })
    }

    /// The org.
    pub const fn org(&self) -> &OrgUrl {
        &self.org
    }

    /// Reads the document at `path`, such as `/.well-known/okta-organization`, within `patience`.
    /// Redirects are answers, and not followed.
    pub async fn read(&self, path: &str, patience: Duration) -> Result<Seen, Unseen> {
        let url = format!("{}{path}", self.org.origin());
        let url = url.parse().map_err(|_| Unseen::Setup(format!("{path} is no path")))?;
        let mut request = reqwest::Request::new(reqwest::Method::GET, url);
        let headers = request.headers_mut();
        headers.insert(header::USER_AGENT, HeaderValue::from_static(USER_AGENT));
        headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
        let before = self.clock.now();
        let answer = self.transport.exchange(request, patience).await?;
        let now = self.clock.now();
        let body = answer.body.map_err(|broken| match broken {
            Broken::Lost(why) => Unseen::Lost(why),
            Broken::TooLarge(limit) => Unseen::Lost(format!("it is larger than {limit} bytes")),
        })?;
        Ok(Seen {
            status: answer.status,
            took: Duration::try_from(now.duration_since(before)).unwrap_or_default(),
            ahead: limits::date(&answer.headers).map(|date| date.duration_since(now)),
            body: serde_json::from_slice(&body).ok(),
        })
    }
}

impl fmt::Debug for Probe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Probe").field("org", &self.org).finish_non_exhaustive()
    }
}

impl From<Failure> for Unseen {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Setup(why) => Self::Setup(why),
            Failure::Connect(why) => Self::Connect(why),
            Failure::Tls(why) => Self::Tls(why),
            Failure::Lost(why) => Self::Lost(why),
        }
    }
}

impl Reach {
    /// Whom connections for that org are made to. A proxy that is no URL is none.
    pub fn hop(&self, org: &OrgUrl) -> Hop {
        let direct = || {
            let port = Url::parse(org.origin()).ok().and_then(|url| url.port_or_known_default());
            let host = org.host().trim_start_matches('[').trim_end_matches(']').to_owned();
            Hop { host, port: port.unwrap_or(443), proxy: false }
        };
        let through = || {
            let exceptions = self.without_proxy();
            let matcher = Matcher::builder().https(self.proxy()?).no(exceptions).build();
            let met = matcher.intercept(&org.origin().parse().ok()?)?;
            let usual = if met.uri().scheme_str() == Some("https") { 443 } else { 80 };
            let port = met.uri().port_u16().unwrap_or(usual);
            Some(Hop { host: met.uri().host()?.to_owned(), port, proxy: true })
        };
        through().unwrap_or_else(direct)
    }
}
