//! Every operation that the catalog uses is here, and asks for the scope that Okta names.

use axum::http::Request;
use okta_sandbox::Org;

use crate::{oauth, support::Sandbox};

/// What Okta's specification says of each operation that the catalog uses.
const TABLE: &str = include_str!("../../../../facts/operations.tsv");

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
async fn the_operations_of_the_catalog_are_here_with_their_scopes() {
    let sandbox = Sandbox::new();
    let routes = Org::routes();
    // Neither token has the scope of the other.
    let mut tokens = Vec::new();
    for scope in ["okta.logs.read", "okta.users.read"] {
        let granted = oauth::token(&sandbox, scope).await;
        tokens.push(granted.body["access_token"].as_str().unwrap().to_owned());
    }
    let mut compared = 0;
    for line in TABLE.lines().skip(1) {
        let [method, path, _, scopes] = line.split('\t').collect::<Vec<_>>()[..] else {
            panic!("{line:?} has not four columns");
        };
        assert!(routes.contains(&(method, path)), "{method} {path}");
        // No specification has it.
        if scopes == "-" {
            continue;
        }
        let token = &tokens[usize::from(scopes.contains("okta.logs."))];
        let found = demanded(&sandbox, token, method, path).await;
        assert!(scopes.split(' ').any(|scope| scope == found), "{method} {path}: {found}");
        compared += 1;
    }
    assert!(compared > 100, "{compared}");
}
