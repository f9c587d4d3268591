//! Setting up, against an org in memory.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "what helpers of tests do may fail the test"
)]

mod doctor;
mod support;
