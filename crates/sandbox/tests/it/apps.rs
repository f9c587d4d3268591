//! Apps, who has them, and the catalog.

use serde_json::{Value, json};

use crate::support::{Sandbox, texts};

fn bookmark(label: &str) -> Value {
    json!({
        "name": "bookmark",
        "label": label,
        "signOnMode": "BOOKMARK",
        "settings": { "app": { "url": "https://example.com" } },
    })
}

async fn made(sandbox: &Sandbox, body: Value) -> String {
    let made = sandbox.post("/api/v1/apps", body).await;
    assert_eq!(made.status, 200, "{}", made.text);
    format!("/api/v1/apps/{}", made.body["id"].as_str().unwrap())
}

/// The types of the events about `id`, in their order.
async fn events(sandbox: &Sandbox, id: &str) -> Vec<String> {
    let log = sandbox.get(&format!("/api/v1/logs?filter=target.id eq \"{id}\"")).await;
    texts(log.body.as_array().unwrap(), "/eventType")
}

#[tokio::test]
async fn an_app_lives_and_dies() {
    let sandbox = Sandbox::new();
    let app = made(&sandbox, bookmark("Menu")).await;
    assert_eq!(sandbox.get(&app).await.body["status"], "ACTIVE");
    let refused = sandbox.delete(&app).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (403, "E0000056"));
    let off = sandbox.post(&format!("{app}/lifecycle/deactivate"), json!({})).await;
    assert_eq!((off.status.as_u16(), off.body), (200, json!({})));
    let idle = sandbox.get(&app).await.body;
    assert_eq!(idle["status"], "INACTIVE");
    assert!(idle["_links"]["activate"]["href"].is_string());
    assert_eq!(sandbox.delete(&app).await.status, 204);
    assert_eq!(sandbox.get(&app).await.code(), "E0000007");
    let id = app.rsplit('/').next().unwrap();
    assert_eq!(
        events(&sandbox, id).await,
        [
            "application.lifecycle.create",
            "application.lifecycle.activate",
            "application.lifecycle.deactivate",
            "application.lifecycle.delete",
        ]
    );
}

#[tokio::test]
async fn a_replacement_forgets_what_is_not_sent() {
    let sandbox = Sandbox::new();
    let mut body = bookmark("Menu");
    body["settings"]["notes"] = json!({ "admin": "ask Ana" });
    body["visibility"] = json!({ "autoLaunch": true });
    let app = made(&sandbox, body).await;
    let before = sandbox.get(&app).await.body;
    assert_eq!(before["settings"]["notes"]["admin"], "ask Ana");
    sandbox.forward(60);
    let after = sandbox.put(&app, bookmark("Lunch")).await.body;
    assert_eq!(after["label"], "Lunch");
    assert_eq!(after["settings"]["notes"]["admin"], Value::Null);
    assert_eq!(after["visibility"]["autoLaunch"], false);
    assert_eq!(after["created"], before["created"]);
    assert_ne!(after["lastUpdated"], before["lastUpdated"]);
    assert_eq!(sandbox.get(&app).await.body, after);
}

#[tokio::test]
async fn a_client_shows_its_secret_once_and_keeps_it() {
    let sandbox = Sandbox::new();
    let body = json!({
        "name": "oidc_client",
        "label": "Portal",
        "signOnMode": "OPENID_CONNECT",
        "credentials": { "oauthClient": { "token_endpoint_auth_method": "client_secret_basic" } },
        "settings": { "oauthClient": {
            "application_type": "web",
            "grant_types": ["authorization_code"],
            "response_types": ["code"],
            "redirect_uris": ["https://portal.example.com/callback"],
        } },
    });
    let made = sandbox.post("/api/v1/apps", body.clone()).await.body;
    let secret = made["credentials"]["oauthClient"]["client_secret"].as_str().unwrap();
    assert_eq!(made["credentials"]["oauthClient"]["client_id"], made["id"]);
    let app = format!("/api/v1/apps/{}", made["id"].as_str().unwrap());
    let read = sandbox.get(&app).await.body;
    assert_eq!(read["credentials"]["oauthClient"].get("client_secret"), None);
    let replaced = sandbox.put(&app, body).await.body;
    assert_eq!(replaced["credentials"]["oauthClient"]["client_secret"], secret);
}

#[tokio::test]
async fn what_does_not_fit_together_is_refused() {
    let sandbox = Sandbox::new();
    let client = |client: Value| {
        json!({
            "label": "Client",
            "name": "oidc_client",
            "signOnMode": "OPENID_CONNECT",
            "credentials": { "oauthClient": { "token_endpoint_auth_method": "private_key_jwt" } },
            "settings": { "oauthClient": client },
        })
    };
    let refused = [
        json!({ "name": "bookmark", "signOnMode": "BOOKMARK" }),
        json!({ "label": "No address", "name": "bookmark", "signOnMode": "BOOKMARK" }),
        json!({ "label": "Wrong mode", "name": "bookmark", "signOnMode": "SAML_2_0" }),
        json!({ "label": "No such mode", "name": "bookmark", "signOnMode": "MAGIC" }),
        json!({ "label": "Not in the catalog", "name": "no_such_app", "signOnMode": "SAML_2_0" }),
        json!({ "label": "No sign-on", "signOnMode": "SAML_2_0" }),
        json!({ "label": "Nothing" }),
        client(
            json!({ "application_type": "web", "grant_types": ["authorization_code"], "response_types": ["code"] }),
        ),
        client(
            json!({ "application_type": "service", "grant_types": ["client_credentials"], "response_types": ["token"] }),
        ),
        client(json!({ "application_type": "toaster", "grant_types": [] })),
    ];
    for body in refused {
        let reply = sandbox.post("/api/v1/apps", body.clone()).await;
        assert_eq!(
            (reply.status.as_u16(), reply.code()),
            (400, "E0000001"),
            "{body}: {}",
            reply.text
        );
        assert_ne!(reply.body["errorCauses"], json!([]), "{body}");
    }
}

#[tokio::test]
async fn apps_are_listed_filtered_and_paged() {
    let sandbox = Sandbox::new();
    let all = sandbox.all("/api/v1/apps?limit=7").await;
    assert!((25..=40).contains(&all.len()), "{} apps", all.len());
    assert_eq!(sandbox.get("/api/v1/apps").await.body.as_array().unwrap().len(), 20);
    let idle = sandbox.all("/api/v1/apps?filter=status eq \"INACTIVE\"").await;
    assert_eq!(texts(&idle, "/label"), ["Old intranet"]);
    let found = sandbox.all("/api/v1/apps?q=sales").await;
    assert_eq!(texts(&found, "/label"), ["Salesforce"]);
    let bad = sandbox.get("/api/v1/apps?filter=label eq \"Slack\"").await;
    assert_eq!(bad.status, 400, "{}", bad.text);
    let bad = sandbox.get("/api/v1/apps?after=nonsense").await;
    assert_eq!((bad.status.as_u16(), bad.code()), (400, "E0000029"));
    let bad = sandbox.get("/api/v1/apps?expand=group/1").await;
    assert_eq!((bad.status.as_u16(), bad.code()), (400, "E0000001"));
}

#[tokio::test]
async fn every_sign_on_mode_is_there() {
    let sandbox = Sandbox::new();
    let apps = sandbox.all("/api/v1/apps?limit=200").await;
    let modes = texts(&apps, "/signOnMode");
    for mode in [
        "AUTO_LOGIN",
        "BASIC_AUTH",
        "BOOKMARK",
        "BROWSER_PLUGIN",
        "OPENID_CONNECT",
        "SAML_2_0",
        "SECURE_PASSWORD_STORE",
        "WS_FEDERATION",
    ] {
        assert!(modes.iter().any(|other| other == mode), "no app signs on by {mode}");
    }
}

#[tokio::test]
async fn people_come_to_an_app_alone_and_through_groups() {
    let sandbox = Sandbox::new();
    let app = made(&sandbox, bookmark("Menu")).await;
    let app_id = app.rsplit('/').next().unwrap().to_owned();
    let people = sandbox.all("/api/v1/users?limit=200").await;
    let active = |person: &&Value| person["status"] == "ACTIVE";
    let [ana, ben] = people.iter().filter(active).take(2).collect::<Vec<_>>()[..] else { panic!() };
    let (ana, ben) = (ana["id"].as_str().unwrap(), ben["id"].as_str().unwrap());
    let group =
        sandbox.post("/api/v1/groups", json!({ "profile": { "name": "Eaters" } })).await.body;
    let group = group["id"].as_str().unwrap();

    let given = sandbox.post(&format!("{app}/users"), json!({ "id": ana })).await;
    assert_eq!(given.status, 200, "{}", given.text);
    assert_eq!(given.body["scope"], "USER");
    assert_eq!(
        sandbox.put(&format!("/api/v1/groups/{group}/users/{ben}"), json!({})).await.status,
        204
    );
    assert_eq!(sandbox.get(&format!("{app}/users/{ben}")).await.status, 404);
    assert_eq!(sandbox.put(&format!("{app}/groups/{group}"), json!({})).await.status, 200);
    let through = sandbox.get(&format!("{app}/users/{ben}")).await.body;
    assert_eq!(through["scope"], "GROUP");
    assert_eq!(through["_links"]["group"]["name"], "Eaters");
    assert_eq!(sandbox.all(&format!("{app}/users?limit=1")).await.len(), 2);
    let apps = sandbox.all(&format!("/api/v1/groups/{group}/apps")).await;
    assert_eq!(texts(&apps, "/id"), [app_id.as_str()]);
    let links = sandbox.get(&format!("/api/v1/users/{ben}/appLinks")).await.body;
    assert!(texts(links.as_array().unwrap(), "/appInstanceId").contains(&app_id));
    let with = sandbox.all(&format!("/api/v1/apps?filter=user.id eq \"{ben}\"&limit=200")).await;
    assert!(texts(&with, "/id").contains(&app_id));

    let refused = sandbox.delete(&format!("{app}/users/{ben}")).await;
    assert_eq!(refused.status, 403, "{}", refused.text);
    assert_eq!(sandbox.delete(&format!("/api/v1/groups/{group}")).await.status, 204);
    assert_eq!(sandbox.get(&format!("{app}/users/{ben}")).await.status, 404);
    assert_eq!(sandbox.all(&format!("{app}/groups")).await.len(), 0);
    assert_eq!(sandbox.delete(&format!("{app}/users/{ana}")).await.status, 204);
    assert_eq!(sandbox.all(&format!("{app}/users")).await.len(), 0);
}

#[tokio::test]
async fn the_apps_of_okta_itself_stay() {
    let sandbox = Sandbox::new();
    let found = sandbox.all("/api/v1/apps?q=saasure").await;
    let console = format!("/api/v1/apps/{}", found[0]["id"].as_str().unwrap());
    assert_eq!(
        sandbox.post(&format!("{console}/lifecycle/deactivate"), json!({})).await.status,
        403
    );
    assert_eq!(sandbox.delete(&console).await.status, 403);
}

#[tokio::test]
async fn the_catalog_is_read_by_name() {
    let sandbox = Sandbox::new();
    let first = sandbox.get("/api/v1/catalog/apps?limit=50").await;
    let names = texts(first.body.as_array().unwrap(), "/name");
    assert_eq!(names.len(), 50);
    assert!(names.is_sorted());
    assert_eq!(first.header("link"), "");
    let rest =
        sandbox.get(&format!("/api/v1/catalog/apps?limit=50&after={}", names[49])).await.body;
    assert!(rest.as_array().unwrap().len() > 5);
    let zoom = sandbox.get("/api/v1/catalog/apps?q=video meet").await.body;
    assert_eq!(texts(zoom.as_array().unwrap(), "/displayName"), ["Zoom"]);
    assert_eq!(sandbox.get("/api/v1/catalog/apps/zoomus").await.body["signOnModes"][0], "SAML_2_0");
    assert_eq!(sandbox.get("/api/v1/catalog/apps/nothing").await.code(), "E0000007");
}
