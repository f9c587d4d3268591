//! The real binary, as people and programs run it.

#![cfg(test)]

#[cfg(unix)]
mod approvals;
mod approvers;
mod audit;
mod call;
mod config;
mod configuration;
mod demo;
mod doctor;
mod help;
mod init;
#[cfg(unix)]
mod init_asks;
mod keys;
mod policy;
mod reconcile;
mod sandbox;
mod sign_in;
mod stdio;
mod support;
#[cfg(unix)]
mod terminal;
mod tools;
