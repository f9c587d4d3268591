//! Sign-in, error and sign-out pages.

use axum::{body::Body, http::Request};
use serde_json::{Value, json};

use crate::{
    brands::{made, seeded},
    support::Sandbox,
};

#[tokio::test]
async fn a_sign_in_page_is_customized() {
    let sandbox = Sandbox::new();
    let brand = made(&sandbox, "Globex").await;
    let page = format!("{brand}/pages/sign-in");
    let standard = sandbox.get(&format!("{page}/default")).await.body;
    assert_eq!(standard["widgetVersion"], "^7");
    let customized = format!("{page}/customized");
    assert_eq!(sandbox.get(&customized).await.code(), "E0000007");
    let body = json!({
        "pageContent": "<h1>Globex</h1>",
        "widgetVersion": "*",
        "widgetCustomizations": { "signInLabel": "Hello", "widgetGeneration": "G3", "helpLabel": null },
        "contentSecurityPolicySetting": {
            "mode": "report_only",
            "reportUri": "",
            "srcList": ["https://idp.example.com"],
        },
    });
    let kept = sandbox.put(&customized, body.clone()).await;
    assert_eq!(kept.status, 200, "{}", kept.text);
    assert_eq!(kept.body["pageContent"], body["pageContent"]);
    assert_eq!(kept.body["contentSecurityPolicySetting"], body["contentSecurityPolicySetting"]);
    let widget = &kept.body["widgetCustomizations"];
    assert_eq!(
        (&widget["signInLabel"], &widget["widgetGeneration"]),
        (&json!("Hello"), &json!("G3"))
    );
    assert_eq!((&widget["helpLabel"], &widget["showUserIdentifier"]), (&Value::Null, &json!(true)));
    assert_eq!(sandbox.get(&customized).await.body, kept.body);
    assert_eq!(sandbox.get(&format!("{page}/preview")).await.status, 404, "the other version");
    assert_eq!(sandbox.delete(&customized).await.status, 204);
    assert_eq!(sandbox.get(&customized).await.status, 404);
    assert_eq!(sandbox.get(&format!("{page}/default")).await.body, standard);
}

#[tokio::test]
async fn pages_that_make_no_sense_are_refused() {
    let sandbox = Sandbox::new();
    let page = format!("{}/pages", made(&sandbox, "Globex").await);
    for (path, wrong) in [
        ("sign-in", json!({ "pageContent": "x", "widgetVersion": "4.2" })),
        (
            "sign-in",
            json!({ "pageContent": "x", "widgetCustomizations": { "widgetGeneration": "G4" } }),
        ),
        (
            "sign-in",
            json!({ "pageContent": "x", "contentSecurityPolicySetting": { "mode": "off" } }),
        ),
        ("error", json!({ "pageContent": "x", "contentSecurityPolicySetting": "enforced" })),
        (
            "error",
            json!({ "contentSecurityPolicySetting": { "mode": "enforced", "srcList": [1] } }),
        ),
    ] {
        let refused = sandbox.put(&format!("{page}/{path}/customized"), wrong.clone()).await;
        assert_eq!((refused.status.as_u16(), refused.code()), (400, "E0000001"), "{wrong}");
    }
    assert_eq!(sandbox.get(&format!("{page}/error/customized")).await.status, 404);
}

#[tokio::test]
async fn the_default_brand_keeps_oktas_pages() {
    let sandbox = Sandbox::new();
    let (default, _) = seeded(&sandbox).await;
    for path in ["sign-in/customized", "sign-in/preview", "error/customized", "error/preview"] {
        let uri = format!("{default}/pages/{path}");
        let refused = sandbox.put(&uri, json!({ "pageContent": "x" })).await;
        assert_eq!((refused.status.as_u16(), refused.code()), (403, "E0000213"), "{path}");
    }
}

#[tokio::test]
async fn resources_link_and_embed_the_versions() {
    let sandbox = Sandbox::new();
    let (_, partners) = seeded(&sandbox).await;
    let page = format!("{partners}/pages/sign-in");
    let bare = sandbox.get(&page).await.body;
    assert_eq!(bare.get("_embedded"), None);
    assert_eq!(bare["_links"]["customized"]["hints"]["allow"], json!(["GET", "PUT", "DELETE"]));
    let expand = "default,customized,customizedUrl,preview,previewUrl";
    let parts = sandbox.get(&format!("{page}?expand={expand}")).await.body["_embedded"].clone();
    assert_eq!(parts["default"], sandbox.get(&format!("{page}/default")).await.body);
    assert_eq!(parts["customized"], sandbox.get(&format!("{page}/customized")).await.body);
    assert_eq!((parts.get("preview"), parts.get("previewUrl")), (None, None));
    let url = parts["customizedUrl"].as_str().unwrap().strip_prefix("http://localhost").unwrap();
    let request = Request::get(url).header("host", "localhost");
    let shown = sandbox.send(request.body(Body::empty()).unwrap()).await;
    assert_eq!(shown.text, parts["customized"]["pageContent"].as_str().unwrap());
    assert!(shown.header("content-type").starts_with("text/html"));
    let error = sandbox.get(&format!("{partners}/pages/error?expand=default&expand=preview")).await;
    assert_eq!(error.body["_embedded"].as_object().unwrap().len(), 1);
}

#[tokio::test]
async fn versions_of_the_widget_are_listed() {
    let sandbox = Sandbox::new();
    let (default, _) = seeded(&sandbox).await;
    let versions = sandbox.get(&format!("{default}/pages/sign-in/widget-versions")).await.body;
    for version in ["5.16", "^6", "7.38", "*"] {
        assert!(versions.as_array().unwrap().contains(&json!(version)), "{version}");
    }
    let page = format!("{}/pages/sign-in/preview", made(&sandbox, "Globex").await);
    for (version, status) in [
        ("7.8", 200),
        ("7.8.1", 200),
        ("^7", 200),
        ("7.8.x", 400),
        ("7.99.1", 400),
        ("^7.8.1.2", 400),
    ] {
        let body = json!({ "pageContent": "x", "widgetVersion": version });
        assert_eq!(sandbox.put(&page, body).await.status.as_u16(), status, "{version}");
    }
    let nowhere = "/api/v1/brands/bnd00000000000000000/pages/sign-in/widget-versions";
    assert_eq!(sandbox.get(nowhere).await.code(), "E0000007");
}

#[tokio::test]
async fn people_go_elsewhere_when_they_sign_out() {
    let sandbox = Sandbox::new();
    let (_, partners) = seeded(&sandbox).await;
    let page = format!("{partners}/pages/sign-out/customized");
    assert_eq!(sandbox.get(&page).await.body, json!({ "type": "OKTA_DEFAULT" }));
    let hosted = json!({ "type": "EXTERNALLY_HOSTED", "url": "https://acme.example/bye" });
    assert_eq!(sandbox.put(&page, hosted.clone()).await.body, hosted);
    assert_eq!(sandbox.get(&page).await.body, hosted);
    for wrong in [
        json!({}),
        json!({ "type": "ELSEWHERE" }),
        json!({ "type": "EXTERNALLY_HOSTED" }),
        json!({ "type": "EXTERNALLY_HOSTED", "url": "bye" }),
    ] {
        assert_eq!(sandbox.put(&page, wrong.clone()).await.code(), "E0000001", "{wrong}");
    }
    assert_eq!(sandbox.get(&page).await.body, hosted);
}
