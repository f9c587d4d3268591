//! The trail, as processes write it and others read it.

#![cfg(test)]

mod checkpoints;
mod recovery;
mod retention;
mod segments;
mod support;
mod tampering;
