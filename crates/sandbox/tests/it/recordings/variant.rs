//! Which answers must look alike.

use serde_json::Value;

/// What kind of object an operation answers with; operations with the same kind may be pooled.
pub(super) fn resource(template: &str) -> &str {
    match template {
        "/api/v1/apps" | "/api/v1/apps/{appId}" | "/api/v1/groups/{groupId}/apps" => "app",
        "/api/v1/apps/{appId}/users" | "/api/v1/apps/{appId}/users/{userId}" => "app user",
        "/api/v1/apps/{appId}/groups" | "/api/v1/apps/{appId}/groups/{groupId}" => "app group",
        "/api/v1/policies" | "/api/v1/policies/{policyId}" => "policy",
        "/api/v1/policies/{policyId}/rules" | "/api/v1/policies/{policyId}/rules/{ruleId}" => {
            "rule"
        }
        "/api/v1/device-assurances" | "/api/v1/device-assurances/{deviceAssuranceId}" => {
            "assurance"
        }
        "/api/v1/users" | "/api/v1/users/{id}" | "/api/v1/groups/{groupId}/users" => "user",
        "/api/v1/groups" | "/api/v1/groups/{groupId}" | "/api/v1/users/{id}/groups" => "group",
        "/api/v1/apps/{appId}/grants" => "grant",
        "/api/v1/users/{userId}/roles" | "/api/v1/groups/{groupId}/roles" => "role",
        "/api/v1/logs" => "event",
        "/api/v1/brands" | "/api/v1/brands/{brandId}" => "brand",
        "/api/v1/brands/{brandId}/themes" | "/api/v1/brands/{brandId}/themes/{themeId}" => "theme",
        "/api/v1/domains/{domainId}" => "domain",
        other if other.ends_with("/templates/email") || other.ends_with("/{templateName}") => {
            "template"
        }
        other if other.ends_with("/customizations") || other.ends_with("/{customizationId}") => {
            "customization"
        }
        other => other,
    }
}

/// What decides how an object of a kind looks.
pub(super) fn variant(template: &str, object: &Value) -> String {
    if object.get("errorCode").is_some() {
        return "error".to_owned();
    }
    let text = |pointer: &str| object.pointer(pointer).and_then(Value::as_str).unwrap_or("null");
    let system = object.get("system") == Some(&Value::Bool(true));
    match resource(template) {
        "app" => {
            // The names of custom apps are made up for each; of the others each name has its own settings.
            let name = text("/name");
            let custom = object.pointer("/settings/signOn/ssoAcsUrl").is_some()
                || text("/signOnMode") == "AUTO_LOGIN" && name.contains('_');
            let name = if custom { "custom" } else { name };
            let client = object.pointer("/settings/oauthClient/application_type");
            let client = client.and_then(Value::as_str).unwrap_or_default();
            format!("{} {name} {client}", text("/signOnMode")).trim().to_owned()
        }
        "policy" | "rule" if system => format!("{} system", text("/type")),
        "policy" | "rule" | "group" => text("/type").to_owned(),
        "assurance" => text("/platform").to_owned(),
        "user" => text("/status").to_owned(),
        "app user" => text("/scope").to_owned(),
        _ => String::new(),
    }
}
