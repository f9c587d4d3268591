//! One Okta org, as a client sees it: its URL, how to sign in, HTTP, rate limits, pages, errors.
//!
//! Nothing here knows of the Model Context Protocol or of tools. Okta's JSON goes through
//! unchanged: replies are [`serde_json::Value`], never models of ours.

mod clock;
mod error;
mod reply;
mod request;

pub use clock::{BoxFuture, Clock, Entropy};
pub use error::{Cause, Error, ErrorKind, OktaError};
pub use reply::{RateLimit, Reply};
pub use request::{BadRequest, Method, Request};
