//! Conditions: what they see, and what becomes of those that cannot be evaluated.

use okta_policy::{Decision, Matched, Operation};
use serde_json::{Value, json};

use crate::support::{Call, policy, when};

fn holds(condition: &str, call: &Call) -> bool {
    let ruling = call.under(&when(condition, "deny"));
    let said = &ruling.considered[0];
    assert!(!said.why.contains("cannot be evaluated"), "{condition}: {}", said.why);
    said.matched == Matched::Yes
}

fn unknown(condition: &str, call: &Call) -> String {
    let [deny, confirm, allow] = ["deny", "confirm", "allow"].map(|decision| {
        let ruling = call.under(&when(condition, decision));
        let said = ruling.considered[0].clone();
        (said.matched, ruling.decision, said.why)
    });
    assert_eq!((deny.0, deny.1), (Matched::Yes, Decision::Deny), "{condition}: {}", deny.2);
    assert_eq!((confirm.0, confirm.1), (Matched::Yes, Decision::Confirm), "{condition}");
    assert_eq!(allow.0, Matched::No, "{condition}");
    let why = deny.2.strip_prefix("its condition cannot be evaluated: ").unwrap();
    assert_eq!((confirm.2.ends_with(why), allow.2.ends_with(why)), (true, true));
    why.to_owned()
}

#[test]
fn they_see_the_call() {
    let mut call = Call::delete_group().count("offboarding", 3);
    call.operations.push(Operation::declared("GET", "/api/v1/groups/{groupId}"));
    for condition in [
        "args.group_id == '00g1group'",
        "target.profile.name.startsWith('eng-')",
        "target.profile.name.upperAscii().matches('^ENG-[A-Z]+$')",
        "tool == 'delete_group' && toolset == 'groups' && effect == 'destructive'",
        "operation.method == 'DELETE' && operation.path == '/api/v1/groups/{groupId}'",
        "operations.exists(o, o.method == 'GET') && size(operations) == 2",
        "principal == '0oa1app' && client == 'claude'",
        "profile == 'prod' && org == 'acme.okta.com'",
        "now < timestamp('2027-01-01T00:00:00Z')",
        "now - duration('24h') > timestamp('2026-11-20T00:00:00Z')",
        "now.getHours() == 9 && now.getHours('Europe/Berlin') == 10",
        "now.getDayOfWeek() in [0, 6]",
        "!has(args.name) && has(target.profile.name)",
        "target.?profile.?owner.orValue('nobody') == 'nobody'",
        "size(counts) == 1",
    ] {
        assert!(holds(condition, &call), "{condition}");
    }
    let limit = "[[limits]]\nname = 'offboarding'\nat_most = 9\nwithin = '1h'\n";
    for (condition, decision) in [
        ("counts.offboarding > 2", Decision::Deny),
        ("counts['offboarding'] > 3", Decision::Confirm),
    ] {
        let rule = format!("{limit}[[rules]]\nwhen = \"{condition}\"\ndecision = 'deny'");
        assert_eq!(call.decision(&policy(&rule)), decision, "{condition}");
    }
}

#[test]
fn a_call_without_a_target_has_null() {
    let mut call = Call::update_group();
    call.target = None;
    assert!(holds("target == null", &call));
    assert!(!holds("target != null && target.profile.name == 'x'", &call));
    assert_eq!(
        unknown("target.profile.name == 'x'", &call),
        "a value of type null_type has no properties"
    );
}

#[test]
fn numbers_are_numbers() {
    let call = |text: &str| {
        Call::list_users()
            .args(serde_json::from_str::<Value>(&format!("{{\"n\":{text}}}")).unwrap())
    };
    for (number, condition) in [
        ("0", "args.n == 0"),
        ("-0", "args.n == 0"),
        ("200", "args.n > 199 && args.n < 201 && type(args.n) == int"),
        ("-9223372036854775808", "args.n < 0 && type(args.n) == int"),
        ("9223372036854775807", "args.n == 9223372036854775807"),
        ("18446744073709551615", "args.n == 18446744073709551615u && type(args.n) == uint"),
        ("18446744073709551615", "args.n > 5"),
        ("1.5", "args.n > 1 && args.n < 2.0 && type(args.n) == double"),
        ("1.0", "args.n == 1"),
        ("2e2", "args.n == 200"),
        ("1e-400", "args.n == 0.0"),
        // No number holds these: they stay the text that they are.
        ("1e999", "args.n == '1e999' || args.n == '1e+999'"),
        ("18446744073709551616", "args.n == '18446744073709551616'"),
    ] {
        assert!(holds(condition, &call(number)), "{number}: {condition}");
    }
    unknown("args.n > 5", &call("1e999"));
    unknown("args.n > 5", &call("-99999999999999999999999999"));
}

#[test]
fn other_json_is_what_it_is() {
    let args =
        json!({ "flag": true, "list": ["a", 1, null], "empty": {}, "text": "ü", "no": null });
    let call = Call::list_users().args(args);
    for condition in [
        "args.flag",
        "size(args.list) == 3 && args.list[0] == 'a' && args.list[2] == null",
        "'a' in args.list && !('b' in args.list)",
        "size(args.empty) == 0 && size(args) == 5",
        "args.text == 'ü' && size(args.text) == 1",
        "args.no == null && has(args.no)",
        "args.list.exists(x, x == 1)",
    ] {
        assert!(holds(condition, &call), "{condition}");
    }
}

#[test]
fn what_cannot_be_evaluated_denies_and_confirms_and_never_allows() {
    let call = Call::delete_group().args(json!({
        "text": "secret-value", "list": [1], "n": 1, "map": { "a": 1 }, "secret-key": 1,
    }));
    let conditions = [
        "args.missing > 5",
        "args.text > 5",
        "args.text",
        "args.n",
        "args.map",
        "args.list[5] == 1",
        "args.n / 0 == 1",
        "9223372036854775807 + args.n > 0",
        "timestamp(args.text) < now",
        "args.text.charAt(99) == 'a'",
        "target[args.text] == 1",
        "target.profile.name.size > 1",
        "args.list.all(x, x > 'a')",
        "[1, 2] == [1, 2] ? args.n : true",
        "now.getHours('No/Where') > 1",
        "duration(args.text) > duration('1s')",
        "int(args.text) == 1",
    ];
    let told: Vec<String> = conditions
        .iter()
        .map(|condition| format!("{condition}\n  {}", unknown(condition, &call)))
        .collect();
    // Of the call's own values nothing is told but names of properties.
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn an_error_beside_what_decides_does_not_count() {
    let call = Call::delete_group();
    assert!(holds("args.missing > 5 || tool == 'delete_group'", &call));
    assert!(!holds("args.missing > 5 && tool == 'list_users'", &call));
}
