//! Every operation asks for the scope that Okta's specification names.

use axum::http::Request;
use okta_sandbox::Org;
use serde_json::Value;

use crate::{
    oauth,
    support::{Sandbox, shared},
};

/// Operations that are in no specification of Okta's.
const UNDOCUMENTED: &str = "/api/v1/catalog/apps";

/// The scope that a caller without it is told to get.
async fn demanded(sandbox: &Sandbox, token: &str, method: &str, template: &str) -> String {
    let parts = template.split('/').map(|part| if part.starts_with('{') { "none" } else { part });
    let request = Request::builder()
        .method(method)
        .uri(parts.collect::<Vec<_>>().join("/"))
        .header("host", "localhost")
        .header("authorization", format!("Bearer {token}"));
    let refused = sandbox.send(request.body("".into()).unwrap()).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (403, "E0000006"), "{method} {template}");
    let challenge = refused.header("www-authenticate");
    challenge.split("scope=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap().to_owned()
}

#[tokio::test]
async fn the_operations_of_oktas_own_server_are_here_with_their_scopes() {
    let Some(shared) = shared() else { return println!("skipped: no list of tools") };
    let list = std::fs::read_to_string(shared.join("okta/official_tools.json")).unwrap();
    let tools: Vec<Value> = serde_json::from_str(&list).unwrap();
    let sandbox = Sandbox::new();
    let routes = Org::routes();
    let token = oauth::token(&sandbox, "okta.logs.read").await.body["access_token"].clone();
    let token = token.as_str().unwrap();
    let mut compared = 0;
    for tool in &tools {
        let (Some(method), Some(path)) = (tool["method"].as_str(), tool["path"].as_str()) else {
            continue;
        };
        let exists = |route: &&(&str, &str)| *route == &(method, path);
        assert!(routes.iter().find(exists).is_some(), "{}: {method} {path}", tool["tool"]);
        let Some(scope) = tool["scope"].as_str().filter(|_| !path.starts_with(UNDOCUMENTED)) else {
            continue;
        };
        if scope != "okta.logs.read" {
            let found = demanded(&sandbox, token, method, path).await;
            assert_eq!(found, scope, "{method} {path}");
            compared += 1;
        }
    }
    assert!(compared > 100, "{compared}");
}
