//! Refresh tokens: those that stay, those that rotate, and what happens to copies.

use serde_json::{Value, json};

use crate::{
    device,
    oauth::ProofKey,
    support::{Reply, Sandbox, texts},
};

const SCOPES: &str = "openid offline_access okta.users.read okta.groups.read";

async fn refresh(sandbox: &Sandbox, token: &str, fields: &[(&str, &str)]) -> Reply {
    let client = sandbox.org.sign_in().native.client_id;
    let mut all = vec![
        ("client_id", client.as_str()),
        ("grant_type", "refresh_token"),
        ("refresh_token", token),
    ];
    all.extend(fields);
    sandbox.form("/oauth2/v1/token", &all, &[]).await
}

fn text<'a>(reply: &'a Reply, name: &str) -> &'a str {
    reply.body[name].as_str().unwrap_or_else(|| panic!("no {name} in {}", reply.text))
}

/// Whether the API takes an access token.
async fn opens(sandbox: &Sandbox, token: &str) -> bool {
    sandbox.bearer("GET", "/api/v1/users?limit=1", token).await.status == 200
}

async fn signed_in(sandbox: &Sandbox) -> Reply {
    device::tokens(sandbox, &sandbox.org.sign_in().super_admin, SCOPES).await
}

fn refused(reply: &Reply) -> (u16, &str) {
    (reply.status.as_u16(), reply.code())
}

#[tokio::test]
async fn a_rotated_token_is_followed_by_another() {
    let sandbox = Sandbox::new();
    let first = signed_in(&sandbox).await;
    sandbox.forward(3_600);
    assert!(!opens(&sandbox, text(&first, "access_token")).await);
    let second = refresh(&sandbox, text(&first, "refresh_token"), &[]).await;
    assert_eq!(second.status, 200, "{}", second.text);
    assert_ne!(text(&second, "refresh_token"), text(&first, "refresh_token"));
    assert_eq!(text(&second, "scope"), SCOPES);
    assert!(second.body["id_token"].is_string());
    assert!(opens(&sandbox, text(&second, "access_token")).await);
    // The sign-in is as old as it was.
    let time = |reply: &Reply| crate::oauth::parts(text(reply, "id_token")).1["auth_time"].clone();
    assert_eq!(time(&first), time(&second));
    let third = refresh(&sandbox, text(&second, "refresh_token"), &[]).await;
    assert_eq!(third.status, 200, "{}", third.text);
}

#[tokio::test]
async fn within_the_leeway_a_rotated_token_still_works() {
    let sandbox = Sandbox::new();
    let first = signed_in(&sandbox).await;
    let second = refresh(&sandbox, text(&first, "refresh_token"), &[]).await;
    sandbox.forward(30);
    let lost = refresh(&sandbox, text(&first, "refresh_token"), &[]).await;
    assert_eq!(lost.status, 200, "{}", lost.text);
    for reply in [&second, &lost] {
        assert!(opens(&sandbox, text(reply, "access_token")).await);
        assert_eq!(refresh(&sandbox, text(reply, "refresh_token"), &[]).await.status, 200);
    }
}

#[tokio::test]
async fn a_copy_ends_all_that_came_of_the_sign_in() {
    let sandbox = Sandbox::new();
    let first = signed_in(&sandbox).await;
    let other = signed_in(&sandbox).await;
    let second = refresh(&sandbox, text(&first, "refresh_token"), &[]).await;
    sandbox.forward(31);
    let copy = refresh(&sandbox, text(&first, "refresh_token"), &[]).await;
    assert_eq!(refused(&copy), (400, "invalid_grant"));
    let newest = refresh(&sandbox, text(&second, "refresh_token"), &[]).await;
    assert_eq!(refused(&newest), (400, "invalid_grant"));
    for reply in [&first, &second] {
        assert!(!opens(&sandbox, text(reply, "access_token")).await);
    }
    // Another sign-in of the same person has nothing to do with it.
    assert!(opens(&sandbox, text(&other, "access_token")).await);
    assert_eq!(refresh(&sandbox, text(&other, "refresh_token"), &[]).await.status, 200);
    let filter = "/api/v1/logs?filter=eventType eq \"app.oauth2.token.detect_reuse\"";
    let events = sandbox.get(filter).await.body;
    let events = events.as_array().unwrap();
    assert_eq!(texts(events, "/outcome/result"), ["FAILURE"]);
    assert_eq!(events[0]["actor"]["id"], sandbox.org.sign_in().native.client_id);
    assert_eq!(events[0]["target"][0]["alternateId"], sandbox.org.sign_in().super_admin);
}

/// Changes the native app.
async fn change(sandbox: &Sandbox, pointer: &str, value: Value) {
    let uri = format!("/api/v1/apps/{}", sandbox.org.sign_in().native.client_id);
    let mut app = sandbox.get(&uri).await.body;
    *app.pointer_mut(pointer).unwrap() = value;
    let changed = sandbox.put(&uri, app).await;
    assert_eq!(changed.status, 200, "{}", changed.text);
}

#[tokio::test]
async fn a_static_token_stays() {
    let sandbox = Sandbox::new();
    change(&sandbox, "/settings/oauthClient/refresh_token", json!({ "rotation_type": "STATIC" }))
        .await;
    let first = signed_in(&sandbox).await;
    for days in 1..=3 {
        sandbox.forward(6 * 86_400);
        let next = refresh(&sandbox, text(&first, "refresh_token"), &[]).await;
        assert_eq!(next.status, 200, "{days}: {}", next.text);
        assert_eq!(text(&next, "refresh_token"), text(&first, "refresh_token"));
    }
    sandbox.forward(7 * 86_400 + 1);
    let idle = refresh(&sandbox, text(&first, "refresh_token"), &[]).await;
    assert_eq!(refused(&idle), (400, "invalid_grant"));
}

#[tokio::test]
async fn fewer_scopes_can_be_had_never_more() {
    let sandbox = Sandbox::new();
    let first = signed_in(&sandbox).await;
    let more = [("scope", "openid okta.apps.read")];
    let more = refresh(&sandbox, text(&first, "refresh_token"), &more).await;
    assert_eq!(refused(&more), (400, "invalid_scope"));
    let fewer = [("scope", "okta.groups.read")];
    let fewer = refresh(&sandbox, text(&first, "refresh_token"), &fewer).await;
    assert_eq!(text(&fewer, "scope"), "okta.groups.read");
    assert!(fewer.body.get("id_token").is_none());
    assert!(!opens(&sandbox, text(&fewer, "access_token")).await);
    let all = refresh(&sandbox, text(&fewer, "refresh_token"), &[]).await;
    assert_eq!(text(&all, "scope"), SCOPES);
}

#[tokio::test]
async fn a_scope_that_the_app_lost_is_not_refreshed() {
    let sandbox = Sandbox::new();
    let first = signed_in(&sandbox).await;
    let grants = format!("/api/v1/apps/{}/grants", sandbox.org.sign_in().native.client_id);
    let all = sandbox.get(&grants).await.body;
    let all = all.as_array().unwrap();
    let lost = all.iter().find(|grant| grant["scopeId"] == "okta.groups.read").unwrap();
    let lost = format!("{grants}/{}", lost["id"].as_str().unwrap());
    assert_eq!(sandbox.get(&lost).await.status, 200);
    assert_eq!(sandbox.delete(&lost).await.status, 204);
    assert_eq!(refused(&sandbox.delete(&lost).await), (404, "E0000007"));
    let whole = refresh(&sandbox, text(&first, "refresh_token"), &[]).await;
    assert_eq!(refused(&whole), (400, "access_denied"));
    let rest = [("scope", "openid offline_access okta.users.read")];
    let rest = refresh(&sandbox, text(&first, "refresh_token"), &rest).await;
    assert_eq!(rest.status, 200, "{}", rest.text);
    assert_eq!(refused(&device::begin(&sandbox, SCOPES).await), (400, "invalid_scope"));
    let body = json!({ "scopeId": "okta.groups.read", "issuer": "http://localhost" });
    let granted = sandbox.post(&grants, body).await;
    assert_eq!(granted.body["scopeId"], "okta.groups.read", "{}", granted.text);
    assert_eq!(device::begin(&sandbox, SCOPES).await.status, 200);
    for body in [json!({}), json!({ "scopeId": "openid" })] {
        assert_eq!(refused(&sandbox.post(&grants, body).await), (400, "E0000001"));
    }
}

#[tokio::test]
async fn what_is_no_refresh_token_of_the_client_is_refused() {
    let sandbox = Sandbox::new();
    let first = signed_in(&sandbox).await;
    assert_eq!(refused(&refresh(&sandbox, "nothing", &[]).await), (400, "invalid_grant"));
    assert_eq!(refused(&refresh(&sandbox, "", &[]).await), (400, "invalid_request"));
    let web = sandbox.org.sign_in().web;
    let secret = web.client_secret.unwrap();
    let fields = [
        ("grant_type", "refresh_token"),
        ("refresh_token", text(&first, "refresh_token")),
        ("client_id", &web.client_id),
        ("client_secret", &secret),
    ];
    // It is set up for the header.
    let posted = sandbox.form("/oauth2/v1/token", &fields, &[]).await;
    assert_eq!(refused(&posted), (401, "invalid_client"));
    let basic = crate::authorize::basic(&web.client_id, &secret);
    let headers = [("authorization", basic.as_str())];
    let foreign = sandbox.form("/oauth2/v1/token", &fields[..2], &headers).await;
    assert_eq!(refused(&foreign), (400, "invalid_grant"));
    assert_eq!(refresh(&sandbox, text(&first, "refresh_token"), &[]).await.status, 200);
}

#[tokio::test]
async fn who_left_refreshes_nothing() {
    let sandbox = Sandbox::new();
    let first = signed_in(&sandbox).await;
    let me = format!("/api/v1/users/{}", sandbox.org.sign_in().super_admin);
    assert_eq!(sandbox.post(&format!("{me}/lifecycle/suspend"), json!({})).await.status, 200);
    assert!(!opens(&sandbox, text(&first, "access_token")).await);
    let gone = refresh(&sandbox, text(&first, "refresh_token"), &[]).await;
    assert_eq!(refused(&gone), (400, "invalid_grant"));
    assert_eq!(sandbox.post(&format!("{me}/lifecycle/unsuspend"), json!({})).await.status, 200);
    let back = refresh(&sandbox, text(&first, "refresh_token"), &[]).await;
    assert_eq!(back.status, 200, "{}", back.text);

    let apps = format!("/api/v1/apps/{}/groups", sandbox.org.sign_in().native.client_id);
    let everyone = sandbox.get(&apps).await.body[0]["id"].as_str().unwrap().to_owned();
    assert_eq!(sandbox.delete(&format!("{apps}/{everyone}")).await.status, 204);
    let unassigned = refresh(&sandbox, text(&back, "refresh_token"), &[]).await;
    assert_eq!(refused(&unassigned), (400, "access_denied"));
}

#[tokio::test]
async fn tokens_are_looked_into_and_revoked_by_public_clients() {
    let sandbox = Sandbox::new();
    let first = signed_in(&sandbox).await;
    let sign_in = sandbox.org.sign_in();
    let ask = async |name: &str, token: &str| {
        let fields = [("client_id", sign_in.native.client_id.as_str()), ("token", token)];
        sandbox.form(&format!("/oauth2/v1/{name}"), &fields, &[]).await
    };
    let access = ask("introspect", text(&first, "access_token")).await.body;
    assert_eq!(
        (&access["active"], &access["username"]),
        (&json!(true), &json!(sign_in.super_admin))
    );
    assert_eq!(access["client_id"], sign_in.native.client_id);
    let stays = ask("introspect", text(&first, "refresh_token")).await.body;
    assert_eq!((&stays["active"], &stays["scope"]), (&json!(true), &json!(SCOPES)));
    assert_eq!(ask("revoke", text(&first, "refresh_token")).await.status, 200);
    for name in ["access_token", "refresh_token"] {
        let ended = ask("introspect", text(&first, name)).await.body;
        assert_eq!(ended, json!({ "active": false }), "{name}");
    }
    assert!(!opens(&sandbox, text(&first, "access_token")).await);
    assert_eq!(ask("revoke", "nothing").await.status, 200);

    let second = signed_in(&sandbox).await;
    assert_eq!(ask("revoke", text(&second, "access_token")).await.status, 200);
    assert!(!opens(&sandbox, text(&second, "access_token")).await);
    assert_eq!(refresh(&sandbox, text(&second, "refresh_token"), &[]).await.status, 200);
    let nobody = sandbox.form("/oauth2/v1/introspect", &[("token", "x")], &[]).await;
    assert_eq!(refused(&nobody), (401, "invalid_client"));
}

#[tokio::test]
async fn a_bound_sign_in_is_refreshed_with_its_own_key() {
    let sandbox = Sandbox::new();
    change(&sandbox, "/settings/oauthClient/dpop_bound_access_tokens", json!(true)).await;
    let (key, other) = (ProofKey::new(), ProofKey::new());
    let client = sandbox.org.sign_in().native.client_id;
    let begun = device::begin(&sandbox, SCOPES).await.body;
    let login = sandbox.org.sign_in().super_admin;
    let code = begun["user_code"].as_str().unwrap();
    device::activate(&mut crate::browser::Browser::new(&sandbox), code, &login, true).await;
    let mut count = 0;
    let mut ask = async |key: &ProofKey, nonce: &str, fields: &[(&str, &str)]| {
        count += 1;
        let now = sandbox.now().as_second();
        let uri = "http://localhost/oauth2/v1/token";
        let mut claims =
            json!({ "htm": "POST", "htu": uri, "iat": now, "jti": format!("proof {count}") });
        if !nonce.is_empty() {
            claims["nonce"] = json!(nonce);
        }
        let mut all = vec![("client_id", client.as_str())];
        all.extend(fields);
        sandbox.form("/oauth2/v1/token", &all, &[("dpop", &key.proof(&claims))]).await
    };
    let device_code = begun["device_code"].as_str().unwrap();
    let fields = [("grant_type", device::GRANT), ("device_code", device_code)];
    assert_eq!(refused(&device::poll(&sandbox, device_code).await), (400, "invalid_dpop_proof"));
    let challenged = ask(&key, "", &fields).await;
    assert_eq!(refused(&challenged), (400, "use_dpop_nonce"));
    let nonce = challenged.header("dpop-nonce").to_owned();
    let granted = ask(&key, &nonce, &fields).await;
    assert_eq!(granted.body["token_type"], "DPoP", "{}", granted.text);
    let bound = &crate::oauth::parts(text(&granted, "access_token")).1["cnf"]["jkt"];
    assert_eq!(bound, &json!(key.thumbprint()));
    let fields =
        [("grant_type", "refresh_token"), ("refresh_token", text(&granted, "refresh_token"))];
    let stolen = ask(&other, &nonce, &fields).await;
    assert_eq!(refused(&stolen), (400, "invalid_dpop_proof"));
    let next = ask(&key, &nonce, &fields).await;
    assert_eq!(next.body["token_type"], "DPoP", "{}", next.text);
}
