//! Who calls, through what.

use okta_client::BoxFuture;

use crate::ask::Asker;

/// Who calls. Tokens, locks, confirmation and the trail are keyed by it; nothing about a caller is
/// global.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Context {
    /// Who is responsible for the call: the service app, or the person behind the API token.
    pub principal: String,
    /// The id at Okta of the person who is signed in; `None` for an app or an API token, and where
    /// nobody is signed in yet.
    pub person: Option<String>,
    /// The client's name, as it says.
    pub client: String,
    /// The client's version, as it says.
    pub client_version: String,
    /// The host of the org.
    pub org: String,
    /// The profile of the configuration.
    pub profile: String,
    /// The protocol version that the client speaks.
    pub era: String,
    /// `traceparent` of the request (W3C Trace Context), where it had one.
    pub trace: Option<String>,
}

/// What a call can reach of the client that made it.
pub trait Client: Send + Sync {
    /// The way to a person.
    fn asker(&self) -> &dyn Asker;

    /// Tells how far the call has come: how many, and in words.
    fn progress(&self, done: u64, message: String) -> BoxFuture<'_, ()>;
}
