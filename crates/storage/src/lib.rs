//! What outlives a call: approvals, undo, counts for limits, the approval passphrase.
//!
//! Several processes of one machine use it at once; what may happen once only happens once among
//! all of them, also after a crash. [`Store`] is what a store can do, [`Sqlite`] the one for one
//! machine. Nothing here reads a clock or makes random bytes: callers pass both in.
//!
//! What is sealed is sealed by the caller, with [`Seal`]: a store never sees it open.

mod approval;
mod count;
mod error;
mod folder;
mod id;
mod passphrase;
mod seal;
mod sqlite;
mod store;
mod undo;

pub use approval::{Approval, Approver, Decided, Decision, NewApproval, State, Which};
pub use count::{Admitted, Count, Sent, Window};
pub use error::Error;
pub use folder::Folder;
pub use id::new_id;
pub use passphrase::{
    LOCKED_FOR, PassphraseError, PassphraseHash, SHORTEST, TRIES, Try, hash_passphrase,
};
pub use seal::{KeyFile, KeyHome, KeyPlace, Random, Seal, SealKey, key_is_in_keyring};
pub use sqlite::Sqlite;
pub use store::{BoxFuture, Reply, Store};
pub use undo::{Kept, Undo};
