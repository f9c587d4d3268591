//! What becomes of a call: policy, protected objects, limits.

use std::collections::BTreeMap;

use okta_catalog::{Effect, ToolDef, toolset_of};
use okta_policy::{Count, Decision, Facts, Level, LimitOf, MayApprove, Operation, Stage};
use okta_storage::{Admitted, Sent, Window};
use serde_json::{Map, Value, json};

use crate::{
    Gate,
    access::Rights,
    call::Call,
    change::Change,
    confirm::Confirmed,
    envelope::CallError,
    protect::{self, CallReader, Protection},
    record::Row,
};

/// What policy, protected objects and limits say of a call that they do not refuse.
pub(crate) struct Ruled {
    /// True where a person must agree.
    pub(crate) confirm: bool,
    /// How sure that must be; `None`: the best that is set up.
    pub(crate) level: Option<Level>,
    /// True where no rule asks for a person, but the effect does.
    pub(crate) by_default: bool,
    /// Who may agree.
    pub(crate) approvers: MayApprove,
    /// What a person is told of it.
    pub(crate) notes: Vec<String>,
    rule: Option<String>,
    why: String,
    policy: String,
    /// The limits that the call counts for, and what counts as its object.
    windows: Vec<Window>,
    object: String,
}

impl Ruled {
    /// Puts it into a row.
    pub(crate) fn tell(&self, row: &mut Row) {
        row.set("decision", self.word());
        row.set("policy", self.policy.as_str());
        if let Some(rule) = &self.rule {
            row.set("rule", rule.as_str());
        }
        if !self.notes.is_empty() {
            row.set("notes", self.notes.clone());
        }
    }

    /// Both hold: the stricter of the two is told.
    fn and(self, other: Self) -> Self {
        let strict = |ruled: &Self| (ruled.confirm, ruled.level, !ruled.by_default);
        let (mut first, second) =
            if strict(&other) > strict(&self) { (other, self) } else { (self, other) };
        first.approvers.and(&second.approvers);
        first.windows.extend(second.windows);
        first.windows.sort_unstable_by(|a, b| a.limit.cmp(&b.limit));
        first.windows.dedup_by(|a, b| a.limit == b.limit);
        first
    }

    const fn word(&self) -> &'static str {
        if self.confirm { "confirm" } else { "allow" }
    }

    /// What would become of a call, for a preview.
    pub(crate) fn told(ruled: &Result<Self, CallError>) -> Value {
        match ruled {
            Ok(ruled) => {
                let mut told = Map::new();
                told.insert("decision".to_owned(), json!(ruled.word()));
                if let Some(level) = ruled.level {
                    told.insert("level".to_owned(), json!(level));
                }
                if !ruled.approvers.is_anybody() {
                    told.insert("approvers".to_owned(), json!(ruled.approvers.to_string()));
                }
                told.insert("why".to_owned(), json!(ruled.why));
                if !ruled.notes.is_empty() {
                    told.insert("notes".to_owned(), json!(ruled.notes));
                }
                Value::Object(told)
            }
            Err(error) => json!({ "decision": "deny", "why": error.to_string() }),
        }
    }
}

/// A call as far as it is known when it is judged.
struct Known<'a> {
    tool: &'static ToolDef,
    args: &'a Value,
    stage: Stage,
    effect: Effect,
    operations: Vec<Operation>,
    target: Option<&'a Value>,
    /// What counts as its object.
    object: String,
}

/// What is known of a change, judged as that tool's.
fn known<'a>(tool: &'static ToolDef, change: &'a Change) -> Known<'a> {
    let requests = change.plan.requests.iter();
    let target = change.plan.target.as_ref();
    let path = change.plan.requests.first().map(okta_client::Request::path);
    Known {
        tool,
        args: &change.args,
        stage: Stage::Prepared,
        effect: change.effect,
        operations: requests
            .map(|request| {
                let method = request.method().as_str();
                Operation::sent(method, request.template(), request.path())
            })
            .collect(),
        target: target.map(|target| &target.seen),
        // By id where there is one: the same person under login and id is one person.
        object: target
            .and_then(|target| target.seen.get("id")?.as_str())
            .or(path)
            .unwrap_or_default()
            .to_owned(),
    }
}

impl Gate {
    /// The first judgement, before anything is read: for a call that only reads the one that
    /// counts.
    pub(crate) async fn rule_first(&self, call: &Call) -> Result<Ruled, CallError> {
        let declared = call.tool.operation.iter();
        let known = Known {
            tool: call.tool,
            args: &call.args,
            stage: Stage::BeforeReading,
            effect: call.tool.effect(),
            operations: declared
                .map(|operation| Operation::declared(operation.method.as_str(), operation.path))
                .collect(),
            target: None,
            object: call.tool.name.to_owned(),
        };
        self.rule(call, &known).await
    }

    /// The judgement that counts for a change.
    pub(crate) async fn rule_change(
        &self,
        call: &Call,
        change: &Change,
    ) -> Result<Ruled, CallError> {
        let mut ruled: Option<Ruled> = None;
        for tool in &change.tools {
            // What takes a change back is a call of whatever else does the same.
            self.switched_on(tool)?;
            let next = self.rule(call, &known(tool, change)).await?;
            ruled = Some(match ruled {
                Some(ruled) => ruled.and(next),
                None => next,
            });
        }
        let Some(mut ruled) = ruled else {
            return Err(CallError::Denied { why: "no rules hold for what is no tool".to_owned() });
        };
        match self.protection(call, change).await? {
            Protection::Free => {}
            Protection::Unknown(lines) => {
                if !ruled.confirm {
                    ruled.confirm = true;
                    ruled.why = format!("{}; but {}", ruled.why, lines.join("; "));
                }
                ruled.notes.extend(lines);
            }
            Protection::Refused { message, next } => {
                return Err(CallError::Protected { message, next });
            }
        }
        Ok(ruled)
    }

    async fn protection(&self, call: &Call, change: &Change) -> Result<Protection, CallError> {
        let setup = self.setup();
        let grant = setup.wire.grant().await?;
        let rights = Rights::new(&setup.configured, Some(&grant));
        let reader = CallReader {
            wire: setup.wire.as_ref(),
            exchanges: &call.exchanges,
            call_id: &call.id,
            rights: &rights,
        };
        let names = setup.policy.protect();
        Ok(protect::judge(&change.plan, &reader, names, &setup.own).await)
    }

    async fn rule(&self, call: &Call, known: &Known<'_>) -> Result<Ruled, CallError> {
        let policy = &self.setup().policy;
        let none = BTreeMap::new();
        let mut facts = self.facts(call, known, &none);
        let limits: Vec<LimitOf> =
            policy.limits_of(known.stage, &facts).into_iter().cloned().collect();
        let windows = self.windows(&limits);
        let counts = self.counts(call, known, &windows).await?;
        facts.counts = &counts;
        let mut ruling = policy.judge(known.stage, &facts);
        if ruling.decision == Decision::Confirm {
            facts.best = self.setup().memory.best().await?;
            ruling = policy.judge(known.stage, &facts);
        }
        match ruling.decision {
            Decision::Deny => Err(CallError::Denied { why: ruling.why }),
            decision => Ok(Ruled {
                confirm: decision == Decision::Confirm,
                level: ruling.level,
                by_default: ruling.rule.is_none(),
                approvers: ruling.approvers,
                notes: Vec::new(),
                rule: ruling.rule,
                why: ruling.why,
                policy: policy.version().to_owned(),
                windows,
                object: known.object.clone(),
            }),
        }
    }

    fn facts<'a>(
        &self,
        call: &'a Call,
        known: &'a Known<'_>,
        counts: &'a BTreeMap<String, u64>,
    ) -> Facts<'a> {
        Facts {
            tool: known.tool.name,
            toolset: toolset_of(known.tool),
            effect: effect(known.effect),
            operations: &known.operations,
            args: known.args,
            target: known.target,
            principal: &call.context.principal,
            client: &call.context.client,
            profile: &call.context.profile,
            org: &call.context.org,
            now: self.clock().now(),
            counts,
            best: Level::Client,
        }
    }

    fn windows(&self, limits: &[LimitOf]) -> Vec<Window> {
        let now = self.clock().now();
        limits
            .iter()
            .map(|limit| Window {
                limit: limit.name.clone(),
                since: now.checked_sub(limit.within).unwrap_or(jiff::Timestamp::MIN),
                at_most: limit.at_most,
                count: match limit.count {
                    Count::Targets => okta_storage::Count::Targets,
                    Count::Calls => okta_storage::Count::Calls,
                },
            })
            .collect()
    }

    /// How many there are within each limit that the call counts for, with this one. Conditions may
    /// look at other limits too: those without this one.
    async fn counts(
        &self,
        call: &Call,
        known: &Known<'_>,
        windows: &[Window],
    ) -> Result<BTreeMap<String, u64>, CallError> {
        let all: Vec<LimitOf> = self.setup().policy.limits().cloned().collect();
        if all.is_empty() {
            return Ok(BTreeMap::new());
        }
        let store = &self.setup().memory.store;
        let mut counts = BTreeMap::new();
        for window in self.windows(&all) {
            let own = windows.iter().any(|own| own.limit == window.limit);
            let object = own.then_some(known.object.as_str());
            let count = store.counted(&call.context.org, object, &window).await?;
            counts.insert(window.limit, count);
        }
        Ok(counts)
    }

    /// Counts a call for its limits. One that nobody confirmed is refused where a limit was passed
    /// since it was judged: other processes count too.
    pub(crate) async fn count(
        &self,
        call: &Call,
        ruled: &Ruled,
        confirmed: &Confirmed,
    ) -> Result<(), CallError> {
        if ruled.windows.is_empty() {
            return Ok(());
        }
        let sent = Sent {
            at: self.clock().now(),
            org: call.context.org.clone(),
            target: ruled.object.clone(),
            principal: call.context.principal.clone(),
            call_id: call.id.clone(),
        };
        let strict = matches!(confirmed, Confirmed::NotNeeded);
        match self.setup().memory.store.admit(sent, &ruled.windows, strict).await? {
            Admitted::Yes => Ok(()),
            Admitted::No { limit } => Err(CallError::Refused {
                message: format!("the limit {limit} was passed while this call was prepared"),
                next: "call again: a person is asked then".to_owned(),
            }),
        }
    }
}

/// The effect, in the policy's words.
const fn effect(effect: Effect) -> okta_policy::Effect {
    match effect {
        Effect::Read => okta_policy::Effect::Read,
        Effect::Write => okta_policy::Effect::Write,
        Effect::Sensitive => okta_policy::Effect::Sensitive,
        Effect::Destructive => okta_policy::Effect::Destructive,
    }
}
