//! What okta-mcp signs in with.

/// What there has to be in the org for okta-mcp to sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AppKind {
    /// A native app: people sign in with the device grant.
    Native,
    /// A service app: it signs in itself, with a private key.
    Service,
    /// A web app: people sign in with a browser of this machine (authorization code and PKCE).
    Web,
    /// An API token of an admin, and no app.
    ApiToken,
}

impl AppKind {
    /// Each, in the order in which they are shown.
    pub const ALL: [Self; 4] = [Self::Native, Self::Service, Self::Web, Self::ApiToken];
}
