//! Undo in SQLite.

use jiff::Timestamp;
use sqlx::{Row as _, SqliteConnection, query, sqlite::SqliteRow};

use super::time::{micros, time, time_if_any};
use crate::{Kept, Undo};

type Result<T> = sqlx::Result<T>;

pub(super) async fn keep(connection: &mut SqliteConnection, undo: Undo) -> Result<()> {
    query("DELETE FROM undos WHERE expires <= ?")
        .bind(micros(undo.created))
        .execute(&mut *connection)
        .await?;
    query(
        "INSERT INTO undos (id, call_id, tool, summary, principal, org, created, expires, sealed)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(undo.id)
    .bind(undo.call_id)
    .bind(undo.tool)
    .bind(undo.summary)
    .bind(undo.principal)
    .bind(undo.org)
    .bind(micros(undo.created))
    .bind(micros(undo.expires))
    .bind(undo.sealed)
    .execute(connection)
    .await?;
    Ok(())
}

pub(super) async fn get(
    connection: &mut SqliteConnection,
    id: &str,
    now: Timestamp,
) -> Result<Option<Kept>> {
    let row = query("SELECT * FROM undos WHERE id = ? AND expires > ?")
        .bind(id)
        .bind(micros(now))
        .fetch_optional(connection)
        .await?;
    row.map(|row| kept(&row)).transpose()
}

pub(super) async fn list(
    connection: &mut SqliteConnection,
    limit: u32,
    now: Timestamp,
) -> Result<Vec<Kept>> {
    let rows =
        query("SELECT * FROM undos WHERE expires > ? ORDER BY created DESC, rowid DESC LIMIT ?")
            .bind(micros(now))
            .bind(limit)
            .fetch_all(connection)
            .await?;
    rows.iter().map(kept).collect()
}

pub(super) async fn take(
    connection: &mut SqliteConnection,
    id: &str,
    now: Timestamp,
) -> Result<Option<Undo>> {
    let taken = query(
        "UPDATE undos SET taken = ? WHERE id = ? AND taken IS NULL AND expires > ? RETURNING *",
    )
    .bind(micros(now))
    .bind(id)
    .bind(micros(now))
    .fetch_all(connection)
    .await?;
    taken.first().map(|row| kept(row).map(|kept| kept.undo)).transpose()
}

pub(super) async fn give_back(connection: &mut SqliteConnection, id: &str) -> Result<()> {
    query("UPDATE undos SET taken = NULL WHERE id = ?").bind(id).execute(connection).await?;
    Ok(())
}

fn kept(row: &SqliteRow) -> Result<Kept> {
    let undo = Undo {
        id: row.try_get("id")?,
        call_id: row.try_get("call_id")?,
        tool: row.try_get("tool")?,
        summary: row.try_get("summary")?,
        principal: row.try_get("principal")?,
        org: row.try_get("org")?,
        created: time(row, "created")?,
        expires: time(row, "expires")?,
        sealed: row.try_get("sealed")?,
    };
    Ok(Kept { undo, taken: time_if_any(row, "taken")? })
}
