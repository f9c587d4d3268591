//! Cases: calls of which it is written down what should become of them.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::{
    facts::{Facts, Operation, Stage},
    policy::Policy,
    ruling::Ruling,
    words::{Decision, Effect, Level},
};

/// A file of cases.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cases {
    /// The cases.
    pub cases: Vec<Case>,
}

/// One call, and what should become of it.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// What it is called in the results.
    pub name: String,
    /// The tool.
    pub tool: String,
    /// The arguments.
    #[serde(default)]
    pub arguments: Map<String, Value>,
    /// The object that is changed, as Okta has it.
    pub target: Option<Value>,
    /// The effect, where the arguments raise it above what the tool declares.
    pub effect: Option<Effect>,
    /// Who is responsible for the call.
    pub principal: Option<String>,
    /// The client's name.
    pub client: Option<String>,
    /// The host of the org.
    pub org: Option<String>,
    /// The time of the call (RFC 3339); the time of the test where it is not given.
    pub at: Option<Timestamp>,
    /// How many each limit counts, with this call; without it this call is the first.
    #[serde(default)]
    pub counts: BTreeMap<String, u64>,
    /// The best level of confirmation that is set up; `client` where it is not given.
    pub best: Option<Level>,
    /// What should become of it.
    pub expect: Decision,
    /// The level that should be demanded; not looked at where it is not given.
    pub level: Option<Level>,
    /// The rule that should decide; not looked at where it is not given. `default` stands for none.
    pub rule: Option<String>,
}

/// What the catalog says of a tool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Declared {
    /// Its toolset.
    pub toolset: String,
    /// Its effect.
    pub effect: Effect,
    /// What it sends.
    pub operations: Vec<Operation>,
}

/// Where cases are run: what holds for those that do not say otherwise.
#[derive(Clone, Copy, Debug)]
pub struct Surroundings<'a> {
    /// The time.
    pub now: Timestamp,
    /// The profile of the configuration.
    pub profile: &'a str,
    /// The host of the org.
    pub org: &'a str,
}

/// What came of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseResult {
    /// The case's name.
    pub name: String,
    /// What the policy says; `None` where there is no such tool.
    pub ruling: Option<Ruling>,
    /// What is not as it should be; `None` where all is.
    pub problem: Option<String>,
}

/// Runs cases. `declared` finds a tool by its name.
pub fn run_cases(
    policy: &Policy,
    cases: &Cases,
    around: Surroundings<'_>,
    declared: &dyn Fn(&str) -> Option<Declared>,
) -> Vec<CaseResult> {
    cases.cases.iter().map(|case| run(policy, case, around, declared)).collect()
}

fn run(
    policy: &Policy,
    case: &Case,
    around: Surroundings<'_>,
    declared: &dyn Fn(&str) -> Option<Declared>,
) -> CaseResult {
    let name = case.name.clone();
    let Some(tool) = declared(&case.tool) else {
        let problem = Some(format!("there is no tool {:?}", case.tool));
        return CaseResult { name, ruling: None, problem };
    };
    let args = Value::Object(case.arguments.clone());
    let facts = Facts {
        tool: &case.tool,
        toolset: &tool.toolset,
        effect: case.effect.map_or(tool.effect, |raised| raised.max(tool.effect)),
        operations: &tool.operations,
        args: &args,
        target: case.target.as_ref(),
        principal: case.principal.as_deref().unwrap_or_default(),
        client: case.client.as_deref().unwrap_or_default(),
        profile: around.profile,
        org: case.org.as_deref().unwrap_or(around.org),
        now: case.at.unwrap_or(around.now),
        counts: &BTreeMap::new(),
        best: case.best.unwrap_or(Level::Client),
    };
    let stage = if facts.effect == Effect::Read { Stage::BeforeReading } else { Stage::Prepared };
    let mut counts = policy.first_of_all(stage, &facts);
    counts.extend(case.counts.clone());
    let ruling = policy.judge(stage, &Facts { counts: &counts, ..facts });
    let problem = problem(case, &ruling);
    CaseResult { name, ruling: Some(ruling), problem }
}

fn problem(case: &Case, ruling: &Ruling) -> Option<String> {
    let rule = ruling.rule.as_deref().unwrap_or("default");
    let wrong = if case.expect != ruling.decision {
        format!("{} instead of {}", ruling.decision, case.expect)
    } else if let Some(level) = case.level.filter(|level| Some(*level) != ruling.level) {
        let given = ruling.level.map_or("none", Level::as_str);
        format!("level {given} instead of {level}")
    } else if let Some(wanted) = case.rule.as_deref().filter(|wanted| *wanted != rule) {
        format!("decided by {rule} instead of {wanted}")
    } else {
        return None;
    };
    Some(format!("{wrong}: {}", ruling.why))
}

impl Policy {
    /// The counts of limits where nothing was done before: this call alone where they are about
    /// it.
    pub fn first_of_all(&self, stage: Stage, facts: &Facts<'_>) -> BTreeMap<String, u64> {
        let own: Vec<&str> =
            self.limits_of(stage, facts).iter().map(|limit| limit.name.as_str()).collect();
        let count = |name: &str| u64::from(own.contains(&name));
        self.limits().map(|limit| (limit.name.clone(), count(&limit.name))).collect()
    }
}
