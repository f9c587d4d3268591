//! The sandbox, from outside.

mod support;

mod groups;
#[cfg(test)]
mod recordings;
#[cfg(test)]
mod apps;
#[cfg(test)]
mod policies;
