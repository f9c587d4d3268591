//! What outlives a call: approvals, undo, counts, the approval passphrase.
