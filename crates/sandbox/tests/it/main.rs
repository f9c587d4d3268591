//! The sandbox, from outside.

#![cfg(test)]

mod support;

mod apps;
mod brands;
mod domains;
mod email_domains;
mod emails;
mod groups;
mod logs;
mod oauth;
mod org;
mod pages;
mod policies;
mod recordings;
mod scopes;
mod server;
mod themes;
mod users;
mod witness;
