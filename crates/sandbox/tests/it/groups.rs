//! Groups, and who is in them.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::support::{Sandbox, texts};

async fn named(sandbox: &Sandbox, name: &str) -> Value {
    let found = sandbox.get(&format!("/api/v1/groups?q={name}")).await;
    found
        .body
        .as_array()
        .unwrap()
        .iter()
        .find(|group| group["profile"]["name"] == name)
        .unwrap()
        .clone()
}

#[tokio::test]
async fn a_group_lives_and_dies() {
    let sandbox = Sandbox::new();
    let made =
        sandbox.post("/api/v1/groups", json!({ "profile": { "name": "Night shift" } })).await;
    assert_eq!(made.status, 200, "{}", made.text);
    let path = format!("/api/v1/groups/{}", made.body["id"].as_str().unwrap());
    assert_eq!(sandbox.get(&path).await.body, made.body);
    let changed = json!({ "profile": { "name": "Day shift", "description": "Days" } });
    assert_eq!(sandbox.put(&path, changed).await.body["profile"]["name"], "Day shift");
    assert_eq!(sandbox.delete(&path).await.status, 204);
    let gone = sandbox.get(&path).await;
    assert_eq!((gone.status.as_u16(), gone.code()), (404, "E0000007"));
}

#[tokio::test]
async fn there_are_forty_groups_and_everyone() {
    let sandbox = Sandbox::new();
    let groups = sandbox.all("/api/v1/groups?limit=6").await;
    assert_eq!(groups.len(), 41);
    let ids: BTreeSet<String> = texts(&groups, "/id").into_iter().collect();
    assert_eq!(ids.len(), 41);
    let filtered = sandbox.all(r#"/api/v1/groups?filter=type eq "APP_GROUP""#).await;
    assert_eq!(filtered.len(), 2);
    let searched = sandbox
        .all(r#"/api/v1/groups?search=profile.name sw "office" and type eq "OKTA_GROUP""#)
        .await;
    assert_eq!(searched.len(), 5);
    let sorted = sandbox.all("/api/v1/groups?search=id pr&sortBy=profile.name&limit=5").await;
    let names: Vec<String> =
        texts(&sorted, "/profile/name").iter().map(|name| name.to_lowercase()).collect();
    assert!(names.is_sorted() && names.len() == 41);
}

#[tokio::test]
async fn members_come_and_go() {
    let sandbox = Sandbox::new();
    let group = named(&sandbox, "Book Club").await;
    let path = format!("/api/v1/groups/{}", group["id"].as_str().unwrap());
    let user = sandbox.get("/api/v1/users/rita.moss@acme.example").await.body;
    let id = user["id"].as_str().unwrap();
    let member = format!("{path}/users/{id}");
    sandbox.delete(&member).await;
    sandbox.forward(60);
    assert_eq!(sandbox.put(&member, json!({})).await.status, 204);
    assert_eq!(sandbox.put(&member, json!({})).await.status, 204);
    assert!(
        texts(&sandbox.all(&format!("{path}/users?limit=2")).await, "/id").contains(&id.to_owned())
    );
    let hers = sandbox.get(&format!("/api/v1/users/{id}/groups")).await.body;
    let names = texts(hers.as_array().unwrap(), "/profile/name");
    assert!(names.contains(&"Book Club".to_owned()) && names.contains(&"Everyone".to_owned()));
    assert_eq!(sandbox.get(&path).await.body["lastMembershipUpdated"], "2026-06-15T09:31:00.000Z");
    assert_eq!(sandbox.delete(&member).await.status, 204);
    assert!(!texts(&sandbox.all(&format!("{path}/users")).await, "/id").contains(&id.to_owned()));
    let nobody = sandbox.put(&format!("{path}/users/00unothere0000000000"), json!({})).await;
    assert_eq!((nobody.status.as_u16(), nobody.code()), (404, "E0000007"));
}

#[tokio::test]
async fn everybody_is_in_everyone() {
    let sandbox = Sandbox::new();
    let group = named(&sandbox, "Everyone").await;
    let path = format!("/api/v1/groups/{}/users?limit=40", group["id"].as_str().unwrap());
    assert_eq!(sandbox.all(&path).await.len(), 250);
}

#[tokio::test]
async fn only_oktas_own_groups_change() {
    let sandbox = Sandbox::new();
    for name in ["Everyone", "Domain Users"] {
        let group = named(&sandbox, name).await;
        let path = format!("/api/v1/groups/{}", group["id"].as_str().unwrap());
        let me = sandbox.get("/api/v1/users/me").await.body["id"].as_str().unwrap().to_owned();
        let profile = json!({ "profile": { "name": "Other" } });
        for reply in [
            sandbox.put(&path, profile).await,
            sandbox.delete(&path).await,
            sandbox.put(&format!("{path}/users/{me}"), json!({})).await,
            sandbox.delete(&format!("{path}/users/{me}")).await,
        ] {
            assert_eq!((reply.status.as_u16(), reply.code()), (403, "E0000038"), "{name}");
        }
    }
}

#[tokio::test]
async fn names_are_needed_and_unique() {
    let sandbox = Sandbox::new();
    for profile in [
        json!({}),
        json!({ "name": "" }),
        json!({ "name": "Sales" }),
        json!({ "name": "x", "no": 1 }),
    ] {
        let reply = sandbox.post("/api/v1/groups", json!({ "profile": profile })).await;
        assert_eq!((reply.status.as_u16(), reply.code()), (400, "E0000001"), "{profile}");
    }
    for search in [r#"profile.name ne "x""#, r#"nonsense eq "x""#] {
        let reply = sandbox.get(&format!("/api/v1/groups?search={search}")).await;
        assert_eq!((reply.status.as_u16(), reply.code()), (400, "E0000031"));
    }
}

#[tokio::test]
async fn rules_can_be_read() {
    let sandbox = Sandbox::new();
    let rules = sandbox.all("/api/v1/groups/rules?limit=1").await;
    assert_eq!(rules.len(), 4);
    let path = format!("/api/v1/groups/rules/{}", rules[0]["id"].as_str().unwrap());
    assert_eq!(sandbox.get(&path).await.body, rules[0]);
}
