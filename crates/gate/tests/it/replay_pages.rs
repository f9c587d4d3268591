//! The same for a brand's pages and e-mails: how tools express them, and exchanges of the recorded
//! shapes with invented data, which run everywhere.

use serde_json::{Map, Value, json};

use crate::{replay, setup::Rig};

/// The tool, its arguments, what the object is before the change, and for a replacement the schema
/// whose read-only properties a merge drops.
pub(crate) type Expressed = (&'static str, Value, Value, Option<&'static str>);

/// How a tool expresses an exchange; `None` where none does, an error where one cannot.
pub(crate) fn call(
    method: &str,
    template: &str,
    sent: Option<&Value>,
    answered: &Value,
) -> Result<Option<Expressed>, String> {
    let Some(place) = template.strip_prefix("/api/v1/brands/{brandId}/") else { return Ok(None) };
    let read = |tool| (tool, json!({}), Value::Null, None);
    let page = json!({ "pageContent": "there" });
    let mail = json!({ "name": "there", "language": "en", "subject": "there" });
    let given = |fields: &[(&str, &str)]| arguments(sent, fields);
    Ok(Some(match (method, place) {
        ("GET", "pages/error") => read("get_error_page_resources"),
        ("GET", "pages/error/default") => read("get_default_error_page"),
        ("GET", "pages/error/customized") => read("get_customized_error_page"),
        ("GET", "pages/error/preview") => read("get_preview_error_page"),
        ("PUT", "pages/error/customized") => {
            let tool = "replace_customized_error_page";
            (tool, given(PAGE)?, answered.clone(), Some("ErrorPage"))
        }
        ("PUT", "pages/error/preview") => {
            ("replace_preview_error_page", given(PAGE)?, answered.clone(), Some("ErrorPage"))
        }
        ("DELETE", "pages/error/customized") => {
            ("delete_customized_error_page", json!({}), page, None)
        }
        ("DELETE", "pages/error/preview") => ("delete_preview_error_page", json!({}), page, None),
        ("GET", "pages/sign-in") => read("get_sign_in_page_resources"),
        ("GET", "pages/sign-in/default") => read("get_default_sign_in_page"),
        ("GET", "pages/sign-in/customized") => read("get_customized_sign_in_page"),
        ("GET", "pages/sign-in/preview") => read("get_preview_sign_in_page"),
        ("GET", "pages/sign-in/widget-versions") => read("list_sign_in_widget_versions"),
        ("PUT", "pages/sign-in/customized") => {
            let tool = "replace_customized_sign_in_page";
            (tool, given(SIGN_IN_PAGE)?, answered.clone(), Some("SignInPage"))
        }
        ("PUT", "pages/sign-in/preview") => {
            let tool = "replace_preview_sign_in_page";
            (tool, given(SIGN_IN_PAGE)?, answered.clone(), Some("SignInPage"))
        }
        ("DELETE", "pages/sign-in/customized") => {
            ("delete_customized_sign_in_page", json!({}), page, None)
        }
        ("DELETE", "pages/sign-in/preview") => {
            ("delete_preview_sign_in_page", json!({}), page, None)
        }
        ("GET", "pages/sign-out/customized") => read("get_sign_out_page_settings"),
        ("PUT", "pages/sign-out/customized") => {
            let given = given(&[("type", "type"), ("url", "url")])?;
            ("replace_sign_out_page_settings", given, answered.clone(), Some("HostedPage"))
        }
        ("GET", "templates/email") => read("list_email_templates"),
        ("GET", "templates/email/{templateName}") => read("get_email_template"),
        ("GET", "templates/email/{templateName}/settings") => read("get_email_settings"),
        ("PUT", "templates/email/{templateName}/settings") => {
            let given = given(&[("recipients", "recipients")])?;
            ("replace_email_settings", given, answered.clone(), Some("EmailSettingsResponse"))
        }
        ("GET", "templates/email/{templateName}/default-content") => {
            read("get_email_default_content")
        }
        ("GET", "templates/email/{templateName}/default-content/preview") => {
            read("get_email_default_content_preview")
        }
        ("POST", "templates/email/{templateName}/test") => {
            ("send_test_email", json!({}), mail, None)
        }
        ("GET", "templates/email/{templateName}/customizations") => {
            read("list_email_customizations")
        }
        ("POST", "templates/email/{templateName}/customizations") => {
            ("create_email_customization", given(MAIL)?, json!([]), None)
        }
        ("DELETE", "templates/email/{templateName}/customizations") => {
            ("delete_all_email_customizations", json!({}), json!([mail]), None)
        }
        ("GET", "templates/email/{templateName}/customizations/{customizationId}") => {
            read("get_email_customization")
        }
        ("PUT", "templates/email/{templateName}/customizations/{customizationId}") => {
            let tool = "replace_email_customization";
            (tool, given(MAIL)?, answered.clone(), Some("EmailCustomization"))
        }
        ("DELETE", "templates/email/{templateName}/customizations/{customizationId}") => {
            ("delete_email_customization", json!({}), mail, None)
        }
        ("GET", "templates/email/{templateName}/customizations/{customizationId}/preview") => {
            read("get_email_customization_preview")
        }
        _ => return Ok(None),
    }))
}

/// Where a body has what an argument says: dotted path, argument.
const PAGE: &[(&str, &str)] = &[
    ("pageContent", "page_content"),
    ("contentSecurityPolicySetting.mode", "csp_mode"),
    ("contentSecurityPolicySetting.reportUri", "csp_report_uri"),
    ("contentSecurityPolicySetting.srcList", "csp_src_list"),
];
const SIGN_IN_PAGE: &[(&str, &str)] = &[
    ("pageContent", "page_content"),
    ("widgetVersion", "widget_version"),
    ("widgetCustomizations", "widget_customizations"),
    ("contentSecurityPolicySetting.mode", "csp_mode"),
    ("contentSecurityPolicySetting.reportUri", "csp_report_uri"),
    ("contentSecurityPolicySetting.srcList", "csp_src_list"),
];
const MAIL: &[(&str, &str)] = &[
    ("language", "language"),
    ("subject", "subject"),
    ("body", "body"),
    ("isDefault", "is_default"),
];

/// The arguments that stand for a recorded body. What no argument can say is an error.
fn arguments(sent: Option<&Value>, fields: &[(&str, &str)]) -> Result<Value, String> {
    let Some(Value::Object(body)) = sent else {
        return Err("the body was not recorded".to_owned());
    };
    let mut given = Map::new();
    for (name, value) in body {
        let below = format!("{name}.");
        let inner = match value {
            Value::Object(inner) if fields.iter().any(|(path, _)| path.starts_with(&below)) => {
                inner.iter().map(|(key, value)| (format!("{below}{key}"), value)).collect()
            }
            value => vec![(name.clone(), value)],
        };
        if inner.is_empty() {
            return Err(format!("no argument says an empty {name}"));
        }
        for (path, value) in inner {
            let field = fields.iter().find(|(known, _)| *known == path && !value.is_null());
            let (_, argument) = field.ok_or_else(|| format!("no argument says {path}: {value}"))?;
            given.insert((*argument).to_owned(), value.clone());
        }
    }
    Ok(Value::Object(given))
}

const BRAND: &str = "/api/v1/brands/bndacme";

/// An exchange with invented data: method, place below the brand, query, what is sent, status,
/// what is answered. Its template is the place with names for what the path says.
fn exchange(
    method: &str,
    place: &str,
    query: &[(&str, &str)],
    sent: &Value,
    status: u16,
    answered: &Value,
) -> Value {
    let named: Vec<&str> = place
        .split('/')
        .map(|part| match part {
            "UserActivation" => "{templateName}",
            part if part.starts_with("oel") => "{customizationId}",
            part => part,
        })
        .collect();
    json!({
        "file": "invented", "i": place, "method": method,
        "path": format!("{BRAND}/{place}"),
        "template": format!("/api/v1/brands/{{brandId}}/{}", named.join("/")),
        "query": query, "req_body": sent, "status": status, "body": answered, "headers": {},
    })
}

/// What a merge drops, as Okta's specification marks it.
fn schemas() -> Value {
    let read_only = |names: &[&str]| -> Value {
        let properties: Map<String, Value> =
            names.iter().map(|name| ((*name).to_owned(), json!({ "readOnly": true }))).collect();
        json!({ "properties": properties })
    };
    json!({ "management": {
        "ErrorPage": {}, "SignInPage": {}, "HostedPage": {},
        "EmailSettingsResponse": read_only(&["_links"]),
        "EmailCustomization": read_only(&["created", "id", "lastUpdated", "_links"]),
    } })
}

fn pages() -> Vec<Value> {
    let none = Value::Null;
    let html = "<!DOCTYPE html>\n<html>\n<body>{{{SignInWidgetResources}}}</body>\n</html>\n";
    let error = json!({ "pageContent": html });
    let policy = json!({ "mode": "report_only", "reportUri": "", "srcList": [] });
    let guarded = json!({ "pageContent": "", "contentSecurityPolicySetting": policy });
    let sent = json!({
        "pageContent": html, "widgetVersion": "^7",
        "widgetCustomizations": { "signInLabel": null, "helpUrl": "", "showUserIdentifier": false },
        "contentSecurityPolicySetting": { "srcList": ["https://cdn.acme.example"] },
    });
    let mut sign_in = sent.clone();
    sign_in["contentSecurityPolicySetting"]["mode"] = json!("enforced");
    sign_in["widgetCustomizations"]["customLink1Label"] = none.clone();
    sign_in["widgetCustomizations"]["widgetGeneration"] = json!("G3");
    let links = json!({ "_links": { "self": { "href": "https://acme.okta.com/api/v1/x" } } });
    let absent =
        json!({ "errorCode": "E0000007", "errorSummary": "Not found: Resource not found" });
    let elsewhere = json!({ "type": "EXTERNALLY_HOSTED", "url": "https://bye.acme.example" });
    let versions = json!(["7.1", "7.2", "^7", "*"]);
    let embedded = &[("expand", "default,customizedUrl")];
    let mut rows = vec![
        exchange("GET", "pages/error", &[], &none, 200, &links),
        exchange("GET", "pages/sign-in", embedded, &none, 200, &links),
        exchange("GET", "pages/sign-in/widget-versions", &[], &none, 200, &versions),
        exchange("GET", "pages/sign-out/customized", &[], &none, 200, &elsewhere),
        exchange("PUT", "pages/sign-out/customized", &[], &elsewhere, 200, &elsewhere),
    ];
    for (kind, sent, answered) in [("error", &guarded, &guarded), ("sign-in", &sent, &sign_in)] {
        let place = format!("pages/{kind}/default");
        rows.push(exchange("GET", &place, &[], &none, 200, answered));
        for page in ["customized", "preview"] {
            let place = format!("pages/{kind}/{page}");
            rows.push(exchange("GET", &place, &[], &none, 200, answered));
            rows.push(exchange("GET", &place, &[], &none, 404, &absent));
            rows.push(exchange("PUT", &place, &[], sent, 200, answered));
            rows.push(exchange("PUT", &place, &[], &error, 200, &error));
            rows.push(exchange("DELETE", &place, &[], &none, 204, &none));
        }
    }
    rows
}

fn mails() -> Vec<Value> {
    let none = Value::Null;
    let template = json!({ "name": "UserActivation", "_links": {} });
    let sent = json!({
        "language": "pt-BR", "subject": "Olá ${user.profile.firstName}",
        "body": "<p>${activationLink}</p>\n", "isDefault": false,
    });
    let mut answered = sent.clone();
    for (name, value) in [
        ("id", json!("oelnew")),
        ("isDefault", json!(true)),
        ("created", json!("2026-01-01T00:00:00.000Z")),
        ("lastUpdated", json!("2026-01-01T00:00:00.000Z")),
        ("_links", json!({})),
    ] {
        answered[name] = value;
    }
    let less = json!({ "language": "pt-BR", "subject": "", "body": "<p>${activationToken}</p>" });
    let settings = json!({ "recipients": "NO_USERS", "_links": {} });
    let recipients = json!({ "recipients": "NO_USERS" });
    let content = json!({ "subject": "Welcome", "body": "<p>Hi</p>", "_links": {} });
    let taken = json!({
        "errorCode": "E0000183", "errorLink": "E0000183", "errorId": "oae1", "errorCauses": [],
        "errorSummary": "An email template customization for that language already exists.",
    });
    let all = "templates/email/UserActivation/customizations";
    let one = "templates/email/UserActivation/customizations/oelnew";
    let at = |place: &str| format!("templates/email/UserActivation/{place}");
    let embedded = &[("expand", "settings,customizationCount")];
    let page = &[("limit", "10"), ("after", "c1")];
    let language = &[("language", "pt-BR")];
    vec![
        exchange("GET", "templates/email", page, &none, 200, &json!([template])),
        exchange("GET", "templates/email", embedded, &none, 200, &json!([])),
        exchange("GET", "templates/email/UserActivation", embedded, &none, 200, &template),
        exchange("GET", &at("settings"), &[], &none, 200, &settings),
        exchange("PUT", &at("settings"), &[], &recipients, 200, &settings),
        exchange("GET", &at("default-content"), language, &none, 200, &content),
        exchange("GET", &at("default-content/preview"), &[], &none, 200, &content),
        exchange("POST", &at("test"), language, &none, 204, &none),
        exchange("GET", all, page, &none, 200, &json!([answered])),
        exchange("POST", all, &[], &sent, 201, &answered),
        exchange("POST", all, &[], &less, 409, &taken),
        exchange("GET", one, &[], &none, 200, &answered),
        exchange("PUT", one, &[], &sent, 200, &answered),
        exchange("PUT", one, &[], &less, 200, &answered),
        exchange("GET", &format!("{one}/preview"), &[], &none, 200, &content),
        exchange("DELETE", one, &[], &none, 204, &none),
        exchange("DELETE", all, &[], &none, 204, &none),
    ]
}

#[tokio::test]
async fn invented_exchanges_of_pages_and_mails_arrive_whole() {
    let rig = Rig::new().await;
    let schemas = schemas();
    let mut covered = Vec::new();
    for row in pages().into_iter().chain(mails()) {
        let (tool, rounds) = replay::row(&rig, &row, &schemas).await.unwrap();
        covered.push(tool);
        for (round, problem) in rounds {
            assert_eq!(problem, None, "{tool} ({round}): {row}");
        }
    }
    covered.sort_unstable();
    covered.dedup();
    let sets = ["custom_pages", "email_templates"];
    for set in okta_catalog::TOOLSETS.iter().filter(|set| sets.contains(&set.name)) {
        for tool in set.tools {
            assert!(covered.contains(&tool.name), "no exchange for {}", tool.name);
        }
    }
}
