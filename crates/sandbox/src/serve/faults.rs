//! Things that go wrong on purpose: by chance from the configuration, or told at run time.

use std::time::Duration;

use serde::Deserialize;

use crate::config::{Config, Faults};

/// The next `times` requests that fit go wrong.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Fault {
    /// What happens to them.
    pub kind: FaultKind,
    /// Only requests with this method.
    #[serde(default)]
    pub method: Option<String>,
    /// Only requests whose path starts with this.
    #[serde(default)]
    pub path: String,
    /// How many.
    #[serde(default = "once")]
    pub times: usize,
}

const fn once() -> usize {
    1
}

/// What happens to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum FaultKind {
    /// 429 with E0000047; the window ends after so many seconds.
    TooMany(u32),
    /// A 5xx (or any other) status: 500 with Okta's body, others with a page that is no JSON.
    /// Nothing was done.
    Status(u16),
    /// The answer comes after so many milliseconds.
    Slow(u32),
    /// The operation is done, half of the answer arrives, then the connection closes.
    Cut,
    /// The operation is done, the connection closes without an answer.
    Lost,
    /// 200 with a body that is no JSON. Nothing was done.
    Garbage,
    /// The connection closes without an answer. Nothing was done.
    Reset,
}

/// The faults to come.
#[derive(Debug)]
pub(crate) struct FaultPlan {
    chances: Faults,
    random: fastrand::Rng,
    told: Vec<Fault>,
}

impl FaultPlan {
    pub(crate) fn new(config: &Config) -> Self {
        let random = fastrand::Rng::with_seed(config.seed ^ 0x6661_756c);
        Self { chances: config.faults, random, told: Vec::new() }
    }

    pub(crate) fn inject(&mut self, fault: Fault) {
        self.told.push(fault);
    }

    /// Forgets the faults that were told.
    pub(crate) fn clear(&mut self) {
        self.told.clear();
    }

    /// What happens to this request.
    pub(crate) fn next(&mut self, method: &str, path: &str) -> Option<FaultKind> {
        let fits = |fault: &Fault| {
            fault.times > 0
                && path.starts_with(&fault.path)
                && fault.method.as_ref().is_none_or(|wanted| wanted.eq_ignore_ascii_case(method))
        };
        if let Some(at) = self.told.iter().position(fits) {
            let fault = self.told.get_mut(at)?;
            fault.times -= 1;
            let kind = fault.kind;
            if fault.times == 0 {
                self.told.remove(at);
            }
            return Some(kind);
        }
        self.by_chance()
    }

    fn by_chance(&mut self) -> Option<FaultKind> {
        let chances = self.chances;
        if chances == Faults::default() {
            return None;
        }
        let broken = [500, 502, 503, 504];
        let status = self.random.choice(broken).unwrap_or(500);
        let kinds = [
            (chances.too_many, FaultKind::TooMany(self.random.u32(1..60))),
            (chances.server_error, FaultKind::Status(status)),
            (chances.slow, FaultKind::Slow(millis(chances.delay))),
            (chances.cut, FaultKind::Cut),
            (chances.garbage, FaultKind::Garbage),
            (chances.reset, FaultKind::Reset),
        ];
        let mut dice = self.random.u16(..1_000);
        for (chance, kind) in kinds {
            if dice < chance {
                return Some(kind);
            }
            dice -= chance;
        }
        None
    }
}

fn millis(delay: Duration) -> u32 {
    u32::try_from(delay.as_millis()).unwrap_or(u32::MAX)
}
