//! `okta-mcp policy`, and the configuration file that it is about.

use std::path::PathBuf;

use crate::support::{Home, Ran, assert_shown};

const POLICY: &str = r#"
[profiles.default]

[[profiles.default.rules]]
name = "contractors"
toolsets = ["users"]
effects = ["write", "sensitive", "destructive"]
when = 'target.profile.login.lowerAscii().endsWith("@contractor.example")'
decision = "deny"

[[profiles.default.rules]]
name = "no deletes"
tools = ["delete_*"]
decision = "deny"

[[profiles.default.rules]]
operations = ["DELETE /api/v1/groups/00g1allstaff/**"]
decision = "deny"

[[profiles.default.rules]]
name = "bulk reads"
tools = ["list_users"]
when = "has(args.limit) && args.limit > 100"
decision = "confirm"

[[profiles.default.limits]]
name = "offboarding"
tools = ["deactivate_user"]
at_most = 5
within = "1h"
level = "desktop"

[profiles.default.protect]
groups = ["Break Glass"]
users = ["root@acme.example"]

[profiles.audit]
read_only = true

[profiles.free]
rules = [{ tools = ["*_brand", "delete_group"], decision = "allow" }]
protect = { super_admins = false }
"#;

struct Desk {
    home: Home,
    file: PathBuf,
}

impl Desk {
    fn new() -> Self {
        let home = Home::new();
        let file = home.path().join("okta-mcp.toml");
        fs_err::write(&file, POLICY).unwrap();
        Self { home, file }
    }

    fn run(&self, args: &[&str]) -> Ran {
        let file = self.file.to_str().unwrap();
        self.home.run_with(&[("OKTA_MCP_CONFIG", file)], args)
    }

    fn explain(&self, args: &[&str]) -> Ran {
        let all: Vec<&str> = ["policy", "explain"].iter().chain(args).copied().collect();
        self.run(&all)
    }

    /// What is shown, with the folder left out.
    fn shown(&self, ran: &Ran) -> String {
        ran.shown().replace(self.home.path().to_str().unwrap(), "[home]")
    }
}

#[test]
fn check_tells_what_is_in_the_file() {
    let desk = Desk::new();
    assert_shown!("policy-check", desk.shown(&desk.run(&["policy", "check"])));
    let one = desk.run(&["policy", "check", "--profile", "audit", "--json"]).json();
    let only = &one["profiles"].as_array().unwrap()[..];
    let [profile] = only else { panic!("{one}") };
    assert_eq!((&profile["profile"], &profile["read_only"]), (&"audit".into(), &true.into()));
    let none = Home::new().run(&["policy", "check"]);
    assert!(none.stdout.contains("the default policy holds"), "{none:?}");
}

#[test]
fn explain_says_which_rule_decides_and_what_the_others_say() {
    let desk = Desk::new();
    let target = r#"{ "id": "00u1", "profile": { "login": "Max@Contractor.example" } }"#;
    let calls: &[&[&str]] = &[
        &["deactivate_user", "user_id=max@contractor.example"],
        &["deactivate_user", "user_id=max@contractor.example", "--target", target],
        &[
            "deactivate_user",
            "user_id=00u1",
            "--count",
            "offboarding=6",
            "--target",
            r#"{"id":"00u1"}"#,
        ],
        &["delete_group", "group_id=00g1allstaff"],
        &["remove_user_from_group", "group_id=00g1allstaff", "user_id=00u1"],
        &["list_users", "limit=200"],
        &["list_users"],
        &["get_user", "user_id=00u1", "--profile", "audit"],
        &["update_user", "user_id=root", "profile.title=x", "--read-only"],
        &["create_group", "profile.name=x", "--target", "null"],
        &["update_group", "--arguments", r#"{ "group_id": "break glass", "nonsense": 1 }"#],
        &["add_user_to_group", "group_id=00g1", "user_id=00u1", "--effect", "sensitive"],
    ];
    let mut shown = String::new();
    for call in calls {
        let ran = desk.explain(call);
        assert_eq!(ran.code, Some(0), "{ran:?}");
        shown = format!("{shown}$ explain {}\n{}{}\n", call.join(" "), ran.stdout, ran.stderr);
    }
    assert_shown!("policy-explain", shown);
}

#[test]
fn explain_answers_in_json() {
    let desk = Desk::new();
    let told = desk.explain(&["deactivate_user", "user_id=root", "--json"]).json();
    assert_eq!(told["decision"], "confirm");
    assert_eq!(told["rule"], serde_json::Value::Null);
    assert_eq!(told["considered"][0]["matches"], "left out");
    assert_eq!(told["considered"].as_array().unwrap().len(), 5);
    assert!(
        told["notes"][0].as_str().unwrap().starts_with("root@acme.example is a protected person")
    );
}

#[test]
fn the_time_of_a_call_can_be_given() {
    let desk = Desk::new();
    let rule = "when = 'now.getHours(\"Europe/Berlin\") < 6'\ndecision = 'deny'";
    fs_err::write(&desk.file, format!("[[profiles.default.rules]]\n{rule}")).unwrap();
    for (time, decision) in [("2026-11-21T04:59:00Z", "deny"), ("2026-11-21T05:00:00Z", "allow")] {
        let told = desk.explain(&["list_users", "--json", "--at", time]).json();
        assert_eq!(told["decision"], decision, "{time}");
    }
}

#[test]
fn cases_are_run() {
    let desk = Desk::new();
    let good = r#"
[[cases]]
name = "contractors stay"
tool = "deactivate_user"
target = { profile = { login = "max@contractor.example" } }
expect = "deny"
rule = "contractors"

[[cases]]
name = "the sixth person in an hour is confirmed at the desktop"
tool = "deactivate_user"
target = { profile = { login = "ana@acme.example" } }
counts = { offboarding = 6 }
expect = "confirm"
level = "desktop"
"#;
    let bad = r#"
[[cases]]
name = "groups can be deleted"
tool = "delete_group"
target = {}
expect = "allow"

[[cases]]
name = "there is no such tool"
tool = "delete_brand"
expect = "deny"
"#;
    let cases = desk.home.path().join("cases.toml");
    let test = |text: &str, args: &[&str]| {
        fs_err::write(&cases, text).unwrap();
        let all = ["policy", "test", cases.to_str().unwrap()];
        desk.run(&all.iter().chain(args).copied().collect::<Vec<_>>())
    };
    let ran = test(good, &[]);
    assert_eq!(ran.code, Some(0));
    assert_shown!("policy-test", desk.shown(&ran));
    let ran = test(&format!("{good}{bad}"), &[]);
    assert_eq!(ran.code, Some(1));
    assert_shown!("policy-test-failed", desk.shown(&ran));
    let told = test(good, &["--json"]).json();
    assert_eq!(
        (&told["cases"][1]["passed"], &told["cases"][1]["level"]),
        (&true.into(), &"desktop".into())
    );
    let ran = test("[[cases]]\nname = 'x'\ntool = 'y'\nexpects = 'deny'", &[]);
    assert_eq!(ran.code, Some(2));
    assert!(
        ran.stderr.contains("cases.toml:4:1: there is no key `expects` here"),
        "{}",
        ran.stderr
    );
}

#[test]
fn mistakes_are_one_line() {
    let desk = Desk::new();
    let mut shown = String::new();
    for args in [
        &["policy", "explain", "delete_grup"][..],
        &["policy", "explain", "delete_group", "--profile", "gov"],
        &["policy", "explain", "delete_group", "--config", "missing.toml"],
        &["policy", "explain", "delete_group", "--count", "x"],
        &["policy", "explain", "delete_group", "--count", "x=1"],
        &["policy", "explain", "delete_group", "--target", "[]"],
        &["policy", "explain", "delete_group", "--target", "{"],
        &["policy", "explain", "delete_group", "--target", "@missing.json"],
        &["policy", "explain", "delete_group", "--effect", "grave"],
        &["policy", "test", "missing.toml"],
        &["tools", "--profile", "gov"],
        &["sandbox", "--read-only"],
        &["demo", "--profile", "audit"],
        &["--config", "x.toml", "completions", "bash"],
    ] {
        let org = ("OKTA_ORG_URL", "https://acme.okta.com");
        let file = ("OKTA_MCP_CONFIG", desk.file.to_str().unwrap());
        let ran = desk.home.run_with(&[org, file, ("OKTA_API_TOKEN", "00abc")], args);
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""), "{args:?}");
        let line = ran.stderr.lines().next().unwrap();
        shown = format!("{shown}{}\n  {line}\n", args.join(" "));
    }
    assert_shown!("policy-mistakes", shown.replace(desk.home.path().to_str().unwrap(), "[home]"));
}

#[test]
fn every_part_has_help_with_an_example() {
    let home = Home::new();
    for part in ["check", "explain", "test"] {
        let ran = home.run(&["policy", part, "--help"]);
        assert!(ran.stdout.contains("Example"), "{part}");
        assert_shown!(format!("help-policy-{part}"), ran.stdout);
    }
}

#[test]
fn the_policy_holds_for_calls() {
    let desk = Desk::new();
    let call = |args: &[&str]| {
        let all: Vec<&str> = ["call", "--sandbox"].iter().chain(args).copied().collect();
        desk.run(&all)
    };
    assert_eq!(call(&["list_groups", "limit=1"]).code, Some(0));
    let group =
        call(&["list_groups", "limit=1", "search=type eq \"OKTA_GROUP\"", "--output", "json"]);
    let group = group.json()["items"][0]["id"].as_str().unwrap().to_owned();
    let ran = call(&["delete_group", &format!("group_id={group}")]);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.stderr.contains("no deletes"), "{}", ran.stderr);
    let name = ["create_group", "profile.name=x"];
    assert_eq!(call(&name).code, Some(0));
    let ran = call(&[name[0], name[1], "--read-only"]);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.stderr.contains("read_only"), "{}", ran.stderr);
}

/// What stands in the guide is what the program takes.
#[test]
fn the_examples_of_the_guide_are_good() {
    let guide = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/policy.md");
    let guide = fs_err::read_to_string(guide).unwrap();
    let home = Home::new();
    let conditions = home.path().join("conditions.toml");
    let mut cases = 0;
    for block in guide.split("```toml\n").skip(1) {
        let text = block.split("```").next().unwrap();
        let file = home.path().join("example.toml");
        fs_err::write(&file, text).unwrap();
        let path = file.to_str().unwrap();
        if text.contains("[[cases]]") {
            cases += 1;
            let ran = home.run(&["policy", "test", path, "--config", conditions.to_str().unwrap()]);
            assert_eq!(ran.code, Some(0), "{ran:?}");
            continue;
        }
        let ran = home.run(&["policy", "check", "--config", path]);
        assert_eq!(ran.code, Some(0), "{text}\n{ran:?}");
        assert!(!ran.stderr.contains("matches no"), "{ran:?}");
        if text.contains("name = \"contractors\"") {
            fs_err::write(&conditions, text).unwrap();
        }
    }
    assert_eq!(cases, 1);
}
