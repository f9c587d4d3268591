//! A store in one SQLite file, for the processes of one machine.

mod approvals;
mod connection;
mod counts;
mod passphrase;
mod time;
mod undos;

use std::path::Path;

use jiff::Timestamp;

use crate::{
    Admitted, Approval, Approver, Decided, Kept, NewApproval, PassphraseHash, Reply, Sent, Store,
    Try, Undo, Which, Window,
};
use connection::Connection;

/// The store in `<state>/store.sqlite3`, mode 0600, opened when it is first needed.
#[derive(Debug)]
pub struct Sqlite {
    connection: Connection,
}

impl Sqlite {
    /// The store in this state folder, which is made (mode 0700) where it is missing.
    pub fn new(state: &Path) -> Self {
        Self { connection: Connection::new(state) }
    }
}

/// Runs a function of the modules below in a transaction that has the file for itself, and commits
/// what it did.
macro_rules! transact {
    ($store:ident, $function:path, $($argument:expr),*) => {
        Box::pin(async move {
            let mut connection = $store.connection.get().await?;
            let done = async {
                // Writing from the start: nothing that was read can be outdated at the write.
                let mut transaction = connection::begin(&mut connection).await?;
                let done = $function(&mut transaction, $($argument),*).await?;
                transaction.commit().await?;
                Ok(done)
            };
            done.await.map_err(|error| $store.connection.failed(error))
        })
    };
}

/// Runs a function of the modules below that only reads, in one statement.
macro_rules! read {
    ($store:ident, $function:path, $($argument:expr),*) => {
        Box::pin(async move {
            let mut connection = $store.connection.get().await?;
            let read = $function(&mut connection, $($argument),*).await;
            read.map_err(|error| $store.connection.failed(error))
        })
    };
}

impl Store for Sqlite {
    fn open(&self, new: NewApproval, now: Timestamp) -> Reply<'_, Approval> {
        transact!(self, approvals::open, new, now)
    }

    fn approval<'a>(&'a self, id: &'a str, now: Timestamp) -> Reply<'a, Option<Approval>> {
        read!(self, approvals::get, id, now)
    }

    fn approvals(&self, which: Which, limit: u32, now: Timestamp) -> Reply<'_, Vec<Approval>> {
        read!(self, approvals::list, which, limit, now)
    }

    fn decide<'a>(
        &'a self,
        id: &'a str,
        approve: bool,
        level: &'a str,
        by: &'a str,
        approver: Option<&'a Approver>,
        now: Timestamp,
    ) -> Reply<'a, Decided> {
        transact!(self, approvals::decide, id, approve, level, by, approver, now)
    }

    fn consume<'a>(
        &'a self,
        id: &'a str,
        binding: &'a str,
        now: Timestamp,
    ) -> Reply<'a, Option<Approval>> {
        transact!(self, approvals::consume, id, binding, now)
    }

    fn standing<'a>(&'a self, binding: &'a str, now: Timestamp) -> Reply<'a, Option<Approval>> {
        read!(self, approvals::standing, binding, now)
    }

    fn withdraw<'a>(&'a self, id: &'a str) -> Reply<'a, bool> {
        transact!(self, approvals::withdraw, id)
    }

    fn keep(&self, undo: Undo) -> Reply<'_, ()> {
        transact!(self, undos::keep, undo)
    }

    fn undo<'a>(&'a self, id: &'a str, now: Timestamp) -> Reply<'a, Option<Kept>> {
        read!(self, undos::get, id, now)
    }

    fn undos(&self, limit: u32, now: Timestamp) -> Reply<'_, Vec<Kept>> {
        read!(self, undos::list, limit, now)
    }

    fn take<'a>(&'a self, id: &'a str, now: Timestamp) -> Reply<'a, Option<Undo>> {
        transact!(self, undos::take, id, now)
    }

    fn give_back<'a>(&'a self, id: &'a str) -> Reply<'a, ()> {
        transact!(self, undos::give_back, id)
    }

    fn counted<'a>(
        &'a self,
        org: &'a str,
        target: Option<&'a str>,
        window: &'a Window,
    ) -> Reply<'a, u64> {
        read!(self, counts::counted, org, target, window)
    }

    fn admit<'a>(&'a self, sent: Sent, windows: &'a [Window], strict: bool) -> Reply<'a, Admitted> {
        transact!(self, counts::admit, &sent, windows, strict)
    }

    fn set_passphrase<'a>(
        &'a self,
        new: &'a PassphraseHash,
        old: Option<&'a PassphraseHash>,
    ) -> Reply<'a, bool> {
        transact!(self, passphrase::set, new, old)
    }

    fn passphrase(&self) -> Reply<'_, Option<PassphraseHash>> {
        read!(self, passphrase::get,)
    }

    fn begin_try(&self, now: Timestamp) -> Reply<'_, Try> {
        transact!(self, passphrase::begin_try, now)
    }

    fn try_succeeded(&self) -> Reply<'_, ()> {
        transact!(self, passphrase::try_succeeded,)
    }
}
