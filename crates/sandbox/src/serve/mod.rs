//! HTTP: from a request to an operation and back.

mod auth;
mod faults;
mod http;
mod limits;
mod server;
mod tls;

pub(crate) use self::{faults::FaultPlan, http::answer, limits::Limits};
pub use self::{
    faults::{Fault, FaultKind},
    server::Server,
    tls::{Tls, TlsError, tls_self_signed},
};
