//! What can go wrong with what is stored.

use std::io;

use okta_keyring::KeyringError;

/// Why nothing was stored or read. Whoever gets one does not go on as if it had been.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file or folder cannot be used.
    #[error("{place} cannot be used: make sure that this account may write there")]
    File {
        /// The file or folder.
        place: String,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// Others may read a file, and may have.
    #[error("{place} is open to other accounts: look why, then `chmod 600` it")]
    Exposed {
        /// The file.
        place: String,
    },
    /// Another program holds the file.
    #[error(
        "{place} was locked by another program for 5 seconds: try again, or close what holds it"
    )]
    Busy {
        /// The file.
        place: String,
    },
    /// There is no room.
    #[error("the disk of {place} is full: make room, then try again")]
    Full {
        /// The file.
        place: String,
    },
    /// A later version made the file.
    #[error("{place} was made by a later okta-mcp: use that version, or another state folder")]
    Later {
        /// The file.
        place: String,
    },
    /// What is there is not what was written.
    #[error(
        "{place} is damaged: stop every okta-mcp, move the file away, and a new one is made (open \
         approvals, undo and the approval passphrase are lost)"
    )]
    Damaged {
        /// The file.
        place: String,
        /// What does not fit.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// Something else of the database.
    #[error("{place} cannot be read or written")]
    Database {
        /// The file.
        place: String,
        /// Why.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// There is no key for what was sealed.
    #[error("{place} is gone: what was sealed with it is lost, so ask for the change anew")]
    NoKey {
        /// Where the key was.
        place: String,
    },
    /// The key is in a keyring that cannot be asked.
    #[error(
        "the sealing key is in {place}, which cannot be used now: {why}; what it sealed stays \
         shut until then (to begin anew with another key, remove {marker}: who is signed in signs \
         in again, open approvals and undo are lost)"
    )]
    Keyring {
        /// Where the key is.
        place: String,
        /// The file that says so.
        marker: String,
        /// Why it cannot be asked.
        why: KeyringError,
    },
    /// The keyring works, and does not have the key.
    #[error(
        "{place} does not have the sealing key of this state folder any more: what was sealed with \
         it is lost; remove {marker}, and a new one is made (who is signed in signs in again)"
    )]
    KeyGone {
        /// Where the key was.
        place: String,
        /// The file that says so.
        marker: String,
    },
    /// The key is none.
    #[error("{place} is no key of 32 bytes: move it away, and a new one is made")]
    BadKey {
        /// Where the key is.
        place: String,
    },
    /// What was sealed does not open.
    #[error(
        "the {kind} {id} cannot be opened: it was changed, or sealed with another key, so ask for \
         the change anew"
    )]
    Unopened {
        /// What it is.
        kind: String,
        /// Its id.
        id: String,
    },
}
