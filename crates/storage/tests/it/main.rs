//! What every store promises, and what the files of the one in SQLite promise.

#![cfg(test)]

mod conformance;
mod key_home;
mod passphrase;
mod seal;
mod sqlite;
