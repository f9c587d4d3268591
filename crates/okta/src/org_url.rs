//! The URL of an Okta org, checked once.

use std::{fmt, net::IpAddr};

use url::{Host, Url};

/// The origin of an Okta org: `https://acme.okta.com`, or a custom domain.
///
/// Plain `http` is accepted for loopback only (`localhost`, `127.0.0.0/8`, `[::1]`), where the
/// sandbox and tests live.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct OrgUrl {
    origin: String,
    host: String,
    plain: bool,
}

/// Why a text is not the URL of an org.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OrgUrlError {
    /// Nothing was given.
    #[error("the org URL is empty: give it as https://acme.okta.com")]
    Empty,
    /// Text from an example, not yet replaced.
    #[error("`{0}` is a placeholder: put your own org there, such as https://acme.okta.com")]
    Placeholder(String),
    /// No URL can be read from it.
    #[error("the org URL cannot be read ({0}): give it as https://acme.okta.com")]
    Unreadable(url::ParseError),
    /// Another scheme than https.
    #[error("the org URL must start with https:// (plain http works for localhost only)")]
    Scheme,
    /// A user name or password in the URL.
    #[error("the org URL must not hold a user name or password")]
    UserInfo,
    /// A path, query or fragment.
    #[error("the org URL must end after the host: give it as {0}")]
    Path(String),
    /// The host of the admin console.
    #[error("`{host}` is the admin console: use {instead}")]
    AdminHost {
        /// What was given.
        host: String,
        /// The URL of the org itself.
        instead: String,
    },
    /// The host of no org: `okta.com` itself, or a name without a dot.
    #[error("`{0}` is not the host of an org: give it as https://acme.okta.com")]
    NoOrg(String),
}

/// Where Okta's own orgs live; `<org>-admin` below these is the admin console.
const OKTA_DOMAINS: &[&str] =
    &["okta.com", "oktapreview.com", "okta-emea.com", "okta-gov.com", "okta.mil"];

impl OrgUrl {
    /// Reads an org URL. A missing scheme, a trailing slash and surrounding space are tolerated.
    pub fn parse(text: &str) -> Result<Self, OrgUrlError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(OrgUrlError::Empty);
        }
        if is_placeholder(text) {
            return Err(OrgUrlError::Placeholder(text.to_owned()));
        }
        let with_scheme =
            if text.contains("://") { text.to_owned() } else { format!("https://{text}") };
        let url = Url::parse(&with_scheme).map_err(OrgUrlError::Unreadable)?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(OrgUrlError::UserInfo);
        }
        let loopback = match url.host() {
            Some(Host::Ipv4(address)) => IpAddr::V4(address).is_loopback(),
            Some(Host::Ipv6(address)) => IpAddr::V6(address).is_loopback(),
            Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
            None => return Err(OrgUrlError::Unreadable(url::ParseError::EmptyHost)),
        };
        let plain = match url.scheme() {
            "https" => false,
            "http" if loopback => true,
            _ => return Err(OrgUrlError::Scheme),
        };
        let origin = url.origin().ascii_serialization();
        if !matches!(url.path(), "" | "/") || url.query().is_some() || url.fragment().is_some() {
            return Err(OrgUrlError::Path(origin));
        }
        let host = url.host_str().unwrap_or_default().to_owned();
        if !loopback {
            check_host(&host)?;
        }
        Ok(Self { origin, host, plain })
    }

    /// Scheme, host and port, without a trailing slash: `https://acme.okta.com`.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The host alone: `acme.okta.com`.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// True for plain http, which only loopback may use.
    pub(crate) const fn is_plain(&self) -> bool {
        self.plain
    }
}

impl fmt::Display for OrgUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.origin)
    }
}

impl std::str::FromStr for OrgUrl {
    type Err = OrgUrlError;

    fn from_str(text: &str) -> Result<Self, OrgUrlError> {
        Self::parse(text)
    }
}

fn is_placeholder(text: &str) -> bool {
    let bare = text.split_once("://").map_or(text, |(_, rest)| rest).to_ascii_lowercase();
    text.contains(['{', '}', '<', '>', '$'])
        || bare.starts_with("yourokta")
        || bare.starts_with("your-org.")
        || bare.starts_with("your-okta")
        || bare.starts_with("yourorg.")
}

fn check_host(host: &str) -> Result<(), OrgUrlError> {
    if OKTA_DOMAINS.contains(&host) || !host.contains('.') {
        return Err(OrgUrlError::NoOrg(host.to_owned()));
    }
    for domain in OKTA_DOMAINS {
        let below = host.strip_suffix(domain).and_then(|rest| rest.strip_suffix('.'));
        if let Some(org) = below.and_then(|name| name.strip_suffix("-admin")) {
            return Err(OrgUrlError::AdminHost {
                host: host.to_owned(),
                instead: format!("https://{org}.{domain}"),
            });
        }
    }
    Ok(())
}
