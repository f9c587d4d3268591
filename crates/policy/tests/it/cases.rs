//! `policy test`: cases.

use okta_policy::{
    CaseResult, Cases, Declared, Effect, Operation, Policy, Surroundings, run_cases,
};

use crate::support::policy;

fn declared(name: &str) -> Option<Declared> {
    let (toolset, effect, method, template) = match name {
        "list_users" => ("users", Effect::Read, "GET", "/api/v1/users"),
        "update_group" => ("groups", Effect::Write, "PUT", "/api/v1/groups/{groupId}"),
        "delete_group" => ("groups", Effect::Destructive, "DELETE", "/api/v1/groups/{groupId}"),
        _ => return None,
    };
    let operations = vec![Operation::declared(method, template)];
    Some(Declared { toolset: toolset.to_owned(), effect, operations })
}

fn run(policy: &Policy, cases: &str) -> Vec<CaseResult> {
    let cases: Cases = toml::from_str(cases).unwrap();
    let now = "2026-11-21T09:30:00Z".parse().unwrap();
    let around = Surroundings { now, profile: "prod", org: "acme.okta.com" };
    run_cases(policy, &cases, around, &declared)
}

const POLICY: &str = "
    [[rules]]
    name = 'eng'
    toolsets = ['groups']
    when = 'target.profile.name.startsWith(\"eng-\")'
    decision = 'deny'
    [[rules]]
    name = 'weekend'
    effects = ['write', 'sensitive', 'destructive']
    when = 'now.getDayOfWeek() in [0, 6]'
    decision = 'confirm'
    level = 'desktop'
    [[rules]]
    name = 'large'
    effects = ['read']
    when = 'has(args.limit) && args.limit > 100'
    decision = 'deny'
    [[limits]]
    name = 'groups'
    toolsets = ['groups']
    at_most = 2
    within = '1h'
";

#[test]
fn cases_pass_where_all_is_as_expected() {
    let results = run(
        &policy(POLICY),
        "
        [[cases]]
        name = 'eng groups stay'
        tool = 'delete_group'
        target = { profile = { name = 'eng-x' } }
        expect = 'deny'
        rule = 'eng'
        [[cases]]
        name = 'weekends are confirmed on the desktop'
        tool = 'update_group'
        target = { profile = { name = 'x' } }
        expect = 'confirm'
        level = 'desktop'
        rule = 'weekend'
        [[cases]]
        name = 'weekdays are not'
        tool = 'update_group'
        target = { profile = { name = 'x' } }
        at = '2026-11-23T09:30:00Z'
        expect = 'allow'
        rule = 'default'
        [[cases]]
        name = 'the third group in an hour is'
        tool = 'update_group'
        target = { profile = { name = 'x' } }
        at = '2026-11-23T09:30:00Z'
        counts = { groups = 3 }
        best = 'desktop'
        expect = 'confirm'
        level = 'desktop'
        rule = 'limit groups'
        [[cases]]
        name = 'an effect can be raised, not lowered'
        tool = 'delete_group'
        effect = 'write'
        target = { profile = { name = 'x' } }
        at = '2026-11-23T09:30:00Z'
        expect = 'confirm'
        rule = 'default'
        [[cases]]
        name = 'large lists are denied'
        tool = 'list_users'
        arguments = { limit = 101 }
        expect = 'deny'
        rule = 'large'",
    );
    let problems: Vec<_> = results.iter().filter_map(|result| result.problem.as_ref()).collect();
    assert!(problems.is_empty(), "{problems:?}");
    assert_eq!(results.len(), 6);
}

#[test]
fn cases_that_fail_say_what_is_otherwise() {
    let results = run(
        &policy(POLICY),
        "
        [[cases]]
        name = 'decision'
        tool = 'list_users'
        arguments = { limit = 101 }
        expect = 'allow'
        [[cases]]
        name = 'level'
        tool = 'update_group'
        target = { profile = { name = 'x' } }
        expect = 'confirm'
        level = 'person'
        [[cases]]
        name = 'rule'
        tool = 'list_users'
        expect = 'allow'
        rule = 'large'
        [[cases]]
        name = 'no target'
        tool = 'delete_group'
        expect = 'confirm'
        [[cases]]
        name = 'tool'
        tool = 'frobnicate'
        expect = 'allow'",
    );
    let told = |result: &CaseResult| {
        format!("{}: {}", result.name, result.problem.as_deref().unwrap_or("passed"))
    };
    insta::assert_snapshot!(results.iter().map(told).collect::<Vec<_>>().join("\n"));
}

#[test]
fn a_case_with_an_unknown_key_is_refused() {
    let case = "[[cases]]\nname = 'x'\ntool = 'x'\nexpect = 'deny'\n";
    toml::from_str::<Cases>(case).unwrap();
    for key in ["args = {}", "expected = 'deny'", "at = 'noon'"] {
        assert!(toml::from_str::<Cases>(&format!("{case}{key}")).is_err(), "{key}");
    }
}
