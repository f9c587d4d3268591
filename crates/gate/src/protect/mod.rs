//! Protected objects: what no call may change, whatever its scopes and whatever the policy says.
//!
//! Protected are the people, groups and applications that the profile names; what this server
//! itself depends on; super admins and the groups that make them; and, always, the last super
//! admin. What a plan touches follows from its requests (method, path, body), never from the
//! name of a tool: `table.rs` knows Okta's operations.
//!
//! Who is who is asked of Okta, by the very reference that the request holds, so that an id, a
//! login in any case, a short name and `me` all come to the same person. What cannot be read is
//! refused where the profile names objects of that kind, and shown as unknown where it does not.

mod judge;
mod last;
mod names;
mod objects;
mod sight;
mod table;
#[cfg(test)]
mod tests;
mod touch;
mod words;

use okta_catalog::{Caller, Plan, Scope};
use okta_client::{BoxFuture, Error, Reply, Request};
pub use okta_policy::Protect;

use crate::{access::Rights, exchanges::Exchanges, wire::Wire};

/// What this server itself depends on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Own {
    /// The application that it signs in with: its client id.
    pub client_id: Option<String>,
    /// True where it acts in the name of an admin, such as the one who made its API token:
    /// `GET /api/v1/users/me` tells who that is.
    pub admin: bool,
}

/// What protection says of a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Protection {
    /// Nothing that it touches is protected.
    Free,
    /// What could not be read, one sentence each: a person should see it before they decide.
    Unknown(Vec<String>),
    /// It touches something protected.
    Refused {
        /// What is protected, and why.
        message: String,
        /// Who can do it, or what to mend.
        next: String,
    },
}

/// Reads for a judgement. It is only ever given GET.
pub trait Reader: Send + Sync {
    /// Sends a GET.
    fn get<'a>(&'a self, request: &'a Request) -> BoxFuture<'a, Result<Reply, Error>>;

    /// True if the scope is granted; an API token has none and may read what its admin may.
    fn allows(&self, scope: Scope) -> bool;
}

/// The reads of one call, noted among its exchanges.
pub(crate) struct CallReader<'a> {
    pub(crate) wire: &'a dyn Wire,
    pub(crate) exchanges: &'a Exchanges,
    pub(crate) call_id: &'a str,
    pub(crate) rights: &'a Rights,
}

impl Reader for CallReader<'_> {
    fn get<'a>(&'a self, request: &'a Request) -> BoxFuture<'a, Result<Reply, Error>> {
        Box::pin(self.exchanges.send(self.wire, request, self.call_id))
    }

    fn allows(&self, scope: Scope) -> bool {
        // The configured scopes limit what an API token is used for by callers; they do not make
        // this server blind.
        self.rights.access().caller == Caller::ApiToken || self.rights.have(scope)
    }
}

/// Judges a plan by what its requests touch. Reads as little as it can, and nothing for a plan
/// that touches no person, group or application.
pub async fn judge(plan: &Plan, reader: &dyn Reader, protect: &Protect, own: &Own) -> Protection {
    judge::judge(plan, reader, protect, own).await
}
