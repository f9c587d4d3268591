//! What a store can do.

use std::{future::Future, pin::Pin};

use jiff::Timestamp;

use crate::{
    Admitted, Approval, Approver, Decided, Error, Kept, NewApproval, PassphraseHash, Sent, Try,
    Undo, Which, Window,
};

/// A future that can be sent between threads.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// What a store answers with.
pub type Reply<'a, T> = BoxFuture<'a, Result<T, Error>>;

/// What outlives a call, shared by all processes that use the same store.
///
/// What a method changed is on disk once it answered. A future that is dropped before has changed
/// all or nothing.
pub trait Store: Send + Sync + 'static {
    /// Lets a call wait for a person. One that is pending for the same binding at the same level,
    /// from the same asker and for the same approvers, is answered instead, with the id that it has. Approvals older than 30 days are deleted.
    fn open(&self, new: NewApproval, now: Timestamp) -> Reply<'_, Approval>;

    /// An approval, as it stands at `now`.
    fn approval<'a>(&'a self, id: &'a str, now: Timestamp) -> Reply<'a, Option<Approval>>;

    /// At most `limit` approvals as they stand at `now`, the newest first.
    fn approvals(&self, which: Which, limit: u32, now: Timestamp) -> Reply<'_, Vec<Approval>>;

    /// Approves or declines what is pending, at that level; `approver` is who signed in for it. Of
    /// several decisions the first counts.
    fn decide<'a>(
        &'a self,
        id: &'a str,
        approve: bool,
        level: &'a str,
        by: &'a str,
        approver: Option<&'a Approver>,
        now: Timestamp,
    ) -> Reply<'a, Decided>;

    /// Uses an approval that was given for this binding and has not expired. Exactly one caller
    /// gets it, once.
    fn consume<'a>(
        &'a self,
        id: &'a str,
        binding: &'a str,
        now: Timestamp,
    ) -> Reply<'a, Option<Approval>>;

    /// The newest approval for this binding that is pending, approved or declined: not one that
    /// was used, taken back or has expired.
    fn standing<'a>(&'a self, binding: &'a str, now: Timestamp) -> Reply<'a, Option<Approval>>;

    /// Takes an approval back that was not used yet. False where there is none to take back.
    fn withdraw<'a>(&'a self, id: &'a str) -> Reply<'a, bool>;

    /// Keeps how a change is taken back. Those that expired by `undo.created` are deleted.
    fn keep(&self, undo: Undo) -> Reply<'_, ()>;

    /// How a change is taken back, unless that expired.
    fn undo<'a>(&'a self, id: &'a str, now: Timestamp) -> Reply<'a, Option<Kept>>;

    /// At most `limit` that have not expired, the newest first; those that were taken too.
    fn undos(&self, limit: u32, now: Timestamp) -> Reply<'_, Vec<Kept>>;

    /// Takes an undo to execute it. Exactly one caller gets it, once.
    fn take<'a>(&'a self, id: &'a str, now: Timestamp) -> Reply<'a, Option<Undo>>;

    /// Gives an undo back that was taken but not executed.
    fn give_back<'a>(&'a self, id: &'a str) -> Reply<'a, ()>;

    /// How many count for a limit now; with `target`, as if that were sent once more.
    fn counted<'a>(
        &'a self,
        org: &'a str,
        target: Option<&'a str>,
        window: &'a Window,
    ) -> Reply<'a, u64>;

    /// Counts what is about to be sent for these limits; with `strict` only if none is passed with
    /// it. No other process can count something in between. Kept for 32 days.
    fn admit<'a>(&'a self, sent: Sent, windows: &'a [Window], strict: bool) -> Reply<'a, Admitted>;

    /// Sets the approval passphrase in place of `old`, which is `None` where there was none. False,
    /// and nothing changes, where it is another by now. Wrong tries are forgotten.
    fn set_passphrase<'a>(
        &'a self,
        new: &'a PassphraseHash,
        old: Option<&'a PassphraseHash>,
    ) -> Reply<'a, bool>;

    /// The approval passphrase, where one is set.
    fn passphrase(&self) -> Reply<'_, Option<PassphraseHash>>;

    /// Counts a try before the passphrase is compared, so that guesses at the same time are limited
    /// too. See [`Try`].
    fn begin_try(&self, now: Timestamp) -> Reply<'_, Try>;

    /// Forgets the tries: the passphrase was right.
    fn try_succeeded(&self) -> Reply<'_, ()>;
}
