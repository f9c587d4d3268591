//! The one connection of a process: made when it is first needed, with the file brought up to date.

use std::{path::Path, time::Duration};

use sqlx::{
    ConnectOptions as _, Connection as _, SqlSafeStr as _, SqliteConnection, Transaction,
    migrate::{MigrateError, Migration, MigrationType, Migrator},
    sqlite::{Sqlite, SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};
use tokio::{
    sync::{MappedMutexGuard, Mutex, MutexGuard},
    task,
};

use crate::{Error, folder::Folder};

const FILE: &str = "store.sqlite3";

/// How long a write waits for that of another process.
const PATIENCE: Duration = Duration::from_secs(5);

/// The first bytes of the result codes of SQLite: <https://sqlite.org/rescode.html>.
mod code {
    pub(super) const BUSY: u32 = 5;
    pub(super) const CORRUPT: u32 = 11;
    pub(super) const FULL: u32 = 13;
    pub(super) const NOT_A_DATABASE: u32 = 26;
}

/// One is enough: SQLite writes one after the other anyway, and a file opens in a millisecond.
#[derive(Debug)]
pub(super) struct Connection {
    folder: Folder,
    open: Mutex<Option<SqliteConnection>>,
}

impl Connection {
    pub(super) fn new(state: &Path) -> Self {
        Self { folder: Folder::new(state), open: Mutex::default() }
    }

    /// The connection, for whoever is next.
    pub(super) async fn get(&self) -> Result<MappedMutexGuard<'_, SqliteConnection>, Error> {
        let mut open = self.open.lock().await;
        if open.is_none() {
            *open = Some(self.connect().await?);
        }
        MutexGuard::try_map(open, Option::as_mut)
            .map_err(|_| self.failed(sqlx::Error::WorkerCrashed))
    }

    async fn connect(&self) -> Result<SqliteConnection, Error> {
        let folder = self.folder.clone();
        // Made before SQLite opens it: it gives its other files (-wal, -shm) the mode of this one.
        let prepare = move || Ok((folder.lock()?, folder.touch(FILE)?));
        let (_lock, file) = task::spawn_blocking(prepare)
            .await
            .map_err(|error| Error::Database { place: self.place(), source: error.into() })??;
        let options = SqliteConnectOptions::new()
            .filename(file)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(PATIENCE)
            .disable_statement_logging();
        let mut connection = options.connect().await.map_err(|error| self.failed(error))?;
        migrations().run_direct(None, &mut connection, false).await.map_err(
            |error| match error {
                MigrateError::VersionMissing(_) => Error::Later { place: self.place() },
                MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => {
                    self.failed(error)
                }
                error => Error::Damaged { place: self.place(), source: error.into() },
            },
        )?;
        Ok(connection)
    }

    /// The error for people, with the file's place and what to do.
    pub(super) fn failed(&self, error: sqlx::Error) -> Error {
        let place = self.place();
        let known = match &error {
            sqlx::Error::Database(error) => error.code().and_then(|code| code.parse::<u32>().ok()),
            sqlx::Error::Decode(_) | sqlx::Error::ColumnDecode { .. } => Some(code::CORRUPT),
            _ => None,
        };
        match known.map(|code| code & 0xff) {
            Some(code::BUSY) => Error::Busy { place },
            Some(code::FULL) => Error::Full { place },
            Some(code::CORRUPT | code::NOT_A_DATABASE) => {
                Error::Damaged { place, source: error.into() }
            }
            _ => Error::Database { place, source: error.into() },
        }
    }

    fn place(&self) -> String {
        self.folder.file(FILE).display().to_string()
    }
}

/// Starts a transaction that has the file for itself.
pub(super) async fn begin(
    connection: &mut SqliteConnection,
) -> sqlx::Result<Transaction<'_, Sqlite>> {
    connection.begin_with("BEGIN IMMEDIATE").await
}

/// Every change of the tables, in order. What was handed out is never edited.
fn migrations() -> Migrator {
    // Not with the macro: it brings a second SQLite into the build, for what one line does.
    let all = [
        ("first", include_str!("../../migrations/0001_first.sql")),
        ("approvers", include_str!("../../migrations/0002_approvers.sql")),
    ];
    let numbered = (1..).zip(all).map(|(number, (name, text))| {
        Migration::new(number, name.into(), MigrationType::Simple, text.into_sql_str(), false)
    });
    Migrator::with_migrations(numbered.collect())
}
