//! Setting okta-mcp up: the kinds of Okta apps to sign in with, and what may be wrong.

mod app_kind;
pub mod doctor;
mod trouble;

pub use app_kind::AppKind;
pub use trouble::{TROUBLES, Trouble};
