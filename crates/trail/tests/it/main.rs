//! The trail, as processes write it and others read it.

#![cfg(test)]

mod checkpoints;
mod pack;
mod reading;
mod recovery;
mod retention;
mod segments;
mod support;
mod tampering;
