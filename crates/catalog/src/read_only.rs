//! What Okta sets and no caller can: properties that an update of a read object leaves out.
//!
//! Source: the `readOnly` marks of Okta's specification, release 2026.06.3, and `_links` and
//! `_embedded`, which Okta computes. Dotted paths, `[]` for the items of an array.

use serde_json::Value;

/// An application.
const APPLICATION: &[&str] = &[
    "_embedded",
    "_links",
    "created",
    "credentials.signing.lastRotated",
    "credentials.signing.nextRotation",
    "expressConfiguration",
    "features",
    "id",
    "lastUpdated",
    "orn",
    "settings.emOptInStatus",
    "settings.oauthClient.jwks.keys[]._links",
    "settings.oauthClient.jwks.keys[].created",
    "settings.oauthClient.jwks.keys[].id",
    "settings.oauthClient.jwks.keys[].lastUpdated",
    "status",
    "universalLogout",
];

/// The sign-on modes whose applications have a `name` that cannot be written.
const NAMED_BY_OKTA: &[&str] = &["AUTO_LOGIN", "SAML_2_0"];

/// A policy of any type.
pub(crate) const POLICY: &[&str] = &[
    "_embedded",
    "_links",
    "created",
    "id",
    "lastUpdated",
    "settings.recovery.factors.recovery_question.properties.complexity.minLength",
];

/// A policy rule of any type.
pub(crate) const POLICY_RULE: &[&str] = &["_embedded", "_links", "created", "id", "lastUpdated"];

/// A device assurance policy. The last three are not in the specification; recorded answers have
/// them, derived from the id and the name.
pub(crate) const DEVICE_ASSURANCE: &[&str] = &[
    "_embedded",
    "_links",
    "createdBy",
    "createdDate",
    "id",
    "lastUpdate",
    "lastUpdatedBy",
    "resourceDisplayName",
    "resourceId",
    "resourceType",
];

/// A brand.
pub(crate) const BRAND: &[&str] = &["_embedded", "_links", "id", "isDefault"];

/// A theme. Its images have operations of their own.
pub(crate) const THEME: &[&str] = &["_links", "backgroundImage", "favicon", "id", "logo"];
/// A page of a brand, its settings, and the settings of an e-mail template.
pub(crate) const LINKED: &[&str] = &["_embedded", "_links"];

/// A customization of an e-mail template.
pub(crate) const EMAIL_CUSTOMIZATION: &[&str] =
    &["_embedded", "_links", "created", "id", "lastUpdated"];

/// The read-only properties of this application.
pub(crate) fn application(app: &Value) -> Vec<&'static str> {
    let mode = app.get("signOnMode").and_then(Value::as_str).unwrap_or_default();
    let name = NAMED_BY_OKTA.contains(&mode).then_some("name");
    APPLICATION.iter().copied().chain(name).collect()
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, path::PathBuf};

    use serde_json::json;

    use super::*;

    /// Okta's schemas, where the folder of facts is there.
    fn schemas() -> Option<Value> {
        #[expect(clippy::disallowed_methods, reason = "tests find their data by it")]
        let named = std::env::var_os("OKTA_MCP_SHARED").map(PathBuf::from);
        let beside = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
        let text =
            fs_err::read_to_string(named.unwrap_or(beside).join("okta/schemas.json")).ok()?;
        Some(serde_json::from_str::<Value>(&text).unwrap()["management"].take())
    }

    /// The read-only properties of a schema and its variants; what lies below one is not named.
    fn read_only(schemas: &Value, schema: &Value, path: &str, above: &[&str]) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        if schema["readOnly"] == true && !path.is_empty() {
            return BTreeSet::from([path.to_owned()]);
        }
        let mapping = schema["discriminator"]["mapping"].as_object().into_iter().flatten();
        let targets = mapping.map(|(_, target)| target).chain(schema.get("$ref"));
        for target in targets.filter_map(|target| target.as_str()?.rsplit('/').next()) {
            if !above.contains(&target) {
                let above: Vec<&str> = above.iter().copied().chain([target]).collect();
                found.extend(read_only(schemas, &schemas[target], path, &above));
            }
        }
        for list in ["allOf", "oneOf", "anyOf"] {
            for part in schema[list].as_array().into_iter().flatten() {
                found.extend(read_only(schemas, part, path, above));
            }
        }
        for (name, property) in schema["properties"].as_object().into_iter().flatten() {
            let below = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
            found.extend(read_only(schemas, property, &below, above));
        }
        if let Some(items) = schema.get("items") {
            found.extend(read_only(schemas, items, &format!("{path}[]"), above));
        }
        found
    }

    /// What the specification says of `name`, less what lies in a property that `ours` has whole.
    fn specified(schemas: &Value, name: &str, ours: &[&str]) -> BTreeSet<String> {
        let mut found = read_only(schemas, &schemas[name], "", &[name]);
        found.retain(|path| !ours.iter().any(|our| path.starts_with(&format!("{our}."))));
        found
    }

    /// `ours` less what Okta computes and no schema marks.
    fn marked(ours: &[&'static str], besides: &[&str]) -> BTreeSet<String> {
        ours.iter().filter(|path| !besides.contains(path)).map(ToString::to_string).collect()
    }

    #[test]
    fn tables_are_those_of_the_specification() {
        let Some(schemas) = schemas() else { return };
        let named = application(&json!({ "signOnMode": "SAML_2_0" }));
        assert_eq!(marked(&named, &[]), specified(&schemas, "Application", &named));
        for policy in ["Policy", "CreateOrUpdatePolicy"] {
            assert_eq!(marked(POLICY, &[]), specified(&schemas, policy, POLICY));
        }
        assert_eq!(
            marked(POLICY_RULE, &["_embedded"]),
            specified(&schemas, "PolicyRule", POLICY_RULE)
        );
        assert_eq!(marked(BRAND, &[]), specified(&schemas, "BrandWithEmbedded", BRAND));
        assert_eq!(marked(THEME, &[]), specified(&schemas, "ThemeResponse", THEME));
        assert_eq!(
            marked(EMAIL_CUSTOMIZATION, &["_embedded"]),
            specified(&schemas, "EmailCustomization", EMAIL_CUSTOMIZATION)
        );
        for linked in ["ErrorPage", "SignInPage", "HostedPage", "EmailSettings"] {
            assert_eq!(marked(LINKED, LINKED), specified(&schemas, linked, LINKED), "{linked}");
        }
        let unspecified = ["_embedded", "resourceDisplayName", "resourceId", "resourceType"];
        assert_eq!(
            marked(DEVICE_ASSURANCE, &unspecified),
            specified(&schemas, "DeviceAssurance", DEVICE_ASSURANCE)
        );
    }

    #[test]
    fn a_name_is_read_only_for_two_sign_on_modes() {
        let Some(schemas) = schemas() else { return };
        for (mode, target) in
            schemas["Application"]["discriminator"]["mapping"].as_object().unwrap()
        {
            let name = target.as_str().unwrap().rsplit('/').next().unwrap();
            let theirs = read_only(&schemas, &schemas[name], "", &["Application"]).contains("name");
            assert_eq!(
                theirs,
                application(&json!({ "signOnMode": mode })).contains(&"name"),
                "{mode}"
            );
        }
    }

    #[test]
    fn a_group_profile_has_nothing_read_only() {
        let Some(schemas) = schemas() else { return };
        let below: Vec<String> = specified(&schemas, "Group", &["_links", "_embedded"])
            .into_iter()
            .filter(|path| path.starts_with("profile"))
            .collect();
        assert!(below.is_empty(), "update_group sends the profile whole: {below:?}");
    }
}
