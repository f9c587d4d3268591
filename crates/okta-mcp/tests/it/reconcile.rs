//! `okta-mcp audit reconcile`: the trail beside the System Log of the sandbox.

mod forge;
mod world;

use okta_catalog::{GET_LOGS, GET_USER};
use okta_sandbox::{Fault, FaultKind};
use serde_json::{Value, json};

use self::{
    forge::{Lie, forge},
    world::{ANA, World},
};

/// The outcomes of what was refused, and what the log says of it.
fn pairs(found: &Value) -> Vec<(&str, usize)> {
    let pairs = found["refused"].as_array().unwrap().iter();
    pairs
        .map(|pair| {
            let outcome = pair["call"]["outcome"].as_str().unwrap_or_default();
            (outcome, pair["events"].as_array().unwrap().len())
        })
        .collect()
}

/// Why events are not explained, and by whose words.
fn why(found: &Value) -> Vec<(&str, &str)> {
    let all = found["unexplained"].as_array().unwrap().iter();
    all.map(|it| (it["why"].as_str().unwrap(), it["event"]["kind"].as_str().unwrap())).collect()
}

#[test]
fn a_clean_day_matches() {
    let world = World::new();
    let group = world.group("Night shift");
    world.call(&["update_group", &group, "profile.name=Late shift", "profile.description=x"]);
    world.call(&["add_user_to_group", &group, &format!("user_id={ANA}")]);
    world.call(&["deactivate_user", "user_id=victor.lindqvist@acme.example"]);
    world.call(&["get_user", &format!("user_id={ANA}")]);
    // Denied by the policy; refused by Okta.
    let app = world.app();
    assert_eq!(world.run(&["call", "delete_application", &app]).code, Some(1));
    let login = format!("profile.login={ANA}");
    let twice = ["call", "create_user", &login, "profile.email=a@acme.example"];
    let twice = [&twice[..], &["profile.firstName=A", "profile.lastName=B"]].concat();
    assert_eq!(world.run(&twice).code, Some(1));
    let ran = world.run(&["audit", "reconcile", "--since", "1h"]);
    assert_eq!(ran.stderr, "The trail and Okta's System Log match\n");
    let found = ran.json();
    assert_eq!((&found["matches"], &found["verify"]["whole"]), (&json!(true), &json!(true)));
    assert_eq!((&found["writes"], &found["witnessed"]), (&json!(5), &json!(4)));
    // Each process signed in: that needs no row.
    let count = |name: &str| found[name].as_u64().unwrap();
    assert!(count("explained") >= 4 && count("aside") >= 8, "{found}");
    assert_eq!(count("events"), count("explained") + count("aside"));
    assert_eq!(pairs(&found), [("denied", 0), ("bad_argument", 0)]);
    for none in ["missing", "contradicted", "unexplained", "late", "silent", "settled"] {
        assert_eq!(found[none], json!([]), "{none}");
    }
    // What was read of the log is in the trail, as any call is.
    let rows = world.run(&["audit", "search", "--tool", GET_LOGS.name]).json();
    assert_eq!(rows["items"][0]["client"].as_str().unwrap().split(' ').next(), Some("okta-mcp"));
    let told = world.run(&["audit", "search", "--kind", "audit.reconciled"]).json();
    assert_eq!(
        (&told["items"][0]["matches"], &told["items"][0]["whole"]),
        (&json!(true), &json!(true))
    );
}

#[test]
fn what_changes_nothing_cannot_be_witnessed() {
    let world = World::new();
    let (group, user) = (world.group("Night shift"), format!("user_id={ANA}"));
    let app = world.app();
    let policy = world.policy();
    let calls: &[&[&str]] = &[
        &["add_user_to_group", &group, &user],
        &["remove_user_from_group", &group, &user],
        &["update_user", &user, "profile.title=Head of nights"],
        &["activate_application", &app],
        &["activate_policy", &policy],
    ];
    for call in calls {
        for _ in 0..2 {
            world.call(call);
        }
    }
    let found = world.reconcile(0);
    let silent = found["silent"].as_array().unwrap();
    let tools: Vec<&str> = silent.iter().map(|it| it["call"]["tool"].as_str().unwrap()).collect();
    for call in calls {
        assert!(tools.contains(&call[0]), "{tools:?}");
    }
    assert_eq!(
        found["writes"].as_u64(),
        Some(found["witnessed"].as_u64().unwrap() + tools.len() as u64)
    );
}

#[test]
fn another_program_with_the_credential_is_found() {
    let world = World::new();
    world.group("Night shift");
    world.other("curl/8.9").create_group("Taken over", "x");
    let found = world.reconcile(1);
    assert_eq!(
        why(&found),
        [("foreign", "app.oauth2.token.grant.access_token"), ("foreign", "group.lifecycle.create"),]
    );
    let event = &found["unexplained"][1]["event"];
    assert_eq!(event["agent"], "curl/8.9 (call/x)");
    assert_eq!(event["targets"], json!(["UserGroup Taken over"]));
    assert_eq!((&found["writes"], &found["witnessed"]), (&json!(1), &json!(1)));
    assert_eq!(found["verify"]["whole"], true);
}

/// The name of okta-mcp, and even the id of a real call, help nobody.
#[test]
fn a_program_that_looks_like_us_is_found() {
    let world = World::new();
    world.group("Night shift");
    let sent = world.rows("intent")[0].id().unwrap();
    let other = world.other("okta-mcp/0.1.0");
    other.create_group("Made up", "7-0123456789abcdef");
    other.create_group("Borrowed", &sent);
    other.create_group("Unnamed", "0-unrecorded");
    let found = world.reconcile(1);
    let created = "group.lifecycle.create";
    assert_eq!(why(&found), [("row_gone", created), ("borrowed", created), ("foreign", created)]);
    let ran = world.run(&["audit", "reconcile", "--since", "1h", "--until", "30m"]);
    assert_eq!(ran.json()["events"], 0);
}

#[test]
fn a_trail_rewritten_with_its_key_verifies_and_is_found() {
    let world = World::new();
    for name in ["Before", "Taken out", "After"] {
        world.group(name);
    }
    world.reconcile(0);
    let intents = world.rows("intent");
    let hidden = intents[1].text("call").unwrap().to_owned();
    forge(&world, Lie::Without(&hidden));
    // By all that the trail itself can tell it is whole.
    let ran = world.run(&["audit", "verify"]);
    assert_eq!(ran.json()["whole"], true);
    assert_eq!(world.rows("intent").len(), 2);
    let ran = world.run(&["audit", "reconcile", "--since", "1h"]);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.stderr.contains("3 events not explained by the trail"), "{}", ran.stderr);
    let found: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!((&found["matches"], &found["verify"]["whole"]), (&json!(false), &json!(true)));
    // Each of them names a row that is not there: one write is gone, the others were chained anew.
    let all = found["unexplained"].as_array().unwrap();
    let recorded: Vec<bool> = all.iter().map(|it| it["recorded"].is_string()).collect();
    assert_eq!(recorded, [true, false, true]);
    assert_eq!(all[1]["event"]["targets"], json!(["UserGroup Taken out"]));
    let named: Vec<&str> = all.iter().map(|it| it["event"]["call"].as_str().unwrap()).collect();
    let sent: Vec<String> = intents.iter().map(|intent| intent.id().unwrap()).collect();
    assert_eq!(named, sent);
    assert_eq!((&found["writes"], &found["witnessed"]), (&json!(2), &json!(2)));
}

#[test]
fn a_trail_that_says_otherwise_is_found() {
    let world = World::new();
    world.group("Night shift");
    let call = world.rows("call")[0].id().unwrap();
    forge(&world, Lie::Outcome(&call, "denied"));
    assert_eq!(world.run(&["audit", "verify"]).json()["whole"], true);
    let found = world.reconcile(1);
    assert_eq!(found["contradicted"][0]["call"]["outcome"], "denied");
    assert_eq!(found["contradicted"][0]["events"][0]["result"], "SUCCESS");
}

#[test]
fn a_removed_row_is_found_twice() {
    let world = World::new();
    world.group("Night shift");
    world.group("Late shift");
    let gone = world.rows("intent")[0].clone();
    let path = world.folder().join(&gone.segment);
    let text = fs_err::read_to_string(&path).unwrap();
    let hash = gone.text("hash").unwrap();
    let hash = format!("\"hash\":\"{hash}\"");
    let kept: Vec<&str> = text.lines().filter(|line| !line.contains(&hash)).collect();
    assert_eq!(kept.len() + 1, text.lines().count());
    fs_err::write(path, kept.join("\n") + "\n").unwrap();
    let ran = world.run(&["audit", "reconcile", "--since", "1h"]);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    let found: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(found["verify"]["whole"], false);
    assert_eq!(found["verify"]["problems"][0]["row"], gone.seq().unwrap());
    assert_eq!(why(&found), [("row_gone", "group.lifecycle.create")]);
    assert_eq!(found["unexplained"][0]["event"]["call"], gone.id().unwrap());
    assert!(ran.stderr.contains("of the trail itself"), "{}", ran.stderr);
}

#[test]
fn a_write_that_okta_does_not_know_is_missing() {
    let world = World::new();
    world.group("Night shift");
    // As one that is only said to have been done: two hours ago, and a minute ago.
    for minutes in [120, 1] {
        forge(&world, Lie::Copied { minutes });
    }
    assert_eq!(world.run(&["audit", "verify"]).json()["whole"], true);
    let found = world.run(&["audit", "reconcile", "--since", "3h"]);
    assert_eq!(found.code, Some(1), "{found:?}");
    let found: Value = serde_json::from_str(&found.stdout).unwrap();
    let requests = json!(["POST /api/v1/groups"]);
    assert_eq!(found["missing"].as_array().unwrap().len(), 1);
    assert_eq!(found["missing"][0]["requests"], requests);
    assert_eq!(found["late"].as_array().unwrap().len(), 1);
}

#[test]
fn lost_answers_are_settled() {
    let world = World::new();
    for (kind, name) in [(FaultKind::Lost, "Done"), (FaultKind::Reset, "Not done")] {
        let (method, path) = (Some("POST".to_owned()), "/api/v1/groups".to_owned());
        world.org.inject(Fault { kind, method, path, times: 1 });
        let ran = world.run(&["call", "create_group", &format!("profile.name={name}")]);
        assert_eq!(ran.code, Some(1), "{ran:?}");
    }
    let found = world.reconcile(0);
    let settled: Vec<(&str, usize)> = found["settled"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| (it["verdict"].as_str().unwrap(), it["events"].as_array().unwrap().len()))
        .collect();
    // Too early to say that nothing is there.
    assert_eq!(settled, [("done", 1), ("late", 0)]);
}

#[test]
fn an_api_token_stands_for_its_admin() {
    let world = World::with_api_token();
    world.group("Night shift");
    let found = world.reconcile(0);
    assert_eq!((&found["writes"], &found["witnessed"]), (&json!(1), &json!(1)));
    assert_eq!(found["principal"], "api-token");
    assert!(found["actor"].as_str().unwrap().starts_with("00u"), "{found}");
    let rows = world.run(&["audit", "search", "--tool", GET_USER.name]).json();
    assert_eq!(rows["items"][0]["target"], "me");
    world.other("curl/8.9").create_group("Taken over", "x");
    assert_eq!(why(&world.reconcile(1)), [("foreign", "group.lifecycle.create")]);
}

/// More than one page, and more than one reply may hold.
#[test]
fn a_long_log_is_read_to_its_end() {
    let world = World::new();
    world.other(&"x".repeat(1_000)).create_groups(1_001);
    let ran = world.run(&["audit", "reconcile", "--since", "1h"]);
    assert!(ran.stderr.contains("1002 events not explained"), "{}", ran.stderr);
    let calls = world.rows("call");
    let reads = calls.iter().filter(|row| row.text("tool") == Some(GET_LOGS.name));
    assert_eq!(reads.count(), 2);
}

#[test]
fn what_cannot_be_compared_is_told() {
    let world = World::new();
    let mut said = String::new();
    for args in
        [&["--since", "91d"][..], &["--since", "soon"], &["--since", "1h", "--until", "2h"], &[]]
    {
        let ran = world.run(&[&["audit", "reconcile"], args].concat());
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""), "{args:?}");
        said = format!("{said}{args:?}\n  {}\n", ran.stderr.lines().next().unwrap());
    }
    let ran = world.run(&["--sandbox", "audit", "reconcile", "--since", "1h"]);
    said = format!("{said}--sandbox\n  {}", ran.stderr);
    let env = [("OKTA_SCOPES", "okta.groups.read")];
    let ran = world.run_with(&env, &["audit", "reconcile", "--since", "1h"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(1), ""), "{ran:?}");
    said = format!("{said}without okta.logs.read\n  {}", ran.stderr);
    world.org.inject(Fault {
        kind: FaultKind::Status(403),
        method: None,
        path: "/api/v1/logs".to_owned(),
        times: 9,
    });
    let ran = world.run(&["audit", "reconcile", "--since", "1h"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(1), ""), "{ran:?}");
    insta::with_settings!({ filters => vec![(r"like 24h, 7d or \S+", "like 24h, 7d or [now]")] }, {
        insta::assert_snapshot!("mistakes", said);
    });
}
