//! What holds for the org as a whole: the same seed, the same org; errors; budgets; faults.

use std::time::Duration;

use axum::http::Request;
use okta_sandbox::{Config, Fault, FaultKind, Faults, Org};
use serde_json::json;

use crate::{oauth, support::Sandbox};

#[tokio::test]
async fn the_same_seed_is_the_same_org() {
    let (a, b) = (Sandbox::new(), Sandbox::new());
    let other = Sandbox::with(Config { seed: 2, rate_limits: false, ..Config::default() });
    for uri in [
        "/api/v1/users?limit=200",
        "/api/v1/groups",
        "/api/v1/logs?limit=1000",
        "/api/v1/apps?limit=200",
        "/api/v1/groups/rules",
        "/api/v1/brands?expand=themes,domains,emailDomain",
    ] {
        // The service app's key is new each time.
        let without_keys = |text: &str| {
            text.split("\"jwks\"")
                .map(|part| part.split("]}").last().unwrap().to_owned())
                .collect::<String>()
        };
        assert_eq!(
            without_keys(&a.get(uri).await.text),
            without_keys(&b.get(uri).await.text),
            "{uri}"
        );
        assert_ne!(a.get(uri).await.text, other.get(uri).await.text, "{uri}");
    }
    assert_eq!(a.org.api_token(), b.org.api_token());
    assert_eq!(a.org.service_app().client_id, b.org.service_app().client_id);
}

/// Documents and snapshots name ids of the seeded org: what is added to the seed must not move them.
#[tokio::test]
async fn ids_stay_what_they_were() {
    let sandbox = Sandbox::new();
    let groups = sandbox.get("/api/v1/groups?limit=200").await;
    assert!(groups.text.contains("\"00g0ikhqI8fsSExJ05y7\""), "the group of docs/approvals.md");
    let made = sandbox.post("/api/v1/groups", json!({ "profile": { "name": "New" } })).await.body;
    let brand = sandbox.post("/api/v1/brands", json!({ "name": "New" })).await.body;
    let seeded = sandbox.get("/api/v1/brands?limit=1").await.body[0]["id"].clone();
    assert!(made["id"].as_str().unwrap()[3..] > seeded.as_str().unwrap()[3..]);
    assert!(brand["id"].as_str() > seeded.as_str());
}

#[tokio::test]
async fn errors_have_oktas_shape() {
    let sandbox = Sandbox::new();
    let cases = [
        (sandbox.get("/api/v1/nothing").await, 404, "E0000008"),
        (sandbox.call("DELETE", "/api/v1/users", None).await, 405, "E0000022"),
        (
            sandbox.send(Request::get("/api/v1/users").body("".into()).unwrap()).await,
            403,
            "E0000005",
        ),
        (
            sandbox
                .send(
                    Request::get("/api/v1/users")
                        .header("authorization", "SSWS no")
                        .body("".into())
                        .unwrap(),
                )
                .await,
            401,
            "E0000011",
        ),
    ];
    for (reply, status, code) in cases {
        assert_eq!((reply.status.as_u16(), reply.code()), (status, code), "{}", reply.text);
        let keys: Vec<&String> = reply.body.as_object().unwrap().keys().collect();
        assert_eq!(keys, ["errorCode", "errorSummary", "errorLink", "errorId", "errorCauses"]);
        assert!(!reply.header("x-okta-request-id").is_empty());
        assert_eq!(reply.header("date"), "Mon, 15 Jun 2026 09:30:00 GMT");
    }
}

/// Okta's SDK for Python (3.4) writes the API token so, and works with real orgs.
#[tokio::test]
async fn an_api_token_needs_no_space_before_it() {
    let sandbox = Sandbox::new();
    let token = sandbox.org.api_token();
    for (authorization, status, code) in [
        (format!("SSWS{token}"), 200, ""),
        (format!("ssws{token}"), 200, ""),
        (format!("SSWS  {token}"), 200, ""),
        (format!("SSWS{token}x"), 401, "E0000011"),
        ("SSWS".to_owned(), 401, "E0000011"),
        (format!("SSW{token}"), 403, "E0000005"),
        (token.to_owned(), 403, "E0000005"),
    ] {
        let reply = oauth::call(&sandbox, "GET", "/api/v1/users/me", &authorization).await;
        assert_eq!((reply.status.as_u16(), reply.code()), (status, code), "{authorization}");
    }
}

#[tokio::test]
async fn buckets_run_dry_and_fill_again() {
    let sandbox = Sandbox::with(Config::default());
    let uri = "/api/v1/logs?limit=0";
    for used in 1..=120 {
        let reply = sandbox.get(uri).await;
        assert_eq!(reply.status, 200);
        assert_eq!(reply.header("x-rate-limit-limit"), "120");
        assert_eq!(reply.header("x-rate-limit-remaining"), (120 - used).to_string());
    }
    let over = sandbox.get(uri).await;
    assert_eq!((over.status.as_u16(), over.code()), (429, "E0000047"));
    assert_eq!(over.header("x-rate-limit-remaining"), "0");
    assert!(over.headers.get("retry-after").is_none());
    assert_eq!(sandbox.get("/api/v1/groups?limit=1").await.status, 200, "another bucket");
    let reset: i64 = over.header("x-rate-limit-reset").parse().unwrap();
    assert_eq!(reset - sandbox.now().as_second(), 60);
    sandbox.forward(60);
    assert_eq!(sandbox.get(uri).await.status, 200);
}

#[tokio::test]
async fn faults_hit_the_requests_they_name() {
    let sandbox = Sandbox::new();
    let inject = |kind, times| {
        sandbox.org.inject(Fault {
            kind,
            method: Some("GET".into()),
            path: "/api/v1/groups".into(),
            times,
        });
    };
    inject(FaultKind::TooMany(7), 2);
    assert_eq!(sandbox.get("/api/v1/users?limit=1").await.status, 200);
    let limited = sandbox.get("/api/v1/groups").await;
    assert_eq!((limited.status.as_u16(), limited.header("x-rate-limit-remaining")), (429, "0"));
    assert_eq!(sandbox.get("/api/v1/groups").await.status, 429);
    assert_eq!(sandbox.get("/api/v1/groups").await.status, 200);
    inject(FaultKind::Status(500), 1);
    assert_eq!(sandbox.get("/api/v1/groups").await.code(), "E0000009");
    inject(FaultKind::Status(503), 1);
    let busy = sandbox.get("/api/v1/groups").await;
    assert_eq!((busy.status.as_u16(), busy.body.is_null()), (503, true));
    inject(FaultKind::Garbage, 1);
    let garbage = sandbox.get("/api/v1/groups").await;
    assert_eq!((garbage.status.as_u16(), garbage.body.is_null()), (200, true));
    inject(FaultKind::Slow(30), 1);
    let started = tokio::time::Instant::now();
    assert_eq!(sandbox.get("/api/v1/groups").await.status, 200);
    assert!(started.elapsed() >= Duration::from_millis(30));
}

#[tokio::test]
async fn faults_come_by_chance_too() {
    let faults = Faults { server_error: 500, ..Faults::default() };
    let sandbox = Sandbox::with(Config { faults, rate_limits: false, ..Config::default() });
    let mut failed = 0;
    for _ in 0..100 {
        failed += usize::from(sandbox.get("/api/v1/groups?limit=1").await.status.is_server_error());
    }
    assert!((25..75).contains(&failed), "{failed}");
}

#[tokio::test]
async fn many_at_once_see_one_org() {
    let sandbox = Sandbox::with(Config { rate_limits: false, ..Config::default() });
    let group =
        sandbox.post("/api/v1/groups", json!({ "profile": { "name": "Crowd" } })).await.body;
    let path = format!("/api/v1/groups/{}/users", group["id"].as_str().unwrap());
    let users = sandbox.all("/api/v1/users?limit=100").await;
    let calls = users.iter().map(|user| {
        let uri = format!("{path}/{}", user["id"].as_str().unwrap());
        let sandbox = &sandbox;
        async move { sandbox.call("PUT", &uri, None).await.status.as_u16() }
    });
    let statuses = futures::future::join_all(calls).await;
    assert!(statuses.iter().all(|status| *status == 204));
    assert_eq!(sandbox.all(&path).await.len(), users.len());
}

#[test]
fn operations_are_listed_once() {
    let mut routes = Org::routes();
    let count = routes.len();
    routes.sort_unstable();
    routes.dedup();
    assert_eq!(routes.len(), count);
    assert!(routes.contains(&("POST", "/api/v1/users/{id}/lifecycle/unlock")));
}

#[tokio::test]
async fn schemas_and_types_are_there() {
    let sandbox = Sandbox::new();
    let schema = sandbox.get("/api/v1/meta/schemas/user/default").await.body;
    assert_eq!(schema["definitions"]["custom"]["properties"]["badgeNumber"]["type"], "integer");
    let types = sandbox.get("/api/v1/meta/types/user").await.body;
    let link = types[0]["_links"]["schema"]["href"].as_str().unwrap();
    let by_type = sandbox.get(link.strip_prefix("http://localhost").unwrap()).await;
    assert_eq!(by_type.body, schema);
    assert_eq!(sandbox.get("/api/v1/meta/schemas/group/default").await.status, 200);
    assert_eq!(sandbox.get("/api/v1/meta/schemas/user/oscnothere").await.code(), "E0000007");
    assert_eq!(sandbox.get("/.well-known/okta-organization").await.body["pipeline"], "idx");
}
