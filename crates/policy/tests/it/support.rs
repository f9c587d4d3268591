//! Calls to be judged.

use std::collections::BTreeMap;

use jiff::Timestamp;
use okta_policy::{
    Decision, Effect, Facts, Level, Operation, Policy, PolicyError, Ruling, Source, Stage,
};
use serde_json::{Value, json};

/// A policy as it is written in TOML.
pub(crate) fn load(text: &str) -> Result<Policy, PolicyError> {
    Policy::new(toml::from_str::<Source>(text).unwrap())
}

pub(crate) fn policy(text: &str) -> Policy {
    load(text).unwrap()
}

/// A policy of one rule with that condition.
pub(crate) fn when(condition: &str, decision: &str) -> Policy {
    policy(&format!("[[rules]]\nwhen = '''{condition}'''\ndecision = {decision:?}"))
}

/// A call, with everything that can be known of it.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) tool: &'static str,
    pub(crate) toolset: &'static str,
    pub(crate) effect: Effect,
    pub(crate) operations: Vec<Operation>,
    pub(crate) args: Value,
    pub(crate) target: Option<Value>,
    pub(crate) now: Timestamp,
    pub(crate) counts: BTreeMap<String, u64>,
    pub(crate) best: Level,
}

impl Call {
    fn new(tool: &'static str, toolset: &'static str, effect: Effect) -> Self {
        Self {
            tool,
            toolset,
            effect,
            operations: Vec::new(),
            args: json!({}),
            target: None,
            now: "2026-11-21T09:30:00Z".parse().unwrap(),
            counts: BTreeMap::new(),
            best: Level::Client,
        }
    }

    /// `list_users`, which reads.
    pub(crate) fn list_users() -> Self {
        let mut call = Self::new("list_users", "users", Effect::Read);
        call.operations = vec![Operation::declared("GET", "/api/v1/users")];
        call.args = json!({ "limit": 20 });
        call
    }

    /// `update_group`, which writes.
    pub(crate) fn update_group() -> Self {
        let mut call = Self::new("update_group", "groups", Effect::Write);
        let path = "/api/v1/groups/00g1group";
        call.operations = vec![Operation::sent("PUT", "/api/v1/groups/{groupId}", path)];
        call.args = json!({ "group_id": "00g1group" });
        call.target = Some(json!({ "id": "00g1group", "profile": { "name": "eng-platform" } }));
        call
    }

    /// `delete_group`, which is destructive.
    pub(crate) fn delete_group() -> Self {
        let mut call = Self::update_group();
        call.tool = "delete_group";
        call.effect = Effect::Destructive;
        for operation in &mut call.operations {
            operation.method = "DELETE".to_owned();
        }
        call
    }

    pub(crate) fn args(mut self, args: Value) -> Self {
        self.args = args;
        self
    }

    pub(crate) fn target(mut self, target: Value) -> Self {
        self.target = Some(target);
        self
    }

    pub(crate) fn count(mut self, limit: &str, count: u64) -> Self {
        self.counts.insert(limit.to_owned(), count);
        self
    }

    pub(crate) fn best(mut self, best: Level) -> Self {
        self.best = best;
        self
    }

    pub(crate) fn facts(&self) -> Facts<'_> {
        Facts {
            tool: self.tool,
            toolset: self.toolset,
            effect: self.effect,
            operations: &self.operations,
            args: &self.args,
            target: self.target.as_ref(),
            principal: "0oa1app",
            client: "claude",
            profile: "prod",
            org: "acme.okta.com",
            now: self.now,
            counts: &self.counts,
            best: self.best,
        }
    }

    /// Judged once all is known that will be.
    pub(crate) fn under(&self, policy: &Policy) -> Ruling {
        policy.judge(self.stage(), &self.facts())
    }

    pub(crate) fn stage(&self) -> Stage {
        if self.effect == Effect::Read { Stage::BeforeReading } else { Stage::Prepared }
    }

    pub(crate) fn decision(&self, policy: &Policy) -> Decision {
        self.under(policy).decision
    }
}
