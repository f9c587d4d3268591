//! Times and durations as conditions write them.

use cel::{Context, Value};
use proptest::prelude::*;

use super::*;

fn evaluated(text: &str) -> Result<Value, ExecutionError> {
    let mut env = Env::stdlib();
    declare(&mut env).unwrap();
    env.compile(text).unwrap().execute(&Context::with_env(env.into()))
}

#[track_caller]
fn holds(text: &str) {
    assert_eq!(evaluated(text), Ok(Value::Bool(true)), "{text}");
}

#[test]
fn times_have_parts_in_utc_and_elsewhere() {
    for text in [
        "timestamp('2026-11-21T23:30:15.250Z').getFullYear() == 2026",
        "timestamp('2026-11-21T23:30:15.250+02:00').getHours() == 21",
        "timestamp('2026-11-21T23:30:15.250Z').getMonth() == 10",
        "timestamp('2026-11-21T23:30:15.250Z').getDate() == 21",
        "timestamp('2026-11-21T23:30:15.250Z').getDayOfMonth() == 20",
        "timestamp('2026-01-01T00:00:00Z').getDayOfYear() == 0",
        "timestamp('2026-11-21T23:30:15.250Z').getDayOfWeek() == 6",
        "timestamp('2026-11-21T23:30:15.250Z').getDayOfWeek('Asia/Tokyo') == 0",
        "timestamp('2026-11-21T23:30:15.250Z').getHours('Europe/Berlin') == 0",
        "timestamp('2026-07-21T23:30:15.250Z').getHours('Europe/Berlin') == 1",
        "timestamp('2026-11-21T23:30:15.250Z').getMinutes('+05:45') == 15",
        "timestamp('2026-11-21T23:30:15.250Z').getHours('-02:00') == 21",
        "timestamp('2026-11-21T23:30:15.250Z').getHours('02:00') == 1",
        "timestamp('2026-11-21T23:30:15.250Z').getSeconds() == 15",
        "timestamp('2026-11-21T23:30:15.250Z').getMilliseconds() == 250",
        "int(timestamp('1970-01-02T00:00:00Z')) == 86400",
        "timestamp(86400) == timestamp('1970-01-02T00:00:00Z')",
        "string(timestamp('2026-11-21T23:30:15.250+00:00')) == '2026-11-21T23:30:15.25Z'",
        "type(timestamp(0)) == google.protobuf.Timestamp",
    ] {
        holds(text);
    }
}

#[test]
fn times_and_durations_are_added_and_compared() {
    for text in [
        "timestamp(0) + duration('1h30m') == timestamp(5400)",
        "duration('1h') + timestamp(0) == timestamp(3600)",
        "timestamp(3600) - duration('1.5h') == timestamp(-1800)",
        "timestamp(90) - timestamp(30) == duration('1m')",
        "timestamp(30) < timestamp(90) && duration('59s') < duration('1m')",
        "duration('1m') - duration('90s') == duration('-30s')",
        "duration('1m') + duration('0') == duration('60000ms')",
        "duration('1h1m').getMinutes() == 61 && duration('90m').getHours() == 1",
        "duration('-1.5s').getMilliseconds() == -1500 && duration('2m').getSeconds() == 120",
        "string(duration('-90.5s')) == '-90.5s' && string(duration('1h')) == '3600s'",
        "timestamp(timestamp(1)) == timestamp(1) && duration(duration('1s')) == duration('1s')",
        "type(duration('1s')) == google.protobuf.Duration",
        "timestamp(0) != duration('0')",
    ] {
        holds(text);
    }
}

#[test]
fn what_is_no_time_is_an_error() {
    for text in [
        "timestamp('yesterday')",
        "timestamp('0000-12-31T23:59:59Z')",
        "timestamp('9999-12-31T00:00:00Z') + duration('48h')",
        "timestamp('0001-01-01T00:00:00Z') - duration('1s')",
        "timestamp(-62135596801)",
        "duration('1 hour')",
        "duration('PT1H')",
        "duration('2d')",
        "duration('')",
        "duration('90000000h')",
        "duration('80000000h') + duration('80000000h')",
        "timestamp(0) < duration('1s')",
        "timestamp(0) + 1",
        "duration('1s') + 1",
        "timestamp(0).getHours('No/Where')",
        "timestamp(0).getHours('+99:00')",
        "timestamp(0).getHours('EST5EDT,M3.2.0,M11.1.0')",
    ] {
        assert!(evaluated(text).is_err(), "{text}: {:?}", evaluated(text));
    }
}

proptest! {
    #[test]
    fn no_text_breaks_it(text in "\\PC{0,20}", length in "[-0-9.hmsun]{0,12}") {
        let quoted = |text: &str| serde_json::to_string(text).unwrap();
        let _ = evaluated(&format!("timestamp({})", quoted(&text)));
        let _ = evaluated(&format!("timestamp(0).getHours({})", quoted(&text)));
        let length = quoted(&length);
        let sum = format!("timestamp('9000-01-01T00:00:00Z') + duration({length})");
        let _ = evaluated(&format!("{sum} + duration({length}) > timestamp(0)"));
    }
}
