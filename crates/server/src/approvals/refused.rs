//! Why a decision does not count, for people and for the trail.

use std::fmt;

use jiff::Timestamp;
use okta_storage::Approval;
use serde_json::Value;

use super::clock_time;

/// Why a decision does not count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refused {
    /// None is set.
    NotSet,
    /// It is another.
    Wrong {
        /// How many tries are left.
        left: u32,
        /// Until when none is taken, where none is left.
        locked_until: Option<Timestamp>,
    },
    /// Too many were wrong: it was not compared.
    Locked {
        /// Until when.
        until: Timestamp,
    },
    /// Nobody signed in who may decide: why, for people.
    SignIn(String),
}

impl Refused {
    /// True if no passphrase is taken for a while.
    pub(crate) const fn locks(&self) -> bool {
        matches!(self, Self::Locked { .. } | Self::Wrong { locked_until: Some(_), .. })
    }

    pub(super) fn row(&self, about: Option<&Approval>, by: &str) -> Value {
        let (why, left) = match self {
            Self::NotSet => ("no passphrase is set", None),
            Self::Wrong { left, .. } => ("wrong passphrase", Some(*left)),
            Self::Locked { .. } => ("locked", None),
            Self::SignIn(why) => (why.as_str(), None),
        };
        let left = left.map(|left| ("left", Value::from(left)));
        let about = about.map(|approval| {
            [("approval", approval.id.as_str().into()), ("tool", approval.tool.as_str().into())]
        });
        [("by", by.into()), ("why", why.into())]
            .into_iter()
            .chain(left)
            .chain(about.into_iter().flatten())
            .map(|(name, value)| (name.to_owned(), value))
            .collect()
    }
}

/// For people.
impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SignIn(why) => f.write_str(why),
            Self::NotSet => f.write_str(
                "No approval passphrase is set: set one in a terminal with `okta-mcp approvals \
                 setup`",
            ),
            Self::Wrong { locked_until: Some(until), .. } => write!(
                f,
                "That is not the passphrase. No more is taken until {}",
                clock_time(*until)
            ),
            Self::Wrong { left: 1, .. } => {
                f.write_str("That is not the passphrase. One more try is left")
            }
            Self::Wrong { left, .. } => {
                write!(f, "That is not the passphrase. {left} more tries are left")
            }
            Self::Locked { until } => write!(
                f,
                "Too many wrong passphrases were given. None is taken until {}",
                clock_time(*until)
            ),
        }
    }
}
