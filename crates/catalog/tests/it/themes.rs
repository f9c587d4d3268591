//! Themes and their images.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use okta_catalog::find;
use serde_json::{Value, json};

use crate::desk::{EVERYWHERE, Fake, answer, failure, plan, snapshot};

const BRAND: &str = "/api/v1/brands/bnd1";
const THEMES: &str = "/api/v1/brands/bnd1/themes";
const ONE: &str = "/api/v1/brands/bnd1/themes/thm1";

fn theme() -> Value {
    json!({
        "id": "thm1",
        "logo": "https://cdn.test/logo.png",
        "favicon": "https://acme.okta.test/favicon.ico",
        "backgroundImage": null,
        "primaryColorHex": "#1662dd",
        "primaryColorContrastHex": "#000000",
        "secondaryColorHex": "#ebebed",
        "secondaryColorContrastHex": "#000000",
        "signInPageTouchPointVariant": "OKTA_DEFAULT",
        "endUserDashboardTouchPointVariant": "OKTA_DEFAULT",
        "errorPageTouchPointVariant": "OKTA_DEFAULT",
        "emailTemplateTouchPointVariant": "OKTA_DEFAULT",
        "loadingPageTouchPointVariant": "NONE",
        "_links": {},
    })
}

fn desk() -> Fake {
    Fake::new()
        .on(BRAND, json!({ "id": "bnd1", "name": "Acme" }))
        .on(THEMES, json!([theme()]))
        .on(ONE, theme())
}

/// The header of a PNG, which is all that is looked at.
pub(crate) fn png(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
    bytes.extend(width.to_be_bytes());
    bytes.extend(height.to_be_bytes());
    bytes.extend(b"\x08\x06\0\0\0");
    bytes
}

fn ids(more: &Value) -> Value {
    let mut args = json!({ "brand_id": "bnd1", "theme_id": "thm1" });
    args.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    args
}

fn colors() -> Value {
    ids(&json!({
        "primary_color_hex": "#ababab",
        "secondary_color_hex": "#ebebed",
        "sign_in_page_touch_point_variant": "background_image",
        "end_user_dashboard_touch_point_variant": "SOMETHING_NEW",
        "error_page_touch_point_variant": "OKTA_DEFAULT",
        "email_template_touch_point_variant": "FULL_THEME",
    }))
}

#[test]
fn themes_are_read() {
    let desk = desk();
    let listed = answer("list_brand_themes", json!({ "brand_id": "bnd1" }), &desk).value;
    assert_eq!(listed["items"], json!([theme()]));
    let one = answer("get_brand_theme", ids(&json!({ "fields": "logo" })), &desk).value;
    assert_eq!(one, json!({ "logo": "https://cdn.test/logo.png" }));
    assert_eq!(desk.asked(), [THEMES, ONE]);
}

#[test]
fn looks_that_are_not_given_keep_their_value() {
    snapshot("replace_brand_theme", "replace_brand_theme", colors(), &desk());
}

#[test]
fn a_full_replace_lets_okta_choose_the_contrasts() {
    let mut args = colors();
    args["full_replace"] = json!(true);
    args["loading_page_touch_point_variant"] = json!("Okta_Default");
    let plan = plan("replace_brand_theme", args, &desk());
    assert_eq!(
        plan.requests[0].json().unwrap(),
        &json!({
            "primaryColorHex": "#ababab",
            "secondaryColorHex": "#ebebed",
            "signInPageTouchPointVariant": "BACKGROUND_IMAGE",
            "endUserDashboardTouchPointVariant": "SOMETHING_NEW",
            "errorPageTouchPointVariant": "OKTA_DEFAULT",
            "emailTemplateTouchPointVariant": "FULL_THEME",
            "loadingPageTouchPointVariant": "OKTA_DEFAULT",
        })
    );
    assert!(plan.notes.is_empty());
}

#[test]
fn a_file_becomes_the_logo() {
    let desk = desk().source("logos/acme.png", &png(300, 50));
    let args = ids(&json!({ "file_path": "logos/acme.png" }));
    snapshot("upload_brand_theme_logo", "upload_brand_theme_logo", args, &desk);
}

#[test]
fn an_image_in_the_argument_becomes_the_favicon() {
    let image = format!("data:image/png;base64,{}", STANDARD.encode(png(64, 64)));
    let args = ids(&json!({ "file_path": image }));
    snapshot("upload_brand_theme_favicon", "upload_brand_theme_favicon", args, &desk());
}

#[test]
fn a_first_background_can_be_taken_back() {
    let name = "upload_brand_theme_background_image";
    let args = ids(&json!({ "file_path": STANDARD.encode(png(1920, 1080)) }));
    snapshot(name, name, args, &desk());
}

#[test]
fn a_small_logo_is_told_to_be_small() {
    let args = ids(&json!({ "file_path": STANDARD.encode(png(100, 40)) }));
    let plan = plan("upload_brand_theme_logo", args, &desk());
    assert_eq!(plan.notes, ["Below 300 x 50 pixels Okta scales a logo up."]);
}

#[test]
fn what_okta_would_refuse_is_not_sent() {
    let wide = STANDARD.encode(png(4000, 100));
    for (tool, path, why) in [
        ("upload_brand_theme_logo", wide.as_str(), "3840 pixels wide"),
        ("upload_brand_theme_favicon", wide.as_str(), "square"),
        ("upload_brand_theme_logo", "data:image/svg+xml;base64,PHN2Zz4=", "PNG, JPG or GIF"),
        ("upload_brand_theme_logo", "data:image/png;base64,!", "no valid base64"),
        ("upload_brand_theme_logo", "missing.png", "missing.png cannot be read"),
        ("upload_brand_theme_logo", "notes.txt", "none of them"),
    ] {
        let desk = desk().source("notes.txt", b"hello");
        let failed = failure(tool, ids(&json!({ "file_path": path })), &desk).to_string();
        assert!(failed.contains(why), "{failed}");
        assert!(desk.asked().is_empty(), "nothing is asked of Okta");
    }
}

#[test]
fn images_are_removed() {
    for name in [
        "delete_brand_theme_logo",
        "delete_brand_theme_favicon",
        "delete_brand_theme_background_image",
    ] {
        snapshot(name, name, ids(&json!({})), &desk());
    }
}

/// Arguments with which every tool of brands and domains goes through.
fn whole(tool: &str, id: &str) -> Value {
    let (_, schema) = find(tool).unwrap().describe();
    let mut args = serde_json::Map::new();
    for name in schema["required"].as_array().into_iter().flatten() {
        let name = name.as_str().unwrap();
        let value = match name {
            "file_path" => STANDARD.encode(png(64, 64)),
            "certificate" | "certificate_chain" => {
                "-----BEGIN CERTIFICATE-----\nMIIE\n-----END CERTIFICATE-----".to_owned()
            }
            "private_key_file_path" => "$OKTA_MCP_DOMAIN_KEY".to_owned(),
            "domain" => "login.acme.test".to_owned(),
            "certificate_source_type" => "MANUAL".to_owned(),
            _ if name.ends_with("_id") => id.to_owned(),
            _ => "x".to_owned(),
        };
        args.insert(name.to_owned(), value.into());
    }
    Value::Object(args)
}

#[test]
fn no_id_leaves_its_segment() {
    let sets =
        okta_catalog::TOOLSETS.iter().filter(|set| ["brands", "domains"].contains(&set.name));
    let mut planned = 0;
    for tool in sets.flat_map(|set| set.tools) {
        let Some(operation) = tool.operation.filter(|it| it.path.contains('{')) else { continue };
        let slashes = operation.path.matches('/').count();
        for id in ["../users", "a/b", "%2e%2e", "a?b=c", "a#b", "a b", "ä", "..;/x", "default"] {
            let desk = Fake::new()
                .source("$", b"-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----")
                .on(EVERYWHERE, json!({ "domains": [], "name": "x" }));
            let args = whole(tool.name, id);
            let def = find(tool.name).unwrap();
            let args = args.as_object().unwrap().clone();
            let done = futures::executor::block_on(def.prepare(args, &desk));
            for asked in desk.asked() {
                let path = asked.split('?').next().unwrap();
                assert!(path.matches('/').count() <= slashes + 1, "{}: {asked}", tool.name);
                assert!(path.starts_with("/api/v1/"), "{}: {asked}", tool.name);
                assert!(!asked.contains("/../") && !asked.contains('#'), "{}: {asked}", tool.name);
            }
            if let Ok(okta_catalog::Prepared::Plan(plan)) = done {
                planned += 1;
                let sent = plan.requests[0].path();
                assert_eq!(sent.matches('/').count(), slashes, "{}: {sent}", tool.name);
            }
        }
        for id in ["", ".", "..", "a\nb", "a\0b"] {
            let desk = Fake::new()
                .source("$", b"-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----");
            failure(tool.name, whole(tool.name, id), &desk);
            assert!(desk.asked().is_empty(), "{}: {id:?}", tool.name);
        }
    }
    assert!(planned > 100, "{planned}");
}
