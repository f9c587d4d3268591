//! Policies, their rules, and device assurance.

use serde_json::{Value, json};

use crate::support::{Sandbox, texts};

const POLICIES: &str = "/api/v1/policies";

async fn of_type(sandbox: &Sandbox, kind: &str) -> Vec<Value> {
    sandbox.all(&format!("{POLICIES}?type={kind}")).await
}

async fn made(sandbox: &Sandbox, body: Value) -> String {
    let made = sandbox.post(POLICIES, body).await;
    assert_eq!(made.status, 200, "{}", made.text);
    format!("{POLICIES}/{}", made.body["id"].as_str().unwrap())
}

#[tokio::test]
async fn a_policy_lives_and_dies() {
    let sandbox = Sandbox::new();
    let body = json!({ "type": "ACCESS_POLICY", "name": "Strict" });
    let policy = made(&sandbox, body.clone()).await;
    let rules = sandbox.get(&format!("{policy}/rules")).await.body;
    assert_eq!((&rules[0]["name"], &rules[0]["priority"]), (&json!("Catch-all Rule"), &json!(99)));
    assert_eq!(sandbox.post(POLICIES, body).await.code(), "E0000001");
    assert_eq!(
        sandbox.post(&format!("{policy}/lifecycle/deactivate"), json!({})).await.status,
        204
    );
    assert_eq!(sandbox.get(&policy).await.body["status"], "INACTIVE");
    assert_eq!(sandbox.post(&format!("{policy}/lifecycle/activate"), json!({})).await.status, 204);
    let renamed = json!({ "type": "ACCESS_POLICY", "name": "Stricter", "description": "Very" });
    assert_eq!(sandbox.put(&policy, renamed).await.body["name"], "Stricter");
    assert_eq!(sandbox.delete(&policy).await.status, 204);
    assert_eq!(sandbox.get(&policy).await.code(), "E0000007");
    let id = policy.rsplit('/').next().unwrap();
    let log = sandbox.get(&format!("/api/v1/logs?filter=target.id eq \"{id}\"")).await.body;
    assert_eq!(
        texts(log.as_array().unwrap(), "/eventType"),
        [
            "policy.lifecycle.create",
            "policy.lifecycle.deactivate",
            "policy.lifecycle.activate",
            "policy.lifecycle.update",
            "policy.lifecycle.delete",
        ]
    );
}

#[tokio::test]
async fn the_type_decides_what_is_listed() {
    let sandbox = Sandbox::new();
    let without = sandbox.get(POLICIES).await;
    assert_eq!((without.status.as_u16(), without.code()), (400, "E0000028"));
    let unknown = sandbox.get(&format!("{POLICIES}?type=WISHES")).await;
    assert_eq!((unknown.status.as_u16(), unknown.code()), (400, "E0000002"));
    for kind in [
        "OKTA_SIGN_ON",
        "PASSWORD",
        "MFA_ENROLL",
        "IDP_DISCOVERY",
        "ACCESS_POLICY",
        "PROFILE_ENROLLMENT",
        "POST_AUTH_SESSION",
        "ENTITY_RISK",
        "DEVICE_SIGNAL_COLLECTION",
    ] {
        let found = of_type(&sandbox, kind).await;
        let system = found.iter().filter(|policy| policy["system"] == json!(true));
        assert_eq!(system.count(), 1, "{kind}");
        let expanded = sandbox.get(&format!("{POLICIES}?type={kind}&expand=rules")).await.body;
        assert!(!expanded[0]["_embedded"]["rules"].as_array().unwrap().is_empty(), "{kind}");
    }
}

#[tokio::test]
async fn what_is_part_of_the_org_stays() {
    let sandbox = Sandbox::new();
    let policies = of_type(&sandbox, "OKTA_SIGN_ON").await;
    let default = policies.iter().find(|policy| policy["system"] == json!(true)).unwrap();
    let path = format!("{POLICIES}/{}", default["id"].as_str().unwrap());
    assert_eq!(sandbox.delete(&path).await.code(), "E0000111");
    assert_eq!(
        sandbox.post(&format!("{path}/lifecycle/deactivate"), json!({})).await.code(),
        "E0000111"
    );
    let mut moved = default.clone();
    moved["priority"] = json!(1);
    assert_eq!(sandbox.put(&path, moved).await.code(), "E0000077");
    let rules = sandbox.get(&format!("{path}/rules")).await.body;
    let last = rules.as_array().unwrap().last().unwrap();
    assert_eq!(last["system"], true);
    let rule = format!("{path}/rules/{}", last["id"].as_str().unwrap());
    assert_eq!(sandbox.delete(&rule).await.code(), "E0000111");
    assert_eq!(
        sandbox.post(&format!("{rule}/lifecycle/deactivate"), json!({})).await.code(),
        "E0000111"
    );
}

#[tokio::test]
async fn priorities_have_no_gaps_and_the_default_is_last() {
    let sandbox = Sandbox::new();
    let names = |policies: &[Value]| {
        let pairs =
            policies.iter().map(|policy| format!("{} {}", policy["priority"], policy["name"]));
        pairs.collect::<Vec<_>>()
    };
    let before = names(&of_type(&sandbox, "OKTA_SIGN_ON").await);
    assert_eq!(before, ["1 \"Contractors\"", "2 \"Default Policy\""]);
    let policy =
        made(&sandbox, json!({ "type": "OKTA_SIGN_ON", "name": "First", "priority": 1 })).await;
    let with = names(&of_type(&sandbox, "OKTA_SIGN_ON").await);
    assert_eq!(with, ["1 \"First\"", "2 \"Contractors\"", "3 \"Default Policy\""]);
    let behind = json!({ "type": "OKTA_SIGN_ON", "name": "First", "priority": 2 });
    assert_eq!(sandbox.put(&policy, behind).await.body["priority"], 2);
    sandbox.delete(&policy).await;
    assert_eq!(names(&of_type(&sandbox, "OKTA_SIGN_ON").await), before);
}

#[tokio::test]
async fn a_rule_lives_and_dies() {
    let sandbox = Sandbox::new();
    let policy = made(&sandbox, json!({ "type": "OKTA_SIGN_ON", "name": "Mine" })).await;
    let rule = |name: &str| json!({ "name": name, "type": "SIGN_ON", "actions": { "signon": { "access": "DENY" } } });
    let rules = format!("{policy}/rules");
    let first = sandbox.post(&rules, rule("Never")).await;
    assert_eq!(first.status, 200, "{}", first.text);
    assert_eq!(first.body["priority"], 1);
    assert_eq!(first.body["actions"]["signon"]["session"]["maxSessionIdleMinutes"], 120);
    let second = sandbox.post(&rules, rule("Ever")).await.body;
    assert_eq!(second["priority"], 2);
    let path = format!("{rules}/{}", first.body["id"].as_str().unwrap());
    for wrong in [
        json!({ "name": "", "type": "SIGN_ON" }),
        rule("Ever"),
        json!({ "name": "Other", "type": "PASSWORD" }),
        json!({ "name": "Other", "conditions": { "people": { "groups": { "include": ["00g00000000000000000"] } } } }),
    ] {
        assert_eq!(sandbox.post(&rules, wrong.clone()).await.code(), "E0000001", "{wrong}");
    }
    assert_eq!(sandbox.post(&format!("{path}/lifecycle/deactivate"), json!({})).await.status, 204);
    assert_eq!(sandbox.get(&path).await.body["status"], "INACTIVE");
    assert_eq!(sandbox.delete(&path).await.status, 204);
    let left = sandbox.get(&rules).await.body;
    assert_eq!((left.as_array().unwrap().len(), &left[0]["priority"]), (1, &json!(1)));
    assert_eq!(sandbox.get(&path).await.code(), "E0000007");
    assert_eq!(sandbox.delete(&policy).await.status, 204);
}

#[tokio::test]
async fn a_policy_that_guards_apps_cannot_go() {
    let sandbox = Sandbox::new();
    let policies = of_type(&sandbox, "ACCESS_POLICY").await;
    let used = policies.iter().find(|policy| policy["name"] == "Managed devices only").unwrap();
    let path = format!("{POLICIES}/{}", used["id"].as_str().unwrap());
    let apps = sandbox.get(&format!("{path}/app")).await.body;
    assert!(!apps.as_array().unwrap().is_empty());
    assert_eq!(sandbox.delete(&path).await.code(), "E0000001");
    assert_eq!(
        sandbox.post(&format!("{path}/lifecycle/deactivate"), json!({})).await.code(),
        "E0000001"
    );
    let other = made(&sandbox, json!({ "type": "ACCESS_POLICY", "name": "Other" })).await;
    let other = other.rsplit('/').next().unwrap();
    for app in apps.as_array().unwrap() {
        let moved = format!("/api/v1/apps/{}/policies/{other}", app["id"].as_str().unwrap());
        assert_eq!(sandbox.put(&moved, json!({})).await.status, 204);
    }
    assert_eq!(sandbox.delete(&path).await.status, 204);
}

#[tokio::test]
async fn device_assurance_is_kept_while_a_rule_asks_for_it() {
    let sandbox = Sandbox::new();
    let path = "/api/v1/device-assurances";
    let all = sandbox.get(path).await.body;
    assert_eq!(all.as_array().unwrap().len(), 6);
    let platforms = texts(all.as_array().unwrap(), "/platform");
    for platform in ["ANDROID", "IOS", "MACOS", "WINDOWS", "CHROMEOS"] {
        assert!(platforms.iter().any(|other| other == platform), "{platform}");
    }
    let used = all.as_array().unwrap().iter().find(|one| one["platform"] == "MACOS").unwrap();
    let refused = sandbox.delete(&format!("{path}/{}", used["id"].as_str().unwrap())).await;
    assert_eq!(refused.status, 409, "{}", refused.text);

    let made = sandbox
        .post(
            path,
            json!({ "name": "Phones", "platform": "IOS", "osVersion": { "minimum": "17.1" } }),
        )
        .await;
    assert_eq!(made.status, 200, "{}", made.text);
    let own = format!("{path}/{}", made.body["id"].as_str().unwrap());
    sandbox.forward(60);
    let changed = sandbox
        .put(&own, json!({ "name": "Phones", "platform": "IOS", "jailbreak": false }))
        .await
        .body;
    assert_eq!((changed.get("createdDate"), changed.get("osVersion")), (None, None));
    assert_eq!(sandbox.get(&own).await.body["createdDate"], made.body["createdDate"]);
    for wrong in [
        json!({ "platform": "IOS", "jailbreak": false }),
        json!({ "name": "Empty", "platform": "CHROMEOS" }),
        json!({ "name": "Phones", "platform": "IOS", "jailbreak": false }),
        json!({ "name": "Toaster", "platform": "TOASTER", "jailbreak": false }),
        json!({ "name": "Mixed", "platform": "IOS", "diskEncryptionType": { "include": ["FULL"] } }),
        json!({ "name": "Word", "platform": "IOS", "osVersion": { "minimum": "seventeen" } }),
    ] {
        let reply = sandbox.post(path, wrong.clone()).await;
        assert_eq!((reply.status.as_u16(), reply.code()), (400, "E0000001"), "{wrong}");
    }
    assert_eq!(sandbox.delete(&own).await.status, 204);
    assert_eq!(sandbox.get(&own).await.code(), "E0000007");
}
