//! Brands.

use okta_client::ErrorKind;
use serde_json::{Value, json};

use crate::desk::{Fake, answer, failure, okta_error, page, plan, snapshot};

const ALL: &str = "/api/v1/brands";
const PAGE: &str = "/api/v1/brands?limit=200";
const ONE: &str = "/api/v1/brands/bnd1";

fn brand() -> Value {
    json!({
        "id": "bnd1",
        "name": "Acme",
        "isDefault": false,
        "removePoweredByOkta": true,
        "customPrivacyPolicyUrl": "https://acme.test/privacy",
        "agreeToCustomPrivacyPolicy": true,
        "locale": "de",
        "emailDomainId": "OeD1",
        "defaultApp": { "appInstanceId": "0oa1", "appLinkName": null, "classicApplicationUri": null },
        "_links": {},
    })
}

#[test]
fn brands_are_listed() {
    let desk = Fake::new().on(ALL, json!([brand()])).on(ONE, brand());
    let args = json!({ "expand": ["themes", "emailDomain"], "q": "ac", "limit": 500 });
    let listed = answer("list_brands", args, &desk).value;
    assert_eq!(listed["items"], json!([brand()]));
    answer("get_brand", json!({ "brand_id": "bnd1", "expand": "themes,domains" }), &desk);
    answer("get_brand", json!({ "brand_id": "bnd1", "expand": [] }), &desk);
    assert_eq!(
        desk.asked(),
        [
            "/api/v1/brands?expand=themes,emailDomain&q=ac&limit=200",
            "/api/v1/brands/bnd1?expand=themes,domains",
            ONE,
        ]
    );
}

#[test]
fn domains_of_a_brand_are_items() {
    let domains = json!({ "domains": [{ "id": "OcD1", "domain": "login.acme.test" }] });
    let desk = Fake::new().on("/api/v1/brands/bnd1/domains", domains);
    let args = json!({ "brand_id": "bnd1", "fields": "domain,color" });
    let listed = answer("list_brand_domains", args, &desk).value;
    assert_eq!(listed["items"], json!([{ "domain": "login.acme.test" }]));
    assert_eq!((&listed["total_fetched"], &listed["has_more"]), (&json!(1), &json!(false)));
    assert_eq!(listed["notes"], json!(["No item has the field color."]));
    let desk = Fake::new().on("/api/v1/brands/bnd1/domains", json!({}));
    let failed = failure("list_brand_domains", json!({ "brand_id": "bnd1" }), &desk);
    assert!(failed.to_string().contains("no list"), "never none: {failed}");
}

#[test]
fn a_name_that_is_new_is_created() {
    let desk = Fake::new().on(PAGE, json!([brand(), { "id": "bnd2", "name": "acme" }]));
    snapshot("create_brand", "create_brand", json!({ "name": "ACME" }), &desk);
}

#[test]
fn a_name_that_is_taken_is_found_on_the_last_page() {
    let desk = Fake::new()
        .reply(PAGE, page(json!([{ "id": "bnd2", "name": "Other" }]), "c"))
        .on("/api/v1/brands?after=c", json!([brand()]));
    let failed = failure("create_brand", json!({ "name": "Acme" }), &desk);
    assert!(failed.to_string().contains("already: bnd1"), "{failed}");
    assert_eq!(desk.asked(), [PAGE, "/api/v1/brands?after=c"]);
}

#[test]
fn where_names_cannot_be_read_okta_decides() {
    let desk = Fake::new()
        .reply(PAGE, page(json!([{ "id": "bnd2", "name": "Other" }]), "c"))
        .reply("/api/v1/brands?after=c", okta_error(ErrorKind::OktaFault, 500, "E0000009"));
    let plan = plan("create_brand", json!({ "name": "Acme" }), &desk);
    assert_eq!(
        plan.notes,
        ["Whether there is a brand of that name is unknown: Okta refused (E0000009)."]
    );
}

#[test]
fn a_reserved_name_is_refused() {
    for (tool, args) in [
        ("create_brand", json!({ "name": "DRAPP_DOMAIN_BRAND" })),
        ("replace_brand", json!({ "brand_id": "bnd1", "name": "DRAPP_DOMAIN_BRAND" })),
    ] {
        let desk = Fake::new();
        assert!(failure(tool, args, &desk).to_string().contains("for itself"));
        assert!(desk.asked().is_empty());
    }
}

#[test]
fn what_is_not_given_keeps_its_value() {
    let args = json!({
        "brand_id": "bnd1", "name": "Acme Ltd", "custom_privacy_policy_url": "",
        "remove_powered_by_okta": "false", "locale": null, "default_app": { "appLinkName": "home" },
    });
    snapshot("replace_brand", "replace_brand", args, &Fake::new().on(ONE, brand()));
}

#[test]
fn a_full_replace_sends_what_is_given() {
    let args =
        json!({ "brand_id": "bnd1", "name": "Acme Ltd", "locale": "fr", "full_replace": true });
    let plan = plan("replace_brand", args, &Fake::new().on(ONE, brand()));
    assert_eq!(plan.requests[0].json().unwrap(), &json!({ "name": "Acme Ltd", "locale": "fr" }));
    assert_eq!(
        plan.loss,
        ["Drops removePoweredByOkta, customPrivacyPolicyUrl, agreeToCustomPrivacyPolicy, \
          emailDomainId, defaultApp."]
    );
}

#[test]
fn deleting_tells_which_domains_have_it() {
    let domains = json!({ "domains": [{ "id": "OcD1", "domain": "login.acme.test" }] });
    let desk = Fake::new().on(ONE, brand()).on("/api/v1/brands/bnd1/domains", domains);
    snapshot("delete_brand", "delete_brand", json!({ "brand_id": "bnd1" }), &desk);
    let desk = Fake::new()
        .on(ONE, brand())
        .reply("/api/v1/brands/bnd1/domains", okta_error(ErrorKind::MissingRole, 403, "E0000006"));
    let plan = plan("delete_brand", json!({ "brand_id": "bnd1" }), &desk);
    assert_eq!(plan.loss[0], "Which domains have it is unknown: Okta refused (E0000006).");
}

#[test]
fn the_default_brand_is_never_deleted() {
    let mut default = brand();
    default["isDefault"] = json!(true);
    let desk = Fake::new().on(ONE, default);
    let failed = failure("delete_brand", json!({ "brand_id": "bnd1" }), &desk);
    assert!(failed.to_string().contains("default brand"), "{failed}");
}
