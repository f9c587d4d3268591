//! What was sent, in SQLite.

use jiff::Timestamp;
use sqlx::{Row as _, SqliteConnection, query, sqlite::SqliteRow};

use super::time::{micros, oldest, time};
use crate::{Admitted, Check, Sent, count::judge};

type Result<T> = sqlx::Result<T>;

pub(super) async fn counted(
    connection: &mut SqliteConnection,
    org: &str,
    since: Timestamp,
) -> Result<Vec<Sent>> {
    let rows = query("SELECT * FROM sent WHERE org = ? AND at >= ? ORDER BY at, rowid")
        .bind(org)
        .bind(micros(since))
        .fetch_all(connection)
        .await?;
    rows.iter().map(sent).collect()
}

pub(super) async fn admit(
    connection: &mut SqliteConnection,
    new: &Sent,
    checks: &[Check],
) -> Result<Admitted> {
    query("DELETE FROM sent WHERE at < ?").bind(oldest(new.at)).execute(&mut *connection).await?;
    if let Some(since) = checks.iter().map(|check| check.since).min() {
        let before = counted(&mut *connection, &new.org, since).await?;
        if let no @ Admitted::No { .. } = judge(&before, new, checks) {
            return Ok(no);
        }
    }
    query(
        "INSERT INTO sent (at, tool, toolset, operation, effect, target, org, principal)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(micros(new.at))
    .bind(&new.tool)
    .bind(&new.toolset)
    .bind(&new.operation)
    .bind(&new.effect)
    .bind(&new.target)
    .bind(&new.org)
    .bind(&new.principal)
    .execute(connection)
    .await?;
    Ok(Admitted::Yes)
}

fn sent(row: &SqliteRow) -> Result<Sent> {
    Ok(Sent {
        at: time(row, "at")?,
        tool: row.try_get("tool")?,
        toolset: row.try_get("toolset")?,
        operation: row.try_get("operation")?,
        effect: row.try_get("effect")?,
        target: row.try_get("target")?,
        org: row.try_get("org")?,
        principal: row.try_get("principal")?,
    })
}
