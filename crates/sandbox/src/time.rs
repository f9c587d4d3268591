//! Times, and how Okta writes them.

use jiff::Timestamp;
use serde_json::Value;

/// The time `seconds` before `time`, or after it where `seconds` is negative; the first or last
/// time there is where it would lie beyond.
pub(crate) fn before(time: Timestamp, seconds: i64) -> Timestamp {
    let second = time.as_second().saturating_sub(seconds);
    let edge = if seconds > 0 { Timestamp::MIN } else { Timestamp::MAX };
    Timestamp::new(second, time.subsec_nanosecond()).unwrap_or(edge)
}

/// A time as Okta's objects hold it: whole seconds.
pub(crate) fn whole(time: Timestamp) -> Timestamp {
    Timestamp::from_second(time.as_second()).unwrap_or(time)
}

/// A time as Okta's objects show it.
pub(crate) fn stamp(time: Timestamp) -> Value {
    Value::String(stamp_text(time))
}

/// A time or `null`.
pub(crate) fn stamp_or_null(time: Option<Timestamp>) -> Value {
    time.map_or(Value::Null, stamp)
}

/// The text of [`stamp`].
pub(crate) fn stamp_text(time: Timestamp) -> String {
    format!("{:.3}", whole(time))
}
