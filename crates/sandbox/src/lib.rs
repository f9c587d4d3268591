//! An Okta org in a box: people, groups, apps, policies, brands, domains and a System Log in memory,
//! behind the HTTP API that Okta has, with Okta's OAuth, search, paging, rate limits and error bodies.
//!
//! An [`Org`] is built from a [`Config`] and a clock; the same seed gives the same org. A [`Server`]
//! puts it on a listener, [`Org::service`] into any axum application.
//!
//! The inside, in the order in which a request meets it: `serve` (HTTP, faults, rate limits, who
//! calls), `rights` (what they may do), `route` (which operation), `resources` (one file per resource, a table of routes and a
//! function for each), `store` (the state). `scim` evaluates filters, `log` is the System Log,
//! `oauth` gives and checks tokens, `seed` fills a new org.
//!
//! People sign in with a browser: `/activate` for devices, `/oauth2/v1/authorize` for apps.
//! [`Org::sign_in`] tells with which apps, names and password.
//!
//! Invariant: nothing here comes from the crates that are tested against it.

mod answer;
mod call;
mod config;
mod error;
mod id;
mod listing;
mod log;
mod oauth;
mod org;
mod resources;
mod rights;
mod route;
mod scim;
mod seed;
mod serve;
mod store;
mod time;
mod upload;

pub use self::{
    config::{Config, Faults},
    org::{ClientApp, Clock, NoKey, Org, ServiceApp, SignIn},
    serve::{Fault, FaultKind, Server, Tls, TlsError, tls_self_signed},
};
