//! The client against a server in the same process. No test waits: the clock is the test's.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "what helpers of tests do may fail the test"
)]

mod browser;
mod device;
mod dpop;
mod errors;
mod fresh;
mod http;
mod keys;
mod limits;
mod org_url;
mod pages;
mod paths;
mod people;
mod probe;
mod reads;
mod refresh;
mod secrets;
mod setup;
mod sign_in;
mod support;
mod tls;
mod writes;
