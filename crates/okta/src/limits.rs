//! Rate limits: what Okta's headers say, and how long to wait.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use http::HeaderMap;
use jiff::{SignedDuration, Timestamp, fmt::rfc2822};

use crate::{Entropy, Method, RateLimit};

const LIMIT: &str = "x-rate-limit-limit";
const REMAINING: &str = "x-rate-limit-remaining";
const RESET: &str = "x-rate-limit-reset";

/// One endpoint: its limits are Okta's per method and path template.
pub(crate) type Endpoint = (Method, &'static str);

/// What the headers of one answer say of its rate limit.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stated {
    pub(crate) rate_limit: RateLimit,
    /// When the window ends by our clock: `Reset - Date` from the moment the answer came.
    ends: Timestamp,
}

impl Stated {
    /// Reads the headers. Several values are possible (principal and org): the smallest counts.
    pub(crate) fn read(headers: &HeaderMap, now: Timestamp) -> Option<Self> {
        let limit = smallest(headers, LIMIT)?;
        let remaining = smallest(headers, REMAINING)?;
        let reset = Timestamp::from_second(smallest(headers, RESET)?).ok()?;
        let ends = now.checked_add(reset.duration_since(date(headers).unwrap_or(now))).ok()?;
        let count = |number: i64| u32::try_from(number.max(0)).unwrap_or(u32::MAX);
        let rate_limit = RateLimit { limit: count(limit), remaining: count(remaining), reset };
        Some(Self { rate_limit, ends })
    }

    /// True where not a window but the number of simultaneous requests is used up: Okta then says
    /// 0 of 0, and the end of the window is a guess.
    pub(crate) const fn is_concurrency(&self) -> bool {
        self.rate_limit.limit == 0 && self.rate_limit.remaining == 0
    }

    /// How long the window still lasts.
    pub(crate) fn left(&self, now: Timestamp) -> Duration {
        positive(self.ends.duration_since(now))
    }
}

/// The rate-limit state of an org's endpoints.
#[derive(Debug, Default)]
pub(crate) struct Limits {
    endpoints: Mutex<HashMap<Endpoint, Stated>>,
}

impl Limits {
    /// Keeps what an answer said. Answers overtake each other: within a window the smallest
    /// remainder counts.
    pub(crate) fn keep(&self, endpoint: Endpoint, stated: Stated) {
        if stated.is_concurrency() {
            return;
        }
        let mut endpoints = self.endpoints.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = endpoints.entry(endpoint).or_insert(stated);
        let (old, new) = (kept.rate_limit, stated.rate_limit);
        if new.reset > old.reset || (new.reset == old.reset && new.remaining <= old.remaining) {
            *kept = stated;
        }
    }

    /// What is left of the window of `endpoint` where it is used up, and its end by Okta's clock.
    pub(crate) fn used_up(
        &self,
        endpoint: Endpoint,
        now: Timestamp,
    ) -> Option<(Duration, Timestamp)> {
        let endpoints = self.endpoints.lock().unwrap_or_else(PoisonError::into_inner);
        let stated = endpoints.get(&endpoint)?;
        let left = stated.left(now);
        (stated.rate_limit.remaining == 0 && !left.is_zero())
            .then_some((left, stated.rate_limit.reset))
    }

    /// Every endpoint that was answered, as `METHOD template`, in order.
    pub(crate) fn all(&self) -> Vec<(String, RateLimit)> {
        let endpoints = self.endpoints.lock().unwrap_or_else(PoisonError::into_inner);
        let mut all: Vec<_> = endpoints
            .iter()
            .map(|((method, template), stated)| (format!("{method} {template}"), stated.rate_limit))
            .collect();
        all.sort_by(|(one, _), (other, _)| one.cmp(other));
        all
    }
}

/// Until a window of `left` has ended: one second more, as Okta's clock has full seconds, and up
/// to one more, so that not everybody comes back at once.
pub(crate) fn until_reset(left: Duration, entropy: &dyn Entropy) -> Duration {
    left + Duration::from_secs(1) + Duration::from_secs(1).mul_f64(fraction(entropy))
}

/// Exponential backoff before try number `tried + 1`: half of 0.5 s, 1 s, 2 s … to all of it.
pub(crate) fn backoff(tried: u32, entropy: &dyn Entropy) -> Duration {
    let doubled = 2_u32.saturating_pow(tried.saturating_sub(1)).min(32);
    Duration::from_millis(500).saturating_mul(doubled).mul_f64(0.5 + fraction(entropy) / 2.0)
}

/// `Retry-After` in seconds (RFC 9110 section 10.2.3). The form with a date is not used here.
pub(crate) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers.get(http::header::RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds))
}

/// 0 to 1.
fn fraction(entropy: &dyn Entropy) -> f64 {
    let mut bytes = [0; 2];
    entropy.fill(&mut bytes);
    f64::from(u16::from_le_bytes(bytes)) / f64::from(u16::MAX)
}

fn smallest(headers: &HeaderMap, name: &str) -> Option<i64> {
    let lines = headers.get_all(name).iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(',')).filter_map(|value| value.trim().parse().ok()).min()
}

/// The time by Okta's clock (`Date`, RFC 9110 section 6.6.1).
pub(crate) fn date(headers: &HeaderMap) -> Option<Timestamp> {
    let text = headers.get(http::header::DATE)?.to_str().ok()?;
    rfc2822::DateTimeParser::new().parse_timestamp(text).ok()
}

fn positive(span: SignedDuration) -> Duration {
    Duration::try_from(span).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Fixed(u8);

    impl Entropy for Fixed {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(self.0);
        }
    }

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, value.parse().unwrap());
        }
        headers
    }

    #[test]
    fn the_wait_follows_oktas_clock_not_ours() {
        let now: Timestamp = "2031-01-01T00:00:00Z".parse().unwrap();
        let stated = Stated::read(
            &headers(&[
                (LIMIT, "600"),
                (REMAINING, "0"),
                (RESET, "1000000030"),
                ("date", "Sun, 09 Sep 2001 01:46:40 GMT"),
            ]),
            now,
        );
        assert_eq!(stated.unwrap().left(now), Duration::from_secs(30));
    }

    #[test]
    fn of_several_values_the_smallest_counts() {
        let now = Timestamp::from_second(1_000).unwrap();
        let lines = [
            (LIMIT, "600, 300"),
            (REMAINING, "5"),
            (REMAINING, "2"),
            (RESET, "1040"),
            (RESET, "1020,1030"),
        ];
        let stated = Stated::read(&headers(&lines), now).unwrap();
        let reset = Timestamp::from_second(1_020).unwrap();
        assert_eq!(stated.rate_limit, RateLimit { limit: 300, remaining: 2, reset });
        assert_eq!(stated.left(now), Duration::from_secs(20));
    }

    #[test]
    fn headers_that_are_missing_or_broken_say_nothing() {
        let now = Timestamp::from_second(1_000).unwrap();
        assert!(Stated::read(&headers(&[]), now).is_none());
        let lines = [(LIMIT, "x"), (REMAINING, "1"), (RESET, "1020")];
        assert!(Stated::read(&headers(&lines), now).is_none());
        let lines = [(LIMIT, "1"), (REMAINING, "1"), (RESET, "9223372036854775807")];
        assert!(Stated::read(&headers(&lines), now).is_none());
    }

    #[test]
    fn waits_have_bounds() {
        let left = Duration::from_secs(10);
        assert_eq!(until_reset(left, &Fixed(0)), Duration::from_secs(11));
        assert_eq!(until_reset(left, &Fixed(255)), Duration::from_secs(12));
        assert_eq!(backoff(1, &Fixed(0)), Duration::from_millis(250));
        assert_eq!(backoff(1, &Fixed(255)), Duration::from_millis(500));
        assert_eq!(backoff(3, &Fixed(255)), Duration::from_secs(2));
        assert_eq!(backoff(u32::MAX, &Fixed(255)), Duration::from_secs(16));
    }

    #[test]
    fn an_answer_that_was_overtaken_changes_nothing() {
        let now = Timestamp::from_second(1_000).unwrap();
        let limits = Limits::default();
        let endpoint = (Method::Get, "/api/v1/users");
        for (remaining, reset) in [("5", "1060"), ("0", "1060"), ("3", "1060"), ("9", "1000")] {
            let lines = [(LIMIT, "10"), (REMAINING, remaining), (RESET, reset)];
            limits.keep(endpoint, Stated::read(&headers(&lines), now).unwrap());
        }
        assert_eq!(limits.all()[0].1.remaining, 0);
        assert_eq!(limits.used_up(endpoint, now).unwrap().0, Duration::from_mins(1));
        let later = Timestamp::from_second(1_060).unwrap();
        assert!(limits.used_up(endpoint, later).is_none());
    }
}
