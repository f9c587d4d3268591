//! The sandbox, from outside.

#![cfg(test)]

mod support;

mod apps;
mod groups;
mod logs;
mod oauth;
mod org;
mod policies;
mod recordings;
mod server;
mod users;
mod witness;
