//! The authorization code flow: a browser there and back, and everything that is refused.

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::{
    browser::{Browser, redirected},
    support::{Reply, Sandbox},
};

const VERIFIER: &str = "a-verifier-of-forty-three-characters-or-more-0";

/// The `Authorization` of a client with a secret.
pub(crate) fn basic(client: &str, secret: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{client}:{secret}")))
}

fn challenge() -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(VERIFIER))
}

/// The authorization request of the native app, with these parameters instead of or besides its own.
fn request(sandbox: &Sandbox, changes: &[(&str, &str)]) -> String {
    let sign_in = sandbox.org.sign_in();
    let challenge = challenge();
    let mut fields = vec![
        ("client_id", sign_in.native.client_id.as_str()),
        ("redirect_uri", &sign_in.redirect_uri),
        ("response_type", "code"),
        ("scope", "openid profile email offline_access okta.users.read"),
        ("state", "a state & more"),
        ("nonce", "n-1"),
        ("code_challenge", &challenge),
        ("code_challenge_method", "S256"),
    ];
    for change in changes {
        fields.retain(|(name, _)| *name != change.0);
        fields.push(*change);
    }
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    format!("/oauth2/v1/authorize?{query}")
}

/// The token request of the native app for a code, changed alike; what is empty is left out.
pub(crate) async fn exchange(sandbox: &Sandbox, code: &str, changes: &[(&str, &str)]) -> Reply {
    let sign_in = sandbox.org.sign_in();
    let mut fields = vec![
        ("grant_type", "authorization_code"),
        ("client_id", sign_in.native.client_id.as_str()),
        ("redirect_uri", &sign_in.redirect_uri),
        ("code_verifier", VERIFIER),
        ("code", code),
    ];
    for change in changes {
        fields.retain(|(name, _)| *name != change.0);
        fields.push(*change);
    }
    fields.retain(|(_, value)| !value.is_empty());
    sandbox.form("/oauth2/v1/token", &fields, &[]).await
}

/// A code for the super admin.
pub(crate) async fn code(sandbox: &Sandbox, changes: &[(&str, &str)]) -> String {
    let mut browser = Browser::new(sandbox);
    let page = browser.get(&request(sandbox, changes)).await;
    assert_eq!(page.status, 200, "{}", page.text);
    let sign_in = sandbox.org.sign_in();
    let back = browser.sign_in(&sign_in.super_admin).await;
    redirected(&back, &sign_in.redirect_uri)["code"].clone()
}

/// The claims of an ID token, whose signature the org's public key fits.
async fn verified(sandbox: &Sandbox, token: &str) -> Value {
    let keys = sandbox.get("/oauth2/v1/keys").await.body;
    let key: jsonwebtoken::jwk::Jwk = serde_json::from_value(keys["keys"][0].clone()).unwrap();
    let mut validation = Validation::new(Algorithm::ES256);
    validation.validate_exp = false;
    validation.set_audience(&[sandbox.org.sign_in().native.client_id]);
    validation.set_issuer(&["http://localhost"]);
    let key = DecodingKey::from_jwk(&key).unwrap();
    jsonwebtoken::decode::<Value>(token, &key, &validation).unwrap().claims
}

#[tokio::test]
async fn a_code_is_good_for_tokens_that_say_who_signed_in() {
    let sandbox = Sandbox::new();
    let sign_in = sandbox.org.sign_in();
    let mut browser = Browser::new(&sandbox);
    let page = browser.get(&request(&sandbox, &[("login_hint", "morgan\"<b>@acme.example")])).await;
    assert_eq!(page.status, 200);
    assert!(page.header("content-type").starts_with("text/html"));
    assert!(page.text.contains("value=\"morgan&quot;&lt;b&gt;@acme.example\""), "{}", page.text);
    assert!(page.text.contains("Okta sandbox") && page.text.contains("Okta MCP for people"));
    assert_eq!(page.header("x-frame-options"), "DENY");
    assert!(page.header("cache-control").contains("no-store"));
    let policy = page.header("content-security-policy");
    assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
    assert!(policy.contains("form-action 'self' http://127.0.0.1:8765;"), "{policy}");

    sandbox.forward(60);
    let back = browser.sign_in(&sign_in.super_admin).await;
    let signed_in_at = sandbox.now().as_second();
    let pairs = redirected(&back, &sign_in.redirect_uri);
    assert_eq!(pairs["state"], "a state & more");
    assert_eq!(pairs.len(), 2, "{pairs:?}");
    sandbox.forward(30);
    let granted = exchange(&sandbox, &pairs["code"], &[]).await;
    assert_eq!(granted.status, 200, "{}", granted.text);
    let access = granted.body["access_token"].as_str().unwrap();
    let claims = verified(&sandbox, granted.body["id_token"].as_str().unwrap()).await;
    let hash = URL_SAFE_NO_PAD.encode(&Sha256::digest(access)[..16]);
    let me = sandbox.get("/api/v1/users/me").await.body;
    let organization = sandbox.get("/.well-known/okta-organization").await.body;
    let expected = json!({
        "sub": me["id"],
        "ver": 1,
        "iss": "http://localhost",
        "aud": sign_in.native.client_id,
        "iat": signed_in_at + 30,
        "exp": signed_in_at + 30 + 3_600,
        "jti": claims["jti"],
        "amr": ["pwd"],
        "acr": "urn:okta:loa:1fa:pwd",
        "idp": organization["id"],
        "sid": claims["sid"],
        "auth_time": signed_in_at,
        "at_hash": hash,
        "nonce": "n-1",
        "name": "Morgan Hale",
        "preferred_username": sign_in.super_admin,
        "email": sign_in.super_admin,
    });
    assert_eq!(claims, expected);
    assert_eq!(sandbox.bearer("GET", "/api/v1/users?limit=1", access).await.status, 200);
    let person = sandbox.bearer("GET", "/oauth2/v1/userinfo", access).await;
    assert_eq!(person.body["sub"], me["id"], "{}", person.text);
    assert_eq!(person.body["given_name"], "Morgan");
    assert_eq!(person.body["email"], sign_in.super_admin);
    assert_eq!(sandbox.bearer("POST", "/oauth2/v1/userinfo", access).await.body, person.body);

    let again = exchange(&sandbox, &pairs["code"], &[]).await;
    assert_eq!((again.status.as_u16(), again.code()), (400, "invalid_grant"));
}

#[tokio::test]
async fn a_session_signs_in_again_without_a_password() {
    let sandbox = Sandbox::new();
    let sign_in = sandbox.org.sign_in();
    let mut browser = Browser::new(&sandbox);
    browser.get(&request(&sandbox, &[])).await;
    browser.sign_in(&sign_in.super_admin).await;
    let signed_in_at = sandbox.now().as_second();
    sandbox.forward(3_600);
    for prompt in ["", "none"] {
        let back = browser.get(&request(&sandbox, &[("prompt", prompt)])).await;
        let code = &redirected(&back, &sign_in.redirect_uri)["code"];
        let granted = exchange(&sandbox, code, &[]).await;
        let claims = verified(&sandbox, granted.body["id_token"].as_str().unwrap()).await;
        assert_eq!(claims["auth_time"], signed_in_at);
    }
    // A password is asked for where the client wants it fresh.
    for (name, value, asked) in [
        ("prompt", "login", true),
        ("max_age", "0", true),
        ("max_age", "3599", true),
        ("max_age", "3600", false),
    ] {
        let page = browser.get(&request(&sandbox, &[(name, value)])).await;
        assert_eq!(page.text.contains("type=\"password\""), asked, "{name}={value}");
    }
    let refused = browser.get(&request(&sandbox, &[("prompt", "none"), ("max_age", "60")])).await;
    assert_eq!(redirected(&refused, &sign_in.redirect_uri)["error"], "login_required");
    browser.get(&request(&sandbox, &[("prompt", "login")])).await;
    let back = browser.sign_in(&sign_in.super_admin).await;
    let code = &redirected(&back, &sign_in.redirect_uri)["code"];
    let granted = exchange(&sandbox, code, &[]).await;
    let claims = verified(&sandbox, granted.body["id_token"].as_str().unwrap()).await;
    assert_eq!(claims["auth_time"], signed_in_at + 3_600);
    // Two hours without a request, and nobody is signed in any more.
    sandbox.forward(7_200);
    let late = browser.get(&request(&sandbox, &[])).await;
    assert!(late.text.contains("type=\"password\""));
}

#[tokio::test]
async fn a_step_up_is_what_the_id_token_says() {
    let sandbox = Sandbox::new();
    let sign_in = sandbox.org.sign_in();
    for (acr, amr) in [
        ("urn:okta:loa:2fa:any", json!(["mfa", "otp", "pwd"])),
        ("urn:okta:loa:2fa:any:ifpossible", json!(["mfa", "otp", "pwd"])),
        ("phr", json!(["swk", "mfa", "pwd"])),
        ("phrh", json!(["hwk", "mfa", "pwd"])),
    ] {
        let mut browser = Browser::new(&sandbox);
        browser.get(&request(&sandbox, &[("acr_values", acr)])).await;
        let second = browser.sign_in(&sign_in.super_admin).await;
        assert!(second.text.contains("second step"), "{acr}: {}", second.text);
        let wrong = browser.submit("/signin/code", &[("code", "nothing")]).await;
        assert!(wrong.text.contains("not the code"), "{}", wrong.text);
        let back = browser.second_step(&wrong).await;
        let code = &redirected(&back, &sign_in.redirect_uri)["code"];
        let granted = exchange(&sandbox, code, &[]).await;
        let claims = verified(&sandbox, granted.body["id_token"].as_str().unwrap()).await;
        assert_eq!((&claims["acr"], &claims["amr"]), (&json!(acr), &amr));
        // The session stays as sure as it was proven, and no surer.
        let same = browser.get(&request(&sandbox, &[("acr_values", acr)])).await;
        assert_eq!(same.status, 302);
        let surer = browser.get(&request(&sandbox, &[("acr_values", "phrh")])).await;
        assert_eq!(surer.status == 302, acr == "phrh");
        let silent = [("acr_values", "phrh"), ("prompt", "none")];
        let silent = browser.get(&request(&sandbox, &silent)).await;
        let pairs = redirected(&silent, &sign_in.redirect_uri);
        let error = pairs.get("error").map(String::as_str);
        assert_eq!(error, (acr != "phrh").then_some("interaction_required"));
    }
    for acr in ["urn:okta:loa:1fa:any", "unknown urn:okta:loa:1fa:pwd"] {
        let code = code(&sandbox, &[("acr_values", acr)]).await;
        let granted = exchange(&sandbox, &code, &[]).await;
        let claims = verified(&sandbox, granted.body["id_token"].as_str().unwrap()).await;
        assert!(acr.ends_with(claims["acr"].as_str().unwrap()));
    }
}

#[tokio::test]
async fn a_bad_client_or_redirect_uri_leads_nowhere() {
    let sandbox = Sandbox::new();
    for (name, value) in [
        ("client_id", "0oanothere0000000000"),
        ("client_id", ""),
        ("redirect_uri", ""),
        ("redirect_uri", "http://127.0.0.1:8765/callback/"),
        ("redirect_uri", "http://127.0.0.1:8766/callback"),
        ("redirect_uri", "http://localhost:8765/callback"),
        ("redirect_uri", "http://127.0.0.1:8765/callback?a=b"),
        ("redirect_uri", "https://evil.example/\"><script>alert(1)</script>"),
    ] {
        let page = Browser::new(&sandbox).get(&request(&sandbox, &[(name, value)])).await;
        assert_eq!(page.status, 400, "{name}={value}");
        assert!(page.header("location").is_empty(), "{name}={value}");
        assert!(page.text.contains(name) && !page.text.contains("<script"), "{}", page.text);
    }
    // Nor does an app that is switched off.
    let client = sandbox.org.sign_in().native.client_id;
    sandbox.post(&format!("/api/v1/apps/{client}/lifecycle/deactivate"), json!({})).await;
    assert_eq!(Browser::new(&sandbox).get(&request(&sandbox, &[])).await.status, 400);
}

#[tokio::test]
async fn other_mistakes_go_back_to_the_client() {
    let sandbox = Sandbox::new();
    let uri = sandbox.org.sign_in().redirect_uri;
    for (name, value, error) in [
        ("response_type", "", "invalid_request"),
        ("response_type", "token", "unsupported_response_type"),
        ("response_mode", "form_post", "unsupported_response_mode"),
        ("request", "x.y.z", "request_not_supported"),
        ("request_uri", "urn:x", "request_not_supported"),
        ("scope", "", "invalid_scope"),
        ("scope", "openid okta.nothing.read", "invalid_scope"),
        ("code_challenge", "", "invalid_request"),
        ("code_challenge", "short", "invalid_request"),
        ("code_challenge_method", "plain", "invalid_request"),
        ("prompt", "none login", "invalid_request"),
        ("prompt", "dance", "invalid_request"),
        ("prompt", "none", "login_required"),
        ("max_age", "-1", "invalid_request"),
        ("max_age", "soon", "invalid_request"),
        ("acr_values", "urn:example", "invalid_request"),
    ] {
        let reply = Browser::new(&sandbox).get(&request(&sandbox, &[(name, value)])).await;
        let pairs = redirected(&reply, &uri);
        assert_eq!(pairs["error"], error, "{name}={value}");
        assert_eq!(pairs["state"], "a state & more", "{name}={value}");
        assert!(!pairs["error_description"].is_empty() && !pairs.contains_key("code"));
    }
    let stateless = Browser::new(&sandbox).get(&request(&sandbox, &[("state", "")])).await;
    let pairs = redirected(&stateless, &uri);
    assert_eq!(pairs["error"], "invalid_request");
    assert!(!pairs.contains_key("state"));
    let fragment = [("response_mode", "fragment"), ("prompt", "none")];
    let fragment = Browser::new(&sandbox).get(&request(&sandbox, &fragment)).await;
    assert!(fragment.header("location").starts_with(&format!("{uri}#error=login_required")));
}

#[tokio::test]
async fn a_code_belongs_to_its_request() {
    let sandbox = Sandbox::new();
    let web = sandbox.org.sign_in().web;
    for (name, value, status, error) in [
        ("code_verifier", "", 400, "invalid_grant"),
        ("code_verifier", "another-verifier-of-forty-three-characters-00", 400, "invalid_grant"),
        ("redirect_uri", "", 400, "invalid_grant"),
        ("redirect_uri", "http://127.0.0.1:8765/", 400, "invalid_grant"),
        ("client_id", "", 401, "invalid_client"),
        ("client_id", web.client_id.as_str(), 401, "invalid_client"),
        ("code", "", 400, "invalid_request"),
        ("code", "nothing", 400, "invalid_grant"),
    ] {
        let code = code(&sandbox, &[]).await;
        let reply = exchange(&sandbox, &code, &[(name, value)]).await;
        assert_eq!((reply.status.as_u16(), reply.code()), (status, error), "{name}={value}");
    }
    let late = code(&sandbox, &[]).await;
    sandbox.forward(300);
    assert_eq!(exchange(&sandbox, &late, &[]).await.code(), "invalid_grant");
}

#[tokio::test]
async fn a_client_with_a_secret_needs_no_pkce_and_proves_itself() {
    let sandbox = Sandbox::new();
    let sign_in = sandbox.org.sign_in();
    let secret = sign_in.web.client_secret.clone().unwrap();
    let web = [
        ("client_id", sign_in.web.client_id.as_str()),
        ("code_challenge", ""),
        ("code_challenge_method", ""),
    ];
    let fields = |code: &str| {
        [
            ("grant_type", "authorization_code".to_owned()),
            ("redirect_uri", sign_in.redirect_uri.clone()),
            ("code", code.to_owned()),
        ]
    };
    let code = code(&sandbox, &web).await;
    let fields = fields(&code);
    let fields = fields.each_ref().map(|(name, value)| (*name, value.as_str()));
    let good = basic(&sign_in.web.client_id, &secret);
    for (authorization, status) in [
        (basic(&sign_in.web.client_id, "wrong"), 401),
        (basic("0oanothere0000000000", &secret), 401),
        ("Basic nonsense".to_owned(), 401),
        (good.clone(), 200),
    ] {
        let headers = [("authorization", authorization.as_str())];
        let reply = sandbox.form("/oauth2/v1/token", &fields, &headers).await;
        assert_eq!(reply.status, status, "{}", reply.text);
    }
    let both = [&fields[..], &[("client_id", "x"), ("client_secret", "y")]].concat();
    let headers = [("authorization", good.as_str())];
    let reply = sandbox.form("/oauth2/v1/token", &both, &headers).await;
    assert_eq!((reply.status.as_u16(), reply.code()), (400, "invalid_request"));
}

#[tokio::test]
async fn a_secret_in_the_form_is_for_clients_set_up_so() {
    let sandbox = Sandbox::new();
    let sign_in = sandbox.org.sign_in();
    let uri = format!("/api/v1/apps/{}", sign_in.web.client_id);
    let mut app = sandbox.get(&uri).await.body;
    app["credentials"]["oauthClient"]["token_endpoint_auth_method"] = json!("client_secret_post");
    let changed = sandbox.put(&uri, app).await.body;
    let secret = sign_in.web.client_secret.unwrap();
    assert_eq!(changed["credentials"]["oauthClient"]["client_secret"], secret);
    let web = [("client_id", sign_in.web.client_id.as_str())];
    for (name, value, status) in [
        ("client_secret", "wrong", 401),
        ("client_secret", "", 401),
        ("client_secret", &secret, 200),
    ] {
        let code = code(&sandbox, &web).await;
        let reply = exchange(&sandbox, &code, &[web[0], (name, value)]).await;
        assert_eq!(reply.status, status, "{}", reply.text);
    }
    let basic = basic(&sign_in.web.client_id, &secret);
    let fields = [("grant_type", "authorization_code"), ("code", "x")];
    let reply = sandbox.form("/oauth2/v1/token", &fields, &[("authorization", &basic)]).await;
    assert_eq!((reply.status.as_u16(), reply.code()), (401, "invalid_client"));
}

#[tokio::test]
async fn a_request_can_come_as_a_form() {
    let sandbox = Sandbox::new();
    let uri = request(&sandbox, &[("prompt", "none")]);
    let query = uri.split_once('?').unwrap().1;
    let fields: Vec<(String, String)> =
        form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    let fields: Vec<(&str, &str)> =
        fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let reply = sandbox.form("/oauth2/v1/authorize", &fields, &[]).await;
    let pairs = redirected(&reply, &sandbox.org.sign_in().redirect_uri);
    assert_eq!(pairs["error"], "login_required");
}
