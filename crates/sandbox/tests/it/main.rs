//! The sandbox, from outside.

mod support;

#[cfg(test)]
mod apps;
mod groups;
mod logs;
mod oauth;
mod org;
#[cfg(test)]
mod policies;
#[cfg(test)]
mod recordings;
mod server;
mod users;
