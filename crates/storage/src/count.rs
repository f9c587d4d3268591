//! What was sent, counted for limits.

use std::{collections::HashSet, fmt};

use jiff::Timestamp;

/// A write that was sent, or is about to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// When, kept to the microsecond.
    pub at: Timestamp,
    /// The tool.
    pub tool: String,
    /// The tool's set.
    pub toolset: String,
    /// The operation: `DELETE /api/v1/users/{userId}`.
    pub operation: String,
    /// The gravity: `write`, `sensitive`, `destructive`.
    pub effect: String,
    /// The path of the object, as `/api/v1/users/00u…`.
    pub target: String,
    /// The host of the org.
    pub org: String,
    /// Who is responsible.
    pub principal: String,
}

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Count {
    /// Distinct objects.
    Targets,
    /// Calls.
    Calls,
}

/// A limit: so many within a window, this one included.
pub struct Check {
    /// The start of the window; what was sent then or later counts.
    pub since: Timestamp,
    /// How many there may be.
    pub at_most: u64,
    /// What is counted.
    pub count: Count,
    /// What the limit is about. Where it is not about what is to be sent, it holds.
    pub matches: Box<dyn Fn(&Sent) -> bool + Send + Sync>,
}

impl fmt::Debug for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { since, at_most, count, matches: _ } = self;
        f.debug_struct("Check")
            .field("since", since)
            .field("at_most", at_most)
            .field("count", count)
            .finish_non_exhaustive()
    }
}

/// What came of the checks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admitted {
    /// All hold, and it is counted.
    Yes,
    /// One does not, and nothing is counted.
    No {
        /// Which, from 0.
        check: usize,
        /// How many there would be with this one.
        with_this: u64,
        /// How many there may be.
        at_most: u64,
    },
}

/// Judges `new` against what was sent before to the same org: the first check that does not hold
/// decides.
pub(crate) fn judge(before: &[Sent], new: &Sent, checks: &[Check]) -> Admitted {
    for (at, check) in checks.iter().enumerate() {
        if !(check.matches)(new) {
            continue;
        }
        let counted = before.iter().filter(|sent| sent.at >= check.since && (check.matches)(sent));
        let with_this = match check.count {
            Count::Calls => counted.count() + 1,
            Count::Targets => {
                let mut targets: HashSet<&str> = counted.map(|sent| sent.target.as_str()).collect();
                targets.insert(&new.target);
                targets.len()
            }
        };
        let with_this = u64::try_from(with_this).unwrap_or(u64::MAX);
        if with_this > check.at_most {
            return Admitted::No { check: at, with_this, at_most: check.at_most };
        }
    }
    Admitted::Yes
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sent(second: i64, target: u8, tool: u8) -> Sent {
        Sent {
            at: Timestamp::from_second(second).unwrap(),
            tool: tool.to_string(),
            toolset: String::new(),
            operation: String::new(),
            effect: String::new(),
            target: target.to_string(),
            org: String::new(),
            principal: String::new(),
        }
    }

    proptest! {
        /// Whatever is asked for in whatever order, no window ever holds more than it may.
        #[test]
        fn no_window_holds_more(
            steps in proptest::collection::vec((0..5_i64, 0..6_u8, 0..2_u8), 1..60),
            at_most in 0..4_u64,
            targets: bool,
        ) {
            let window = 10;
            let (mut now, mut admitted) = (1_000, Vec::new());
            for (pause, target, tool) in steps {
                now += pause;
                let new = sent(now, target, tool);
                let check = Check {
                    since: Timestamp::from_second(now - window).unwrap(),
                    at_most,
                    count: if targets { Count::Targets } else { Count::Calls },
                    matches: Box::new(|sent| sent.tool == "1"),
                };
                let before: Vec<&Sent> =
                    admitted.iter().filter(|sent: &&Sent| sent.at >= check.since).collect();
                let before = before.into_iter().filter(|sent| sent.tool == "1");
                let mut with_this: Vec<_> =
                    before.chain([&new]).map(|sent| sent.target.clone()).collect();
                if targets {
                    with_this.sort();
                    with_this.dedup();
                }
                let fits = tool != 1 || with_this.len() as u64 <= at_most;
                let judged = judge(&admitted, &new, &[check]);
                prop_assert_eq!(judged == Admitted::Yes, fits);
                if fits {
                    admitted.push(new);
                }
            }
        }
    }

    #[test]
    fn the_first_check_that_does_not_hold_is_named() {
        let check = |at_most| Check {
            since: Timestamp::UNIX_EPOCH,
            at_most,
            count: Count::Targets,
            matches: Box::new(|_| true),
        };
        let before = [sent(1, 1, 1), sent(2, 2, 1), sent(3, 2, 1)];
        let judged = judge(&before, &sent(4, 3, 1), &[check(3), check(2), check(1)]);
        assert_eq!(judged, Admitted::No { check: 1, with_this: 3, at_most: 2 });
        assert_eq!(judge(&before, &sent(4, 2, 1), &[check(2)]), Admitted::Yes);
    }
}
