//! Rate limits: one bucket per operation or group of operations, a window of 60 seconds.

use std::collections::HashMap;

use jiff::Timestamp;

/// What the `X-Rate-Limit-*` headers say.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Budget {
    pub(crate) limit: u32,
    pub(crate) remaining: u32,
    /// Seconds since 1970.
    pub(crate) reset: i64,
    /// The request does not fit in the window.
    pub(crate) exceeded: bool,
}

#[derive(Debug)]
struct Window {
    ends: i64,
    used: u32,
}

/// The buckets of an org.
#[derive(Debug, Default)]
pub(crate) struct Limits(HashMap<&'static str, Window>);

impl Limits {
    /// Counts one request in `bucket`.
    pub(crate) fn take(&mut self, bucket: &'static str, limit: u32, now: Timestamp) -> Budget {
        let now = now.as_second();
        let window = self.0.entry(bucket).or_insert(Window { ends: now + 60, used: 0 });
        if now >= window.ends {
            *window = Window { ends: now + 60, used: 0 };
        }
        let exceeded = window.used >= limit;
        window.used = window.used.saturating_add(1);
        Budget { limit, remaining: limit.saturating_sub(window.used), reset: window.ends, exceeded }
    }
}
