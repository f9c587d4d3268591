//! Who a token is about, and what the org says of itself.

use serde_json::json;

use crate::{
    authorize::{code, exchange},
    support::Sandbox,
};

#[tokio::test]
async fn userinfo_wants_a_token_with_openid() {
    let sandbox = Sandbox::new();
    let service = crate::oauth::token(&sandbox, "okta.users.read").await;
    let scopes = [("scope", "okta.users.read")];
    let without = exchange(&sandbox, &code(&sandbox, &scopes).await, &[]).await;
    assert!(without.body.get("id_token").is_none() && without.body.get("refresh_token").is_none());
    for granted in [&service, &without] {
        let access = granted.body["access_token"].as_str().unwrap();
        let reply = sandbox.bearer("GET", "/oauth2/v1/userinfo", access).await;
        assert_eq!((reply.status.as_u16(), reply.code()), (403, "insufficient_scope"));
    }
    let reply = sandbox.bearer("GET", "/oauth2/v1/userinfo", "nothing").await;
    assert_eq!((reply.status.as_u16(), reply.code()), (401, "invalid_token"));
    assert!(reply.header("www-authenticate").starts_with("Bearer error=\"invalid_token\""));
    let reply = sandbox.call("GET", "/oauth2/v1/userinfo", None).await;
    assert_eq!((reply.status.as_u16(), reply.code()), (401, "invalid_token"));
}

#[tokio::test]
async fn the_discovery_documents_name_what_is_there() {
    let sandbox = Sandbox::new();
    let openid = sandbox.get("/.well-known/openid-configuration").await.body;
    let oauth = sandbox.get("/.well-known/oauth-authorization-server").await.body;
    assert_eq!(openid["issuer"], "http://localhost");
    let routes = okta_sandbox::Org::routes();
    for (name, path) in openid.as_object().unwrap() {
        // Okta's documents name it; nobody can register a client here.
        let endpoint = name.ends_with("_endpoint") && name != "registration_endpoint";
        let Some(path) = path.as_str().filter(|_| endpoint) else { continue };
        let path = path.strip_prefix("http://localhost").unwrap();
        assert!(routes.iter().any(|(_, known)| *known == path), "{name}: {path}");
        assert!(oauth.get(name) == openid.get(name) || name == "userinfo_endpoint", "{name}");
    }
    assert_eq!(openid["code_challenge_methods_supported"], json!(["S256"]));
    let grants = openid["grant_types_supported"].as_array().unwrap();
    assert!(grants.contains(&json!(crate::device::GRANT)));
    let scopes = openid["scopes_supported"].as_array().unwrap();
    assert!(scopes.contains(&json!("openid")) && scopes.contains(&json!("okta.users.read.self")));
}
