//! Setting okta-mcp up: the kinds of Okta apps to sign in with, the clients, and what may be wrong.

mod app_kind;
pub mod clients;
mod trouble;

pub use app_kind::AppKind;
pub use trouble::{TROUBLES, Trouble};
