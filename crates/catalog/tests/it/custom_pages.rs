//! Error, sign-in and sign-out pages of a brand.

use okta_catalog::{Effect, Failure, REDACTED, find};
use okta_client::ErrorKind;
use serde_json::{Value, json};

use crate::desk::{Fake, answer, failure, okta_error, plan, snapshot};

const BRAND: &str = "/api/v1/brands/bnd1";
const ERROR: &str = "/api/v1/brands/bnd1/pages/error/customized";
const ERROR_PREVIEW: &str = "/api/v1/brands/bnd1/pages/error/preview";
const SIGN_IN: &str = "/api/v1/brands/bnd1/pages/sign-in/customized";
const SIGN_IN_PREVIEW: &str = "/api/v1/brands/bnd1/pages/sign-in/preview";
const SIGN_OUT: &str = "/api/v1/brands/bnd1/pages/sign-out/customized";

fn desk() -> Fake {
    Fake::new().on(BRAND, json!({ "id": "bnd1", "name": "Acme" }))
}

/// An error page, as Okta answers with it.
fn error_page() -> Value {
    json!({
        "pageContent": "<html>\n<h1>Oh dear</h1>\n</html>",
        "contentSecurityPolicySetting": {
            "mode": "report_only", "reportUri": "", "srcList": ["https://cdn.acme.example"],
        },
    })
}

/// A sign-in page, as Okta answers with it: what is not set is `null`.
fn sign_in_page() -> Value {
    json!({
        "pageContent": "<html>\n<div id=\"okta-login-container\"></div>\n</html>",
        "widgetVersion": "^7",
        "widgetCustomizations": {
            "signInLabel": "Log in", "helpUrl": null, "showUserIdentifier": true,
            "postAuthKeepMeSignedInPrompt": { "title": "Stay?", "acceptButtonText": null },
            "widgetGeneration": "G3",
        },
    })
}

fn absent() -> crate::desk::Programmed {
    okta_error(ErrorKind::NotFound, 404, "E0000007")
}

fn sent(tool: &str, args: Value, desk: &Fake) -> Value {
    plan(tool, args, desk).requests[0].json().unwrap().clone()
}

#[test]
fn pages_are_replaced_and_deleted() {
    let html = "<html>\n<h1>Sorry</h1>\n</html>";
    for (name, at) in
        [("replace_customized_error_page", ERROR), ("replace_preview_error_page", ERROR_PREVIEW)]
    {
        let args = json!({ "brand_id": "bnd1", "page_content": html, "csp_mode": "enforced" });
        snapshot(name, name, args, &desk().on(at, error_page()));
    }
    for (name, at) in [
        ("replace_customized_sign_in_page", SIGN_IN),
        ("replace_preview_sign_in_page", SIGN_IN_PREVIEW),
    ] {
        let args = json!({
            "brand_id": "bnd1", "widget_version": "*", "csp_src_list": [],
            "widget_customizations": {
                "sign_in_label": "", "helpUrl": "https://help.acme.example",
                "post_auth_keep_me_signed_in_prompt": { "accept_button_text": "Yes" },
            },
        });
        snapshot(name, name, args, &desk().on(at, sign_in_page()));
    }
    for (name, at, page) in [
        ("delete_customized_error_page", ERROR, error_page()),
        ("delete_preview_error_page", ERROR_PREVIEW, error_page()),
        ("delete_customized_sign_in_page", SIGN_IN, sign_in_page()),
        ("delete_preview_sign_in_page", SIGN_IN_PREVIEW, sign_in_page()),
    ] {
        snapshot(name, name, json!({ "brand_id": "bnd1" }), &desk().on(at, page));
    }
}

#[test]
fn what_is_not_there_is_made() {
    let desk = desk().reply(SIGN_IN, absent());
    let args = json!({
        "brand_id": "bnd1", "page_content": "<html></html>",
        "widget_customizations": { "signInLabel": null, "helpUrl": REDACTED },
    });
    snapshot("customize_sign_in_page", "replace_customized_sign_in_page", args, &desk);
    let desk = self::desk().reply(SIGN_IN, okta_error(ErrorKind::MissingRole, 403, "E0000006"));
    let args = json!({ "brand_id": "bnd1", "page_content": "" });
    let failed = failure("replace_customized_sign_in_page", args, &desk);
    assert!(matches!(failed, Failure::Okta(_)), "what cannot be read is not taken for absent");
    let desk = self::desk().reply(SIGN_IN, absent());
    let failed = failure("delete_customized_sign_in_page", json!({ "brand_id": "bnd1" }), &desk);
    assert!(matches!(failed, Failure::Okta(error) if error.kind == ErrorKind::NotFound));
}

#[test]
fn a_full_replace_sends_what_is_given_alone() {
    let args = json!({ "brand_id": "bnd1", "csp_mode": "enforced", "full_replace": true });
    let desk = self::desk().on(ERROR, error_page());
    let body = sent("replace_customized_error_page", args, &desk);
    assert_eq!(body, json!({ "contentSecurityPolicySetting": { "mode": "enforced" } }));
    let args = json!({ "brand_id": "bnd1", "full_replace": "true" });
    assert_eq!(sent("replace_customized_error_page", args, &desk), json!({}), "resets the page");
}

#[test]
fn nothing_given_is_refused_before_anything_is_asked() {
    for tool in [
        "replace_customized_error_page",
        "replace_preview_error_page",
        "replace_customized_sign_in_page",
        "replace_preview_sign_in_page",
    ] {
        for args in [
            json!({ "brand_id": "bnd1" }),
            json!({ "brand_id": "bnd1", "page_content": null, "full_replace": false }),
        ] {
            let desk = Fake::new();
            let failed = failure(tool, args, &desk);
            assert!(failed.to_string().contains("nothing to change is given"), "{failed}");
            assert!(desk.asked().is_empty());
        }
    }
}

#[test]
fn an_empty_value_is_a_value() {
    let args = json!({
        "brand_id": "bnd1", "page_content": "", "csp_report_uri": "", "csp_src_list": [],
        "widget_customizations": {},
    });
    let body = sent("replace_preview_sign_in_page", args, &desk().reply(SIGN_IN_PREVIEW, absent()));
    assert_eq!(
        body,
        json!({
            "pageContent": "", "widgetCustomizations": {},
            "contentSecurityPolicySetting": { "reportUri": "", "srcList": [] },
        })
    );
}

#[test]
fn a_list_of_strings_is_needed_where_one_is() {
    for wrong in [json!("a b"), json!("{}"), json!([1]), json!([null]), json!({}), json!(true)] {
        let args = json!({ "brand_id": "bnd1", "csp_src_list": wrong });
        let failed = failure("replace_customized_error_page", args, &Fake::new());
        assert_eq!(failed.to_string(), "`csp_src_list`: a list of strings is needed");
    }
    let args = json!({ "brand_id": "bnd1", "csp_src_list": "[\"https://a.example\"]" });
    let body = sent("replace_customized_error_page", args, &desk().reply(ERROR, absent()));
    assert_eq!(body["contentSecurityPolicySetting"]["srcList"], json!(["https://a.example"]));
}

#[test]
fn only_the_live_page_is_sensitive() {
    for (tool, effect) in [
        ("replace_customized_error_page", Effect::Sensitive),
        ("replace_customized_sign_in_page", Effect::Sensitive),
        ("replace_sign_out_page_settings", Effect::Sensitive),
        ("replace_preview_error_page", Effect::Write),
        ("replace_preview_sign_in_page", Effect::Write),
    ] {
        assert_eq!(find(tool).unwrap().effect(), effect, "{tool}");
    }
}

#[test]
fn where_people_land_when_they_sign_out() {
    let name = "replace_sign_out_page_settings";
    let okta = json!({ "type": "OKTA_DEFAULT", "_links": {} });
    let elsewhere = json!({ "type": "EXTERNALLY_HOSTED", "url": "https://bye.acme.example" });
    let args = json!({
        "brand_id": "bnd1", "type": "externally_hosted", "url": "https://bye.acme.example",
    });
    snapshot(name, name, args, &desk().on(SIGN_OUT, okta.clone()));
    let there = || desk().on(SIGN_OUT, elsewhere.clone());
    let args = json!({ "brand_id": "bnd1", "type": "EXTERNALLY_HOSTED" });
    assert_eq!(sent(name, args.clone(), &there()), elsewhere, "the URL keeps its value");
    let args = json!({ "brand_id": "bnd1", "type": "OKTA_DEFAULT" });
    assert_eq!(sent(name, args, &there()), json!({ "type": "OKTA_DEFAULT" }), "none is needed");
    for (full_replace, desk) in [(true, there()), (false, desk().on(SIGN_OUT, okta))] {
        let args = json!({
            "brand_id": "bnd1", "type": "Externally_Hosted", "full_replace": full_replace,
        });
        let failed = failure(name, args, &desk);
        assert_eq!(failed.to_string(), "`url` is needed with EXTERNALLY_HOSTED");
    }
}

#[test]
fn the_links_are_the_answer() {
    let root = json!({ "_links": { "customized": { "href": "https://acme.okta.com/x" } } });
    for (tool, at) in [
        ("get_error_page_resources", "/api/v1/brands/bnd1/pages/error"),
        ("get_sign_in_page_resources", "/api/v1/brands/bnd1/pages/sign-in"),
    ] {
        let desk = Fake::new().on(at, root.clone());
        let found = answer(tool, json!({ "brand_id": "bnd1" }), &desk);
        assert_eq!((&found.value, found.links), (&root, true));
        for expand in [json!(["default", "previewUrl"]), json!("[\"default\",\"previewUrl\"]")] {
            answer(tool, json!({ "brand_id": "bnd1", "expand": expand }), &desk);
        }
        answer(tool, json!({ "brand_id": "bnd1", "expand": [] }), &desk);
        let expanded = format!("{at}?expand=default,previewUrl");
        assert_eq!(desk.asked(), [at, &expanded, &expanded, at]);
    }
}

#[test]
fn pages_and_versions_are_read() {
    for (tool, at) in [
        ("get_customized_error_page", ERROR),
        ("get_preview_error_page", ERROR_PREVIEW),
        ("get_default_error_page", "/api/v1/brands/bnd1/pages/error/default"),
        ("get_customized_sign_in_page", SIGN_IN),
        ("get_preview_sign_in_page", SIGN_IN_PREVIEW),
        ("get_default_sign_in_page", "/api/v1/brands/bnd1/pages/sign-in/default"),
        ("get_sign_out_page_settings", SIGN_OUT),
    ] {
        let desk = Fake::new().on(at, sign_in_page());
        let found = answer(tool, json!({ "brand_id": "bnd1", "fields": "widgetVersion" }), &desk);
        assert_eq!(found.value, json!({ "widgetVersion": "^7" }), "{tool}");
        assert_eq!(answer(tool, json!({ "brand_id": "bnd1" }), &desk).value, sign_in_page());
    }
    let versions = "/api/v1/brands/bnd1/pages/sign-in/widget-versions";
    let desk = Fake::new().on(versions, json!(["7.1", "^7", "*"]));
    let found = answer("list_sign_in_widget_versions", json!({ "brand_id": "bnd1" }), &desk);
    assert_eq!(found.value["items"], json!(["7.1", "^7", "*"]));
    assert_eq!(found.value["total_fetched"], 3);
}
