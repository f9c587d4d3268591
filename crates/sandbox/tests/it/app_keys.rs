//! The public keys of an app: several at once, and never none.

use serde_json::{Value, json};

use crate::support::Sandbox;

fn url(sandbox: &Sandbox, rest: &str) -> String {
    format!("/api/v1/apps/{}/credentials/jwks{rest}", sandbox.org.service_app().client_id)
}

fn ec(kid: &str) -> Value {
    json!({ "kty": "EC", "crv": "P-256", "x": "eA", "y": "eQ", "kid": kid, "use": "sig" })
}

#[tokio::test]
async fn keys_are_added_switched_off_and_deleted_and_one_stays() {
    let sandbox = Sandbox::new();
    let first = sandbox.get(&url(&sandbox, "")).await.body[0].clone();
    assert_eq!(
        (&first["status"], &first["kid"]),
        (&json!("ACTIVE"), &json!(sandbox.org.service_app().key_id))
    );
    let old = format!("/{}", first["id"].as_str().unwrap());
    let switch_off = url(&sandbox, &format!("{old}/lifecycle/deactivate"));
    let refused = sandbox.post(&switch_off, json!({})).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (400, "E0000001"), "{}", refused.text);

    let added = sandbox.post(&url(&sandbox, ""), ec("second")).await;
    assert_eq!((added.status.as_u16(), &added.body["status"]), (201, &json!("ACTIVE")));
    let again = sandbox.post(&url(&sandbox, ""), ec("second")).await;
    assert_eq!(again.status, 400, "{}", again.text);

    let active = sandbox.delete(&url(&sandbox, &old)).await;
    assert_eq!(active.status, 400, "{}", active.text);
    let off = sandbox.post(&switch_off, json!({})).await;
    assert_eq!((off.status.as_u16(), &off.body["status"]), (200, &json!("INACTIVE")));
    assert!(off.body["_links"]["activate"].is_object());
    let on = sandbox.post(&url(&sandbox, &format!("{old}/lifecycle/activate")), json!({})).await;
    assert_eq!(on.body["status"], "ACTIVE");
    sandbox.post(&switch_off, json!({})).await;
    assert_eq!(sandbox.delete(&url(&sandbox, &old)).await.status, 204);
    assert_eq!(sandbox.get(&url(&sandbox, &old)).await.code(), "E0000007");
    let left = sandbox.get(&url(&sandbox, "")).await.body;
    assert_eq!((left.as_array().unwrap().len(), &left[0]["kid"]), (1, &json!("second")));
}

#[tokio::test]
async fn what_is_no_public_key_is_refused() {
    let sandbox = Sandbox::new();
    let mut private = ec("a");
    private["d"] = json!("ZA");
    let mut unnamed = ec("");
    unnamed["x"] = json!("eA");
    for wrong in [json!({ "kty": "oct" }), json!({ "kty": "RSA", "n": "bg" }), private, unnamed] {
        let refused = sandbox.post(&url(&sandbox, ""), wrong).await;
        assert_eq!(
            (refused.status.as_u16(), refused.code()),
            (400, "E0000001"),
            "{}",
            refused.text
        );
    }
    let nobody = sandbox.get("/api/v1/apps/0oanobody00000000000/credentials/jwks").await;
    assert_eq!(nobody.code(), "E0000007");
}
