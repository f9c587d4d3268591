//! OAuth: access tokens, and the requests that get them.

mod tokens;

pub(crate) use tokens::{Grant, Tokens};
