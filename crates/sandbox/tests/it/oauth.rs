//! Tokens for service apps: what is given, and everything that is refused.

use axum::http::Request;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use okta_sandbox::{Config, ServiceApp};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::support::{Reply, Sandbox, texts};

const ENDPOINT: &str = "http://localhost/oauth2/v1/token";

fn claims(sandbox: &Sandbox) -> Value {
    let app = sandbox.org.service_app();
    let now = sandbox.now().as_second();
    json!({ "iss": app.client_id, "sub": app.client_id, "aud": ENDPOINT, "iat": now, "exp": now + 300 })
}

fn sign(app: &ServiceApp, claims: &Value) -> String {
    let key = EncodingKey::from_ec_pem(app.private_key_pem.as_bytes()).unwrap();
    sign_with(app, Algorithm::ES256, &key, claims)
}

fn sign_with(app: &ServiceApp, algorithm: Algorithm, key: &EncodingKey, claims: &Value) -> String {
    let mut header = Header::new(algorithm);
    header.kid = Some(app.key_id.clone());
    jsonwebtoken::encode(&header, claims, key).unwrap()
}

async fn form(sandbox: &Sandbox, path: &str, fields: &[(&str, &str)], dpop: Option<&str>) -> Reply {
    let headers: Vec<(&str, &str)> = dpop.map(|proof| ("dpop", proof)).into_iter().collect();
    sandbox.form(path, fields, &headers).await
}

async fn token_with(sandbox: &Sandbox, assertion: &str, scope: &str, dpop: Option<&str>) -> Reply {
    let fields = [
        ("grant_type", "client_credentials"),
        ("scope", scope),
        ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
        ("client_assertion", assertion),
    ];
    form(sandbox, "/oauth2/v1/token", &fields, dpop).await
}

/// A token request of the seeded service app.
pub(crate) async fn token(sandbox: &Sandbox, scope: &str) -> Reply {
    let assertion = sign(&sandbox.org.service_app(), &claims(sandbox));
    token_with(sandbox, &assertion, scope, None).await
}

pub(crate) async fn call(sandbox: &Sandbox, method: &str, uri: &str, authorization: &str) -> Reply {
    let request = Request::builder()
        .method(method)
        .uri(uri)
        .header("host", "localhost")
        .header("authorization", authorization);
    sandbox.send(request.body("".into()).unwrap()).await
}

#[tokio::test]
async fn a_token_opens_what_its_scopes_say_for_an_hour() {
    let sandbox = Sandbox::new();
    let reply = token(&sandbox, "okta.groups.manage okta.users.read").await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    assert_eq!(reply.body["token_type"], "Bearer");
    assert_eq!(reply.body["expires_in"], 3_600);
    assert_eq!(reply.body["scope"], "okta.groups.manage okta.users.read");
    let bearer = format!("Bearer {}", reply.body["access_token"].as_str().unwrap());
    assert_eq!(call(&sandbox, "GET", "/api/v1/users?limit=1", &bearer).await.status, 200);
    let glued = bearer.replace(' ', "");
    assert_eq!(call(&sandbox, "GET", "/api/v1/users?limit=1", &glued).await.status, 200);
    // `manage` stands for `read`.
    assert_eq!(call(&sandbox, "GET", "/api/v1/groups?limit=1", &bearer).await.status, 200);
    let refused = call(&sandbox, "GET", "/api/v1/logs", &bearer).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (403, "E0000006"));
    let challenge = refused.header("www-authenticate");
    assert!(challenge.starts_with("Bearer ") && challenge.contains("error=\"insufficient_scope\""));
    assert!(challenge.contains("scope=\"okta.logs.read\""));
    let read_only = call(&sandbox, "POST", "/api/v1/users/me/lifecycle/unlock", &bearer).await;
    assert_eq!(read_only.status, 403);
    sandbox.forward(3_599);
    assert_eq!(call(&sandbox, "GET", "/api/v1/users?limit=1", &bearer).await.status, 200);
    sandbox.forward(1);
    let late = call(&sandbox, "GET", "/api/v1/users?limit=1", &bearer).await;
    assert_eq!((late.status.as_u16(), late.code()), (401, "E0000011"));
}

/// The header and the claims of a token.
pub(crate) fn parts(token: &str) -> (Value, Value) {
    let part = |at: usize| {
        let text = token.split('.').nth(at).unwrap();
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).unwrap()).unwrap()
    };
    (part(0), part(1))
}

#[tokio::test]
async fn a_token_is_a_jwt_like_oktas() {
    let sandbox = Sandbox::new();
    let granted = token(&sandbox, "okta.users.read okta.groups.manage").await;
    let text = granted.body["access_token"].as_str().unwrap();
    let keys = sandbox.get("/oauth2/v1/keys").await.body;
    let key = &keys["keys"][0];
    let (header, claims) = parts(text);
    assert_eq!(header, json!({ "alg": "ES256", "kid": key["kid"] }));
    let app = sandbox.org.service_app().client_id;
    let now = sandbox.now().as_second();
    let expected = json!({
        "ver": 1,
        "jti": claims["jti"],
        "iss": "http://localhost",
        "aud": "http://localhost",
        "sub": app,
        "iat": now,
        "exp": now + 3_600,
        "cid": app,
        "scp": ["okta.users.read", "okta.groups.manage"],
    });
    assert_eq!(claims, expected);
    let id = claims["jti"].as_str().unwrap();
    assert!(id.starts_with("AT.") && id.len() == 46, "{id}");

    // Whoever has the org's public key can tell that the org signed it.
    let key = DecodingKey::from_jwk(&serde_json::from_value(key.clone()).unwrap()).unwrap();
    let mut validation = Validation::new(Algorithm::ES256);
    validation.validate_exp = false;
    validation.set_audience(&["http://localhost"]);
    assert!(jsonwebtoken::decode::<Value>(text, &key, &validation).is_ok());

    // One character of the signature, and it is not the token that was given.
    let other = if text.ends_with('A') { "B" } else { "A" };
    let forged = format!("Bearer {}{other}", &text[..text.len() - 1]);
    assert_eq!(call(&sandbox, "GET", "/api/v1/users?limit=1", &forged).await.code(), "E0000011");
}

#[tokio::test]
async fn an_app_can_have_an_rsa_key_too() {
    let sandbox = Sandbox::new();
    let keys = async || {
        let app = sandbox.org.service_app().client_id;
        let app = sandbox.get(&format!("/api/v1/apps/{app}")).await.body;
        texts(app["settings"]["oauthClient"]["jwks"]["keys"].as_array().unwrap(), "/kty")
    };
    assert_eq!(keys().await, ["EC"]);
    let app = sandbox.org.add_rsa_key().unwrap();
    assert_eq!(keys().await, ["EC", "RSA"]);
    assert_eq!(app.client_id, sandbox.org.service_app().client_id);
    let key = EncodingKey::from_rsa_pem(app.private_key_pem.as_bytes()).unwrap();
    let assertion = sign_with(&app, Algorithm::RS256, &key, &claims(&sandbox));
    let granted = token_with(&sandbox, &assertion, "okta.users.read", None).await;
    assert_eq!(granted.status, 200, "{}", granted.text);
    // The key on the curve still works.
    assert_eq!(token(&sandbox, "okta.users.read").await.status, 200);
}

#[tokio::test]
async fn every_bad_assertion_is_refused_for_its_own_reason() {
    let sandbox = Sandbox::new();
    let app = sandbox.org.service_app();
    let now = sandbox.now().as_second();
    let mut seen = std::collections::BTreeSet::new();
    let with = |name: &str, value: Value| {
        let mut claims = claims(&sandbox);
        claims[name] = value;
        sign(&app, &claims)
    };
    let other_key = {
        let mut header = Header::new(Algorithm::ES256);
        header.kid = Some(app.key_id.clone());
        let pair = rcgen::KeyPair::generate().unwrap();
        let key = EncodingKey::from_ec_pem(pair.serialize_pem().as_bytes()).unwrap();
        jsonwebtoken::encode(&header, &claims(&sandbox), &key).unwrap()
    };
    let other_kid = sign(&ServiceApp { key_id: "other".into(), ..app.clone() }, &claims(&sandbox));
    let hmac = jsonwebtoken::encode(
        &Header::default(),
        &claims(&sandbox),
        &EncodingKey::from_secret(b"x"),
    )
    .unwrap();
    let none = {
        let part = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
        format!("{}.{}.", part(json!({ "alg": "none" })), part(claims(&sandbox)))
    };
    for (name, assertion) in [
        ("audience", with("aud", json!("http://localhost/oauth2/v1/tokens"))),
        ("expired", with("exp", json!(now))),
        ("too far", with("exp", json!(now + 3_601))),
        ("no exp", with("exp", Value::Null)),
        ("future", with("iat", json!(now + 60))),
        ("issuer", with("iss", json!("0oaother000000000000"))),
        ("signature", other_key),
        ("kid", other_kid),
        ("algorithm", hmac),
        ("nonsense", "nonsense".to_owned()),
    ] {
        let reply = token_with(&sandbox, &assertion, "okta.users.read", None).await;
        assert_eq!((reply.status.as_u16(), reply.code()), (401, "invalid_client"), "{name}");
        assert!(seen.insert(reply.body["error_description"].to_string()), "{name}: {}", reply.text);
    }
    let unsigned = token_with(&sandbox, &none, "okta.users.read", None).await;
    assert_eq!(unsigned.status, 401);
    let unknown = ServiceApp { client_id: "0oaother000000000000".into(), ..app.clone() };
    let mut other = claims(&sandbox);
    other["iss"] = json!(unknown.client_id);
    other["sub"] = json!(unknown.client_id);
    let reply = token_with(&sandbox, &sign(&app, &other), "okta.users.read", None).await;
    assert_eq!((reply.status.as_u16(), reply.code()), (401, "invalid_client"));
    let reply =
        form(&sandbox, "/oauth2/v1/token", &[("grant_type", "client_credentials")], None).await;
    assert_eq!((reply.status.as_u16(), reply.code()), (401, "invalid_client"));
}

#[tokio::test]
async fn an_assertion_id_works_once() {
    let sandbox = Sandbox::new();
    let mut claims = claims(&sandbox);
    claims["jti"] = json!("one");
    let assertion = sign(&sandbox.org.service_app(), &claims);
    assert_eq!(token_with(&sandbox, &assertion, "okta.users.read", None).await.status, 200);
    let again = token_with(&sandbox, &assertion, "okta.users.read", None).await;
    assert_eq!((again.status.as_u16(), again.code()), (401, "invalid_client"));
}

#[tokio::test]
async fn scopes_and_grants_that_are_refused() {
    let sandbox = Sandbox::new();
    for scope in [
        "",
        "openid",
        "okta.users.read.self",
        "okta.nothing.read",
        "okta.users.read okta.nothing.read",
    ] {
        let reply = token(&sandbox, scope).await;
        assert_eq!((reply.status.as_u16(), reply.code()), (400, "invalid_scope"), "{scope}");
    }
    for (fields, code) in
        [(vec![("grant_type", "password")], "unsupported_grant_type"), (vec![], "invalid_request")]
    {
        let reply = form(&sandbox, "/oauth2/v1/token", &fields, None).await;
        assert_eq!((reply.status.as_u16(), reply.code()), (400, code));
    }
}

#[tokio::test]
async fn tokens_are_looked_into_and_revoked() {
    let sandbox = Sandbox::new();
    let granted = token(&sandbox, "okta.users.read").await;
    let access = granted.body["access_token"].as_str().unwrap().to_owned();
    let ask = async |name: &str| {
        let path = format!("/oauth2/v1/{name}");
        let mut claims = claims(&sandbox);
        claims["aud"] = json!(format!("http://localhost{path}"));
        let assertion = sign(&sandbox.org.service_app(), &claims);
        let fields = [
            ("token", access.as_str()),
            ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
            ("client_assertion", assertion.as_str()),
        ];
        form(&sandbox, &path, &fields, None).await
    };
    let active = ask("introspect").await.body;
    assert_eq!((&active["active"], &active["scope"]), (&json!(true), &json!("okta.users.read")));
    assert_eq!(active["jti"], parts(&access).1["jti"]);
    assert_eq!(ask("revoke").await.status, 200);
    assert_eq!(ask("introspect").await.body, json!({ "active": false }));
    let bearer = format!("Bearer {access}");
    assert_eq!(call(&sandbox, "GET", "/api/v1/users", &bearer).await.status, 401);
}

#[tokio::test]
async fn what_an_app_does_is_logged_as_the_app() {
    let sandbox = Sandbox::new();
    let granted = token(&sandbox, "okta.users.manage").await;
    let bearer = format!("Bearer {}", granted.body["access_token"].as_str().unwrap());
    let path = "/api/v1/users/ana.silva@acme.example/lifecycle/unlock";
    assert_eq!(call(&sandbox, "POST", path, &bearer).await.status, 200);
    let events = sandbox.get("/api/v1/logs?since=2026-06-15T09:30:00Z").await.body;
    assert_eq!(events[0]["eventType"], "app.oauth2.token.grant.access_token");
    assert_eq!(events[1]["actor"]["id"], sandbox.org.service_app().client_id);
    assert_eq!(events[1]["actor"]["type"], "PublicClientApp");
}

/// The key of a client that proves it (DPoP).
pub(crate) struct ProofKey {
    pem: String,
    jwk: Value,
}

impl ProofKey {
    pub(crate) fn new() -> Self {
        use rcgen::PublicKeyData as _;
        let pair = rcgen::KeyPair::generate().unwrap();
        let point = pair.der_bytes();
        let part = |range| URL_SAFE_NO_PAD.encode(&point[range]);
        let jwk = json!({ "kty": "EC", "crv": "P-256", "x": part(1..33), "y": part(33..65) });
        Self { pem: pair.serialize_pem(), jwk }
    }

    /// RFC 7638.
    pub(crate) fn thumbprint(&self) -> String {
        let part = |name: &str| self.jwk[name].as_str().unwrap();
        let (x, y) = (part("x"), part("y"));
        let text = format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#);
        URL_SAFE_NO_PAD.encode(Sha256::digest(text))
    }

    pub(crate) fn proof(&self, claims: &Value) -> String {
        let mut header = Header::new(Algorithm::ES256);
        header.typ = Some("dpop+jwt".into());
        header.jwk = Some(serde_json::from_value(self.jwk.clone()).unwrap());
        let key = EncodingKey::from_ec_pem(self.pem.as_bytes()).unwrap();
        jsonwebtoken::encode(&header, claims, &key).unwrap()
    }
}

#[tokio::test]
async fn a_bound_token_needs_proof_of_its_key() {
    let sandbox =
        Sandbox::with(Config { require_dpop: true, rate_limits: false, ..Config::default() });
    let key = ProofKey::new();
    let now = sandbox.now().as_second();
    let without = token(&sandbox, "okta.users.read").await;
    assert_eq!((without.status.as_u16(), without.code()), (400, "invalid_dpop_proof"));
    let mut claims_ = json!({ "htm": "POST", "htu": ENDPOINT, "iat": now, "jti": "a" });
    let ask = async |proof: &Value| {
        let assertion = sign(&sandbox.org.service_app(), &claims(&sandbox));
        token_with(&sandbox, &assertion, "okta.users.read", Some(&key.proof(proof))).await
    };
    let challenged = ask(&claims_).await;
    assert_eq!((challenged.status.as_u16(), challenged.code()), (400, "use_dpop_nonce"));
    claims_["nonce"] = json!(challenged.header("dpop-nonce"));
    claims_["jti"] = json!("b");
    let granted = ask(&claims_).await;
    assert_eq!(granted.body["token_type"], "DPoP", "{}", granted.text);
    let replayed = ask(&claims_).await;
    assert_eq!((replayed.status.as_u16(), replayed.code()), (400, "invalid_dpop_proof"));

    let access = granted.body["access_token"].as_str().unwrap();
    let (header, bound) = parts(access);
    assert_eq!(header["typ"], "application/okta-internal-at+jwt");
    assert_eq!(bound["cnf"], json!({ "jkt": key.thumbprint() }));
    let ath = URL_SAFE_NO_PAD.encode(Sha256::digest(access.as_bytes()));
    let proof = json!({ "htm": "GET", "htu": "http://localhost/api/v1/users", "iat": now, "jti": "c", "ath": ath });
    let get = async |scheme: &str, proof: String| {
        let request = Request::get("/api/v1/users?limit=1")
            .header("host", "localhost")
            .header("authorization", format!("{scheme} {access}"))
            .header("dpop", proof);
        sandbox.send(request.body("".into()).unwrap()).await.status.as_u16()
    };
    assert_eq!(get("DPoP", key.proof(&proof)).await, 200);
    assert_eq!(get("Bearer", key.proof(&proof)).await, 401);
    assert_eq!(get("DPoP", ProofKey::new().proof(&proof)).await, 401);
    let mut other = proof.clone();
    other["htm"] = json!("POST");
    assert_eq!(get("DPoP", key.proof(&other)).await, 401);
}

#[tokio::test]
async fn the_metadata_names_the_endpoints() {
    let sandbox = Sandbox::new();
    let metadata = sandbox.get("/.well-known/oauth-authorization-server").await.body;
    assert_eq!(metadata["issuer"], "http://localhost");
    assert_eq!(metadata["token_endpoint"], ENDPOINT);
    assert_eq!(sandbox.get("/oauth2/v1/keys").await.body["keys"][0]["kty"], "EC");
}
