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
        &["policy", "replay", "--draft", "missing.toml"],
        &["policy", "replay", "--draft", "x.toml", "--config", "y.toml"],
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
    for part in ["check", "explain", "test", "replay"] {
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

#[test]
fn recorded_calls_are_judged_by_a_draft() {
    let home = Home::new();
    let file = |name: &str, text: &str| {
        let path = home.path().join(name);
        fs_err::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let held =
        file("held.toml", "profiles.default.rules = [{ tools = ['get_*'], decision = 'deny' }]");
    for args in [
        &["list_users", "limit=200"][..],
        &["list_users", "limit=2"],
        &["create_group", "profile.name=Night shift"],
        &["create_group", "profile.name=Day shift"],
        &["get_group", "group_id=x", "--config", &held],
        &["list_users", "limit=many"],
        &["list_users", "nonsense=1"],
    ] {
        let all: Vec<&str> = ["call", "--sandbox"].iter().chain(args).copied().collect();
        home.run(&all);
    }
    let draft = file(
        "draft.toml",
        "[profiles.default]
        rules = [
            { name = 'large', effects = ['read'], when = 'has(args.limit) && args.limit > 100', decision = 'deny' },
            { name = 'night', tools = ['create_group'],
              when = 'args.profile.name.startsWith(\"Night\")', decision = 'confirm' },
        ]",
    );
    let told = home.run(&["policy", "replay", "--draft", &draft, "--json"]).json();
    let calls: Vec<_> = told["calls"].as_array().unwrap().iter().map(short).collect();
    let wanted = ["list_users allow deny", "create_group allow confirm", "get_group deny allow"];
    assert_eq!(calls, wanted, "{told}");
    // Five were judged; of the two others one never began, one did not fit the tool.
    assert_eq!((&told["judged"], &told["same"]), (&5.into(), &2.into()), "{told}");
    assert_eq!(told["before_the_policy"], 1, "{told}");
    let same = home.run(&["policy", "replay", "--draft", &held, "--since", "1h"]);
    assert_eq!((same.code, same.stdout.as_str()), (Some(0), ""), "{same:?}");
    assert!(same.stderr.contains("Of 5 calls 5 would have gone the same way"), "{same:?}");
    let later =
        home.run(&["policy", "replay", "--draft", &draft, "--since", "2999-01-01T00:00:00Z"]);
    assert!(later.stderr.contains("Of 0 calls"), "{later:?}");
    let wrong = home.run(&["policy", "replay", "--draft", &draft, "--since", "yesterday"]);
    assert_eq!(wrong.code, Some(2), "{wrong:?}");
}

fn short(call: &serde_json::Value) -> String {
    let text = |key: &str| call[key].as_str().unwrap();
    format!("{} {} {}", text("tool"), text("was"), text("would_be"))
}

#[test]
fn what_the_trail_does_not_hold_cannot_be_judged() {
    let home = Home::new();
    // As the trail has them, with no more in each than is looked at.
    let hash = |digit: char| digit.to_string().repeat(64);
    let call = |digit: char, tool: &str, effect: &str, more: &str| {
        format!(
            r#"{{"seq":1,"time":"2026-11-2{digit}T09:00:00Z","kind":"call","tool":"{tool}","effect":"{effect}","profile":"default","principal":"0oa1","client":{{"name":"claude","version":"1"}},"org":"acme.okta.com",{more},"hash":"{}"}}"#,
            hash(digit)
        )
    };
    let row = |digit: char, kind: &str, more: &str| {
        let id = digit.to_string().repeat(16);
        format!(
            r#"{{"seq":2,"time":"2026-11-2{digit}T09:00:01Z","kind":"{kind}","call":"1-{id}",{more}}}"#
        )
    };
    let sent =
        r#""requests":[{"request":"POST /api/v1/users/00u1","operation":"/api/v1/users/{id}"}]"#;
    let rows = [
        // The object is not in the trail, a password was dropped, a login has a pseudonym.
        call('1', "update_user", "write", r#""args":{"user_id":"00u1"}"#),
        row('1', "intent", &format!(r#"{sent},"effect":"write","decision":"allow""#)),
        call(
            '2',
            "create_user",
            "write",
            r#""redactions":1,"args":{"profile":{"login":"a"},"password":"[redacted]"}"#,
        ),
        row('2', "intent", r#""requests":[],"effect":"write","decision":"allow""#),
        call('3', "get_user", "read", r#""args":{"user_id":"p:0123456789abcdef0123"}"#),
        row('3', "outcome", r#""outcome":"success""#),
        // A person was asked because roles could not be read.
        call('4', "add_user_to_group", "write", r#""args":{"group_id":"00g1","user_id":"00u1"}"#),
        row('4', "intent", r#""requests":[],"effect":"write","decision":"confirm","notes":["x"]"#),
        // It was raised by what it does, and asked for, but nobody could be asked.
        call('5', "add_user_to_group", "write", r#""args":{"group_id":"00g2","user_id":"00u1"}"#),
        row('5', "outcome", r#""outcome":"confirmation_unavailable""#),
        call('6', "list_users", "read", r#""args":{}"#).replace("\"default\"", "\"prod\""),
        "no row".to_owned(),
    ];
    let folder = if cfg!(target_os = "macos") {
        home.path().join("Library/Application Support/okta-mcp/state/audit")
    } else if cfg!(windows) {
        home.path().join("okta-mcp/state/audit")
    } else {
        home.path().join("state/okta-mcp/audit")
    };
    fs_err::create_dir_all(&folder).unwrap();
    let (first, last) = rows.split_at(3);
    fs_err::write(folder.join("20261121T090000Z-0a.jsonl"), first.join("\n") + "\n").unwrap();
    // A call may go on in the next segment of its process.
    fs_err::write(folder.join("20261121T100000Z-0a-2.jsonl"), last.join("\n") + "\n").unwrap();
    let draft = home.path().join("draft.toml");
    let rules = "
        [[profiles.default.rules]]
        name = 'leavers'
        tools = ['update_user']
        when = 'target.status == \"DEPROVISIONED\"'
        decision = 'deny'
        [[profiles.default.rules]]
        name = 'odd'
        when = 'args.?user_id.orValue(\"\") == \"root\"'
        decision = 'deny'";
    fs_err::write(&draft, rules).unwrap();
    let ran = home.run(&["policy", "replay", "--draft", draft.to_str().unwrap()]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert_shown!("policy-replay", ran.shown());
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
