//! The sandbox, from outside.

mod support;

mod groups;
mod recordings;
