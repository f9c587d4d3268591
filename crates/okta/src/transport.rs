//! One HTTP exchange: the pooled client, what arrives, what went wrong and how far it came.

use std::time::Duration;

use http::{HeaderMap, HeaderValue};
use reqwest::{Client, NoProxy, Proxy, redirect};
use tokio::{
    sync::OnceCell,
    time::{Instant, timeout_at},
};

use crate::{OrgUrl, Reach, SetupError, roots::Roots};

/// The pooled HTTP client. It is made at its first use and away from the runtime's threads:
/// reading the system's certificates takes longer than everything else at the start.
#[derive(Debug)]
pub(crate) struct Transport {
    client: OnceCell<Client>,
    plan: Plan,
    max_reply_bytes: u64,
}

/// What the client is made from.
#[derive(Clone, Debug)]
struct Plan {
    plain: bool,
    connect_timeout: Duration,
    roots: Roots,
    proxy: Option<Proxy>,
}

/// An answer whose head arrived.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Result<Vec<u8>, Broken>,
}

/// Why a body did not arrive whole.
#[derive(Debug)]
pub(crate) enum Broken {
    /// The connection ended, the time ran out, or the content cannot be decompressed.
    Lost(String),
    /// It is larger than the given number of bytes.
    TooLarge(u64),
}

/// Why there is no answer.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The client could not be made.
    Setup(String),
    /// No connection was made: nothing was sent.
    Connect(String),
    /// The other side is not to be trusted, or speaks no TLS that is: nothing was sent.
    Tls(String),
    /// The request went out, or parts of it, and no answer came.
    Lost(String),
}

impl Transport {
    /// A client for that org, whose replies are at most so many bytes after decompression.
    pub(crate) fn new(
        org: &OrgUrl,
        reach: &Reach,
        max_reply_bytes: u64,
    ) -> Result<Self, SetupError> {
        let plan = Plan {
            plain: org.is_plain(),
            connect_timeout: reach.connect_timeout,
            roots: Roots::new(reach)?,
            proxy: proxy(reach)?,
        };
        Ok(Self { client: OnceCell::new(), plan, max_reply_bytes })
    }

    /// The client, made now if it was not yet.
    pub(crate) async fn client(&self) -> Result<&Client, Failure> {
        let make = async || {
            let plan = self.plan.clone();
            tokio::task::spawn_blocking(move || plan.build())
                .await
                .map_err(|_| Failure::Setup("the HTTP client could not be made".to_owned()))?
                .map_err(|error| {
                    Failure::Setup(format!(
                        "the HTTP client could not be made ({error}): check the certificates of the system, or name a file of certificates (SSL_CERT_FILE)"
                    ))
                })
        };
        self.client.get_or_try_init(make).await
    }

    /// Sends `request` and reads the whole answer, within `left`.
    pub(crate) async fn exchange(
        &self,
        request: reqwest::Request,
        left: Duration,
    ) -> Result<Answer, Failure> {
        let until = Instant::now() + left;
        let late = || format!("no answer within the {left:.1?} that were left");
        let Ok(client) = timeout_at(until, self.client()).await else {
            return Err(Failure::Connect(late()));
        };
        let mut response = match timeout_at(until, client?.execute(request)).await {
            Err(_) => return Err(Failure::Lost(late())),
            Ok(Err(error)) if error.is_connect() => return Err(unconnected(error)),
            Ok(Err(error)) if error.is_builder() => return Err(Failure::Setup(why(error))),
            Ok(Err(error)) => return Err(Failure::Lost(why(error))),
            Ok(Ok(response)) => response,
        };
        let status = response.status().as_u16();
        let headers = std::mem::take(response.headers_mut());
        let body = match timeout_at(until, self.collect(response)).await {
            Ok(body) => body,
            Err(_) => Err(Broken::Lost(late())),
        };
        Ok(Answer { status, headers, body })
    }

    /// The body, counted after decompression.
    async fn collect(&self, mut response: reqwest::Response) -> Result<Vec<u8>, Broken> {
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| Broken::Lost(why(error)))? {
            let size = u64::try_from(body.len() + chunk.len()).unwrap_or(u64::MAX);
            if size > self.max_reply_bytes {
                return Err(Broken::TooLarge(self.max_reply_bytes));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }
}

impl Plan {
    fn build(self) -> Result<Client, String> {
        let roots = self.roots.load()?;
        let builder = Client::builder()
            .no_proxy()
            .redirect(redirect::Policy::none())
            .referer(false)
            .connect_timeout(self.connect_timeout)
            .tcp_nodelay(true);
        // Plain http is for loopback, which needs none of the system's certificates.
        let builder =
            if self.plain { builder.tls_certs_only(roots) } else { builder.tls_certs_merge(roots) };
        match self.proxy {
            Some(proxy) => builder.proxy(proxy),
            None => builder,
        }
        .build()
        .map_err(why)
    }
}

/// The answer's header, where it is one line of text.
pub(crate) fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// A header value that no log shows.
pub(crate) fn secret_header(text: &str) -> Option<HeaderValue> {
    let mut value = HeaderValue::from_str(text).ok()?;
    value.set_sensitive(true);
    Some(value)
}

/// No connection was made: because of TLS, or before it came to that.
fn unconnected(error: reqwest::Error) -> Failure {
    if is_tls(&error) { Failure::Tls(why(error)) } else { Failure::Connect(why(error)) }
}

/// True where TLS is among the causes. What it refuses comes as the inner error of an `io::Error`,
/// which is no source of that.
fn is_tls(error: &(dyn std::error::Error + 'static)) -> bool {
    let inner = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
    error.is::<rustls::Error>()
        || inner.is_some_and(|inner| is_tls(inner))
        || error.source().is_some_and(is_tls)
}

/// The causes of a failed exchange, from the inside: the outer ones only name the layer. The URL
/// is left out, as its query holds what was searched for.
fn why(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut innermost: &dyn std::error::Error = &error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}

fn proxy(reach: &Reach) -> Result<Option<Proxy>, SetupError> {
    let Some(text) = reach.proxy() else { return Ok(None) };
    // The error would show the URL, and with it the password.
    let proxy = Proxy::https(text).map_err(|_| SetupError::Proxy)?;
    Ok(Some(proxy.no_proxy(NoProxy::from_string(&reach.without_proxy()))))
}
