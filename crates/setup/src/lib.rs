//! Setting okta-mcp up: the kinds of Okta apps to sign in with, the clients, and what may be wrong.

mod app_kind;
mod change;
pub mod clients;
pub mod diff;
pub mod doctor;
pub mod guide;
mod kept;
pub mod org;
pub mod profile;
mod scopes;
mod trouble;

pub use app_kind::AppKind;
pub use change::{Change, ChangeError, create, replace};
pub use kept::Kept;
pub use scopes::{NoToolset, Wanted};
pub use trouble::{TROUBLES, Trouble};
