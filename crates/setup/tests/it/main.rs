//! Setting up, as the commands use it; the doctor against an org in memory.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "what helpers of tests do may fail the test"
)]

mod clients;
mod clients_here;
mod clients_kept;
mod doctor;
mod guides;
mod support;
mod writes;
