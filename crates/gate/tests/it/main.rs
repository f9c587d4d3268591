//! The call pipeline over HTTP: real client, real requests, an Okta that answers as programmed.

mod okta;
mod pipeline;
mod replay;
mod schema;
mod setup;
