//! What a client for one org needs to know.

use std::{fmt, path::PathBuf, sync::Arc, time::Duration};

use secrecy::SecretString;

use crate::{Clock, Dpop, Entropy, OrgUrl, PersonalSignIn, PrivateKey};

/// How to sign in to Okta.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Credentials {
    /// An API token, sent as `Authorization: SSWS …`. Okta binds it to the rights of the
    /// administrator who made it; OAuth scopes do not limit it.
    ApiToken(SecretString),
    /// A service app that proves itself with a signed assertion (RFC 7523 section 2.2) and gets
    /// an access token by client credentials (RFC 6749 section 4.4).
    PrivateKey {
        /// The client id of the service app.
        client_id: String,
        /// The key whose public half the app knows.
        key: PrivateKey,
        /// The scopes to ask for. What Okta grants decides.
        scopes: Vec<String>,
    },
    /// A person who signs in through a native or web app.
    Person(Box<PersonalSignIn>),
}

/// What requests call this program, where nothing else is said.
pub(crate) const USER_AGENT: &str = concat!("okta-mcp/", env!("CARGO_PKG_VERSION"));

/// The settings of a client for one org.
#[derive(Clone)]
pub struct Settings {
    /// The org.
    pub org: OrgUrl,
    /// How to sign in.
    pub credentials: Credentials,
    /// When tokens are bound to a key (RFC 9449).
    pub dpop: Dpop,
    /// How many requests may be under way at once.
    pub max_in_flight: usize,
    /// How often a request that may be repeated is tried at most, the first time included.
    pub read_attempts: u32,
    /// How long one request may take, waiting and trying again included.
    pub deadline: Duration,
    /// The largest reply, in bytes after decompression.
    pub max_reply_bytes: u64,
    /// What the `User-Agent` header starts with: product and version.
    pub user_agent: String,
    /// The way to the org.
    pub reach: Reach,
}

/// The way to an org: proxy and trusted certificates.
#[derive(Clone)]
pub struct Reach {
    /// How long a connection may take to be made.
    pub connect_timeout: Duration,
    /// A file of PEM certificates to trust beside those of the system.
    pub ca_file: Option<PathBuf>,
    /// A folder of such files.
    pub ca_dir: Option<PathBuf>,
    /// The URL of a proxy for https. It may hold a user name and password.
    pub https_proxy: Option<String>,
    /// Hosts to reach without the proxy, separated by commas, as in `NO_PROXY`.
    pub no_proxy: Option<String>,
}

/// The hosts that are never reached through a proxy.
const LOOPBACK: &str = "localhost,127.0.0.0/8,::1";

impl Reach {
    /// The proxy, where one is named.
    pub(crate) fn proxy(&self) -> Option<&str> {
        self.https_proxy.as_deref().map(str::trim).filter(|url| !url.is_empty())
    }

    /// The hosts that are reached without it, as in `NO_PROXY`.
    pub(crate) fn without_proxy(&self) -> String {
        match self.no_proxy.as_deref() {
            Some(hosts) => format!("{LOOPBACK},{hosts}"),
            None => LOOPBACK.to_owned(),
        }
    }
}

impl Default for Reach {
    /// Directly, and with the system's certificates.
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(10),
            ca_file: None,
            ca_dir: None,
            https_proxy: None,
            no_proxy: None,
        }
    }
}

impl fmt::Debug for Reach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reach")
            .field("connect_timeout", &self.connect_timeout)
            .field("ca_file", &self.ca_file)
            .field("ca_dir", &self.ca_dir)
            .field("https_proxy", &self.https_proxy.as_ref().map(|_| "[redacted]"))
            .field("no_proxy", &self.no_proxy)
            .finish()
    }
}

impl Settings {
    /// The settings for `org` with their defaults.
    pub fn new(org: OrgUrl, credentials: Credentials) -> Self {
        Self {
            org,
            credentials,
            dpop: Dpop::default(),
            max_in_flight: 20,
            read_attempts: 3,
            deadline: Duration::from_secs(30),
            max_reply_bytes: 64 * 1024 * 1024,
            user_agent: USER_AGENT.to_owned(),
            reach: Reach::default(),
        }
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("org", &self.org)
            .field("credentials", &self.credentials)
            .field("dpop", &self.dpop)
            .field("max_in_flight", &self.max_in_flight)
            .field("read_attempts", &self.read_attempts)
            .field("deadline", &self.deadline)
            .field("max_reply_bytes", &self.max_reply_bytes)
            .field("user_agent", &self.user_agent)
            .field("reach", &self.reach)
            .finish()
    }
}

/// Time and randomness.
#[derive(Clone)]
pub struct Surroundings {
    /// The clock by which the client waits and dates its assertions.
    pub clock: Arc<dyn Clock>,
    /// The source of assertion ids and jitter.
    pub entropy: Arc<dyn Entropy>,
}

impl fmt::Debug for Surroundings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Surroundings")
    }
}

/// Why no client could be made. All of it is known without the network.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// A redirect URI that Okta could send elsewhere than to this program.
    #[error(
        "{0} is no redirect URI to sign in with: it has to be http on loopback and without a query, such as http://127.0.0.1:8765/callback"
    )]
    Redirect(String),
    /// The API token is empty, or holds characters that no header can carry.
    #[error("the API token is empty or holds characters that no token has")]
    ApiToken,
    /// The client id is empty.
    #[error("the client id of the service app is empty")]
    ClientId,
    /// No scope to ask for.
    #[error("no OAuth scopes are given: name at least one, such as okta.users.read")]
    NoScopes,
    /// A text that cannot be an OAuth scope (RFC 6749 section 3.3).
    #[error("`{0}` is not an OAuth scope")]
    Scope(String),
    /// The start of the `User-Agent` holds characters that no header can carry.
    #[error("the user agent holds characters that no header can carry")]
    UserAgent,
    /// A limit of 0.
    #[error("`{0}` must be at least 1")]
    Zero(&'static str),
    /// The proxy is not a URL.
    #[error("the proxy is not a URL: give it as http://proxy.example.com:3128")]
    Proxy,
    /// A file or folder of certificates cannot be read.
    #[error("the certificates cannot be read")]
    ReadCertificates(#[source] std::io::Error),
    /// A file of certificates holds none, or none that can be read.
    #[error("{0} holds no PEM certificate (-----BEGIN CERTIFICATE-----)")]
    NoCertificates(PathBuf),
}
