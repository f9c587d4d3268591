use proptest::prelude::*;
use serde_json::json;

use super::{Case, Comparison, Filter, Literal, Op, Operand, parse};

fn fits(filter: &str, object: &serde_json::Value) -> bool {
    parse(filter).unwrap().matches(Case::Ignored, &|path| Operand::at(object, path))
}

#[test]
fn expressions_mean_what_they_say() {
    let event = json!({
        "eventType": "user.session.start",
        "severity": "WARN",
        "count": 3,
        "on": true,
        "debugContext": { "debugData": { "requestUri": "/api/v1/authn" } },
        "target": [{ "id": "a", "type": "User" }, { "id": "b", "type": "AppInstance" }],
        "empty": "",
    });
    for (filter, expected) in [
        (r#"eventType eq "user.session.start""#, true),
        (r#"eventType EQ "USER.session.start""#, true),
        (r#"eventType ne "user.session.start""#, false),
        (r#"eventType sw "user." and severity eq "INFO""#, false),
        (r#"eventType sw "x" or severity eq "WARN""#, true),
        // `and` binds tighter than `or`.
        (r#"severity eq "WARN" or severity eq "x" and eventType eq "x""#, true),
        (r#"(severity eq "WARN" or severity eq "x") and eventType eq "x""#, false),
        (r#"not (severity eq "INFO")"#, true),
        (r#"not(severity eq "WARN")"#, false),
        (r#"debugContext.debugData.requestUri ew "authn""#, true),
        (r#"debugContext.debugData.requestUri co "v1""#, true),
        (r#"target.id eq "b""#, true),
        (r#"target.id ne "b""#, false),
        ("count gt 2", true),
        ("count le 2.5", false),
        ("on eq true", true),
        (r#"on eq "true""#, true),
        ("missing pr", false),
        ("empty pr", false),
        ("severity pr", true),
        ("  ( ( severity pr ) )  ", true),
        (r#"severity eq "a\"b""#, false),
    ] {
        assert_eq!(fits(filter, &event), expected, "{filter}");
    }
}

#[test]
fn dates_compare_as_dates() {
    let time = "2026-01-02T03:04:05.000Z".parse().unwrap();
    let lookup = |_: &str| Operand::Time(time);
    for (filter, expected) in [
        (r#"published gt "2026-01-02T03:04:04Z""#, true),
        (r#"published eq "2026-01-02T04:04:05.000+01:00""#, true),
        (r#"published lt "2026-01-02T03:04:05.000Z""#, false),
        (r#"published lt "nonsense""#, false),
    ] {
        assert_eq!(parse(filter).unwrap().matches(Case::Matters, &lookup), expected, "{filter}");
    }
}

#[test]
fn what_is_no_expression_is_refused() {
    for bad in [
        "",
        "status",
        "status eq",
        "status eq ACTIVE",
        r#"status xx "A""#,
        r#"status eq "A" and"#,
        r#"status eq "A" status eq "B""#,
        r#"(status eq "A""#,
        r#"status eq "A")"#,
        r#"status eq "A"#,
        r#"a..b eq "A""#,
        r#"a. eq "A""#,
        r#"emails[type eq "work"] pr"#,
        "not status pr",
        "status eq 'A'",
        r#"status eq "\q""#,
    ] {
        assert!(parse(bad).is_err(), "{bad}");
    }
    assert!(parse(&"(".repeat(50_000)).is_err());
    assert!(parse(&format!("{}a pr{}", "(".repeat(90), ")".repeat(90))).is_ok());
}

fn literal() -> impl Strategy<Value = Literal> {
    prop_oneof![
        any::<String>().prop_map(Literal::text),
        (-1e9..1e9_f64).prop_map(Literal::Number),
        any::<bool>().prop_map(Literal::Bool),
    ]
}

fn comparison() -> impl Strategy<Value = Filter> {
    let path = "[a-z_$][a-zA-Z0-9_]{0,6}(\\.[a-z][a-zA-Z0-9_-]{0,6}){0,3}";
    (path, 0..10_usize, literal()).prop_map(|(path, op, value)| {
        let op = Op::ALL[op].1;
        let value = if op == Op::Pr { Literal::Null } else { value };
        Filter::Compare(Comparison { path, op, value })
    })
}

fn filter() -> impl Strategy<Value = Filter> {
    comparison().prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 2..4).prop_map(Filter::And),
            prop::collection::vec(inner.clone(), 2..4).prop_map(Filter::Or),
            inner.prop_map(|part| Filter::Not(Box::new(part))),
        ]
    })
}

proptest! {
    #[test]
    fn printing_and_parsing_are_inverse(filter in filter()) {
        prop_assert_eq!(parse(&filter.to_string()).unwrap(), filter);
    }

    #[test]
    fn no_text_makes_the_parser_panic(text in "\\PC*") {
        parse(&text).ok();
    }

    #[test]
    fn no_near_miss_makes_the_parser_panic(text in "[a-c .()\"\\\\not]*(eq|and|or|pr|\\(|\"|1e|-)*[a-z ()\"]*") {
        parse(&text).ok();
    }
}
