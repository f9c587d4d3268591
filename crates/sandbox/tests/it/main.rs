//! The sandbox, from outside.

#![cfg(test)]

mod support;

mod app_keys;
mod apps;
mod authorize;
mod brands;
mod browser;
mod device;
mod domains;
mod email_domains;
mod emails;
mod groups;
mod logs;
mod oauth;
mod openid;
mod org;
mod pages;
mod policies;
mod recordings;
mod refresh;
mod roles;
mod scopes;
mod server;
mod sign_in;
mod themes;
mod users;
mod witness;
