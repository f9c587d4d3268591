//! A call is judged: the strongest of what matches decides.

use crate::{
    approvers::MayApprove,
    condition::Variables,
    facts::{Facts, Stage},
    policy::{LimitOf, Policy, Ready, ReadyLimit},
    ruling::{Considered, Matched, Ruling},
    select::Quorum,
    words::{Decision, Effect},
};

/// Why a rule is left out that hangs on counts.
const UNCOUNTED: &str = "how much was done before is not known";

impl Policy {
    /// Judges a call. `deny` beats `confirm` beats `allow`, whatever the order; of several
    /// confirmations the highest level is demanded; of equally strong rules the first is named.
    /// A condition that cannot be evaluated makes a rule match that denies or confirms, and one
    /// not match that allows.
    pub fn judge(&self, stage: Stage, facts: &Facts<'_>) -> Ruling {
        let Some(env) = self.ready().env.clone() else {
            // There is no condition to evaluate.
            return self.judged(stage, facts, None);
        };
        self.judged(stage, facts, Some(&Variables::new(env, facts)))
    }

    /// The limits that are about this call: its own is to be counted in with them.
    pub fn limits_of(&self, stage: Stage, facts: &Facts<'_>) -> Vec<&LimitOf> {
        let variables = self.ready().env.clone().map(|env| Variables::new(env, facts));
        let about = |limit: &&ReadyLimit| {
            let (matched, _) = limit.ready.asked(stage, facts, variables.as_ref());
            matched == Matched::Yes
        };
        self.ready().limits.iter().filter(about).map(|limit| &limit.limit).collect()
    }

    fn judged(&self, stage: Stage, facts: &Facts<'_>, variables: Option<&Variables<'_>>) -> Ruling {
        let mut considered = Vec::new();
        if self.read_only() {
            considered.push(read_only(facts.effect));
        }
        considered.extend(self.ready().rules.iter().map(|rule| {
            let (matched, why) = rule.asked(stage, facts, variables);
            rule.said(facts, matched, why)
        }));
        let rules = considered.len();
        considered
            .extend(self.ready().limits.iter().map(|limit| limit.asked(stage, facts, variables)));
        let (rules, limits) = considered.split_at(rules);
        let mut ruling = match strongest(rules) {
            Some(rule) => decided(rule, "decides"),
            None => default(facts),
        };
        // A limit can only add to what the rules ask for.
        if let Some(limit) = strongest(limits) {
            let limited = decided(limit, "is passed");
            if limited.strength() > ruling.strength() {
                ruling = limited;
            }
        }
        if ruling.decision == Decision::Confirm {
            let confirms = |said: &&Considered| {
                said.matched == Matched::Yes && said.decision == Decision::Confirm
            };
            for said in considered.iter().filter(confirms) {
                ruling.approvers.and(&said.approvers);
            }
        }
        Ruling { considered, ..ruling }
    }
}

impl Ready {
    /// Whether the call is one of those meant, and why.
    fn asked(
        &self,
        stage: Stage,
        facts: &Facts<'_>,
        variables: Option<&Variables<'_>>,
    ) -> (Matched, String) {
        let quorum = if self.decision == Decision::Allow { Quorum::All } else { Quorum::One };
        if let Some(why) = self.selection.refuses(facts, quorum) {
            return (Matched::No, why);
        }
        let (Some(condition), Some(variables)) = (&self.condition, variables) else {
            return (Matched::Yes, String::new());
        };
        let reads = facts.effect == Effect::Read;
        if condition.target && reads {
            return (Matched::LeftOut, "what is read is not known before it is read".to_owned());
        }
        if condition.target && stage != Stage::Prepared {
            return (Matched::LeftOut, "the target is not known".to_owned());
        }
        if condition.counts && !counted(stage, facts) {
            return (Matched::LeftOut, UNCOUNTED.to_owned());
        }
        match condition.holds(variables) {
            Ok(true) => (Matched::Yes, "its condition holds".to_owned()),
            Ok(false) => (Matched::No, "its condition does not hold".to_owned()),
            Err(why) => {
                let why = format!("its condition cannot be evaluated: {why}");
                let matched =
                    if self.decision == Decision::Allow { Matched::No } else { Matched::Yes };
                (matched, why)
            }
        }
    }

    fn said(&self, facts: &Facts<'_>, matched: Matched, why: String) -> Considered {
        let confirms = self.decision == Decision::Confirm;
        let level = confirms.then(|| self.level.unwrap_or(facts.best));
        Considered {
            rule: self.label.clone(),
            decision: self.decision,
            level,
            approvers: self.approvers.clone(),
            matched,
            why,
        }
    }
}

impl ReadyLimit {
    fn asked(
        &self,
        stage: Stage,
        facts: &Facts<'_>,
        variables: Option<&Variables<'_>>,
    ) -> Considered {
        let (matched, why) = self.ready.asked(stage, facts, variables);
        if matched != Matched::Yes {
            return self.ready.said(facts, matched, why);
        }
        let limit = &self.limit;
        if !counted(stage, facts) {
            return self.ready.said(facts, Matched::LeftOut, UNCOUNTED.to_owned());
        }
        let Some(count) = facts.counts.get(&limit.name).copied() else {
            let why = "how much was done before cannot be told".to_owned();
            return self.ready.said(facts, Matched::Yes, why);
        };
        let passed = count > limit.at_most;
        let why = format!("{count} of at most {} within {:#}", limit.at_most, limit.within);
        self.ready.said(facts, if passed { Matched::Yes } else { Matched::No }, why)
    }
}

/// True where counts are known.
fn counted(stage: Stage, facts: &Facts<'_>) -> bool {
    stage != Stage::BeforeReading || facts.effect == Effect::Read
}

fn read_only(effect: Effect) -> Considered {
    let reads = effect == Effect::Read;
    Considered {
        rule: "read_only".to_owned(),
        decision: Decision::Deny,
        level: None,
        approvers: MayApprove::default(),
        matched: if reads { Matched::No } else { Matched::Yes },
        why: format!("the effect is {effect}"),
    }
}

/// The strongest of those that match, the first of several.
fn strongest(considered: &[Considered]) -> Option<&Considered> {
    let mut found: Option<&Considered> = None;
    for next in considered.iter().filter(|next| next.matched == Matched::Yes) {
        if found.is_none_or(|there| next.strength() > there.strength()) {
            found = Some(next);
        }
    }
    found
}

fn decided(considered: &Considered, how: &str) -> Ruling {
    let Considered { rule, decision, level, why, .. } = considered;
    let because = if why.is_empty() { String::new() } else { format!(": {why}") };
    Ruling {
        decision: *decision,
        level: *level,
        approvers: MayApprove::default(),
        rule: Some(rule.clone()),
        why: format!("{rule} {how}{because}"),
        considered: Vec::new(),
    }
}

fn default(facts: &Facts<'_>) -> Ruling {
    let effect = facts.effect;
    let grave = effect > Effect::Write;
    let (decision, level) =
        if grave { (Decision::Confirm, Some(facts.best)) } else { (Decision::Allow, None) };
    let becomes = if grave { "confirmed" } else { "allowed" };
    let why = format!("no rule matches; by default a {effect} call is {becomes}");
    let approvers = MayApprove::default();
    Ruling { decision, level, approvers, rule: None, why, considered: Vec::new() }
}
