//! What was sent, in SQLite.

use jiff::{SignedDuration, Timestamp};
use sqlx::{Row as _, SqliteConnection, query};

use super::time::micros;
use crate::{Admitted, Count, Sent, Window};

type Result<T> = sqlx::Result<T>;

/// How long it is kept: a day more than the longest span of a limit.
const KEPT: SignedDuration = SignedDuration::from_hours(32 * 24);

/// How many there are in the window; with `target`, as if it were sent once more.
pub(super) async fn counted(
    connection: &mut SqliteConnection,
    org: &str,
    target: Option<&str>,
    window: &Window,
) -> Result<u64> {
    let query = match (window.count, target) {
        (Count::Calls, _) => query(
            "SELECT count(*) AS n, 0 AS known FROM sent WHERE org = ? AND limit_name = ? AND at >= ?",
        ),
        (Count::Targets, None) => query(
            "SELECT count(DISTINCT target) AS n, 0 AS known FROM sent
             WHERE org = ? AND limit_name = ? AND at >= ?",
        ),
        (Count::Targets, Some(target)) => query(
            "SELECT count(DISTINCT target) AS n, count(*) FILTER (WHERE target = ?) AS known
             FROM sent WHERE org = ? AND limit_name = ? AND at >= ?",
        )
        .bind(target),
    };
    let row = query
        .bind(org)
        .bind(&window.limit)
        .bind(micros(window.since))
        .fetch_one(connection)
        .await?;
    let (counted, known): (i64, i64) = (row.try_get("n")?, row.try_get("known")?);
    let new = i64::from(target.is_some() && known == 0);
    Ok(u64::try_from(counted + new).unwrap_or(u64::MAX))
}

pub(super) async fn admit(
    connection: &mut SqliteConnection,
    new: &Sent,
    windows: &[Window],
    strict: bool,
) -> Result<Admitted> {
    let oldest = new.at.saturating_sub(KEPT).unwrap_or(Timestamp::MIN);
    query("DELETE FROM sent WHERE at < ?").bind(micros(oldest)).execute(&mut *connection).await?;
    for window in windows.iter().filter(|_| strict) {
        let with_this = counted(&mut *connection, &new.org, Some(&new.target), window).await?;
        if with_this > window.at_most {
            return Ok(Admitted::No { limit: window.limit.clone() });
        }
    }
    for window in windows {
        query(
            "INSERT INTO sent (at, limit_name, target, org, principal, call_id)
             VALUES (?, ?, ?, ?, ?, ?)",
        )
        .bind(micros(new.at))
        .bind(&window.limit)
        .bind(&new.target)
        .bind(&new.org)
        .bind(&new.principal)
        .bind(&new.call_id)
        .execute(&mut *connection)
        .await?;
    }
    Ok(Admitted::Yes)
}
