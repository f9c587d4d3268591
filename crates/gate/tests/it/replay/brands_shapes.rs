//! The invented exchanges about brands and domains.

use serde_json::{Value, json};

use crate::setup::DOMAIN_KEY;

const CERTIFICATE: &str = "-----BEGIN CERTIFICATE-----\nMIIE\n-----END CERTIFICATE-----\n";

fn brand() -> Value {
    json!({
        "id": "bnd1", "name": "Acme", "isDefault": false, "removePoweredByOkta": false,
        "customPrivacyPolicyUrl": null, "agreeToCustomPrivacyPolicy": false, "locale": "en",
        "defaultApp": { "appInstanceId": null, "appLinkName": null, "classicApplicationUri": null },
        "_links": { "self": { "href": "https://acme.test/api/v1/brands/bnd1" } },
    })
}

fn theme() -> Value {
    json!({
        "id": "thm1", "logo": "https://cdn.test/logo.png", "favicon": "https://cdn.test/f.ico",
        "backgroundImage": null, "primaryColorHex": "#1662dd", "primaryColorContrastHex": "#000000",
        "secondaryColorHex": "#ebebed", "secondaryColorContrastHex": "#000000",
        "signInPageTouchPointVariant": "OKTA_DEFAULT",
        "endUserDashboardTouchPointVariant": "OKTA_DEFAULT",
        "errorPageTouchPointVariant": "OKTA_DEFAULT",
        "emailTemplateTouchPointVariant": "OKTA_DEFAULT", "_links": {},
    })
}

fn domain() -> Value {
    json!({
        "id": "OcD1", "domain": "login.acme.test", "certificateSourceType": "MANUAL",
        "validationStatus": "NOT_STARTED", "brandId": "bnd1",
        "dnsRecords": [
            { "recordType": "TXT", "fqdn": "_oktaverification.login.acme.test", "values": ["0a"] },
            { "recordType": "CNAME", "fqdn": "login.acme.test", "values": ["acme.customdomains.test"] },
        ],
        "_links": { "verify": { "hints": { "allow": ["POST"] } } },
    })
}

fn mail() -> Value {
    json!({
        "id": "OeD1", "domain": "acme.test", "displayName": "Acme", "userName": "noreply",
        "validationStatus": "NOT_STARTED", "validationSubdomain": "mail",
        "dnsValidationRecords": [
            { "recordType": "cname", "fqdn": "mail.acme.test", "verificationValue": "u1.mailer.test" },
        ],
    })
}

/// What is there to read, by path.
pub(super) fn read(path: &str) -> Value {
    match path.rsplit('/').next().unwrap() {
        "brands" | "email-domains" => json!([]),
        "domains" => json!({ "domains": [] }),
        "thm1" => theme(),
        "OcD1" => domain(),
        "OeD1" => mail(),
        _ => brand(),
    }
}

/// A call, and what goes out and comes back with it.
pub(super) struct Shape {
    pub(super) tool: &'static str,
    pub(super) args: Value,
    pub(super) send: &'static str,
    pub(super) body: Value,
    pub(super) status: u16,
    pub(super) reply: Value,
    /// What is told, where that is not the reply.
    pub(super) told: Option<Value>,
}

pub(super) fn shape(
    tool: &'static str,
    args: Value,
    send: &'static str,
    body: Value,
    status: u16,
    reply: Value,
) -> Shape {
    Shape { tool, args, send, body, status, reply, told: None }
}

impl Shape {
    fn told(mut self, told: Value) -> Self {
        self.told = Some(told);
        self
    }
}

/// Reads: one object, lists in an array and in an object, errors.
pub(super) fn reads() -> Vec<Shape> {
    let none = || Value::Null;
    let list = |items: Value| json!({ "items": items, "total_fetched": 1, "has_more": false, "next_cursor": null });
    let gone = json!({ "errorCode": "E0000007", "errorSummary": "Not found: x (Brand)", "errorCauses": [] });
    vec![
        shape(
            "list_brands",
            json!({ "limit": 10 }),
            "GET /api/v1/brands?limit=10",
            none(),
            200,
            json!([brand()]),
        )
        .told(list(json!([brand()]))),
        shape(
            "get_brand",
            json!({ "brand_id": "bnd1", "expand": ["domains"] }),
            "GET /api/v1/brands/bnd1?expand=domains",
            none(),
            200,
            brand(),
        ),
        shape("get_brand", json!({ "brand_id": "x" }), "GET /api/v1/brands/x", none(), 404, gone),
        shape(
            "list_brand_domains",
            json!({ "brand_id": "bnd1" }),
            "GET /api/v1/brands/bnd1/domains",
            none(),
            200,
            json!({ "domains": [domain()] }),
        )
        .told(list(json!([domain()]))),
        shape(
            "list_brand_themes",
            json!({ "brand_id": "bnd1" }),
            "GET /api/v1/brands/bnd1/themes",
            none(),
            200,
            json!([theme()]),
        )
        .told(list(json!([theme()]))),
        shape(
            "get_brand_theme",
            json!({ "brand_id": "bnd1", "theme_id": "thm1" }),
            "GET /api/v1/brands/bnd1/themes/thm1",
            none(),
            200,
            theme(),
        ),
        shape(
            "list_custom_domains",
            json!({}),
            "GET /api/v1/domains",
            none(),
            200,
            json!({ "domains": [domain()] }),
        )
        .told(list(json!([domain()]))),
        shape(
            "get_custom_domain",
            json!({ "domain_id": "OcD1" }),
            "GET /api/v1/domains/OcD1",
            none(),
            200,
            domain(),
        ),
        shape(
            "list_email_domains",
            json!({ "expand_brands": true }),
            "GET /api/v1/email-domains?expand=brands",
            none(),
            200,
            json!([mail()]),
        )
        .told(list(json!([mail()]))),
        shape(
            "get_email_domain",
            json!({ "email_domain_id": "OeD1" }),
            "GET /api/v1/email-domains/OeD1",
            none(),
            200,
            mail(),
        ),
    ]
}

/// Changes to brands and themes with a body, PUTs as full replace and as merge.
pub(super) fn brand_changes() -> Vec<Shape> {
    let put =
        json!({ "brand_id": "bnd1", "name": "New", "default_app": { "appInstanceId": "0oa1" } });
    let mut full = put.clone();
    full["full_replace"] = json!(true);
    let colors = json!({
        "brand_id": "bnd1", "theme_id": "thm1", "primary_color_hex": "#ababab",
        "secondary_color_hex": "#ebebeb", "sign_in_page_touch_point_variant": "BACKGROUND_IMAGE",
        "end_user_dashboard_touch_point_variant": "FULL_THEME",
        "error_page_touch_point_variant": "OKTA_DEFAULT",
        "email_template_touch_point_variant": "OKTA_DEFAULT",
    });
    let mut all_colors = colors.clone();
    all_colors["full_replace"] = json!(true);
    let look = json!({
        "primaryColorHex": "#ababab", "secondaryColorHex": "#ebebeb",
        "signInPageTouchPointVariant": "BACKGROUND_IMAGE",
        "endUserDashboardTouchPointVariant": "FULL_THEME",
        "errorPageTouchPointVariant": "OKTA_DEFAULT",
        "emailTemplateTouchPointVariant": "OKTA_DEFAULT",
    });
    let mut kept = look.clone();
    kept["primaryColorContrastHex"] = json!("#000000");
    kept["secondaryColorContrastHex"] = json!("#000000");
    vec![
        shape(
            "create_brand",
            json!({ "name": "Acme" }),
            "POST /api/v1/brands",
            json!({ "name": "Acme" }),
            201,
            brand(),
        ),
        shape(
            "replace_brand",
            full,
            "PUT /api/v1/brands/bnd1",
            json!({ "name": "New", "defaultApp": { "appInstanceId": "0oa1" } }),
            200,
            brand(),
        ),
        shape(
            "replace_brand",
            put,
            "PUT /api/v1/brands/bnd1",
            json!({
                "name": "New", "removePoweredByOkta": false, "customPrivacyPolicyUrl": null,
                "agreeToCustomPrivacyPolicy": false, "locale": "en",
                "defaultApp": { "appInstanceId": "0oa1", "appLinkName": null, "classicApplicationUri": null },
            }),
            200,
            brand(),
        ),
        shape(
            "replace_brand_theme",
            all_colors,
            "PUT /api/v1/brands/bnd1/themes/thm1",
            look,
            200,
            theme(),
        ),
        shape(
            "replace_brand_theme",
            colors,
            "PUT /api/v1/brands/bnd1/themes/thm1",
            kept,
            200,
            theme(),
        ),
    ]
}

/// Changes to domains, with a body.
pub(super) fn domain_changes() -> Vec<Shape> {
    let new_domain = json!({ "domain": "Login.acme.test", "certificateSourceType": "MANUAL" });
    let refused = json!({
        "errorCode": "E0000001", "errorSummary": "Api validation failed: domain",
        "errorCauses": [{ "errorSummary": "domain: Prohibited custom domain name." }],
    });
    let create = json!({ "domain": "Login.acme.test", "certificate_source_type": "MANUAL" });
    vec![
        shape(
            "create_custom_domain",
            create.clone(),
            "POST /api/v1/domains",
            new_domain.clone(),
            201,
            domain(),
        ),
        shape("create_custom_domain", create, "POST /api/v1/domains", new_domain, 400, refused),
        shape(
            "replace_custom_domain",
            json!({ "domain_id": "OcD1", "brand_id": "bnd2" }),
            "PUT /api/v1/domains/OcD1",
            json!({ "brandId": "bnd2" }),
            200,
            domain(),
        ),
        shape(
            "upsert_custom_domain_certificate",
            json!({
                "domain_id": "OcD1", "certificate": CERTIFICATE, "certificate_chain": CERTIFICATE,
                "private_key_file_path": "$OKTA_MCP_DOMAIN_KEY",
            }),
            "PUT /api/v1/domains/OcD1/certificate",
            json!({
                "type": "PEM", "privateKey": DOMAIN_KEY, "certificate": CERTIFICATE,
                "certificateChain": CERTIFICATE,
            }),
            204,
            Value::Null,
        )
        .told(domain()),
        shape(
            "create_email_domain",
            json!({ "brand_id": "bnd1", "domain": "acme.test", "display_name": "Acme", "user_name": "noreply" }),
            "POST /api/v1/email-domains",
            json!({ "brandId": "bnd1", "domain": "acme.test", "displayName": "Acme", "userName": "noreply" }),
            201,
            mail(),
        ),
        shape(
            "replace_email_domain",
            json!({ "email_domain_id": "OeD1", "display_name": "", "user_name": "it" }),
            "PUT /api/v1/email-domains/OeD1",
            json!({ "displayName": "", "userName": "it" }),
            200,
            mail(),
        ),
    ]
}

/// Changes without a body.
pub(super) fn bare() -> Vec<Shape> {
    let none = || Value::Null;
    let ids = || json!({ "brand_id": "bnd1", "theme_id": "thm1" });
    let unsupported = json!({
        "errorCode": "E0000001", "errorSummary": "Api validation failed: id", "errorCauses": [],
    });
    vec![
        shape(
            "delete_brand",
            json!({ "brand_id": "bnd1" }),
            "DELETE /api/v1/brands/bnd1",
            none(),
            204,
            none(),
        ),
        shape(
            "delete_brand_theme_logo",
            ids(),
            "DELETE /api/v1/brands/bnd1/themes/thm1/logo",
            none(),
            204,
            none(),
        ),
        shape(
            "delete_brand_theme_favicon",
            ids(),
            "DELETE /api/v1/brands/bnd1/themes/thm1/favicon",
            none(),
            204,
            none(),
        ),
        shape(
            "delete_brand_theme_background_image",
            ids(),
            "DELETE /api/v1/brands/bnd1/themes/thm1/background-image",
            none(),
            204,
            none(),
        ),
        shape(
            "delete_custom_domain",
            json!({ "domain_id": "OcD1" }),
            "DELETE /api/v1/domains/OcD1",
            none(),
            204,
            none(),
        ),
        shape(
            "verify_custom_domain",
            json!({ "domain_id": "OcD1" }),
            "POST /api/v1/domains/OcD1/verify",
            none(),
            200,
            domain(),
        ),
        shape(
            "verify_custom_domain",
            json!({ "domain_id": "default" }),
            "POST /api/v1/domains/default/verify",
            none(),
            400,
            unsupported,
        ),
        shape(
            "delete_email_domain",
            json!({ "email_domain_id": "OeD1" }),
            "DELETE /api/v1/email-domains/OeD1",
            none(),
            204,
            none(),
        ),
        shape(
            "verify_email_domain",
            json!({ "email_domain_id": "OeD1" }),
            "POST /api/v1/email-domains/OeD1/verify",
            none(),
            200,
            mail(),
        ),
    ]
}
