//! The call pipeline over HTTP: real client, real requests, an Okta that answers as programmed.

#![cfg(test)]

mod answers;
mod approvals;
mod approvers;
mod certificates;
mod confirm_property;
mod exports;
mod failures;
mod meanwhile;
mod okta;
mod own;
mod own_keys;
mod pages;
mod pipeline;
mod policy;
mod preview;
mod protect;
mod protect_calls;
mod protect_last;
mod protect_org;
mod protect_paths;
mod protect_sandbox;
mod question;
mod read_back;
mod replay;
mod replay_pages;
mod rows;
mod schema;
mod scopes;
mod setup;
mod undo;
mod uploads;
