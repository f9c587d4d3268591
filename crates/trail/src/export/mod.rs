//! The trail in the forms that other programs read.

mod csv;
mod ocsf;

pub use self::{csv::CallsCsv, ocsf::ocsf};
