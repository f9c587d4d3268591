//! Why a policy cannot be used.

/// One step of the way to a value in the policy as it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// A key of a table.
    Key(&'static str),
    /// A place in a list, from 0.
    Index(usize),
}

/// A policy that cannot be used: which rule, and why.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{label}: {problem}")]
pub struct PolicyError {
    /// The rule or limit, as answers call it.
    pub label: String,
    /// What is wrong, and what would be right.
    pub problem: String,
    /// Where it stands: such as `rules`, 2, `when`.
    pub path: Vec<Step>,
}

/// A name in a policy that stands for nothing that is known: most likely a slip.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{label}: {problem}")]
pub struct Unmatched {
    /// The rule or limit, as answers call it.
    pub label: String,
    /// What matches nothing, and what may have been meant.
    pub problem: String,
    /// Where it stands.
    pub path: Vec<Step>,
    /// True for a name without wildcards: such a rule can never match.
    pub exact: bool,
}
