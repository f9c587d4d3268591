//! The policy in the pipeline: what it denies is not sent, what it asks about is asked.

use okta_gate::{CallError, Called, Level, Verdict};
use okta_policy::{Policy, Source};
use serde_json::{Value, json};

use crate::{
    pipeline::{fitting, obliging},
    setup::{Person, Rig, every_scope},
};

/// A pipeline under the policy that is written so.
async fn rig(policy: Value) -> Rig {
    let source: Source = serde_json::from_value(policy).unwrap();
    Rig::under(Policy::new(source).unwrap(), every_scope(), false).await
}

fn denied(called: &Called) -> String {
    match called {
        Called::Failed(error @ CallError::Denied { .. }) => error.to_string(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn read_only_lets_nothing_else_through() {
    let rig = rig(json!({ "read_only": true })).await;
    for tool in okta_catalog::tools().filter(|tool| tool.operation.is_some()) {
        obliging(&rig, tool.name);
        let called = rig.call(tool.name, fitting(tool), &Person::agrees()).await;
        if tool.effect() == okta_catalog::Effect::Read {
            assert!(matches!(called, Called::Done(_)), "{}: {called:?}", tool.name);
        } else {
            denied(&called);
            // Refused before anything is read.
            assert_eq!(rig.okta.seen(), [], "{}", tool.name);
        }
    }
    let listed: Vec<_> = rig.gate.listed().iter().map(|tool| tool.effect()).collect();
    assert!(listed.iter().all(|effect| *effect == okta_catalog::Effect::Read), "{listed:?}");
}

#[tokio::test]
async fn a_rule_denies_by_what_is_read() {
    let rig = rig(json!({ "rules": [{
        "name": "engineers", "decision": "deny", "tools": ["*_user"],
        "when": "target.profile.name.startsWith('eng-')",
    }] }))
    .await;
    let user = |name: &str| json!({ "id": "x1", "status": "ACTIVE", "profile": { "name": name } });
    for (name, allowed) in [("eng-ana", false), ("ana", true)] {
        let user = user(name);
        rig.okta.program(move |seen| {
            let list = seen.path.ends_with("/roles") || seen.path.ends_with("/appLinks");
            crate::okta::Answer::json(200, &if list { json!([]) } else { user.clone() })
        });
        let args = json!({ "user_id": "x1" });
        let called = rig.call("deactivate_user", args, &Person::agrees()).await;
        assert_eq!(matches!(called, Called::Done(_)), allowed, "{called:?}");
        assert_eq!(rig.okta.writes().len(), usize::from(allowed));
        if !allowed {
            assert!(denied(&called).contains("engineers"), "{called:?}");
        }
    }
}

#[tokio::test]
async fn a_rule_asks_before_a_read() {
    let rig = rig(json!({ "rules": [{
        "decision": "confirm", "tools": ["list_users"], "when": "has(args.fetch_all)",
    }] }))
    .await;
    obliging(&rig, "list_users");
    for (args, asked) in [(json!({}), 0), (json!({ "fetch_all": true }), 1)] {
        let person = Person::agrees();
        let called = rig.call("list_users", args.clone(), &person).await;
        assert!(matches!(called, Called::Done(_)), "{called:?}");
        assert_eq!(person.asked.lock().unwrap().len(), asked, "{args}");
    }
    obliging(&rig, "list_users");
    let no = Person::who(Verdict::Declined);
    let called = rig.call("list_users", json!({ "fetch_all": true }), &no).await;
    assert!(matches!(called, Called::Failed(CallError::NotConfirmed(_))), "{called:?}");
    assert_eq!(rig.okta.seen(), []);
}

#[tokio::test]
async fn a_rule_lets_a_destructive_call_through() {
    let rig = rig(json!({ "rules": [{ "decision": "allow", "tools": ["delete_group"] }] })).await;
    let tool = okta_catalog::find("delete_group").unwrap();
    obliging(&rig, tool.name);
    let called = rig.call(tool.name, fitting(tool), &Person::mute()).await;
    assert!(matches!(called, Called::Done(_)), "{called:?}");
    let rows = rig.trail.rows.lock().unwrap();
    assert_eq!(rows[1].0["decision"], "allow");
    assert_eq!(rows[1].0["rule"], "rule 1");
    assert!(rows[1].0.get("confirmed").is_none());
}

#[tokio::test]
async fn a_limit_that_is_passed_asks() {
    let rig = rig(json!({
        "rules": [{ "decision": "allow", "tools": ["deactivate_user"] }],
        "limits": [{
            "name": "leavers", "tools": ["deactivate_user"], "at_most": 2, "within": "1h",
        }],
    }))
    .await;
    let deactivate = async |id: &'static str| {
        rig.okta.program(move |seen| {
            let list = seen.path.ends_with("/roles") || seen.path.ends_with("/appLinks");
            let user = json!({ "id": id, "status": "ACTIVE", "profile": { "login": "a@b.c" } });
            crate::okta::Answer::json(200, &if list { json!([]) } else { user })
        });
        let person = Person::agrees();
        let called = rig.call("deactivate_user", json!({ "user_id": id }), &person).await;
        assert!(matches!(called, Called::Done(_)), "{id}: {called:?}");
        person.asked.lock().unwrap().len()
    };
    assert_eq!(deactivate("00u1").await, 0);
    assert_eq!(deactivate("00u2").await, 0);
    // The same person again is no further one.
    assert_eq!(deactivate("00u1").await, 0);
    assert_eq!(deactivate("00u3").await, 1);
    rig.gate.clock().sleep(std::time::Duration::from_secs(3601)).await;
    assert_eq!(deactivate("00u4").await, 0);
}

#[tokio::test]
async fn a_level_that_the_client_cannot_give_is_not_taken_from_it() {
    let rig = rig(json!({ "rules": [{
        "decision": "confirm", "level": "desktop", "tools": ["create_group"],
    }] }))
    .await;
    let tool = okta_catalog::find("create_group").unwrap();
    obliging(&rig, tool.name);
    let person = Person::agrees();
    let called = rig.call(tool.name, fitting(tool), &person).await;
    assert!(matches!(called, Called::Failed(CallError::CannotAsk { .. })), "{called:?}");
    assert_eq!(person.asked.lock().unwrap().len(), 0);
    assert_eq!(rig.okta.writes(), []);
}

#[tokio::test]
async fn a_yes_below_the_level_is_none_whatever_the_client_promised() {
    let rig = rig(json!({ "rules": [{
        "decision": "confirm", "level": "desktop", "tools": ["create_group"],
    }] }))
    .await;
    let tool = okta_catalog::find("create_group").unwrap();
    for level in [Level::Client, Level::Desktop, Level::Person] {
        obliging(&rig, tool.name);
        let yes = Verdict::Yes { level, waited: false };
        let person = Person { level: Some(Level::Desktop), ..Person::who(yes) };
        let called = rig.call(tool.name, fitting(tool), &person).await;
        if level < Level::Desktop {
            assert!(
                matches!(called, Called::Failed(CallError::NotConfirmed(why)) if why.contains("sure")),
                "{level}: {called:?}"
            );
            assert_eq!(rig.okta.writes(), [], "{level}");
        } else {
            assert!(matches!(called, Called::Done(_)), "{level}: {called:?}");
        }
    }
}

#[tokio::test]
async fn the_trail_tells_once_what_calls_are_judged_by() {
    let rig = rig(json!({ "rules": [{ "decision": "deny", "tools": ["create_group"] }] })).await;
    for name in ["list_users", "create_group", "list_groups"] {
        obliging(&rig, name);
        rig.call(name, fitting(okta_catalog::find(name).unwrap()), &Person::mute()).await;
    }
    let about = rig.trail.about.lock().unwrap();
    let kinds: Vec<_> = about.iter().map(|row| row["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["policy", "sign_in"]);
    assert_eq!(about[0]["rules"]["rules"][0]["tools"], json!(["create_group"]));
    assert_eq!(about[1]["principal"], "0oaservice");
}
