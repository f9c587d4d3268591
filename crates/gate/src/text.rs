//! JSON as text for a model: as the trail keeps it.

pub use okta_trail::{escaped, to_text};
