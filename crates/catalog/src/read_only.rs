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

/// The read-only properties of this application.
pub(crate) fn application(app: &Value) -> Vec<&'static str> {
    let mode = app.get("signOnMode").and_then(Value::as_str).unwrap_or_default();
    let name = NAMED_BY_OKTA.contains(&mode).then_some("name");
    APPLICATION.iter().copied().chain(name).collect()
}
