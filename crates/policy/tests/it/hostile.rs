//! Input that is meant to do harm: it may make a condition unknown, and nothing else.

use okta_policy::{Decision, Matched};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::support::{Call, load, when};

/// On a stack as small as that of a worker thread.
fn on_a_small_stack(run: impl FnOnce() + Send) {
    std::thread::scope(|scope| {
        std::thread::Builder::new().stack_size(2 << 20).spawn_scoped(scope, run).unwrap();
    });
}

#[test]
fn a_condition_that_is_too_deep_too_large_or_too_long_is_refused() {
    let conditions = [
        "(".repeat(2000) + "true" + &")".repeat(2000),
        "!".repeat(4001) + "true",
        "-".repeat(4001) + "1 == 1",
        "[".repeat(2000) + &"]".repeat(2000),
        "args".to_owned() + &".a".repeat(2040),
        "1".to_owned() + &"+1".repeat(2040) + " > 1",
        "true".to_owned() + &"&&true".repeat(600),
        "true".to_owned() + &"?true:true".repeat(400),
        "args".to_owned() + &"[0]".repeat(1300),
        "args".to_owned() + &".size()".repeat(500),
        "'".to_owned() + &"a".repeat(5000) + "' == tool",
        "[1].all(a,".repeat(90) + "true" + &")".repeat(90),
        "{1:".repeat(800) + "1" + &"}".repeat(800),
        "\u{0}\u{202e}\u{feff}".to_owned(),
        "'unclosed".to_owned(),
        "'''".to_owned(),
        "has(".repeat(500),
    ];
    on_a_small_stack(move || {
        for condition in &conditions {
            let source = json!({ "rules": [{ "decision": "deny", "when": condition }] });
            let source = serde_json::from_value(source).unwrap();
            let error = okta_policy::Policy::new(source).err();
            let start: String = condition.chars().take(20).collect();
            let even = condition.starts_with(['!', '-']);
            assert!(error.is_some() || even, "accepted: {start}");
        }
    });
}

#[test]
fn deep_and_long_values_are_unknown_and_not_fatal() {
    on_a_small_stack(|| {
        let deep = |levels: usize| (0..levels).fold(json!(1), |value, _| json!([value]));
        let call = |value: Value| Call::update_group().target(json!({ "x": value }));
        let rule = when("target.x == target.x", "deny");
        assert_eq!(call(deep(100)).under(&rule).considered[0].why, "its condition holds");
        let ruling = call(deep(300)).under(&rule);
        assert_eq!(ruling.decision, Decision::Deny);
        assert!(ruling.why.contains("`target` is nested too deep"), "{}", ruling.why);
        // Other conditions are none the worse for it.
        let other = when("tool == 'update_group'", "deny");
        assert_eq!(call(deep(300)).under(&other).why, "rule 1 decides: its condition holds");
    });
    let list: Vec<Value> = (0..5000).map(Value::from).collect();
    let call = Call::list_users().args(json!({ "list": list }));
    let once = when("args.list.exists(x, x == -1)", "deny");
    assert_eq!(call.under(&once).considered[0].matched, Matched::No);
    for twice in
        ["args.list.exists(x, args.list.exists(y, x == -y))", "args.list.all(x, x in args.list)"]
    {
        let ruling = call.under(&when(twice, "deny"));
        assert!(ruling.why.contains("a list of more than 1000"), "{}", ruling.why);
    }
}

#[test]
fn what_breaks_off_an_evaluation_is_unknown() {
    // Beyond what a time can be the library below CEL panics.
    let call = Call::list_users().args(json!({ "d": "2562047h", "t": "9999-12-31T23:59:59Z" }));
    let sums = "timestamp(args.t) + duration(args.d) + duration(args.d) > now";
    let allowed = call.under(&when(sums, "allow"));
    assert_eq!(allowed.considered[0].matched, Matched::No, "{allowed}");
    assert_eq!(call.decision(&when(sums, "deny")), Decision::Deny);
}

#[test]
fn text_that_backtracking_engines_choke_on_is_matched_in_time() {
    let call = Call::list_users().args(json!({ "name": "a".repeat(50_000) + "!" }));
    let rule = when("args.name.matches('^(a+)+$')", "deny");
    assert_eq!(call.under(&rule).considered[0].matched, Matched::No);
    assert!(
        load("[[rules]]\nwhen = \"args.n.matches('a{1000}{1000}{1000}')\"\ndecision='deny'")
            .is_err()
    );
}

fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(|double| json!(double)),
        "-?[1-9][0-9]{0,40}(\\.[0-9]{1,5})?([eE][+-]?[0-9]{1,4})?"
            .prop_map(|text| serde_json::from_str(&text).unwrap()),
        "\\PC{0,8}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 5, |inner| {
        let key = prop_oneof![Just("name".to_owned()), Just("profile".to_owned()), "\\PC{0,4}"];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec((key, inner), 0..5)
                .prop_map(|fields| Value::Object(fields.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

proptest! {
    #[test]
    fn whatever_okta_and_the_model_say_no_condition_fails_open(
        args in json(),
        target in json(),
        condition in prop::sample::select(vec![
            "args.name > 5",
            "args.name == target.name",
            "target.profile.name.startsWith(args.name)",
            "args.profile[args.name] == 1",
            "target.all(x, x == x)",
            "size(target.profile) > 1 && args.name in target",
            "int(args.name) + int(target.name) > 0",
            "timestamp(args.name) + duration(target.name) > now",
            "args.name.split(target.name).size() > 2",
            "args.name.replace('', target.name).matches('x{3}')",
            "'%s %d'.format([args.name, target.name]) != ''",
        ]),
    ) {
        let call = Call::delete_group().args(args).target(target);
        let denied = call.under(&when(condition, "deny"));
        let allowed = call.under(&when(condition, "allow"));
        let unknown = denied.considered[0].why.contains("cannot be evaluated");
        let matched = (denied.considered[0].matched, allowed.considered[0].matched);
        let closed = matched == (Matched::Yes, Matched::No);
        prop_assert_eq!(closed, unknown);
        prop_assert!(closed || matched.0 == matched.1);
        // Equal input, equal answer.
        prop_assert_eq!(call.under(&when(condition, "deny")), denied);
    }

    #[test]
    fn no_text_is_a_condition_that_crashes(text in "\\PC{0,40}") {
        let source = json!({ "rules": [{ "decision": "deny", "when": text }] });
        if let Ok(policy) = okta_policy::Policy::new(serde_json::from_value(source).unwrap()) {
            Call::list_users().under(&policy);
        }
    }
}
