//! Limits: how much is let through before a person is asked.

use jiff::SignedDuration;
use okta_policy::{Count, Decision, Level, Matched, Stage};

use crate::support::{Call, policy};

const LIMIT: &str = "
    [[limits]]
    name = 'groups'
    toolsets = ['groups']
    at_most = 5
    within = '1h 30m'
    level = 'desktop'
    [[limits]]
    name = 'all'
    effects = ['write', 'read']
    at_most = 100
    within = '1d'
    count = 'calls'
";

#[test]
fn a_limit_that_is_passed_turns_allow_into_confirm() {
    let policy = policy(LIMIT);
    let call = Call::update_group().count("all", 1);
    let under = call.clone().count("groups", 5).under(&policy);
    assert_eq!((under.decision, under.rule), (Decision::Allow, None));
    let over = call.count("groups", 6).under(&policy);
    assert_eq!((over.decision, over.level), (Decision::Confirm, Some(Level::Desktop)));
    assert_eq!(over.rule.as_deref(), Some("limit groups"));
    insta::assert_snapshot!(over);
}

#[test]
fn a_limit_only_adds_to_what_the_rules_ask_for() {
    let with = |rule: &str| {
        let policy = policy(&format!("{LIMIT}\n[[rules]]\n{rule}"));
        let ruling = Call::update_group().count("all", 1).count("groups", 6).under(&policy);
        (ruling.decision, ruling.level, ruling.rule.unwrap())
    };
    assert_eq!(with("decision = 'deny'"), (Decision::Deny, None, "rule 1".to_owned()));
    let desktop = (Decision::Confirm, Some(Level::Desktop), "limit groups".to_owned());
    assert_eq!(with("decision = 'allow'"), desktop);
    assert_eq!(with("decision = 'confirm'\nlevel = 'client'"), desktop);
    let person = (Decision::Confirm, Some(Level::Person), "rule 1".to_owned());
    assert_eq!(with("decision = 'confirm'\nlevel = 'person'"), person);
}

#[test]
fn without_a_count_a_limit_counts_as_passed() {
    let ruling = Call::update_group().under(&policy(LIMIT));
    assert_eq!(ruling.decision, Decision::Confirm);
    assert!(ruling.considered.iter().all(|said| said.matched == Matched::Yes), "{ruling}");
}

#[test]
fn limits_wait_until_the_target_is_read_but_not_for_reads() {
    let policy = policy(LIMIT);
    let early = policy.judge(Stage::BeforeReading, &Call::update_group().facts());
    assert_eq!((early.decision, early.open().len()), (Decision::Allow, 2));
    let read = Call::list_users().count("all", 101).under(&policy);
    assert_eq!((read.decision, read.rule.as_deref()), (Decision::Confirm, Some("limit all")));
}

#[test]
fn it_is_told_which_limits_are_about_a_call() {
    let policy = policy(&format!(
        "{LIMIT}
        [[limits]]
        name = 'eng'
        when = 'target.profile.name.startsWith(\"eng-\")'
        at_most = 1
        within = '10m'"
    ));
    let names = |call: &Call| -> Vec<String> {
        let limits = policy.limits_of(call.stage(), &call.facts());
        limits.into_iter().map(|limit| limit.name.clone()).collect()
    };
    assert_eq!(names(&Call::update_group()), ["groups", "all", "eng"]);
    assert_eq!(names(&Call::delete_group()), ["groups", "eng"]);
    assert_eq!(names(&Call::list_users()), ["all"]);
    let all: Vec<_> = policy.limits().map(|limit| (limit.within, limit.count)).collect();
    let [first, second, third] = all[..] else { panic!("{all:?}") };
    assert_eq!(first, (SignedDuration::from_mins(90), Count::Targets));
    assert_eq!(second, (SignedDuration::from_hours(24), Count::Calls));
    assert_eq!(third, (SignedDuration::from_mins(10), Count::Targets));
    let counts = policy.first_of_all(Stage::Prepared, &Call::delete_group().facts());
    let counts: Vec<u64> = counts.into_values().collect();
    assert_eq!(counts, [0, 1, 1]);
}
