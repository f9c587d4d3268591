//! `settings.signOn`: where a SAML, WS-Federation or password app sends people.

use serde_json::{Map, Value, json};

use super::{
    build::{Invalid, flag, text_or_null},
    kind::Kind,
};

/// `settings.signOn`, for the apps that have it.
pub(super) fn settings(
    body: &Value,
    kind: Kind,
    mode: Option<&str>,
) -> Result<Option<Value>, Invalid> {
    match (kind, mode) {
        (Kind::Custom, Some("SAML_2_0")) => custom_saml(body).map(Some),
        (Kind::Custom, Some("AUTO_LOGIN")) => custom_login(body).map(Some),
        (Kind::Catalog(entry), Some("SAML_2_0")) => Ok(Some(catalog_saml(
            entry.name,
            body,
            &["ssoAcsUrlOverride", "audienceOverride", "recipientOverride", "destinationOverride"],
            true,
        ))),
        (Kind::Catalog(entry), Some("SAML_1_1")) => Ok(Some(catalog_saml(
            entry.name,
            body,
            &["ssoAcsUrlOverride", "audienceOverride", "recipientOverride"],
            false,
        ))),
        _ => Ok(None),
    }
}

fn custom_login(body: &Value) -> Result<Value, Invalid> {
    let url = body.pointer("/settings/signOn/loginUrl").and_then(Value::as_str).unwrap_or_default();
    if url.is_empty() {
        return Err(Invalid::new("settings.signOn", "loginUrl: The field cannot be left blank"));
    }
    let redirect = text_or_null(body.pointer("/settings/signOn/redirectUrl"));
    Ok(json!({ "redirectUrl": redirect, "loginUrl": url }))
}

fn catalog_saml(name: &str, body: &Value, overrides: &[&str], statements: bool) -> Value {
    let at = |name: &str| body.pointer(&format!("/settings/signOn/{name}"));
    let mut sign_on = Map::new();
    sign_on.insert("defaultRelayState".into(), text_or_null(at("defaultRelayState")));
    for name in overrides {
        sign_on.insert((*name).to_owned(), text_or_null(at(name)));
    }
    if name == "docusign" {
        sign_on.insert(
            "honorForceAuthn".into(),
            flag(body, "/settings/signOn/honorForceAuthn", false).into(),
        );
    }
    if statements {
        let statements = at("attributeStatements").cloned().unwrap_or_else(|| json!([]));
        sign_on.insert("attributeStatements".into(), statements);
    }
    if name == "zoomus" {
        let group = |name: &str| json!({ "type": "GROUP", "name": name, "namespace": null, "filterType": null, "filterValue": null });
        let statements = json!([group("IMGroup"), group("UserGroup")]);
        sign_on.insert("configuredAttributeStatements".into(), statements);
    }
    Value::Object(sign_on)
}

fn custom_saml(body: &Value) -> Result<Value, Invalid> {
    let at = |name: &str| body.pointer(&format!("/settings/signOn/{name}"));
    let required = [
        "ssoAcsUrl",
        "audience",
        "recipient",
        "destination",
        "subjectNameIdTemplate",
        "subjectNameIdFormat",
        "signatureAlgorithm",
        "digestAlgorithm",
        "authnContextClassRef",
    ];
    let causes: Vec<String> = required
        .into_iter()
        .filter(|name| at(name).and_then(Value::as_str).is_none_or(str::is_empty))
        .map(|name| format!("{name}: The field cannot be left blank"))
        .collect();
    if !causes.is_empty() {
        return Err(Invalid { part: "settings.signOn", causes });
    }
    let text = |name: &str| text_or_null(at(name));
    let on = |name: &str, default: bool| flag(body, &format!("/settings/signOn/{name}"), default);
    let list = |name: &str| {
        at(name).filter(|value| value.is_array()).cloned().unwrap_or_else(|| json!([]))
    };
    let issuer = at("idpIssuer").and_then(Value::as_str).filter(|issuer| !issuer.is_empty());
    let logout = on("slo/enabled", false);
    let mut sign_on = Map::new();
    sign_on.insert("defaultRelayState".into(), text("defaultRelayState"));
    sign_on.insert("ssoAcsUrl".into(), text("ssoAcsUrl"));
    sign_on.insert(
        "idpIssuer".into(),
        issuer.unwrap_or("http://www.okta.com/${org.externalKey}").into(),
    );
    for name in
        ["audience", "recipient", "destination", "subjectNameIdTemplate", "subjectNameIdFormat"]
    {
        sign_on.insert(name.to_owned(), text(name));
    }
    sign_on.insert("responseSigned".into(), on("responseSigned", true).into());
    sign_on.insert("assertionSigned".into(), on("assertionSigned", true).into());
    sign_on.insert("signatureAlgorithm".into(), text("signatureAlgorithm"));
    sign_on.insert("digestAlgorithm".into(), text("digestAlgorithm"));
    sign_on.insert("honorForceAuthn".into(), on("honorForceAuthn", true).into());
    sign_on.insert("authnContextClassRef".into(), text("authnContextClassRef"));
    let service_provider = if logout { text("slo/issuer") } else { text("spIssuer") };
    sign_on.insert("spIssuer".into(), service_provider);
    sign_on.insert("requestCompressed".into(), on("requestCompressed", false).into());
    sign_on.insert("attributeStatements".into(), list("attributeStatements"));
    sign_on.insert("inlineHooks".into(), list("inlineHooks"));
    if let Some(certificate) = at("spCertificate").filter(|value| value.is_object()) {
        sign_on.insert("spCertificate".into(), certificate.clone());
    }
    let encrypted = at("assertionEncryption").filter(|value| value.is_object()).cloned();
    sign_on.insert(
        "assertionEncryption".into(),
        encrypted.unwrap_or_else(|| json!({ "enabled": false })),
    );
    sign_on
        .insert("allowMultipleAcsEndpoints".into(), on("allowMultipleAcsEndpoints", false).into());
    sign_on.insert("acsEndpoints".into(), list("acsEndpoints"));
    sign_on.insert("samlSignedRequestEnabled".into(), on("samlSignedRequestEnabled", false).into());
    let slo = if logout {
        json!({ "enabled": true, "issuer": text("slo/issuer"), "logoutUrl": text("slo/logoutUrl") })
    } else {
        json!({ "enabled": false })
    };
    sign_on.insert("slo".into(), slo);
    Ok(Value::Object(sign_on))
}
