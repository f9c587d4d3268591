//! Themes and their images.

use axum::{body::Body, http::Request};
use serde_json::{Value, json};

use crate::{
    brands::{made, seeded},
    support::{Sandbox, png},
};

/// The path of the theme of a brand.
async fn theme_of(sandbox: &Sandbox, brand: &str) -> String {
    let themes = sandbox.get(&format!("{brand}/themes")).await.body;
    assert_eq!(themes.as_array().unwrap().len(), 1);
    format!("{brand}/themes/{}", themes[0]["id"].as_str().unwrap())
}

fn look() -> Value {
    json!({
        "primaryColorHex": "#ababab",
        "secondaryColorHex": "#ebebeb",
        "signInPageTouchPointVariant": "BACKGROUND_IMAGE",
        "endUserDashboardTouchPointVariant": "FULL_THEME",
        "errorPageTouchPointVariant": "BACKGROUND_SECONDARY_COLOR",
        "emailTemplateTouchPointVariant": "FULL_THEME",
    })
}

#[tokio::test]
async fn a_theme_is_replaced() {
    let sandbox = Sandbox::new();
    let theme = theme_of(&sandbox, &made(&sandbox, "Globex").await).await;
    let first = sandbox.get(&theme).await.body;
    assert_eq!(first["primaryColorHex"], "#1662dd");
    assert_eq!(first["backgroundImage"], Value::Null);
    let mut body = look();
    body["primaryColorContrastHex"] = json!("#ffffff");
    body["loadingPageTouchPointVariant"] = json!("NONE");
    let changed = sandbox.put(&theme, body.clone()).await;
    assert_eq!(changed.status, 200, "{}", changed.text);
    for (name, value) in body.as_object().unwrap() {
        assert_eq!(&changed.body[name], value, "{name}");
    }
    assert_eq!(changed.body["logo"], first["logo"]);
    let reset = sandbox.put(&theme, look()).await.body;
    assert_eq!(reset["primaryColorContrastHex"], "#000000");
    assert_eq!(reset["loadingPageTouchPointVariant"], "OKTA_DEFAULT");
    assert_eq!(sandbox.get(&theme).await.body, reset);
}

#[tokio::test]
async fn everything_wrong_with_a_theme_is_told() {
    let sandbox = Sandbox::new();
    let (default, partners) = seeded(&sandbox).await;
    let theme = theme_of(&sandbox, &default).await;
    let wrong = json!({
        "primaryColorHex": "#16",
        "primaryColorContrastHex": "#123456",
        "signInPageTouchPointVariant": "RANDOM",
        "endUserDashboardTouchPointVariant": "OKTA_DEFAULT",
        "errorPageTouchPointVariant": "OKTA_DEFAULT",
        "emailTemplateTouchPointVariant": "OKTA_DEFAULT",
        "loadingPageTouchPointVariant": "RANDOM",
    });
    let refused = sandbox.put(&theme, wrong).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (400, "E0000001"));
    assert_eq!(refused.body["errorSummary"], "Api validation failed: primaryColorHex");
    assert_eq!(
        crate::support::texts(refused.body["errorCauses"].as_array().unwrap(), "/errorSummary"),
        [
            "primaryColorHex: Invalid color hex: #16.",
            "secondaryColorHex: The field cannot be left blank",
            "primaryColorContrastHex: Invalid color hex: #123456.",
            "signInPageTouchPointVariant: 'RANDOM' is invalid. Valid values: [OKTA_DEFAULT, \
             BACKGROUND_SECONDARY_COLOR, BACKGROUND_IMAGE].",
            "loadingPageTouchPointVariant: 'RANDOM' is invalid. Valid values: [OKTA_DEFAULT, NONE].",
        ]
    );
    let id = theme.rsplit('/').next().unwrap();
    let elsewhere = sandbox.get(&format!("{partners}/themes/{id}")).await;
    assert_eq!((elsewhere.status.as_u16(), elsewhere.code()), (404, "E0000007"));
}

/// Without sign-in, as a browser fetches it.
async fn fetched(sandbox: &Sandbox, url: &str) -> crate::support::Reply {
    let path = url.strip_prefix("http://localhost").unwrap();
    let request = Request::get(path).header("host", "localhost");
    sandbox.send(request.body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn images_are_stored_and_served() {
    let sandbox = Sandbox::new();
    let (default, _) = seeded(&sandbox).await;
    let theme = theme_of(&sandbox, &default).await;
    for (image, property) in
        [("logo", "logo"), ("favicon", "favicon"), ("background-image", "backgroundImage")]
    {
        let path = format!("{theme}/{image}");
        let first = sandbox.get(&theme).await.body[property].clone();
        if let Some(url) = first.as_str() {
            assert_eq!(fetched(&sandbox, url).await.status, 200, "{url}");
        }
        let (small, large) = (png(16, 16, 0), png(64, 64, 3_000));
        let uploaded = sandbox.upload(&path, "file", &small).await;
        assert_eq!(uploaded.status, 201, "{}", uploaded.text);
        let url = uploaded.body["url"].as_str().unwrap();
        assert_eq!(sandbox.get(&theme).await.body[property], url);
        let served = fetched(&sandbox, url).await;
        assert_eq!(
            (served.bytes, served.headers["content-type"].to_str().unwrap()),
            (small, "image/png")
        );
        let again = sandbox.upload(&path, "file", &large).await.body;
        assert_eq!(fetched(&sandbox, again["url"].as_str().unwrap()).await.bytes, large);
        assert_eq!(fetched(&sandbox, url).await.status, 404, "the file before is gone");
        assert_eq!(sandbox.delete(&path).await.status, 204);
        assert_eq!(sandbox.get(&theme).await.body[property], first);
        assert_eq!(sandbox.delete(&path).await.status, 204);
    }
}

#[tokio::test]
async fn a_brand_that_goes_takes_its_images_with_it() {
    let sandbox = Sandbox::new();
    let brand = made(&sandbox, "Globex").await;
    let theme = theme_of(&sandbox, &brand).await;
    let uploaded = sandbox.upload(&format!("{theme}/logo"), "file", &png(16, 16, 0)).await.body;
    sandbox.delete(&brand).await;
    assert_eq!(fetched(&sandbox, uploaded["url"].as_str().unwrap()).await.status, 404);
}

#[tokio::test]
async fn images_that_do_not_fit_are_refused() {
    let sandbox = Sandbox::new();
    let (default, _) = seeded(&sandbox).await;
    let theme = theme_of(&sandbox, &default).await;
    let before = sandbox.get(&theme).await.body;
    let gif = b"GIF89a\x10\0\x10\0\0\0\0".to_vec();
    for (image, file) in [
        ("logo", b"<svg/>".to_vec()),
        ("logo", png(3_841, 10, 0)),
        ("logo", png(10, 10, 1_024 * 1_024 + 1)),
        ("favicon", png(199, 200, 0)),
        ("favicon", png(513, 513, 0)),
        ("favicon", gif),
        ("background-image", png(10, 8_001, 0)),
        ("background-image", png(10, 10, 2_048 * 1_024 + 1)),
        ("background-image", Vec::new()),
    ] {
        let refused = sandbox.upload(&format!("{theme}/{image}"), "file", &file).await;
        assert_eq!((refused.status.as_u16(), refused.code()), (400, "E0000001"), "{image}");
        assert_eq!(refused.body["errorSummary"], "Api validation failed: file");
    }
    let logo = format!("{theme}/logo");
    assert_eq!(sandbox.upload(&logo, "picture", &png(9, 9, 0)).await.code(), "E0000001");
    assert_eq!(sandbox.post(&logo, json!({ "file": "x" })).await.code(), "E0000021");
    let broken = Request::post(&logo)
        .header("host", "localhost")
        .header("authorization", format!("SSWS {}", sandbox.org.api_token()))
        .header("content-type", "multipart/form-data; boundary=edge")
        .body(Body::from("--edge\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nhalf"));
    assert_eq!(sandbox.send(broken.unwrap()).await.code(), "E0000003");
    assert_eq!(sandbox.get(&theme).await.body, before);
}
