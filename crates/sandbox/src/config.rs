//! What an org is built from.

use std::time::Duration;

/// How an org is built and how it behaves.
#[derive(Debug, Clone)]
pub struct Config {
    /// People in the org.
    pub users: usize,
    /// Groups besides `Everyone`.
    pub groups: usize,
    /// Events in the System Log at the start.
    pub log_events: usize,
    /// The same seed gives the same org: names, ids, times relative to the clock.
    pub seed: u64,
    /// The API token (`Authorization: SSWS …`); made from the seed where there is none.
    pub api_token: Option<String>,
    /// What goes wrong, and how often.
    pub faults: Faults,
    /// Answer 429 when a bucket is used up. The headers are sent either way.
    pub rate_limits: bool,
    /// Requests at the same time, org-wide; more are answered with 429.
    pub max_concurrency: usize,
    /// Demand a DPoP proof of the seeded service app.
    pub require_dpop: bool,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            users: 250,
            groups: 40,
            log_events: 2_000,
            seed: 1,
            api_token: None,
            faults: Faults::default(),
            rate_limits: true,
            max_concurrency: 75,
            require_dpop: false,
        }
    }
}

/// Faults by chance, from the org's seed: how many of 1,000 requests get each kind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Faults {
    /// 429 with E0000047.
    pub too_many: u16,
    /// 500 with E0000009, or 502 to 504 with a page that is not Okta's.
    pub server_error: u16,
    /// The answer comes after [`Self::delay`].
    pub slow: u16,
    /// How slow.
    pub delay: Duration,
    /// Half of the body, then the connection is closed.
    pub cut: u16,
    /// 200 with a body that is no JSON.
    pub garbage: u16,
    /// The connection is closed without an answer.
    pub reset: u16,
}
