//! The System Log: bounded and polling reads, filters, and what changes write.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::support::{Sandbox, texts};

#[tokio::test]
async fn bounded_reads_end() {
    let sandbox = Sandbox::new();
    let bounds = "since=2026-05-10T00:00:00Z&until=2026-06-15T09:30:00Z";
    let events = sandbox.all(&format!("/api/v1/logs?{bounds}&limit=300")).await;
    assert_eq!(events.len(), 2_000);
    assert!(texts(&events, "/published").is_sorted());
    let backwards =
        sandbox.all(&format!("/api/v1/logs?{bounds}&sortOrder=DESCENDING&limit=333")).await;
    let mut uuids = texts(&backwards, "/uuid");
    uuids.reverse();
    assert_eq!(uuids, texts(&events, "/uuid"));
    let week = sandbox.all("/api/v1/logs?until=2026-06-15T09:30:00Z&limit=1000").await;
    assert!(week.len() < 2_000);
    assert!(texts(&week, "/published").iter().all(|time| **time >= *"2026-06-08T09:30:00"));
}

#[tokio::test]
async fn polling_never_ends_and_misses_nothing() {
    let sandbox = Sandbox::new();
    let mut uri = "/api/v1/logs?since=2026-06-15T09:30:00Z".to_owned();
    let empty = sandbox.get(&uri).await;
    assert_eq!(empty.body, json!([]));
    uri = empty.next().unwrap();
    let again = sandbox.get(&uri).await;
    assert_eq!(again.next().unwrap(), uri, "an empty page keeps its cursor");
    for round in 0..3 {
        sandbox.forward(5);
        let name = format!("Round {round}");
        sandbox.post("/api/v1/groups", json!({ "profile": { "name": name } })).await;
        let page = sandbox.get(&uri).await;
        assert_eq!(texts(page.body.as_array().unwrap(), "/target/0/displayName"), [name]);
        uri = page.next().unwrap();
    }
}

#[tokio::test]
async fn filters_and_keywords() {
    let sandbox = Sandbox::new();
    let all = "since=2026-05-01T00:00:00Z&until=2026-06-15T09:30:00Z&limit=1000";
    let found = async |query: &str| sandbox.all(&format!("/api/v1/logs?{all}&{query}")).await;
    let locks = found(r#"filter=eventType eq "user.account.lock""#).await;
    assert_eq!(texts(&locks, "/target/0/alternateId"), ["ana.silva@acme.example"]);
    let denied = found(r#"filter=eventType eq "user.mfa.okta_verify.deny_push" and actor.alternateId eq "daniel.okafor@acme.example""#).await;
    assert_eq!(denied.len(), 13);
    let spray =
        found(r#"filter=client.ipAddress eq "203.0.113.66" and outcome.result eq "FAILURE""#).await;
    assert!(spray.len() >= 60);
    let by_uri = found(r#"filter=debugContext.debugData.requestUri sw "/app/""#).await;
    assert!(by_uri.iter().all(|event| event["eventType"] == "user.authentication.sso"));
    assert!(!texts(&by_uri, "/target/0/alternateId").contains(&"Figma".to_owned()));
    let proxy = found("filter=securityContext.isProxy eq true").await;
    assert!(!proxy.is_empty() && proxy.len() < 200);
    let words = found("q=ana.silva@acme.example LOCKED_OUT").await;
    assert_eq!(words.len(), 4);
    let contractor = found(r#"filter=actor.alternateId eq "victor.lindqvist@acme.example""#).await;
    assert!(contractor.is_empty());
}

#[tokio::test]
async fn what_the_log_refuses() {
    let sandbox = Sandbox::new();
    for (query, code) in [
        (r#"filter=published gt "2026-01-01T00:00:00Z""#, "E0000053"),
        (r#"filter=nonsense eq "x""#, "E0000053"),
        ("filter=eventType", "E0000053"),
        (r#"filter=debugContext.debugData.url co "x""#, "E0000031"),
        ("since=2025-01-01T00:00:00Z", "E0000053"),
        ("since=yesterday", "E0000053"),
        ("limit=1001", "E0000001"),
        ("sortOrder=SIDEWAYS", "E0000001"),
        ("after=x", "E0000029"),
        ("q=1 2 3 4 5 6 7 8 9 10 11", "E0000001"),
    ] {
        let reply = sandbox.get(&format!("/api/v1/logs?{query}")).await;
        assert_eq!((reply.status.as_u16(), reply.code()), (400, code), "{query}: {}", reply.text);
    }
}

#[tokio::test]
async fn every_change_is_written_with_who_and_from_where() {
    let sandbox = Sandbox::new();
    let since = "/api/v1/logs?since=2026-06-15T09:30:00Z";
    let path = "/api/v1/users/ana.silva@acme.example/lifecycle/unlock";
    let reply = sandbox.call("POST", path, None).await;
    let events = sandbox.get(since).await.body;
    let event = &events[0];
    assert_eq!(event["eventType"], "user.account.unlock_by_admin");
    assert_eq!(event["actor"]["alternateId"], "morgan.hale@acme.example");
    assert_eq!(event["client"]["userAgent"]["rawUserAgent"], "sandbox-tests/1");
    assert_eq!(event["transaction"]["id"], reply.header("x-okta-request-id"));
    assert_eq!(event["debugContext"]["debugData"]["requestId"], reply.header("x-okta-request-id"));
    assert_eq!(event["target"][0]["alternateId"], "ana.silva@acme.example");
    assert_eq!(events.as_array().map(Vec::len), Some(1));
}

/// Clients tell events apart by `uuid`, and what belongs to one request by `transaction.id`.
#[tokio::test]
async fn no_event_is_taken_for_one_of_the_past() {
    let sandbox = Sandbox::new();
    for number in 0..100 {
        let name = json!({ "profile": { "name": format!("Group {number}") } });
        let made = sandbox.post("/api/v1/groups", name.clone()).await;
        assert_eq!(sandbox.post("/api/v1/groups", name).await.code(), "E0000001");
        let path = format!("/api/v1/groups/{}", made.body["id"].as_str().unwrap());
        assert_eq!(sandbox.delete(&path).await.status, 204);
    }
    let all = "/api/v1/logs?since=2026-05-10T00:00:00Z&until=2027-01-01&limit=1000";
    let events = sandbox.all(all).await;
    assert_eq!(events.len(), 2_200);
    for name in ["/uuid", "/transaction/id"] {
        let different: BTreeSet<_> = texts(&events, name).into_iter().collect();
        assert_eq!(different.len(), events.len(), "{name}");
    }
}

/// Every operation that is no read writes at least one event, when it does something.
#[tokio::test]
async fn changes_to_people_and_groups_all_write() {
    let sandbox = Sandbox::new();
    let count = async || {
        sandbox
            .all("/api/v1/logs?since=2026-06-15T09:30:00Z&until=2026-06-16T00:00:00Z")
            .await
            .len()
    };
    let mut before = 0;
    let profile = json!({ "firstName": "L", "lastName": "O", "email": "log@x.example", "login": "log@x.example" });
    let user = "/api/v1/users/log@x.example";
    let group =
        sandbox.post("/api/v1/groups", json!({ "profile": { "name": "Logged" } })).await.body;
    let group = format!("/api/v1/groups/{}", group["id"].as_str().unwrap());
    let steps: Vec<(&str, String, Value)> = vec![
        (
            "POST",
            "/api/v1/users?activate=false".to_owned(),
            json!({ "profile": profile, "credentials": { "password": { "value": "Tr0ub4dor" } } }),
        ),
        ("POST", format!("{user}/lifecycle/activate"), Value::Null),
        ("POST", user.to_owned(), json!({ "profile": { "title": "T" } })),
        ("POST", format!("{user}/lifecycle/suspend"), Value::Null),
        ("POST", format!("{user}/lifecycle/unsuspend"), Value::Null),
        ("POST", format!("{user}/lifecycle/reset_factors"), Value::Null),
        ("POST", format!("{user}/lifecycle/expire_password"), Value::Null),
        ("POST", format!("{user}/lifecycle/reset_password"), Value::Null),
        ("PUT", format!("{group}/users/log@x.example"), Value::Null),
        ("PUT", group.clone(), json!({ "profile": { "name": "Logged again" } })),
        ("DELETE", format!("{group}/users/log@x.example"), Value::Null),
        ("DELETE", group.clone(), Value::Null),
        ("DELETE", user.to_owned(), Value::Null),
        ("DELETE", user.to_owned(), Value::Null),
    ];
    before += count().await;
    for (method, uri, body) in steps {
        let reply = sandbox.call(method, &uri, (!body.is_null()).then_some(body)).await;
        assert!(reply.status.is_success(), "{method} {uri}: {}", reply.text);
        let after = count().await;
        assert!(after > before, "{method} {uri} wrote nothing");
        before = after;
    }
}
