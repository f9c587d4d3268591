//! Recorded calls, judged by another policy.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use jiff::Timestamp;
use serde_json::Value;

use crate::{
    facts::{Facts, Operation, Stage},
    policy::{LimitOf, Policy},
    ruling::Ruling,
    select::Quorum,
    source::Count,
    words::{Decision, Effect, Level},
};

/// A call as the trail holds it.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "what rows say or do not say, each by itself")]
pub struct Recorded {
    /// Its id.
    pub id: String,
    /// When it began.
    pub at: Timestamp,
    /// The tool.
    pub tool: String,
    /// Its toolset.
    pub toolset: String,
    /// What it did; where it was not prepared, what the tool declares.
    pub effect: Effect,
    /// True where the trail says what it sent, or would have sent. Otherwise its arguments may have
    /// made it graver than the tool declares.
    pub prepared: bool,
    /// What it sent, or was declared to send.
    pub operations: Vec<Operation>,
    /// The arguments, as kept.
    pub args: Value,
    /// True where something of the arguments was not kept.
    pub redacted: bool,
    /// Who was responsible for it.
    pub principal: String,
    /// The client's name.
    pub client: String,
    /// The profile of the configuration.
    pub profile: String,
    /// The host of the org.
    pub org: String,
    /// What became of it.
    pub decision: Option<Decision>,
    /// True where a person was asked for another reason than the policy, such as a protection that
    /// could not be told.
    pub raised: bool,
    /// True where it went to Okta: only then limits count it.
    pub sent: bool,
}

/// What another policy says of a recorded call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replayed {
    /// What it says.
    pub ruling: Ruling,
    /// How that compares.
    pub verdict: Verdict,
}

/// How what another policy says compares to what became of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It would have gone the same way.
    Same,
    /// It would have gone otherwise.
    Otherwise,
    /// It cannot be told: why.
    Unknown(String),
}

/// A policy under which recorded calls are judged, one after the other, in the order of their
/// times.
#[derive(Debug)]
pub struct Replay<'p> {
    policy: &'p Policy,
    best: Level,
    done: BTreeMap<String, VecDeque<(Timestamp, String)>>,
}

impl<'p> Replay<'p> {
    /// A replay under that policy; `best` is the best level of confirmation that is set up.
    pub fn new(policy: &'p Policy, best: Level) -> Self {
        Self { policy, best, done: BTreeMap::new() }
    }

    /// Judges the next call.
    pub fn judge(&mut self, call: &Recorded) -> Replayed {
        let nothing = BTreeMap::new();
        let facts = Facts {
            tool: &call.tool,
            toolset: &call.toolset,
            effect: call.effect,
            operations: &call.operations,
            args: &call.args,
            target: None,
            principal: &call.principal,
            client: &call.client,
            profile: &call.profile,
            org: &call.org,
            now: call.at,
            counts: &nothing,
            best: self.best,
        };
        let counts = self.counts(call, &facts);
        let facts = Facts { counts: &counts, ..facts };
        let ruling = self.policy.judge(Stage::Recorded, &facts);
        let verdict = self.verdict(call, &facts, &ruling);
        Replayed { ruling, verdict }
    }

    /// Counts the call in, and says what each limit counts then.
    fn counts(&mut self, call: &Recorded, facts: &Facts<'_>) -> BTreeMap<String, u64> {
        let own: Vec<LimitOf> =
            self.policy.limits_of(Stage::Recorded, facts).into_iter().cloned().collect();
        let mut counts = BTreeMap::new();
        for limit in self.policy.limits() {
            let done = self.done.entry(limit.name.clone()).or_default();
            let start = call.at.checked_sub(limit.within).unwrap_or(Timestamp::MIN);
            while done.front().is_some_and(|(at, _)| *at <= start) {
                done.pop_front();
            }
            let mut keys: BTreeSet<&str> = done.iter().map(|(_, key)| key.as_str()).collect();
            let key = own.contains(limit).then(|| key(limit.count, call));
            keys.extend(key.as_deref());
            counts.insert(limit.name.clone(), u64::try_from(keys.len()).unwrap_or(u64::MAX));
            if let Some(key) = key.filter(|_| call.sent) {
                done.push_back((call.at, key));
            }
        }
        counts
    }

    fn verdict(&self, call: &Recorded, facts: &Facts<'_>, ruling: &Ruling) -> Verdict {
        let Some(was) = call.decision else {
            return Verdict::Unknown("the trail does not say what was decided".to_owned());
        };
        let open = ruling.open();
        if let Some(first) = open.first() {
            return Verdict::Unknown(format!("{} cannot be asked: {}", first.rule, first.why));
        }
        if call.redacted
            && let Some(rule) = self.looks_at_arguments(facts)
        {
            let why = "looks at arguments, of which the trail does not hold all";
            return Verdict::Unknown(format!("{rule} {why}"));
        }
        let would =
            if call.raised { ruling.decision.max(Decision::Confirm) } else { ruling.decision };
        let graver = matches!(call.effect, Effect::Write | Effect::Sensitive);
        if was == would {
            Verdict::Same
        } else if graver && !call.prepared {
            Verdict::Unknown("the trail does not say what it would have sent".to_owned())
        } else {
            Verdict::Otherwise
        }
    }

    /// The first rule about this call whose condition looks at its arguments.
    fn looks_at_arguments(&self, facts: &Facts<'_>) -> Option<&'p str> {
        let inner = self.policy.ready();
        let limits = inner.limits.iter().map(|limit| &limit.ready);
        let about = |ready: &&crate::policy::Ready| {
            ready.condition.as_ref().is_some_and(|condition| condition.args)
                && ready.selection.refuses(facts, Quorum::One).is_none()
        };
        inner.rules.iter().chain(limits).find(about).map(|ready| ready.label.as_str())
    }
}

/// What a limit counts once.
fn key(count: Count, call: &Recorded) -> String {
    match count {
        Count::Calls => call.id.clone(),
        Count::Targets => {
            let path = |operation: &Operation| {
                operation.path.clone().unwrap_or_else(|| operation.template.clone())
            };
            call.operations.iter().map(path).collect::<Vec<_>>().join(" ")
        }
    }
}
