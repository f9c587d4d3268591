//! The call pipeline over HTTP: real client, real requests, an Okta that answers as programmed.

#[cfg(test)]
mod approvals;
#[cfg(test)]
mod confirm_property;
#[cfg(test)]
mod meanwhile;
#[cfg(test)]
mod okta;
#[cfg(test)]
mod pages;
#[cfg(test)]
mod pipeline;
#[cfg(test)]
mod policy;
#[cfg(test)]
mod protect;
#[cfg(test)]
mod protect_calls;
#[cfg(test)]
mod protect_last;
#[cfg(test)]
mod protect_org;
#[cfg(test)]
mod protect_paths;
#[cfg(test)]
mod protect_sandbox;
#[cfg(test)]
mod question;
#[cfg(test)]
mod replay;
#[cfg(test)]
mod replay_pages;
#[cfg(test)]
mod schema;
#[cfg(test)]
mod setup;
#[cfg(test)]
mod undo;
