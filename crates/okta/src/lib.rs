//! One Okta org, as a client sees it: its URL, how to sign in, HTTP, rate limits, pages, errors.
//!
//! Nothing here knows of the Model Context Protocol or of tools. Okta's JSON goes through
//! unchanged: replies are [`serde_json::Value`], never models of ours.

mod clock;
mod error;
mod exchange;
mod fault;
mod key;
mod limits;
mod okta;
mod org_url;
mod pages;
mod probe;
mod reply;
mod request;
mod roots;
mod settings;
mod sign_in;
mod transport;
mod upload;
mod wire;

pub use clock::{BoxFuture, Clock, Entropy};
pub use error::{Cause, Error, ErrorKind, OktaError};
pub use key::{GenerateError, KeyError, PrivateKey};
pub use okta::Okta;
pub use org_url::{OrgUrl, OrgUrlError};
pub use pages::Cursors;
pub use probe::{Hop, Probe, Seen, Unseen};
pub use reply::{RateLimit, Reply};
pub use request::{BadRequest, Method, Request};
pub use secrecy::{ExposeSecret, SecretString};
pub use settings::{Credentials, Reach, Settings, SetupError, Surroundings};
pub use sign_in::{
    Arrival, ClientProof, Dpop, Flow, FreshLink, FreshSignIn, FreshSignInSettings, Grant, Identity,
    Landed, Landing, Loopback, PersonalSignIn, Prompt, Proven, SignIn, SignedOut, StoredTokens,
    TokenOwner, TokenStore, TokenStoreError, TokensInMemory,
};
pub use upload::Upload;
