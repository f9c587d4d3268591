//! What is refused when a policy is loaded, and how that is told.

use okta_policy::{Policy, Source};

use crate::support::load;

fn refused(text: &str) -> String {
    match load(text) {
        Ok(_) => panic!("accepted: {text}"),
        Err(error) => format!("{error} {:?}", error.path),
    }
}

#[test]
fn every_mistake_names_the_rule_and_what_is_wrong() {
    let rule = |keys: &str| refused(&format!("[[rules]]\ndecision = 'deny'\n{keys}"));
    let confirm = |keys: &str| refused(&format!("[[rules]]\ndecision = 'confirm'\n{keys}"));
    let limit = |keys: &str| refused(&format!("[[limits]]\nat_most = 1\n{keys}"));
    let hour = "within = '1h'\n";
    let told = [
        rule("tools = []"),
        rule("effects = []"),
        rule("tools = ['a', 'b{']"),
        rule("operations = ['/api/v1/users']"),
        rule("operations = ['delete /api/v1/users']"),
        rule("operations = ['DELETE api/v1/users']"),
        rule("operations = ['DELETE /api/v1/users/{id']"),
        rule("level = 'desktop'"),
        rule("another_person = true"),
        confirm("approvers = ['ana@acme.example']"),
        confirm("level = 'desktop'\nanother_person = true"),
        confirm("level = 'person'\napprovers = []"),
        confirm("level = 'person'\napprovers = ['*@acme.example', 'a{']"),
        confirm("level = 'person'\napprovers = [' ']"),
        rule("name = ''"),
        rule("name = ' x'"),
        rule("name = 'read_only'"),
        rule("name = 'a'\n[[rules]]\nname = 'a'\ndecision = 'allow'"),
        rule("name = 'rule 2'\n[[rules]]\ndecision = 'allow'"),
        rule("effects = ['read']\nwhen = 'target.id == \"x\"'"),
        limit("name = 'a b'\nwithin = '1h'"),
        limit("name = ''\nwithin = '1h'"),
        limit("name = 'x'\nwithin = '0s'"),
        limit("name = 'x'\nwithin = '1'"),
        limit("name = 'x'\nwithin = '1mo'"),
        limit("name = 'x'\nwithin = '32d'"),
        limit(&format!("{hour}name = 'x'\nwhen = 'counts.x > 1'")),
        limit(&format!("{hour}name = 'x'\n[[limits]]\n{hour}name = 'x'\nat_most = 1")),
        rule(&format!("name = 'limit x'\n[[limits]]\n{hour}name = 'x'\nat_most = 1")),
        refused("[protect]\ngroups = ['a', ' ']"),
    ];
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn every_mistake_in_a_condition_is_placed() {
    let limit = "[[limits]]\nname = 'offboarding'\nat_most = 1\nwithin = '1h'\n";
    let conditions = [
        "",
        "args.limit >",
        "args.limit > 5 and tool == 'x'",
        "args.limit == 'x",
        "args.limit ~ 5",
        "args.limit > 5 or not tool == 'x'",
        "agrs.limit > 5",
        "limit > 5",
        "args.name.startswith('a')",
        "args.name.x()",
        "tool.x() && tool.size() > 1",
        "strings.shout(args.name)",
        "counts.ofboarding > 1",
        "counts['other'] > 1",
        "counts.?other.orValue(0) > 1",
        "args.name.matches('(')",
        "args.name.matches(args.pattern)",
        "args.list.all(target, target > 1)",
        "true &&\n  args.x ==\n  agrs.y",
        "args.a.exists(x, args.b.exists(y, args.c.exists(z, x == z)))",
        "args.a.exists(x, args.b.exists(y, y in args.c))",
    ];
    let told: Vec<String> = conditions
        .iter()
        .map(|condition| {
            let text =
                format!("{limit}[[rules]]\nname='r'\nwhen = '''{condition}'''\ndecision='deny'");
            let error = load(&text).err().map_or("accepted".to_owned(), |error| error.to_string());
            format!("{condition:?}\n  {error}")
        })
        .collect();
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn functions_and_types_of_cel_are_known() {
    for condition in [
        "type(args.a) == type && size(args) > 0 && args.a.size() > 0",
        "type(args.a) == string || type(args.a) == bool || int('1') == 1 || double('1') == 1.0",
        "args.a.contains('x') || args.a.endsWith('y') || args.a.lowerAscii() == 'z'",
        "args.?a.hasValue() || optional.of(1).hasValue() || strings.quote('a') == ''",
        "has(args.a) && [1].map(x, x + 1) == [2] && [1].exists_one(x, x > 0)",
        "args.a.split(',').filter(x, x.trim() != '').size() > 1",
        "timestamp(target.created).getFullYear() > 2020 && duration('1h').getMinutes() > 1",
        "'a' in args.list && args.m['k'] == 1 && -args.n < 2 && !args.f && args.n % 2 == 0",
    ] {
        load(&format!("[[rules]]\nwhen = '''{condition}'''\ndecision = 'deny'")).unwrap();
    }
}

#[test]
fn unknown_keys_and_words_are_refused_as_written() {
    for text in [
        "read_onyl = true",
        "[[rules]]\ndecision = 'deny'\ntool = ['x']",
        "[[rules]]\ndecision = 'forbid'",
        "[[rules]]\neffects = ['reads']\ndecision = 'deny'",
        "[[rules]]\ntools = ['x']",
        "[[limits]]\nname = 'x'\nat_most = -1\nwithin = '1h'",
        "[protect]\nuser = ['x']",
    ] {
        assert!(toml::from_str::<Source>(text).is_err(), "{text}");
    }
}

#[test]
fn an_empty_policy_is_the_default() {
    assert_eq!(load("").unwrap().version(), Policy::default().version());
    assert_eq!(load("[protect]").unwrap().source(), Policy::default().source());
}
