//! The device grant: a code here, a person there.

use serde_json::json;

use crate::{
    browser::Browser,
    oauth::parts,
    support::{Reply, Sandbox, texts},
};

pub(crate) const GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";

pub(crate) async fn begin(sandbox: &Sandbox, scope: &str) -> Reply {
    let client = sandbox.org.sign_in().native.client_id;
    let fields = [("client_id", client.as_str()), ("scope", scope)];
    sandbox.form("/oauth2/v1/device/authorize", &fields, &[]).await
}

pub(crate) async fn poll(sandbox: &Sandbox, device_code: &str) -> Reply {
    let client = sandbox.org.sign_in().native.client_id;
    let fields =
        [("client_id", client.as_str()), ("device_code", device_code), ("grant_type", GRANT)];
    sandbox.form("/oauth2/v1/token", &fields, &[]).await
}

/// What a person does at `/activate`; the last page.
pub(crate) async fn activate(
    browser: &mut Browser<'_>,
    code: &str,
    login: &str,
    yes: bool,
) -> Reply {
    let page = browser.get(&format!("/activate?user_code={code}")).await;
    assert_eq!(page.status, 200, "{}", page.text);
    let asked = browser.submit("/activate", &[("user_code", code)]).await;
    assert!(asked.text.contains("type=\"password\""), "{}", asked.text);
    let confirm = browser.sign_in(login).await;
    assert!(confirm.text.contains(code), "{}", confirm.text);
    let decision = if yes { "allow" } else { "deny" };
    browser.submit("/activate/confirm", &[("decision", decision)]).await
}

/// The tokens of a sign-in with a device.
pub(crate) async fn tokens(sandbox: &Sandbox, login: &str, scope: &str) -> Reply {
    let begun = begin(sandbox, scope).await.body;
    let code = begun["user_code"].as_str().unwrap();
    activate(&mut Browser::new(sandbox), code, login, true).await;
    let granted = poll(sandbox, begun["device_code"].as_str().unwrap()).await;
    assert_eq!(granted.status, 200, "{}", granted.text);
    granted
}

fn refusal(reply: &Reply) -> (u16, &str) {
    (reply.status.as_u16(), reply.code())
}

#[tokio::test]
async fn a_device_gets_tokens_once_its_person_said_yes() {
    let sandbox = Sandbox::new();
    let sign_in = sandbox.org.sign_in();
    let begun = begin(&sandbox, "openid profile email offline_access okta.users.read").await;
    assert_eq!(begun.status, 200, "{}", begun.text);
    let keys: Vec<&String> = begun.body.as_object().unwrap().keys().collect();
    let expected = [
        "device_code",
        "user_code",
        "verification_uri",
        "verification_uri_complete",
        "expires_in",
        "interval",
    ];
    assert_eq!(keys, expected);
    let code = begun.body["user_code"].as_str().unwrap();
    assert!(code.len() == 8 && code.bytes().all(|byte| byte.is_ascii_uppercase()), "{code}");
    assert_eq!(begun.body["verification_uri"], "http://localhost/activate");
    let complete = format!("http://localhost/activate?user_code={code}");
    assert_eq!(begun.body["verification_uri_complete"], complete);
    assert_eq!((&begun.body["expires_in"], &begun.body["interval"]), (&json!(600), &json!(5)));

    let device = begun.body["device_code"].as_str().unwrap();
    let pending = poll(&sandbox, device).await;
    assert_eq!(refusal(&pending), (400, "authorization_pending"));
    let mut browser = Browser::new(&sandbox);
    let done = activate(&mut browser, code, &sign_in.super_admin, true).await;
    assert!(done.text.contains("Device activated"), "{}", done.text);
    sandbox.forward(5);
    let granted = poll(&sandbox, device).await;
    assert_eq!(granted.status, 200, "{}", granted.text);
    assert_eq!(granted.body["token_type"], "Bearer");
    assert_eq!(granted.body["expires_in"], 3_600);
    assert_eq!(granted.body["scope"], "openid profile email offline_access okta.users.read");
    assert!(granted.body["refresh_token"].is_string() && granted.body["id_token"].is_string());
    let access = granted.body["access_token"].as_str().unwrap();
    let claims = parts(access).1;
    assert_eq!(claims["sub"], sign_in.super_admin);
    assert_eq!(claims["cid"], sign_in.native.client_id);
    assert_eq!(claims["auth_time"], sandbox.now().as_second() - 5);
    let people = sandbox.bearer("GET", "/api/v1/users?limit=2", access).await;
    assert_eq!(people.status, 200, "{}", people.text);
    let me = sandbox.bearer("GET", "/api/v1/users/me", access).await.body;
    assert_eq!((&me["id"], &me["profile"]["login"]), (&claims["uid"], &claims["sub"]));

    // The code is good for tokens once.
    sandbox.forward(5);
    assert_eq!(refusal(&poll(&sandbox, device).await), (400, "invalid_grant"));
    let again = browser.get("/activate").await;
    assert_eq!(again.status, 200);
    let again = browser.submit("/activate", &[("user_code", code)]).await;
    assert!(again.text.contains("Invalid code"), "{}", again.text);
}

#[tokio::test]
async fn a_device_is_told_no() {
    let sandbox = Sandbox::new();
    let begun = begin(&sandbox, "openid").await.body;
    let code = begun["user_code"].as_str().unwrap();
    let employee = sandbox.org.sign_in().employee;
    let page = activate(&mut Browser::new(&sandbox), code, &employee, false).await;
    assert!(page.text.contains("Access denied"), "{}", page.text);
    let denied = poll(&sandbox, begun["device_code"].as_str().unwrap()).await;
    assert_eq!(refusal(&denied), (403, "access_denied"));
}

#[tokio::test]
async fn who_polls_too_fast_has_to_wait_longer_each_time() {
    let sandbox = Sandbox::new();
    let begun = begin(&sandbox, "openid").await.body;
    let device = begun["device_code"].as_str().unwrap();
    for (seconds, error) in [
        (0, "authorization_pending"),
        (5, "authorization_pending"),
        (4, "slow_down"),
        (9, "slow_down"),
        (15, "authorization_pending"),
        (14, "slow_down"),
        (20, "authorization_pending"),
    ] {
        sandbox.forward(seconds);
        assert_eq!(refusal(&poll(&sandbox, device).await), (400, error), "after {seconds} s");
    }
    sandbox.forward(600);
    assert_eq!(refusal(&poll(&sandbox, device).await), (400, "expired_token"));
    assert_eq!(refusal(&poll(&sandbox, "nothing").await), (400, "invalid_grant"));
    let mut browser = Browser::new(&sandbox);
    browser.get("/activate").await;
    for code in [begun["user_code"].as_str().unwrap(), "BCDFGHJK", ""] {
        let page = browser.submit("/activate", &[("user_code", code)]).await;
        assert!(page.text.contains("Invalid code"), "{code}: {}", page.text);
    }
}

#[tokio::test]
async fn only_native_apps_with_the_grant_ask_for_codes() {
    let sandbox = Sandbox::new();
    let web = sandbox.org.sign_in().web;
    let secret = web.client_secret.unwrap();
    let basic = base64::Engine::encode(
        &base64::engine::general_purpose::STANDARD,
        format!("{}:{secret}", web.client_id),
    );
    let headers = [("authorization", format!("Basic {basic}"))];
    let headers = headers.each_ref().map(|(name, value)| (*name, value.as_str()));
    let path = "/oauth2/v1/device/authorize";
    let reply = sandbox.form(path, &[("scope", "openid")], &headers).await;
    assert_eq!(refusal(&reply), (400, "unauthorized_client"), "{}", reply.text);
    // The seeded Field app is native, and has another grant.
    let apps = sandbox.get("/api/v1/apps?q=Field").await.body;
    let field = apps[0]["id"].as_str().unwrap();
    let reply = sandbox.form(path, &[("client_id", field), ("scope", "openid")], &[]).await;
    assert_eq!(refusal(&reply), (400, "unauthorized_client"), "{}", reply.text);
    for (client, status, error) in
        [("0oanothere0000000000", 401, "invalid_client"), ("", 401, "invalid_client")]
    {
        let reply = sandbox.form(path, &[("client_id", client), ("scope", "openid")], &[]).await;
        assert_eq!(refusal(&reply), (status, error));
    }
    for scope in ["", "okta.nothing.read", "openid okta.nothing.manage"] {
        assert_eq!(refusal(&begin(&sandbox, scope).await), (400, "invalid_scope"), "{scope}");
    }
}

#[tokio::test]
async fn a_client_may_have_so_many_open_codes() {
    let sandbox = Sandbox::new();
    for _ in 0..20 {
        assert_eq!(begin(&sandbox, "openid").await.status, 200);
    }
    assert_eq!(refusal(&begin(&sandbox, "openid").await), (429, "too_many_user_codes"));
    sandbox.forward(600);
    assert_eq!(begin(&sandbox, "openid").await.status, 200);
}

#[tokio::test]
async fn the_log_tells_of_a_sign_in() {
    let sandbox = Sandbox::new();
    let sign_in = sandbox.org.sign_in();
    let granted =
        tokens(&sandbox, &sign_in.super_admin, "openid offline_access okta.users.manage").await;
    let access = granted.body["access_token"].as_str().unwrap();
    let path = "/api/v1/users/ana.silva@acme.example/lifecycle/unlock";
    assert_eq!(sandbox.bearer("POST", path, access).await.status, 200);
    let events = sandbox.get("/api/v1/logs?since=2026-06-15T09:30:00Z").await.body;
    let events = events.as_array().unwrap();
    let expected = [
        "policy.evaluate_sign_on",
        "user.session.start",
        "user.authentication.sso",
        "app.oauth2.token.grant.access_token",
        "app.oauth2.token.grant.refresh_token",
        "app.oauth2.token.grant.id_token",
        "user.account.unlock_by_admin",
    ];
    assert_eq!(texts(events, "/eventType"), expected);
    let started = &events[1];
    assert_eq!(started["actor"]["alternateId"], sign_in.super_admin);
    assert_eq!(started["authenticationContext"]["credentialType"], "PASSWORD");
    let session = &started["authenticationContext"]["externalSessionId"];
    assert!(session.as_str().unwrap().starts_with("idx"));
    assert_eq!(session, &parts(granted.body["id_token"].as_str().unwrap()).1["sid"]);
    let unlocked = &events[6];
    assert_eq!(unlocked["actor"]["type"], "User");
    assert_eq!(unlocked["actor"]["alternateId"], sign_in.super_admin);
    assert_eq!(unlocked["client"]["id"], sign_in.native.client_id);
}
