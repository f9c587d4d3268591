//! The approval passphrase in SQLite, and the tries to give it.

use jiff::Timestamp;
use sqlx::{Row as _, SqliteConnection, query};

use super::time::{micros, time_if_any};
use crate::{LOCKED_FOR, PassphraseHash, TRIES, Try};

type Result<T> = sqlx::Result<T>;

pub(super) async fn set(
    connection: &mut SqliteConnection,
    new: &PassphraseHash,
    old: Option<&PassphraseHash>,
) -> Result<bool> {
    let changed = query(
        "UPDATE passphrase SET hash = ?, tries = 0, locked_until = NULL
         WHERE only = 1 AND hash IS ?",
    )
    .bind(new.to_phc())
    .bind(old.map(PassphraseHash::to_phc))
    .execute(connection)
    .await?;
    Ok(changed.rows_affected() == 1)
}

pub(super) async fn get(connection: &mut SqliteConnection) -> Result<Option<PassphraseHash>> {
    let row = query("SELECT hash FROM passphrase WHERE only = 1").fetch_one(connection).await?;
    Ok(row.try_get::<Option<String>, _>("hash")?.map(PassphraseHash::from_phc))
}

pub(super) async fn begin_try(connection: &mut SqliteConnection, now: Timestamp) -> Result<Try> {
    let row = query("SELECT tries, locked_until FROM passphrase WHERE only = 1")
        .fetch_one(&mut *connection)
        .await?;
    if let Some(until) = time_if_any(&row, "locked_until")?.filter(|until| *until > now) {
        return Ok(Try::LockedUntil(until));
    }
    let tries = row.try_get::<u32, _>("tries")?.saturating_add(1);
    let left = TRIES.saturating_sub(tries);
    let else_locked = (left == 0).then(|| now.saturating_add(LOCKED_FOR).unwrap_or(Timestamp::MAX));
    query("UPDATE passphrase SET tries = ?, locked_until = ? WHERE only = 1")
        .bind(tries)
        .bind(else_locked.map(micros))
        .execute(connection)
        .await?;
    Ok(Try::Allowed { left, else_locked })
}

pub(super) async fn try_succeeded(connection: &mut SqliteConnection) -> Result<()> {
    query("UPDATE passphrase SET tries = 0, locked_until = NULL WHERE only = 1")
        .execute(connection)
        .await?;
    Ok(())
}
