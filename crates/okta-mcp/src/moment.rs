//! Points in time on the command line.

use jiff::{SignedDuration, Span, SpanRelativeTo, Timestamp};

/// A time, or a span of time until `now`: `2026-11-21T09:30:00Z`, `24h`, `7d`.
pub(crate) fn since(text: &str, now: Timestamp) -> Result<Timestamp, String> {
    if let Ok(time) = text.parse() {
        return Ok(time);
    }
    let span = text.parse::<Span>().ok();
    let span = span.and_then(|span| span.to_duration(SpanRelativeTo::days_are_24_hours()).ok());
    span.filter(SignedDuration::is_positive)
        .and_then(|span| now.checked_sub(span).ok())
        .ok_or_else(|| format!("{text:?} is no time: one looks like 24h, 7d or {now:.0}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_or_a_span_until_now() {
        let now: Timestamp = "2026-11-21T09:30:00Z".parse().unwrap();
        let read = |text| since(text, now).map(|time| time.to_string());
        assert_eq!(read("24h").as_deref(), Ok("2026-11-20T09:30:00Z"));
        assert_eq!(read("7d").as_deref(), Ok("2026-11-14T09:30:00Z"));
        assert_eq!(read("2w 1h").as_deref(), Ok("2026-11-07T08:30:00Z"));
        assert_eq!(read("2026-11-01T00:00:00+01:00").as_deref(), Ok("2026-10-31T23:00:00Z"));
        for wrong in ["", "yesterday", "-1h", "0s", "1mo", "7"] {
            let error = read(wrong).unwrap_err();
            assert!(error.ends_with("24h, 7d or 2026-11-21T09:30:00Z"), "{error}");
        }
    }
}
