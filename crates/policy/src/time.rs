//! Times and durations in conditions: CEL's `google.protobuf.Timestamp` and
//! `google.protobuf.Duration`.
//!
//! The `cel` crate has its own, over `chrono-tz`, whose tables of time zones cost a process that
//! never looks at them 1.7 MB. These are the same types and functions over `jiff`, which keeps its
//! tables packed.
//!
//! Source: the CEL language definition, "Timestamp" and "Duration" of the standard definitions.

#[cfg(test)]
mod tests;

use std::{any::Any, cmp::Ordering};

use cel::{
    DeclarationError, Env, ExecutionError, Value, add_member_overload, add_overload,
    common::{
        traits::{Adder, Comparer, Subtractor},
        types::{CelInt, CelString, DURATION_TYPE, TIMESTAMP_TYPE, Type},
        value::{CowVal, StaticVal, Val},
    },
};
use jiff::{SignedDuration, Timestamp, Zoned, fmt::temporal::DateTimeParser, tz::TimeZone};

/// The longest duration of CEL, in seconds: some 10,000 years.
const LONGEST: u64 = 315_576_000_000;

/// A point in time, from year 1 to 9999.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub(crate) struct Time(pub(crate) Timestamp);

/// A length of time.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
struct Length(SignedDuration);

/// What both types have in common.
macro_rules! value {
    ($name:ident, $type:expr) => {
        impl Val for $name {
            fn get_type(&self) -> &Type {
                <Self as Val>::cel_type()
            }

            fn cel_type() -> &'static Type {
                const TYPE: &Type = &$type;
                TYPE
            }

            fn as_adder<'b, 'v>(&'b self) -> Option<&'b (dyn Adder + 'v)>
            where
                Self: 'v,
            {
                Some(self)
            }

            fn as_comparer(&self) -> Option<&dyn Comparer> {
                Some(self)
            }

            fn as_subtractor<'b, 'v>(&'b self) -> Option<&'b (dyn Subtractor + 'v)>
            where
                Self: 'v,
            {
                Some(self)
            }

            fn equals(&self, other: &dyn Val) -> bool {
                other.downcast_ref::<Self>().is_some_and(|other| self == other)
            }

            fn clone_as_boxed<'v>(&self) -> Box<dyn Val + 'v>
            where
                Self: 'v,
            {
                Box::new(*self)
            }

            fn as_any(&self) -> Option<&dyn Any> {
                Some(self)
            }
        }

        impl StaticVal for $name {}

        impl Comparer for $name {
            fn compare(&self, other: &dyn Val) -> Result<Ordering, ExecutionError> {
                let order = other.downcast_ref::<Self>().and_then(|other| self.partial_cmp(other));
                order.ok_or(ExecutionError::ValuesNotComparable(Value::Null, Value::Null))
            }
        }
    };
}

value!(Time, TIMESTAMP_TYPE);
value!(Length, DURATION_TYPE);

impl Adder for Time {
    fn add<'b, 'v>(&'b self, other: &(dyn Val + 'v)) -> Result<CowVal<'b, 'v>, ExecutionError>
    where
        Self: 'v,
    {
        let Length(length) = *known(other, "add")?;
        fits(self.0.checked_add(length), "add")
    }
}

impl Subtractor for Time {
    fn sub<'b, 'v>(&'b self, other: &(dyn Val + 'v)) -> Result<CowVal<'b, 'v>, ExecutionError>
    where
        Self: 'v,
    {
        if let Some(Self(other)) = other.downcast_ref() {
            return Length::checked(Some(self.0.duration_since(*other)), "sub");
        }
        let Length(length) = *known(other, "sub")?;
        fits(self.0.checked_sub(length), "sub")
    }
}

impl Adder for Length {
    fn add<'b, 'v>(&'b self, other: &(dyn Val + 'v)) -> Result<CowVal<'b, 'v>, ExecutionError>
    where
        Self: 'v,
    {
        if let Some(Time(time)) = other.downcast_ref() {
            return fits(time.checked_add(self.0), "add");
        }
        let Self(other) = *known(other, "add")?;
        Self::checked(self.0.checked_add(other), "add")
    }
}

impl Subtractor for Length {
    fn sub<'b, 'v>(&'b self, other: &(dyn Val + 'v)) -> Result<CowVal<'b, 'v>, ExecutionError>
    where
        Self: 'v,
    {
        let Self(other) = *known(other, "sub")?;
        Self::checked(self.0.checked_sub(other), "sub")
    }
}

impl Length {
    fn checked<'b, 'v>(
        length: Option<SignedDuration>,
        operation: &'static str,
    ) -> Result<CowVal<'b, 'v>, ExecutionError> {
        let length = length.filter(|length| length.unsigned_abs().as_secs() <= LONGEST);
        length.map(|length| CowVal::owned(Self(length))).ok_or_else(|| overflow(operation))
    }
}

/// The operand, where it is of the type that the operation takes.
fn known<'a, T: StaticVal>(
    value: &'a dyn Val,
    operation: &'static str,
) -> Result<&'a T, ExecutionError> {
    value.downcast_ref().ok_or(ExecutionError::UnsupportedBinaryOperator(
        operation,
        Value::Null,
        Value::Null,
    ))
}

fn fits<'b, 'v>(
    time: Result<Timestamp, jiff::Error>,
    operation: &'static str,
) -> Result<CowVal<'b, 'v>, ExecutionError> {
    let time = time.ok().filter(in_range).ok_or_else(|| overflow(operation))?;
    Ok(CowVal::owned(Time(time)))
}

const fn overflow(operation: &'static str) -> ExecutionError {
    ExecutionError::Overflow(operation, Value::Null, Value::Null)
}

/// True for the years that CEL has.
fn in_range(time: &Timestamp) -> bool {
    time.to_zoned(TimeZone::UTC).year() >= 1
}

fn timestamp_from_string(text: &CelString<'_>) -> Result<Time, ExecutionError> {
    let time = text.inner().parse().ok().filter(in_range);
    time.map(Time).ok_or_else(|| failed("timestamp", "this is no time of RFC 3339"))
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "functions of cel take references")]
fn timestamp_from_int(seconds: &CelInt) -> Result<Time, ExecutionError> {
    let time = Timestamp::from_second(*seconds.inner()).ok().filter(in_range);
    time.map(Time).ok_or_else(|| failed("timestamp", "it is out of range"))
}

const fn timestamp_from_timestamp(time: &Time) -> Time {
    *time
}

fn int_from_timestamp(time: &Time) -> CelInt {
    CelInt::from(time.0.as_second())
}

fn string_from_timestamp(time: &Time) -> CelString<'static> {
    CelString::from(time.0.to_string())
}

/// As Go writes durations: `1h30m`, `1.5s`, `-2m`.
fn duration_from_string(text: &CelString<'_>) -> Result<Length, ExecutionError> {
    let text = text.inner();
    let units = text.bytes().all(|byte| byte.is_ascii_digit() || b"-+.hmsun".contains(&byte));
    let length = match text {
        "0" => Some(SignedDuration::ZERO),
        text => text.parse().ok().filter(|_| units),
    };
    let length = length.filter(|length| length.unsigned_abs().as_secs() <= LONGEST);
    length.map(Length).ok_or_else(|| failed("duration", "this is no duration such as 1h30m"))
}

const fn duration_from_duration(length: &Length) -> Length {
    *length
}

fn string_from_duration(length: &Length) -> CelString<'static> {
    let seconds = length.0.as_secs().unsigned_abs();
    let rest = length.0.subsec_nanos().unsigned_abs();
    let sign = if length.0.is_negative() { "-" } else { "" };
    let rest = if rest == 0 { String::new() } else { format!(".{rest:09}") };
    CelString::from(format!("{sign}{seconds}{}s", rest.trim_end_matches('0')))
}

/// The parts of a time: in UTC, or in the time zone that is named.
macro_rules! parts {
    ($($name:literal, $utc:ident, $there:ident: $part:expr;)*) => {
        $(
            fn $utc(time: &Time) -> CelInt {
                let part: fn(&Zoned) -> i64 = $part;
                CelInt::from(part(&time.0.to_zoned(TimeZone::UTC)))
            }

            fn $there(time: &Time, zone: &CelString<'_>) -> Result<CelInt, ExecutionError> {
                let part: fn(&Zoned) -> i64 = $part;
                Ok(CelInt::from(part(&time.0.to_zoned(zone_of(zone.inner())?))))
            }
        )*

        fn declare_parts(env: &mut Env) -> Result<(), DeclarationError> {
            $(
                add_member_overload!(env, fn $utc: (Time) -> CelInt, name = $name)?;
                add_member_overload!(
                    env, fn $there: (Time, CelString) -> Result<CelInt>, name = $name)?;
            )*
            Ok(())
        }
    };
}

parts! {
    "getFullYear", year, year_there: |time| time.year().into();
    "getMonth", month, month_there: |time| i64::from(time.month()) - 1;
    "getDayOfYear", day_of_year, day_of_year_there: |time| i64::from(time.day_of_year()) - 1;
    "getDayOfMonth", day_of_month, day_of_month_there: |time| i64::from(time.day()) - 1;
    "getDate", date, date_there: |time| time.day().into();
    "getDayOfWeek", weekday, weekday_there: |time| time.weekday().to_sunday_zero_offset().into();
    "getHours", hours, hours_there: |time| time.hour().into();
    "getMinutes", minutes, minutes_there: |time| time.minute().into();
    "getSeconds", seconds, seconds_there: |time| time.second().into();
    "getMilliseconds", milliseconds, milliseconds_there: |time| time.millisecond().into();
}

/// Adds the types, and the functions that make and take them.
pub(crate) fn declare(env: &mut Env) -> Result<(), DeclarationError> {
    env.add_type(TIMESTAMP_TYPE)?;
    env.add_type(DURATION_TYPE)?;
    add_overload!(
        env, fn timestamp_from_string: (CelString) -> Result<Time>, name = "timestamp")?;
    add_overload!(env, fn timestamp_from_int: (CelInt) -> Result<Time>, name = "timestamp")?;
    add_overload!(env, fn timestamp_from_timestamp: (Time) -> Time, name = "timestamp")?;
    add_overload!(env, fn int_from_timestamp: (Time) -> CelInt, name = "int")?;
    add_overload!(env, fn string_from_timestamp: (Time) -> CelString, name = "string")?;
    add_overload!(
        env, fn duration_from_string: (CelString) -> Result<Length>, name = "duration")?;
    add_overload!(env, fn duration_from_duration: (Length) -> Length, name = "duration")?;
    add_overload!(env, fn string_from_duration: (Length) -> CelString, name = "string")?;
    add_member_overload!(env, fn length_hours: (Length) -> CelInt, name = "getHours")?;
    add_member_overload!(env, fn length_minutes: (Length) -> CelInt, name = "getMinutes")?;
    add_member_overload!(env, fn length_seconds: (Length) -> CelInt, name = "getSeconds")?;
    add_member_overload!(
        env, fn length_milliseconds: (Length) -> CelInt, name = "getMilliseconds")?;
    declare_parts(env)
}

/// A time zone: a name of the IANA database, or an offset such as `+02:00` or `02:00`.
fn zone_of(name: &str) -> Result<TimeZone, ExecutionError> {
    let zone = if name.is_empty() {
        Some(TimeZone::UTC)
    } else if name.contains(':') {
        let sign = if name.starts_with(['+', '-']) { "" } else { "+" };
        DateTimeParser::new().parse_time_zone(format!("{sign}{name}")).ok()
    } else {
        TimeZone::get(name).ok()
    };
    zone.ok_or_else(|| failed("timezone", "there is no such time zone"))
}

fn failed(function: &str, problem: &str) -> ExecutionError {
    ExecutionError::function_error(function, problem)
}

fn length_hours(length: &Length) -> CelInt {
    CelInt::from(length.0.as_hours())
}

fn length_minutes(length: &Length) -> CelInt {
    CelInt::from(length.0.as_mins())
}

fn length_seconds(length: &Length) -> CelInt {
    CelInt::from(length.0.as_secs())
}

fn length_milliseconds(length: &Length) -> CelInt {
    CelInt::from(i64::try_from(length.0.as_millis()).unwrap_or(i64::MAX))
}
