//! The call pipeline over HTTP: real client, real requests, an Okta that answers as programmed.

#[cfg(test)]
mod okta;
#[cfg(test)]
mod pipeline;
#[cfg(test)]
mod replay;
#[cfg(test)]
mod schema;
#[cfg(test)]
mod setup;
