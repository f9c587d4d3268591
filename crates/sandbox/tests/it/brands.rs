//! Brands.

use serde_json::{Value, json};

use crate::{
    oauth,
    support::{Sandbox, texts},
};

const BRANDS: &str = "/api/v1/brands";

/// The path of a new brand.
pub(crate) async fn made(sandbox: &Sandbox, name: &str) -> String {
    let made = sandbox.post(BRANDS, json!({ "name": name })).await;
    assert_eq!(made.status, 201, "{}", made.text);
    format!("{BRANDS}/{}", made.body["id"].as_str().unwrap())
}

/// The path of the brand that the org began with, and of the one for partners.
pub(crate) async fn seeded(sandbox: &Sandbox) -> (String, String) {
    let all = sandbox.all(BRANDS).await;
    let of = |default: bool| {
        let brand = all.iter().find(|brand| brand["isDefault"] == json!(default)).unwrap();
        format!("{BRANDS}/{}", brand["id"].as_str().unwrap())
    };
    (of(true), of(false))
}

#[tokio::test]
async fn a_brand_lives_and_dies() {
    let sandbox = Sandbox::new();
    let brand = made(&sandbox, "Globex").await;
    let shown = sandbox.get(&brand).await.body;
    assert_eq!(shown["isDefault"], false);
    assert_eq!(shown["customPrivacyPolicyUrl"], Value::Null);
    assert_eq!(shown["_links"]["self"]["hints"]["allow"], json!(["GET", "PUT", "DELETE"]));
    let body = json!({
        "name": "Globex Corp",
        "agreeToCustomPrivacyPolicy": true,
        "customPrivacyPolicyUrl": "https://globex.example/privacy",
        "removePoweredByOkta": true,
        "locale": "es",
        "defaultApp": { "classicApplicationUri": "https://globex.example" },
    });
    let changed = sandbox.put(&brand, body).await;
    assert_eq!(changed.status, 200, "{}", changed.text);
    assert_eq!(changed.body, sandbox.get(&brand).await.body);
    assert_eq!(changed.body["locale"], "es");
    assert_eq!(changed.body["defaultApp"]["appInstanceId"], Value::Null);
    let reset = sandbox.put(&brand, json!({ "name": "Globex Corp" })).await.body;
    assert_eq!((&reset["customPrivacyPolicyUrl"], reset.get("locale")), (&Value::Null, None));
    assert_eq!(
        (&reset["removePoweredByOkta"], &reset["name"]),
        (&json!(false), &json!("Globex Corp"))
    );
    assert_eq!(sandbox.delete(&brand).await.status, 204);
    let gone = sandbox.get(&brand).await;
    assert_eq!((gone.status.as_u16(), gone.code()), (404, "E0000007"));
    assert!(gone.text.contains("(Brand)"), "{}", gone.text);
    assert_eq!(sandbox.get(&format!("{brand}/themes")).await.status, 404);
}

#[tokio::test]
async fn names_are_unique_and_policies_agreed_to() {
    let sandbox = Sandbox::new();
    let (_, partners) = seeded(&sandbox).await;
    for name in ["acme", "ACME", " acme partners "] {
        let taken = sandbox.post(BRANDS, json!({ "name": name })).await;
        assert_eq!((taken.status.as_u16(), taken.code()), (409, "E0000202"), "{name}");
    }
    let taken = sandbox.put(&partners, json!({ "name": "acme" })).await;
    assert_eq!((taken.status.as_u16(), taken.code()), (409, "E0000202"));
    assert_eq!(sandbox.put(&partners, json!({ "name": "ACME PARTNERS" })).await.status, 200);
    let url = "https://acme.example/privacy";
    let before = sandbox.get(&partners).await.body;
    for (wrong, code) in [
        (json!({ "name": "" }), "E0000001"),
        (json!({ "name": "A", "customPrivacyPolicyUrl": url }), "E0000001"),
        (
            json!({ "name": "A", "customPrivacyPolicyUrl": url, "agreeToCustomPrivacyPolicy": false }),
            "E0000001",
        ),
        (
            json!({ "name": "A", "customPrivacyPolicyUrl": "privacy", "agreeToCustomPrivacyPolicy": true }),
            "E0000001",
        ),
        (
            json!({ "name": "A", "defaultApp": { "appInstanceId": "0oa00000000000000000" } }),
            "E0000001",
        ),
        (json!({ "name": "A", "locale": "en_US" }), "E0000236"),
        (json!({ "name": "A", "emailDomainId": "OeD00000000000000000" }), "E0000198"),
    ] {
        assert_eq!(sandbox.put(&partners, wrong.clone()).await.code(), code, "{wrong}");
    }
    assert_eq!(sandbox.get(&partners).await.body, before);
    assert_eq!(sandbox.post(BRANDS, json!({})).await.code(), "E0000001");
}

#[tokio::test]
async fn what_is_in_use_stays() {
    let sandbox = Sandbox::new();
    let (default, partners) = seeded(&sandbox).await;
    let refused = sandbox.delete(&default).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (409, "E0000200"));
    let refused = sandbox.delete(&partners).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (409, "E0000201"));
    let domains = sandbox.get(&format!("{partners}/domains")).await.body["domains"].clone();
    for domain in domains.as_array().unwrap() {
        let path = format!("/api/v1/domains/{}", domain["id"].as_str().unwrap());
        assert_eq!(sandbox.delete(&path).await.status, 204);
    }
    assert_eq!(sandbox.delete(&partners).await.code(), "E0000201", "an e-mail domain is left");
    let brand = sandbox.get(&partners).await.body;
    let email = format!("/api/v1/email-domains/{}", brand["emailDomainId"].as_str().unwrap());
    assert_eq!(sandbox.delete(&email).await.status, 204);
    assert_eq!(sandbox.get(&partners).await.body.get("emailDomainId"), None);
    assert_eq!(sandbox.delete(&partners).await.status, 204);
}

#[tokio::test]
async fn lists_come_in_pages_and_in_order() {
    let sandbox = Sandbox::new();
    for name in ["zeta", "Beta", "alpha"] {
        made(&sandbox, name).await;
    }
    let names = ["acme", "Acme Partners", "alpha", "Beta", "zeta"];
    let first = sandbox.get(BRANDS).await;
    assert_eq!(texts(first.body.as_array().unwrap(), "/name"), names);
    assert!(first.header("link").contains("limit=20>; rel=\"self\""), "{}", first.header("link"));
    assert_eq!(texts(&sandbox.all(&format!("{BRANDS}?limit=2")).await, "/name"), names);
    let found = sandbox.all(&format!("{BRANDS}?q=ACME")).await;
    assert_eq!(texts(&found, "/name"), ["acme", "Acme Partners"]);
    assert_eq!(sandbox.get(&format!("{BRANDS}?after=nobody")).await.code(), "E0000029");
}

#[tokio::test]
async fn parts_are_embedded_where_asked() {
    let sandbox = Sandbox::new();
    let (default, partners) = seeded(&sandbox).await;
    assert_eq!(sandbox.get(&partners).await.body.get("_embedded"), None);
    let all = sandbox.get(&format!("{partners}?expand=themes,domains&expand=emailDomain")).await;
    let parts = &all.body["_embedded"];
    assert_eq!(parts["themes"], sandbox.get(&format!("{partners}/themes")).await.body);
    let domains = sandbox.get(&format!("{partners}/domains")).await.body;
    assert_eq!(parts["domains"], domains["domains"]);
    assert_eq!(parts["domains"].as_array().unwrap().len(), 2);
    assert_eq!(parts["emailDomain"]["displayName"], "Acme Partners");
    let own = sandbox.get(&format!("{default}/domains")).await.body;
    assert_eq!(own["domains"][0]["id"], "default");
    let listed = sandbox.get(&format!("{BRANDS}?expand=domains")).await.body;
    assert_eq!(listed[1]["_embedded"]["domains"], domains["domains"]);
}

/// Each kind of thing has scopes of its own; `manage` lets read too.
#[tokio::test]
async fn scopes_are_asked_for() {
    let sandbox = Sandbox::new();
    let (_, brand) = seeded(&sandbox).await;
    let brand = brand.as_str();
    let template = format!("{brand}/templates/email/UserActivation");
    let cases = [
        ("okta.brands.read", "GET", brand.to_owned(), 200),
        ("okta.brands.manage", "GET", format!("{brand}/pages/sign-in/customized"), 200),
        ("okta.brands.read", "PUT", brand.to_owned(), 403),
        ("okta.brands.manage", "GET", template.clone(), 403),
        ("okta.templates.read", "GET", template.clone(), 200),
        // The scope is enough; who has no mailbox gets no test.
        ("okta.templates.read", "POST", format!("{template}/test"), 404),
        ("okta.brands.manage", "POST", format!("{template}/test"), 403),
        ("okta.templates.read", "DELETE", format!("{template}/customizations"), 403),
        ("okta.brands.manage", "GET", "/api/v1/domains".to_owned(), 403),
        ("okta.domains.read", "GET", "/api/v1/domains".to_owned(), 200),
        ("okta.domains.read", "GET", "/api/v1/email-domains".to_owned(), 403),
        ("okta.emailDomains.read", "GET", "/api/v1/email-domains".to_owned(), 200),
    ];
    for (scope, method, uri, status) in cases {
        let token = oauth::token(&sandbox, scope).await.body["access_token"].clone();
        let bearer = format!("Bearer {}", token.as_str().unwrap());
        let reply = oauth::call(&sandbox, method, &uri, &bearer).await;
        assert_eq!(reply.status.as_u16(), status, "{scope} {method} {uri}: {}", reply.text);
    }
}
