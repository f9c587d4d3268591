//! Properties: order decides nothing but a name, and more rules that deny or confirm never make a
//! call freer.

use std::collections::BTreeSet;

use okta_policy::{Decision, Effect, Level, Limit, Matched, Policy, Rule, Ruling, Source, Stage};
use proptest::prelude::*;

use crate::support::Call;

const WHEN: [&str; 9] = [
    "true",
    "false",
    "args.missing > 1",
    "args.n",
    "args.n > 5",
    "target.profile.name == 'eng-platform'",
    "target.nothing.x == 1",
    "1 / 0 == 1",
    "effect == 'write' || principal == 'nobody'",
];

fn effect() -> impl Strategy<Value = Effect> {
    prop::sample::select(vec![Effect::Read, Effect::Write, Effect::Sensitive, Effect::Destructive])
}

fn level() -> impl Strategy<Value = Level> {
    prop::sample::select(vec![Level::Client, Level::Desktop, Level::Person])
}

fn rule() -> impl Strategy<Value = Rule> {
    let decision = prop::sample::select(vec![Decision::Allow, Decision::Confirm, Decision::Deny]);
    let tools = prop::sample::select(vec!["*", "delete_*", "update_group", "list_users", "x"]);
    let operations = prop::sample::select(vec!["DELETE **", "* /api/v1/groups/*", "POST /x"]);
    (
        decision,
        prop::option::of(level()),
        prop::option::of(prop::collection::vec(effect(), 1..3)),
        prop::option::of(tools),
        prop::option::of(operations),
        prop::option::of(prop::sample::select(WHEN.to_vec())),
        (
            prop::option::of(prop::sample::select(vec!["*@a", "ana@*"])),
            prop::option::of(any::<bool>()),
        ),
    )
        .prop_map(|(decision, level, effects, tools, operations, when, who)| Rule {
            name: None,
            // What selects only reads cannot look at the target.
            effects: effects.filter(|effects| effects != &[Effect::Read]),
            toolsets: None,
            tools: tools.map(|glob| vec![glob.to_owned()]),
            operations: operations.map(|glob| vec![glob.to_owned()]),
            when: when.map(str::to_owned),
            decision,
            level: level.filter(|_| decision == Decision::Confirm),
            approvers: who.0.filter(|_| sure(decision, level)).map(|glob| vec![glob.to_owned()]),
            another_person: who.1.filter(|_| sure(decision, level)),
        })
}

/// Only then it is known who approves.
fn sure(decision: Decision, level: Option<Level>) -> bool {
    decision == Decision::Confirm && level == Some(Level::Person)
}

fn limit() -> impl Strategy<Value = Limit> {
    let when = prop::option::of(prop::sample::select(WHEN.to_vec()));
    (0..8_u64, prop::option::of(level()), when).prop_map(|(at_most, level, when)| Limit {
        name: "counted".to_owned(),
        effects: None,
        toolsets: None,
        tools: None,
        operations: None,
        when: when.map(str::to_owned),
        at_most,
        within: "1h".to_owned(),
        count: okta_policy::Count::Calls,
        level,
    })
}

fn call() -> impl Strategy<Value = Call> {
    let calls = vec![Call::list_users(), Call::update_group(), Call::delete_group()];
    (prop::sample::select(calls), level(), effect(), 0..9_u64).prop_map(
        |(call, best, raised, count)| {
            let mut call = call.best(best).count("counted", count);
            if call.effect != Effect::Read {
                call.effect = call.effect.max(raised);
            }
            call
        },
    )
}

fn judged(rules: Vec<Rule>, limits: Vec<Limit>, call: &Call, stage: Stage) -> Ruling {
    let source = Source { rules, limits, ..Source::default() };
    Policy::new(source).unwrap().judge(stage, &call.facts())
}

fn strength(ruling: &Ruling) -> (Decision, Option<Level>) {
    (ruling.decision, ruling.level)
}

/// What is demanded of who approves.
fn demands(ruling: &Ruling) -> BTreeSet<Vec<String>> {
    let four_eyes = ruling.approvers.another_person.then(Vec::new);
    ruling.approvers.of.iter().cloned().chain(four_eyes).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn order_decides_nothing_but_the_name(
        (rules, shuffled) in prop::collection::vec(rule(), 0..6)
            .prop_flat_map(|rules| (Just(rules.clone()), Just(rules).prop_shuffle())),
        limits in prop::collection::vec(limit(), 0..=1),
        call in call(),
    ) {
        let one = judged(rules, limits.clone(), &call, call.stage());
        let other = judged(shuffled, limits, &call, call.stage());
        prop_assert_eq!(strength(&one), strength(&other));
        prop_assert_eq!(one.rule.is_some(), other.rule.is_some());
        prop_assert_eq!(demands(&one), demands(&other));
    }

    #[test]
    fn one_more_rule_that_denies_or_confirms_never_makes_a_call_freer(
        rules in prop::collection::vec(rule(), 0..5),
        more in rule(),
        limits in prop::collection::vec(limit(), 0..=1),
        call in call(),
    ) {
        prop_assume!(more.decision != Decision::Allow);
        let before = judged(rules.clone(), limits.clone(), &call, call.stage());
        let mut all = rules;
        all.push(more);
        let after = judged(all, limits, &call, call.stage());
        // The default asks for the best level; who asks for a lower one by name gets that.
        let default = before.rule.is_none() && before.decision == Decision::Confirm;
        prop_assert!(after.decision >= before.decision);
        if after.decision == Decision::Confirm {
            prop_assert!(demands(&after).is_superset(&demands(&before)), "{before}\n{after}");
        }
        prop_assert!(default || strength(&after) >= strength(&before), "{before}\n{after}");
    }

    #[test]
    fn a_limit_never_makes_a_call_freer(
        rules in prop::collection::vec(rule(), 0..5),
        limit in limit(),
        call in call(),
    ) {
        let before = judged(rules.clone(), Vec::new(), &call, call.stage());
        let after = judged(rules, vec![limit], &call, call.stage());
        prop_assert!(strength(&after) >= strength(&before));
    }

    #[test]
    fn what_decides_is_the_strongest_of_what_matches(
        rules in prop::collection::vec(rule(), 0..6),
        call in call(),
    ) {
        let ruling = judged(rules, Vec::new(), &call, call.stage());
        let matched = ruling.considered.iter().filter(|said| said.matched == Matched::Yes);
        let strongest = matched.map(|said| (said.decision, said.level)).max();
        match strongest {
            Some(strongest) => prop_assert_eq!(strength(&ruling), strongest),
            None => prop_assert!(ruling.rule.is_none()),
        }
    }

    #[test]
    fn a_denial_before_reading_holds_after_it(
        rules in prop::collection::vec(rule(), 0..6),
        call in call(),
    ) {
        let early = judged(rules.clone(), Vec::new(), &call, Stage::BeforeReading);
        let late = judged(rules, Vec::new(), &call, call.stage());
        prop_assert!(early.decision != Decision::Deny || late.decision == Decision::Deny);
    }
}
