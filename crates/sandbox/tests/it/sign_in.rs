//! The pages: who gets in, who does not, what a form needs, what people agree to.

use serde_json::{Value, json};

use crate::{
    browser::{Browser, redirected},
    support::{Sandbox, texts},
};

/// An authorization request of the native app.
fn request(sandbox: &Sandbox, scope: &str) -> String {
    let sign_in = sandbox.org.sign_in();
    let challenge = "a".repeat(43);
    let fields = [
        ("client_id", sign_in.native.client_id.as_str()),
        ("redirect_uri", &sign_in.redirect_uri),
        ("response_type", "code"),
        ("scope", scope),
        ("state", "s"),
        ("code_challenge", &challenge),
        ("code_challenge_method", "S256"),
    ];
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    format!("/oauth2/v1/authorize?{query}")
}

/// What the log says of sign-ins since the test began: who, how it ended, why.
async fn sign_ins(sandbox: &Sandbox) -> Vec<(String, String, String)> {
    let filter =
        "/api/v1/logs?since=2026-06-15T09:30:00Z&filter=eventType eq \"user.session.start\"";
    let events = sandbox.get(filter).await.body;
    let events = events.as_array().unwrap();
    let part = |pointer: &str| texts(events, pointer).into_iter();
    let outcomes = part("/outcome/result").zip(part("/outcome/reason"));
    part("/actor/alternateId").zip(outcomes).map(|(who, (how, why))| (who, how, why)).collect()
}

#[tokio::test]
async fn a_wrong_password_is_told_and_logged() {
    let sandbox = Sandbox::new();
    let sign_in = sandbox.org.sign_in();
    let mut browser = Browser::new(&sandbox);
    browser.get(&request(&sandbox, "openid")).await;
    for (name, password) in
        [(sign_in.employee.as_str(), "wrong"), ("nobody@acme.example", "wrong"), ("<b>", "")]
    {
        let fields = [("username", name), ("password", password)];
        let page = browser.submit("/signin/password", &fields).await;
        assert_eq!(page.status, 200);
        assert!(page.text.contains("Unable to sign in"), "{}", page.text);
        assert!(!page.text.contains("<b>") && !browser.cookies.contains_key("sid"));
    }
    let upper = sign_in.employee.to_uppercase();
    redirected(&browser.sign_in(&upper).await, &sign_in.redirect_uri);
    let row = |who: &str, how: &str, why: &str| (who.to_owned(), how.to_owned(), why.to_owned());
    let expected = [
        row(&sign_in.employee, "FAILURE", "INVALID_CREDENTIALS"),
        row("nobody@acme.example", "FAILURE", "VERIFICATION_ERROR"),
        row("<b>", "FAILURE", "VERIFICATION_ERROR"),
        row(&sign_in.employee, "SUCCESS", ""),
    ];
    assert_eq!(sign_ins(&sandbox).await, expected);
    let me = sandbox.get(&format!("/api/v1/users/{}", sign_in.employee)).await.body;
    assert_eq!(me["lastLogin"], "2026-06-15T09:30:00.000Z");
}

#[tokio::test]
async fn ten_wrong_passwords_lock_the_account() {
    let sandbox = Sandbox::new();
    let sign_in = sandbox.org.sign_in();
    let user = format!("/api/v1/users/{}", sign_in.employee);
    let mut browser = Browser::new(&sandbox);
    browser.get(&request(&sandbox, "openid")).await;
    for _ in 0..10 {
        let fields = [("username", sign_in.employee.as_str()), ("password", "wrong")];
        browser.submit("/signin/password", &fields).await;
    }
    assert_eq!(sandbox.get(&user).await.body["status"], "LOCKED_OUT");
    let page = browser.sign_in(&sign_in.employee).await;
    assert!(page.text.contains("account is locked"), "{}", page.text);
    let locked =
        "/api/v1/logs?since=2026-06-15T09:30:00Z&filter=eventType eq \"user.account.lock\"";
    assert_eq!(sandbox.get(locked).await.body.as_array().unwrap().len(), 1);
    assert_eq!(sandbox.post(&format!("{user}/lifecycle/unlock"), json!({})).await.status, 200);
    redirected(&browser.sign_in(&sign_in.employee).await, &sign_in.redirect_uri);
}

#[tokio::test]
async fn only_active_people_sign_in() {
    let sandbox = Sandbox::new();
    let filter = "/api/v1/users?limit=20&filter=status eq \"ACTIVE\"";
    let people = texts(sandbox.get(filter).await.body.as_array().unwrap(), "/profile/login");
    let mut people = people.into_iter().skip(8);
    for (action, text) in [
        ("suspend", "not active"),
        ("reset_password", "password was reset"),
        ("deactivate", "Unable to sign in"),
    ] {
        let login = people.next().unwrap();
        let uri = format!("/api/v1/users/{login}/lifecycle/{action}");
        assert_eq!(sandbox.post(&uri, json!({})).await.status, 200, "{action}");
        refused(&sandbox, &login, text).await;
    }
    refused(&sandbox, "ana.silva@acme.example", "account is locked").await;
    let login = "staged@acme.example";
    let profile = json!({ "firstName": "S", "lastName": "T", "email": login, "login": login });
    sandbox.post("/api/v1/users?activate=false", json!({ "profile": profile })).await;
    refused(&sandbox, login, "Unable to sign in").await;
}

async fn refused(sandbox: &Sandbox, login: &str, text: &str) {
    let mut browser = Browser::new(sandbox);
    browser.get(&request(sandbox, "openid")).await;
    let page = browser.sign_in(login).await;
    assert!(page.text.contains(text), "{login}: {}", page.text);
    assert!(!browser.cookies.contains_key("sid"), "{login}");
}

#[tokio::test]
async fn a_session_ends_with_its_person() {
    let sandbox = Sandbox::new();
    let sign_in = sandbox.org.sign_in();
    let mut browser = Browser::new(&sandbox);
    browser.get(&request(&sandbox, "openid")).await;
    browser.sign_in(&sign_in.employee).await;
    assert_eq!(browser.get(&request(&sandbox, "openid")).await.status, 302);
    let user = format!("/api/v1/users/{}", sign_in.employee);
    sandbox.post(&format!("{user}/lifecycle/suspend"), json!({})).await;
    assert!(browser.get(&request(&sandbox, "openid")).await.text.contains("type=\"password\""));
}

#[tokio::test]
async fn people_have_the_passwords_that_were_set() {
    let sandbox = Sandbox::new();
    let sign_in = sandbox.org.sign_in();
    let create = async |name: &str, credentials: Value| {
        let login = format!("{name}@acme.example");
        let profile = json!({ "firstName": "N", "lastName": "P", "email": login, "login": login });
        let body = json!({ "profile": profile, "credentials": credentials });
        let made = sandbox.post("/api/v1/users", body).await;
        assert_eq!(made.status, 200, "{}", made.text);
        login
    };
    let get_in = async |login: &str, password: &str| {
        let mut browser = Browser::new(&sandbox);
        browser.get(&request(&sandbox, "openid")).await;
        let fields = [("username", login), ("password", password)];
        browser.submit("/signin/password", &fields).await.status == 302
    };
    let own = create("own", json!({ "password": { "value": "Correct-Horse-7" } })).await;
    assert!(get_in(&own, "Correct-Horse-7").await);
    assert!(!get_in(&own, &sign_in.password).await);
    let hash = json!({ "password": { "hash": { "algorithm": "SHA-256", "value": "x" } } });
    let imported = create("imported", hash).await;
    assert!(!get_in(&imported, &sign_in.password).await);
    let changed = json!({ "credentials": { "password": { "value": "Another-Horse-8" } } });
    for login in [&own, &sign_in.employee] {
        sandbox.post(&format!("/api/v1/users/{login}"), changed.clone()).await;
        assert!(get_in(login, "Another-Horse-8").await && !get_in(login, "Correct-Horse-7").await);
    }
}

#[tokio::test]
async fn an_expired_password_is_changed_on_the_way() {
    let sandbox = Sandbox::new();
    let sign_in = sandbox.org.sign_in();
    let user = format!("/api/v1/users/{}", sign_in.employee);
    let uri = format!("{user}/lifecycle/expire_password_with_temp_password");
    let temporary = sandbox.post(&uri, json!({})).await.body["tempPassword"].clone();
    let mut browser = Browser::new(&sandbox);
    browser.get(&request(&sandbox, "openid")).await;
    let old = browser.sign_in(&sign_in.employee).await;
    assert!(old.text.contains("Unable to sign in"), "{}", old.text);
    // Nobody changes a password without the one before.
    let early = [("password", "Another-Horse-8"), ("again", "Another-Horse-8")];
    let page = browser.submit("/signin/new-password", &early).await;
    assert!(page.text.contains("name=\"username\""), "{}", page.text);
    let fields =
        [("username", sign_in.employee.as_str()), ("password", temporary.as_str().unwrap())];
    let page = browser.submit("/signin/password", &fields).await;
    assert!(page.text.contains("has expired") && !browser.cookies.contains_key("sid"));
    for (password, again, problem) in [
        ("Another-Horse-8", "Another-Horse-9", "not the same"),
        ("short", "short", "At least 8 characters"),
    ] {
        let fields = [("password", password), ("again", again)];
        let page = browser.submit("/signin/new-password", &fields).await;
        assert!(page.text.contains(problem), "{}", page.text);
    }
    let back = browser.submit("/signin/new-password", &early).await;
    assert!(redirected(&back, &sign_in.redirect_uri).contains_key("code"));
    assert_eq!(sandbox.get(&user).await.body["status"], "ACTIVE");
    let mut other = Browser::new(&sandbox);
    other.get(&request(&sandbox, "openid")).await;
    let fields = [("username", sign_in.employee.as_str()), ("password", "Another-Horse-8")];
    assert_eq!(other.submit("/signin/password", &fields).await.status, 302);
}

#[tokio::test]
async fn a_form_comes_from_the_page_it_belongs_to() {
    let sandbox = Sandbox::new();
    let sign_in = sandbox.org.sign_in();
    let mut browser = Browser::new(&sandbox);
    browser.get(&request(&sandbox, "openid")).await;
    let hidden = browser.hidden.clone();
    // Another browser, with all that the form holds.
    let mut other = Browser::new(&sandbox);
    other.hidden.clone_from(&hidden);
    assert_eq!(other.sign_in(&sign_in.employee).await.status, 403);
    other.get("/activate").await;
    other.hidden.clone_from(&hidden);
    assert_eq!(other.sign_in(&sign_in.employee).await.status, 403);
    // The right browser, without the token.
    browser.hidden[1].1 = "another".to_owned();
    for action in [
        "/signin/password",
        "/signin/code",
        "/signin/consent",
        "/signin/other",
        "/signin/new-password",
        "/activate/confirm",
    ] {
        assert_eq!(browser.submit(action, &[]).await.status, 403, "{action}");
    }
    browser.hidden[0].1 = "another".to_owned();
    assert_eq!(browser.sign_in(&sign_in.employee).await.status, 400);
    // In time it works, a quarter of an hour later not any more.
    browser.hidden.clone_from(&hidden);
    sandbox.forward(900);
    assert_eq!(browser.sign_in(&sign_in.employee).await.status, 400);
}

/// Changes the native app.
async fn consent_method(sandbox: &Sandbox, method: &str) {
    let uri = format!("/api/v1/apps/{}", sandbox.org.sign_in().native.client_id);
    let mut app = sandbox.get(&uri).await.body;
    app["settings"]["oauthClient"]["consent_method"] = json!(method);
    assert_eq!(sandbox.put(&uri, app).await.status, 200);
}

#[tokio::test]
async fn people_are_asked_where_the_app_wants_it() {
    let sandbox = Sandbox::new();
    let sign_in = sandbox.org.sign_in();
    consent_method(&sandbox, "REQUIRED").await;
    let mut browser = Browser::new(&sandbox);
    browser.get(&request(&sandbox, "openid okta.users.read")).await;
    let page = browser.sign_in(&sign_in.employee).await;
    assert!(page.text.contains("asks for access") && page.text.contains("okta.users.read"));
    let denied = browser.submit("/signin/consent", &[("decision", "deny")]).await;
    assert_eq!(redirected(&denied, &sign_in.redirect_uri)["error"], "access_denied");
    let silent = format!("{}&prompt=none", request(&sandbox, "openid"));
    let silent = redirected(&browser.get(&silent).await, &sign_in.redirect_uri);
    assert_eq!(silent["error"], "consent_required");
    browser.get(&request(&sandbox, "openid okta.users.read")).await;
    let allowed = browser.submit("/signin/consent", &[("decision", "allow")]).await;
    assert!(redirected(&allowed, &sign_in.redirect_uri).contains_key("code"));
    // Not again for the same, but for more, and where the client asks for it.
    assert_eq!(browser.get(&request(&sandbox, "openid")).await.status, 302);
    assert_eq!(browser.get(&request(&sandbox, "openid okta.groups.read")).await.status, 200);
    consent_method(&sandbox, "TRUSTED").await;
    assert_eq!(browser.get(&request(&sandbox, "openid okta.groups.read")).await.status, 302);
    let asked = format!("{}&prompt=consent", request(&sandbox, "openid"));
    assert_eq!(browser.get(&asked).await.status, 200);
    let allowed = browser.submit("/signin/consent", &[("decision", "allow")]).await;
    assert!(redirected(&allowed, &sign_in.redirect_uri).contains_key("code"));
}

#[tokio::test]
async fn only_who_has_the_app_signs_in_to_it() {
    let sandbox = Sandbox::new();
    let sign_in = sandbox.org.sign_in();
    let groups = format!("/api/v1/apps/{}/groups", sign_in.native.client_id);
    let everyone = sandbox.get(&groups).await.body[0]["id"].as_str().unwrap().to_owned();
    sandbox.delete(&format!("{groups}/{everyone}")).await;
    let mut browser = Browser::new(&sandbox);
    browser.get(&request(&sandbox, "openid")).await;
    let refused = redirected(&browser.sign_in(&sign_in.employee).await, &sign_in.redirect_uri);
    assert_eq!(refused["error"], "access_denied");
    assert!(refused["error_description"].contains("not assigned"));
    let begun = crate::device::begin(&sandbox, "openid").await.body;
    browser.get("/activate").await;
    let code = begun["user_code"].as_str().unwrap();
    let page = browser.submit("/activate", &[("user_code", code)]).await;
    assert!(page.status == 403 && page.text.contains("not assigned"), "{}", page.text);
}

#[tokio::test]
async fn another_person_can_take_over_the_page() {
    let sandbox = Sandbox::new();
    let sign_in = sandbox.org.sign_in();
    let begun = crate::device::begin(&sandbox, "openid").await.body;
    let typed = begun["user_code"].as_str().unwrap().to_lowercase();
    let typed = format!(" {}-{} ", &typed[..4], &typed[4..]);
    let mut browser = Browser::new(&sandbox);
    browser.get("/activate").await;
    browser.submit("/activate", &[("user_code", &typed)]).await;
    let page = browser.sign_in(&sign_in.employee).await;
    assert!(page.text.contains(&sign_in.employee), "{}", page.text);
    let page = browser.submit("/signin/other", &[]).await;
    assert!(page.text.contains("type=\"password\""), "{}", page.text);
    let page = browser.sign_in(&sign_in.super_admin).await;
    assert!(page.text.contains(&sign_in.super_admin), "{}", page.text);
    browser.submit("/activate/confirm", &[("decision", "allow")]).await;
    let granted = crate::device::poll(&sandbox, begun["device_code"].as_str().unwrap()).await;
    let claims = crate::oauth::parts(granted.body["access_token"].as_str().unwrap()).1;
    assert_eq!(claims["sub"], sign_in.super_admin);
}

#[tokio::test]
async fn signing_out_ends_the_session() {
    let sandbox = Sandbox::new();
    let sign_in = sandbox.org.sign_in();
    let mut browser = Browser::new(&sandbox);
    browser.get(&request(&sandbox, "openid")).await;
    browser.sign_in(&sign_in.employee).await;
    let elsewhere = "/oauth2/v1/logout?post_logout_redirect_uri=https%3A%2F%2Fevil.example";
    assert_eq!(browser.get(elsewhere).await.status, 400);
    assert_eq!(browser.get(&request(&sandbox, "openid")).await.status, 302);
    let page = browser.get("/oauth2/v1/logout").await;
    assert!(page.text.contains("Signed out"), "{}", page.text);
    assert!(browser.get(&request(&sandbox, "openid")).await.text.contains("type=\"password\""));
}

#[tokio::test]
async fn the_same_seed_has_the_same_apps_to_sign_in_with() {
    let (a, b) = (Sandbox::new().org.sign_in(), Sandbox::new().org.sign_in());
    assert_eq!(a.native.client_id, b.native.client_id);
    assert_eq!(a.web.client_secret, b.web.client_secret);
    assert!(a.native.client_secret.is_none() && a.web.client_secret.is_some());
    assert_ne!(a.native.client_id, a.web.client_id);
}

#[tokio::test]
async fn faults_reach_the_pages_too() {
    use okta_sandbox::{Fault, FaultKind};
    let sandbox = Sandbox::new();
    for path in ["/activate", "/oauth2/v1/authorize", "/oauth2/v1/device/authorize"] {
        let kind = FaultKind::Status(503);
        sandbox.org.inject(Fault { kind, method: None, path: path.to_owned(), times: 1 });
    }
    assert_eq!(Browser::new(&sandbox).get("/activate").await.status, 503);
    assert_eq!(Browser::new(&sandbox).get(&request(&sandbox, "openid")).await.status, 503);
    assert_eq!(crate::device::begin(&sandbox, "openid").await.status, 503);
    assert_eq!(Browser::new(&sandbox).get("/activate").await.status, 200);
}
