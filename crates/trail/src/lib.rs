//! The audit trail: chained rows, checkpoints, verification, search, export.
