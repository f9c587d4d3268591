//! A policy as it is written: the tables of a profile in the configuration file.

use serde::{Deserialize, Serialize};

use crate::words::{Decision, Effect, Level};

/// A policy as it is written, before it is checked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Source {
    /// Deny everything but reads.
    pub read_only: bool,
    /// The rules. Their order decides only which of several equally strong ones is named.
    pub rules: Vec<Rule>,
    /// How much may be done before a person is asked.
    pub limits: Vec<Limit>,
    /// What may not be changed, whatever the rules say.
    pub protect: Protect,
}

/// What a call must be for a rule or limit to be about it: each selector that is given must match.
/// One that is not given matches everything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Selectors<'a> {
    pub(crate) effects: Option<&'a [Effect]>,
    pub(crate) toolsets: Option<&'a [String]>,
    pub(crate) tools: Option<&'a [String]>,
    pub(crate) operations: Option<&'a [String]>,
    pub(crate) when: Option<&'a str>,
}

/// A rule: which calls it is about, and what becomes of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// What answers and the trail call it; without one it is `rule` and its number.
    pub name: Option<String>,
    /// Calls with one of these effects.
    pub effects: Option<Vec<Effect>>,
    /// Tools of a toolset that matches one of these globs.
    pub toolsets: Option<Vec<String>>,
    /// Tools that match one of these globs.
    pub tools: Option<Vec<String>>,
    /// Calls that send an operation that matches one of these globs: method, space and path, such
    /// as `DELETE /api/v1/groups/*`.
    // What is compared: `Operation` in `facts.rs`.
    pub operations: Option<Vec<String>>,
    /// A condition, in CEL.
    pub when: Option<String>,
    /// What becomes of the calls.
    pub decision: Decision,
    /// With `confirm`: the least level that will do. Without one: the best that is set up.
    pub level: Option<Level>,
    /// With level `person`: who may approve, as globs of logins or ids. Without it: everybody who
    /// can sign in to the app of the approvers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approvers: Option<Vec<String>>,
    /// With level `person`: true where it takes another person than the one who asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub another_person: Option<bool>,
}

impl Rule {
    pub(crate) fn selectors(&self) -> Selectors<'_> {
        Selectors {
            effects: self.effects.as_deref(),
            toolsets: self.toolsets.as_deref(),
            tools: self.tools.as_deref(),
            operations: self.operations.as_deref(),
            when: self.when.as_deref(),
        }
    }
}

/// A limit: how many of the calls it is about may be made before a person is asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Limit {
    /// What answers, the trail and conditions (`counts.NAME`) call it.
    pub name: String,
    /// Calls with one of these effects.
    pub effects: Option<Vec<Effect>>,
    /// Tools of a toolset that matches one of these globs.
    pub toolsets: Option<Vec<String>>,
    /// Tools that match one of these globs.
    pub tools: Option<Vec<String>>,
    /// Calls that send an operation that matches one of these globs, as in a rule.
    pub operations: Option<Vec<String>>,
    /// A condition, in CEL.
    pub when: Option<String>,
    /// How many are let through in any such span of time.
    pub at_most: u64,
    /// The span of time, such as `1h` or `30m`: at most 31 days.
    pub within: String,
    /// What is counted.
    #[serde(default)]
    pub count: Count,
    /// The level at which further ones are confirmed. Without one: the best that is set up.
    pub level: Option<Level>,
}

impl Limit {
    pub(crate) fn selectors(&self) -> Selectors<'_> {
        Selectors {
            effects: self.effects.as_deref(),
            toolsets: self.toolsets.as_deref(),
            tools: self.tools.as_deref(),
            operations: self.operations.as_deref(),
            when: self.when.as_deref(),
        }
    }
}

/// What a limit counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Count {
    /// Objects, each once, however often it is changed.
    #[default]
    Targets,
    /// Calls.
    Calls,
}

/// What may not be changed, whatever the rules say. An entry is an id or a name, compared without
/// regard to case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Protect {
    /// People: ids, logins or e-mail addresses.
    pub users: Vec<String>,
    /// Groups: ids or names.
    pub groups: Vec<String>,
    /// Applications: ids or labels.
    pub apps: Vec<String>,
    /// Super admins, and the groups that make them. The last super admin is protected either way.
    pub super_admins: bool,
}

impl Default for Protect {
    fn default() -> Self {
        Self { users: Vec::new(), groups: Vec::new(), apps: Vec::new(), super_admins: true }
    }
}
