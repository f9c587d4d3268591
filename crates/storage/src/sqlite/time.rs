//! Times as SQLite keeps them: microseconds since 1970 (UTC).

use jiff::{SignedDuration, Timestamp};
use sqlx::{Row as _, sqlite::SqliteRow};

/// How long what is over is kept.
const KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);

pub(super) fn micros(time: Timestamp) -> i64 {
    time.as_microsecond()
}

/// What is older than that is deleted.
pub(super) fn oldest(now: Timestamp) -> i64 {
    micros(now.saturating_sub(KEPT).unwrap_or(Timestamp::MIN))
}

pub(super) fn time(row: &SqliteRow, column: &str) -> sqlx::Result<Timestamp> {
    from_micros(row.try_get(column)?)
}

pub(super) fn time_if_any(row: &SqliteRow, column: &str) -> sqlx::Result<Option<Timestamp>> {
    row.try_get::<Option<i64>, _>(column)?.map(from_micros).transpose()
}

fn from_micros(micros: i64) -> sqlx::Result<Timestamp> {
    Timestamp::from_microsecond(micros).map_err(|error| sqlx::Error::Decode(error.into()))
}
