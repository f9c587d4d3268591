//! What a policy says of a call, and why.

use std::fmt;

use crate::{
    approvers::MayApprove,
    words::{Decision, Level},
};

/// What a policy says of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ruling {
    /// What becomes of the call.
    pub decision: Decision,
    /// With `confirm`: the least level that will do.
    pub level: Option<Level>,
    /// With `confirm`: who may approve, by every rule that matches and confirms.
    pub approvers: MayApprove,
    /// What decided: the name of a rule, `rule` and its number, `limit` and its name, or
    /// `read_only`. `None` where no rule matches, so that the default holds.
    pub rule: Option<String>,
    /// Why, in one sentence.
    pub why: String,
    /// What each rule and limit said, in their order.
    pub considered: Vec<Considered>,
}

/// What one rule or limit said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Considered {
    /// As in [`Ruling::rule`].
    pub rule: String,
    /// What it asks for where it matches.
    pub decision: Decision,
    /// With `confirm`: the level that it asks for.
    pub level: Option<Level>,
    /// With `confirm`: who may approve.
    pub approvers: MayApprove,
    /// Whether it matches.
    pub matched: Matched,
    /// Why, in a few words.
    pub why: String,
}

/// Whether a rule matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Matched {
    /// It does.
    Yes,
    /// It does not.
    No,
    /// It hangs on something that is not known at this stage.
    LeftOut,
}

impl Ruling {
    /// How strong it is: what is stronger wins.
    pub(crate) fn strength(&self) -> (Decision, Option<Level>) {
        (self.decision, self.level)
    }

    /// The rules and limits that were left out, and could still turn the ruling.
    pub fn open(&self) -> Vec<&Considered> {
        let default = self.rule.is_none() && self.decision > Decision::Allow;
        let turns = |considered: &&Considered| {
            considered.matched == Matched::LeftOut
                && (considered.strength() > self.strength() || default)
        };
        self.considered.iter().filter(turns).collect()
    }
}

impl Considered {
    /// How strong it is where it matches.
    pub(crate) fn strength(&self) -> (Decision, Option<Level>) {
        (self.decision, self.level)
    }
}

impl fmt::Display for Ruling {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.decision)?;
        if let Some(level) = self.level {
            write!(f, " at level {level}")?;
        }
        if !self.approvers.is_anybody() {
            write!(f, " by {}", self.approvers)?;
        }
        write!(f, ": {}", self.why)?;
        for considered in &self.considered {
            write!(f, "\n  {considered}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Considered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let matched = match self.matched {
            Matched::Yes => "matches",
            Matched::No => "does not match",
            Matched::LeftOut => "left out",
        };
        write!(f, "{} ({}): {matched}", self.rule, self.decision)?;
        if self.why.is_empty() { Ok(()) } else { write!(f, ": {}", self.why) }
    }
}
