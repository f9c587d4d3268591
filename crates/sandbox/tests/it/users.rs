//! People: finding, changing, their life.

use std::collections::BTreeSet;

use okta_sandbox::Config;
use serde_json::{Value, json};

use crate::support::{Sandbox, texts};

async fn one(sandbox: &Sandbox, search: &str) -> Value {
    let found = sandbox.all(&format!("/api/v1/users?search={search}")).await;
    found.first().unwrap_or_else(|| panic!("nobody: {search}")).clone()
}

fn path(user: &Value) -> String {
    format!("/api/v1/users/{}", user["id"].as_str().unwrap())
}

async fn new_user(sandbox: &Sandbox, login: &str, query: &str) -> Value {
    let profile =
        json!({ "firstName": "New", "lastName": "Person", "email": login, "login": login });
    let password = json!({ "password": { "value": "Tr0ub4dor&3" } });
    let body = json!({ "profile": profile, "credentials": password });
    let made = sandbox.post(&format!("/api/v1/users{query}"), body).await;
    assert_eq!(made.status, 200, "{}", made.text);
    made.body
}

#[tokio::test]
async fn lists_page_through_everybody_once() {
    let sandbox = Sandbox::new();
    let everybody = sandbox.all("/api/v1/users?search=id pr").await;
    assert_eq!(everybody.len(), 250);
    for uri in [
        "/api/v1/users?search=id pr&limit=7",
        "/api/v1/users?search=id pr&limit=7&sortBy=profile.lastName",
        "/api/v1/users?search=id pr&limit=200&sortBy=lastUpdated&sortOrder=desc",
    ] {
        let paged = sandbox.all(uri).await;
        let ids: BTreeSet<String> = texts(&paged, "/id").into_iter().collect();
        assert_eq!((paged.len(), ids.len()), (250, 250), "{uri}");
    }
    let sorted = sandbox.all("/api/v1/users?search=id pr&limit=9&sortBy=profile.lastName").await;
    let names: Vec<String> =
        texts(&sorted, "/profile/lastName").iter().map(|name| name.to_lowercase()).collect();
    assert!(names.is_sorted());
    let there = sandbox.all("/api/v1/users?limit=50").await;
    assert!(there.len() < 250 && !texts(&there, "/status").contains(&"DEPROVISIONED".to_owned()));
}

#[tokio::test]
async fn links_are_two_header_lines() {
    let sandbox = Sandbox::new();
    let page = sandbox.get("/api/v1/users?limit=2").await;
    let links: Vec<_> = page.headers.get_all("link").iter().collect();
    assert_eq!(links.len(), 2);
    assert!(links[0].to_str().unwrap().ends_with("; rel=\"self\""));
    assert!(links[1].to_str().unwrap().ends_with("; rel=\"next\""));
}

#[tokio::test]
async fn search_filter_and_q_find_what_they_should() {
    let sandbox = Sandbox::new();
    let everybody = sandbox.all("/api/v1/users?search=id pr").await;
    let count = |of: &dyn Fn(&Value) -> bool| everybody.iter().filter(|user| of(user)).count();
    let text = |user: &Value, pointer: &str| {
        user.pointer(pointer).and_then(Value::as_str).unwrap_or("").to_owned()
    };
    for (uri, expected) in [
        (
            r#"?search=profile.department eq "engineering""#,
            count(&|user| text(user, "/profile/department") == "Engineering"),
        ),
        (
            r#"?search=profile.lastName sw "S" and status eq "ACTIVE""#,
            count(&|user| {
                text(user, "/profile/lastName").starts_with('S')
                    && text(user, "/status") == "ACTIVE"
            }),
        ),
        (
            r#"?search=profile.email co "an""#,
            count(&|user| text(user, "/profile/email").contains("an")),
        ),
        (
            "?search=profile.badgeNumber gt 50000",
            count(&|user| {
                user["profile"]["badgeNumber"].as_i64().is_some_and(|badge| badge > 50_000)
            }),
        ),
        (
            r#"?filter=status eq "LOCKED_OUT" or status eq "SUSPENDED""#,
            count(&|user| matches!(text(user, "/status").as_str(), "LOCKED_OUT" | "SUSPENDED")),
        ),
        (
            r#"?filter=lastUpdated gt "2026-06-01T00:00:00.000Z""#,
            count(&|user| *text(user, "/lastUpdated") > *"2026-06-01T00:00:00.000Z"),
        ),
        (r#"?filter=profile.login eq "ANA.SILVA@acme.example""#, 0),
        (r#"?search=profile.login eq "ANA.SILVA@acme.example""#, 1),
        (
            "?q=ana&limit=200",
            count(&|user| {
                text(user, "/status") != "DEPROVISIONED"
                    && ["/profile/firstName", "/profile/lastName", "/profile/email"]
                        .iter()
                        .any(|pointer| text(user, pointer).to_lowercase().starts_with("ana"))
            }),
        ),
    ] {
        assert_eq!(sandbox.all(&format!("/api/v1/users{uri}")).await.len(), expected, "{uri}");
    }
}

#[tokio::test]
async fn expressions_that_okta_refuses_are_refused() {
    let sandbox = Sandbox::new();
    for (uri, code) in [
        (r#"?search=profile.email ne "x""#, "E0000031"),
        (r#"?search=profile.city co "x""#, "E0000031"),
        (r#"?search=profile.nonsense eq "x""#, "E0000031"),
        ("?search=profile.email eq x", "E0000031"),
        (r#"?filter=profile.city eq "x""#, "E0000031"),
        (r#"?filter=status sw "A""#, "E0000031"),
        ("?search=id pr&filter=id pr", "E0000033"),
        ("?limit=0", "E0000001"),
        ("?limit=many", "E0000001"),
        ("?after=nonsense", "E0000029"),
    ] {
        let reply = sandbox.get(&format!("/api/v1/users{uri}")).await;
        assert_eq!((reply.status.as_u16(), reply.code()), (400, code), "{uri}: {}", reply.text);
    }
}

#[tokio::test]
async fn a_user_is_found_by_id_login_short_name_and_me() {
    let sandbox = Sandbox::new();
    let ana = one(&sandbox, r#"profile.login eq "ana.silva@acme.example""#).await;
    for name in [
        ana["id"].as_str().unwrap(),
        "ana.silva@acme.example",
        "Ana.Silva%40acme.example",
        "ana.silva",
    ] {
        let reply = sandbox.get(&format!("/api/v1/users/{name}")).await;
        assert_eq!(reply.body["id"], ana["id"], "{name}: {}", reply.text);
    }
    let me = sandbox.get("/api/v1/users/me").await;
    assert_eq!(me.body["profile"]["login"], "morgan.hale@acme.example");
    let none = sandbox.get("/api/v1/users/00unothere0000000000").await;
    assert_eq!((none.status.as_u16(), none.code()), (404, "E0000007"));
    assert_eq!(
        none.body["errorSummary"],
        "Not found: Resource not found: 00unothere0000000000 (User)"
    );
}

#[tokio::test]
async fn what_a_new_user_must_have() {
    let sandbox = Sandbox::new();
    let good = json!({ "firstName": "A", "lastName": "B", "email": "a.b@x.example", "login": "a.b@x.example" });
    let with = |name: &str, value: Value| {
        let mut profile = good.clone();
        profile[name] = value;
        json!({ "profile": profile })
    };
    for (body, of, cause) in [
        (
            with("notValid", json!("x")),
            "newUser",
            "Property name 'notValid' is not defined in profile",
        ),
        (
            with("login", json!("ana.silva@acme.example")),
            "login",
            "login: An object with this field already exists in the current organization",
        ),
        (
            with("login", json!("no-address")),
            "login",
            "login: Username must be in the form of an email address",
        ),
        (with("firstName", json!("")), "firstName", "firstName: The field cannot be left blank"),
        (with("firstName", json!("x".repeat(51))), "firstName", "firstName: The field is too long"),
        (with("email", json!("nowhere")), "email", "email: Does not match required pattern"),
        (
            with("badgeNumber", json!("12")),
            "badgeNumber",
            "badgeNumber: The property type does not match the schema",
        ),
        (json!({}), "profile", "profile: The field cannot be left blank"),
    ] {
        let reply = sandbox.post("/api/v1/users", body.clone()).await;
        assert_eq!((reply.status.as_u16(), reply.code()), (400, "E0000001"), "{body}");
        assert_eq!(reply.body["errorSummary"], format!("Api validation failed: {of}"), "{body}");
        assert_eq!(reply.body["errorCauses"][0]["errorSummary"], cause);
    }
    let missing = sandbox.post("/api/v1/users", json!({ "profile": {} })).await;
    assert_eq!(missing.body["errorCauses"].as_array().unwrap().len(), 3);
    let weak = json!({ "profile": good, "credentials": { "password": { "value": "short" } } });
    assert_eq!(sandbox.post("/api/v1/users", weak).await.code(), "E0000001");
    let reply = sandbox.call("POST", "/api/v1/users", None).await;
    assert_eq!((reply.status.as_u16(), reply.code()), (400, "E0000003"));
}

#[tokio::test]
async fn how_a_user_is_made_decides_the_status() {
    let sandbox = Sandbox::new();
    for (at, (query, status)) in [
        ("?activate=false", "STAGED"),
        ("", "ACTIVE"),
        ("?activate=true&nextLogin=changePassword", "PASSWORD_EXPIRED"),
    ]
    .into_iter()
    .enumerate()
    {
        let made = new_user(&sandbox, &format!("n{at}@x.example"), query).await;
        assert_eq!(made["status"], status, "{query}");
    }
    let profile = json!({ "firstName": "A", "lastName": "B", "email": "p@x.example", "login": "p@x.example" });
    let made = sandbox.post("/api/v1/users", json!({ "profile": profile })).await;
    assert_eq!(made.body["status"], "PROVISIONED");
}

#[tokio::test]
async fn updates_change_what_they_name_and_nothing_else() {
    let sandbox = Sandbox::new();
    let made = new_user(&sandbox, "change@x.example", "").await;
    let path = path(&made);
    let update = json!({ "profile": { "title": "Poet", "certifications": ["a", "b"] } });
    let updated = sandbox.post(&path, update).await.body;
    assert_eq!(updated["profile"]["title"], "Poet");
    assert_eq!(updated["profile"]["certifications"], json!(["a", "b"]));
    assert_eq!(updated["profile"]["login"], "change@x.example");
    let cleared = sandbox.post(&path, json!({ "profile": { "title": null } })).await.body;
    assert!(cleared["profile"].get("title").is_none());
    let login = json!({ "profile": { "login": "renamed@x.example" } });
    assert_eq!(sandbox.post(&path, login).await.status, 200);
    assert_eq!(sandbox.get("/api/v1/users/renamed@x.example").await.status, 200);
    assert_eq!(sandbox.get("/api/v1/users/change@x.example").await.status, 404);
    let profile = json!({ "firstName": "P", "lastName": "U", "email": "r@x.example", "login": "renamed@x.example" });
    let replaced = sandbox.put(&path, json!({ "profile": profile })).await.body;
    assert!(replaced["profile"].get("certifications").is_none());
    let partial = sandbox.put(&path, json!({ "profile": { "firstName": "P" } })).await;
    assert_eq!((partial.status.as_u16(), partial.code()), (400, "E0000001"));
}

#[tokio::test]
async fn if_match_guards_an_update() {
    let sandbox = Sandbox::new();
    let made = new_user(&sandbox, "tag@x.example", "").await;
    let tag = sandbox.get(&path(&made)).await.header("etag").to_owned();
    let request = |tag: &str, title: &str| {
        axum::http::Request::builder()
            .method("POST")
            .uri(path(&made))
            .header("authorization", format!("SSWS {}", sandbox.org.api_token()))
            .header("content-type", "application/json")
            .header("if-match", tag)
            .body(json!({ "profile": { "title": title } }).to_string().into())
            .unwrap()
    };
    assert_eq!(sandbox.send(request(&tag, "One")).await.status, 200);
    let late = sandbox.send(request(&tag, "Two")).await;
    assert_eq!((late.status.as_u16(), late.code()), (412, "E0000231"));
    assert_eq!(sandbox.get(&path(&made)).await.body["profile"]["title"], "One");
    assert_eq!(sandbox.send(request("*", "Three")).await.status, 200);
}

#[tokio::test]
async fn a_life_from_staged_to_deleted() {
    let sandbox = Sandbox::new();
    let made = new_user(&sandbox, "life@x.example", "?activate=false").await;
    let path = path(&made);
    let step =
        async |name: &str| sandbox.call("POST", &format!("{path}/lifecycle/{name}"), None).await;
    let status =
        async || sandbox.get(&path).await.body["status"].as_str().unwrap_or("gone").to_owned();
    let refused = async |name: &str, status: u16, code: &str| {
        let reply = step(name).await;
        assert_eq!((reply.status.as_u16(), reply.code()), (status, code), "{name}: {}", reply.text);
    };
    refused("suspend", 400, "E0000001").await;
    refused("reactivate", 403, "E0000038").await;
    refused("expire_password", 403, "E0000038").await;
    let activated = step("activate?sendEmail=false").await;
    assert!(activated.body["activationToken"].is_string());
    assert_eq!(status().await, "ACTIVE");
    refused("activate", 403, "E0000016").await;
    refused("unlock", 403, "E0000032").await;
    refused("unsuspend", 400, "E0000001").await;
    assert_eq!(step("suspend").await.body, json!({}));
    assert_eq!(status().await, "SUSPENDED");
    refused("reset_password", 403, "E0000038").await;
    assert_eq!(step("unsuspend").await.status, 200);
    assert_eq!(step("expire_password").await.body["status"], "PASSWORD_EXPIRED");
    assert!(step("reset_password?sendEmail=false").await.body["resetPasswordUrl"].is_string());
    assert_eq!(status().await, "RECOVERY");
    assert_eq!(step("reset_factors").await.body, json!({}));
    assert_eq!(step("deactivate").await.body, json!({}));
    assert_eq!(status().await, "DEPROVISIONED");
    refused("deactivate", 403, "E0000038").await;
    assert_eq!(step("activate").await.body, json!({}));
    assert_eq!(sandbox.delete(&path).await.status, 204);
    assert_eq!(status().await, "DEPROVISIONED");
    assert_eq!(sandbox.delete(&path).await.status, 204);
    assert_eq!(status().await, "gone");
}

#[tokio::test]
async fn ana_is_locked_out_and_can_be_unlocked() {
    let sandbox = Sandbox::new();
    let ana = "/api/v1/users/ana.silva@acme.example";
    assert_eq!(sandbox.get(ana).await.body["status"], "LOCKED_OUT");
    let unlocked = sandbox.call("POST", &format!("{ana}/lifecycle/unlock"), None).await;
    assert_eq!((unlocked.status.as_u16(), unlocked.body), (200, json!({})));
    assert_eq!(sandbox.get(ana).await.body["status"], "ACTIVE");
}

#[tokio::test]
async fn roles_come_alone_and_through_groups() {
    let sandbox = Sandbox::new();
    let roles = sandbox.get("/api/v1/users/me/roles").await;
    let types = texts(roles.body.as_array().unwrap(), "/type");
    assert_eq!(types.first().map(String::as_str), Some("SUPER_ADMIN"));
    assert!(types.contains(&"ORG_ADMIN".to_owned()), "{types:?}");
}

#[tokio::test]
async fn a_hundred_thousand_people_fit() {
    let sandbox = Sandbox::with(Config { users: 100_000, rate_limits: false, ..Config::default() });
    let found = sandbox.get(r#"/api/v1/users?search=profile.department eq "Legal"&limit=5"#).await;
    assert_eq!(found.body.as_array().unwrap().len(), 5);
    let groups = sandbox.get("/api/v1/groups?q=Everyone").await;
    let id = groups.body[0]["id"].as_str().unwrap().to_owned();
    let members = sandbox.get(&format!("/api/v1/groups/{id}/users?limit=3")).await;
    assert_eq!(members.body.as_array().unwrap().len(), 3);
}
