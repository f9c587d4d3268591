//! Brands, themes and domains: how their tools express an exchange.

use serde_json::{Map, Value, json};

use super::{Exchange, Expressed, snake};

const DOMAINS: &str = "/api/v1/domains";
const BRAND_DOMAINS: &str = "/api/v1/brands/{brandId}/domains";

/// The tool for the exchange; an error where it cannot express it, `None` where none of these tools
/// is there for it.
pub(super) fn call(exchange: &Exchange) -> Option<Result<Expressed, String>> {
    let free = json!([]);
    let there = json!({ "id": "x", "name": "Acme", "domain": "login.acme.test" });
    let answered = exchange.answered.clone().unwrap_or_default();
    let none = json!({});
    Some(Ok(match (exchange.method.as_str(), exchange.template.as_str()) {
        ("GET", "/api/v1/brands") => ("list_brands", none, there, None),
        ("GET", "/api/v1/brands/{brandId}") => ("get_brand", none, there, None),
        ("POST", "/api/v1/brands") => return Some(body(exchange, "create_brand", free, None)),
        ("PUT", "/api/v1/brands/{brandId}") => {
            return Some(body(exchange, "replace_brand", answered, Some("BrandWithEmbedded")));
        }
        ("DELETE", "/api/v1/brands/{brandId}") => ("delete_brand", none, there, None),
        ("GET", BRAND_DOMAINS) => ("list_brand_domains", none, there, None),
        ("GET", "/api/v1/brands/{brandId}/themes") => ("list_brand_themes", none, there, None),
        ("GET", "/api/v1/brands/{brandId}/themes/{themeId}") => {
            ("get_brand_theme", none, there, None)
        }
        ("PUT", "/api/v1/brands/{brandId}/themes/{themeId}") => {
            return Some(body(exchange, "replace_brand_theme", answered, Some("ThemeResponse")));
        }
        ("DELETE", "/api/v1/brands/{brandId}/themes/{themeId}/logo") => {
            ("delete_brand_theme_logo", none, there, None)
        }
        ("DELETE", "/api/v1/brands/{brandId}/themes/{themeId}/favicon") => {
            ("delete_brand_theme_favicon", none, there, None)
        }
        ("DELETE", "/api/v1/brands/{brandId}/themes/{themeId}/background-image") => {
            ("delete_brand_theme_background_image", none, there, None)
        }
        ("GET", DOMAINS) => ("list_custom_domains", none, there, None),
        ("GET", "/api/v1/domains/{domainId}") => ("get_custom_domain", none, there, None),
        ("POST", DOMAINS) => {
            let free = json!({ "domains": [] });
            return Some(body(exchange, "create_custom_domain", free, None));
        }
        // The brand is all that it takes: there is nothing to merge.
        ("PUT", "/api/v1/domains/{domainId}") => {
            return Some(body(exchange, "replace_custom_domain", answered, None));
        }
        ("DELETE", "/api/v1/domains/{domainId}") => ("delete_custom_domain", none, there, None),
        ("POST", "/api/v1/domains/{domainId}/verify") => {
            ("verify_custom_domain", none, there, None)
        }
        ("GET", "/api/v1/email-domains") => ("list_email_domains", none, there, None),
        ("GET", "/api/v1/email-domains/{emailDomainId}") => ("get_email_domain", none, there, None),
        ("POST", "/api/v1/email-domains") => {
            return Some(body(exchange, "create_email_domain", free, None));
        }
        ("PUT", "/api/v1/email-domains/{emailDomainId}") => {
            return Some(body(exchange, "replace_email_domain", answered, None));
        }
        ("DELETE", "/api/v1/email-domains/{emailDomainId}") => {
            ("delete_email_domain", none, there, None)
        }
        ("POST", "/api/v1/email-domains/{emailDomainId}/verify") => {
            ("verify_email_domain", none, there, None)
        }
        _ => return None,
    }))
}

/// The properties of the body as arguments.
fn body(
    exchange: &Exchange,
    tool: &'static str,
    before: Value,
    merged: Option<&'static str>,
) -> Result<Expressed, String> {
    let Some(Value::Object(sent)) = &exchange.sent else {
        return Err("the body was not recorded".to_owned());
    };
    let (_, schema) = okta_catalog::find(tool).ok_or("the tool is missing")?.describe();
    let takes = schema["properties"].as_object().unwrap();
    let mut args = Map::new();
    for (name, value) in sent {
        let argument = snake(name);
        if !takes.contains_key(&argument) {
            return Err(format!("{tool} takes no {name}"));
        }
        args.insert(argument, value.clone());
    }
    for needed in schema["required"].as_array().unwrap() {
        let needed = needed.as_str().unwrap();
        if !needed.ends_with("_id") && !args.contains_key(needed) {
            return Err(format!("{tool} needs {needed}"));
        }
    }
    Ok((tool, Value::Object(args), before, merged))
}

/// What Okta answers as an object that holds a list, as the list that it is.
pub(super) fn listed(template: &str, mut recorded: Value) -> Value {
    match template {
        DOMAINS | BRAND_DOMAINS if recorded["domains"].is_array() => recorded["domains"].take(),
        _ => recorded,
    }
}
