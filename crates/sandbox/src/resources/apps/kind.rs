//! What kind of app it is, which decides everything else about it.

use serde_json::Value;

use super::build::Invalid;
use crate::resources::catalog::{self, Integration};

/// What kind of app it is: the built-in templates, a custom app, or an integration of the catalog.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    Template(&'static Template),
    Custom,
    Catalog(&'static Integration),
}

/// One of Okta's template apps.
#[derive(Debug)]
pub(super) struct Template {
    pub(super) name: &'static str,
    pub(super) mode: &'static str,
    /// The properties of `settings.app`, in Okta's order; those with `true` must be sent.
    pub(super) settings: &'static [(&'static str, bool)],
}

static TEMPLATES: &[Template] = &[
    Template { name: "oidc_client", mode: "OPENID_CONNECT", settings: &[] },
    Template {
        name: "bookmark",
        mode: "BOOKMARK",
        settings: &[("requestIntegration", false), ("url", true)],
    },
    Template {
        name: "template_swa",
        mode: "BROWSER_PLUGIN",
        settings: &[
            ("loginUrlRegex", false),
            ("usernameField", true),
            ("redirectUrl", false),
            ("buttonField", true),
            ("checkbox", false),
            ("passwordField", true),
            ("url", true),
        ],
    },
    Template {
        name: "template_swa3field",
        mode: "BROWSER_PLUGIN",
        settings: &[
            ("loginUrlRegex", false),
            ("extraFieldSelector", true),
            ("extraFieldValue", true),
            ("redirectUrl", false),
            ("userNameSelector", true),
            ("passwordSelector", true),
            ("buttonSelector", true),
            ("targetURL", true),
        ],
    },
    Template {
        name: "template_basic_auth",
        mode: "BASIC_AUTH",
        settings: &[("loginUrlRegex", false), ("authURL", true), ("url", true)],
    },
    Template {
        name: "template_sps",
        mode: "SECURE_PASSWORD_STORE",
        settings: &[
            ("usernameField", true),
            ("optionalField1", false),
            ("optionalField2Value", false),
            ("optionalField3Value", false),
            ("passwordField", true),
            ("url", true),
            ("optionalField1Value", false),
            ("optionalField2", false),
            ("optionalField3", false),
        ],
    },
    Template {
        name: "template_wsfed",
        mode: "WS_FEDERATION",
        settings: &[
            ("realm", false),
            ("wReplyURL", true),
            ("wReplyOverride", false),
            ("siteURL", true),
            ("nameIDFormat", true),
            ("audienceRestriction", true),
            ("authnContextClassRef", true),
            ("groupFilter", false),
            ("groupName", false),
            ("groupValueFormat", true),
            ("usernameAttribute", true),
            ("attributeStatements", false),
        ],
    },
];

const MODES: [&str; 9] = [
    "AUTO_LOGIN",
    "BASIC_AUTH",
    "BOOKMARK",
    "BROWSER_PLUGIN",
    "OPENID_CONNECT",
    "SAML_1_1",
    "SAML_2_0",
    "SECURE_PASSWORD_STORE",
    "WS_FEDERATION",
];

impl Kind {
    /// The kind of app that `body` asks for; `existing` is the name of the app it replaces.
    pub(super) fn of(body: &Value, existing: Option<&str>) -> Result<Self, Invalid> {
        let name = existing.or_else(|| body.get("name").and_then(Value::as_str));
        let mode = body.get("signOnMode").and_then(Value::as_str);
        let Some(name) = name else {
            return match mode {
                Some("SAML_2_0" | "AUTO_LOGIN") => Ok(Kind::Custom),
                Some(mode) => TEMPLATES
                    .iter()
                    .find(|template| template.mode == mode && mode == "OPENID_CONNECT")
                    .map(Kind::Template)
                    .ok_or_else(|| Invalid::new("name", "name: The field cannot be left blank")),
                None => {
                    Err(Invalid::new("signOnMode", "signOnMode: The field cannot be left blank"))
                }
            };
        };
        if let Some(template) = TEMPLATES.iter().find(|template| template.name == name) {
            return Ok(Kind::Template(template));
        }
        // Names are not case-sensitive on the way in: "Deel" makes an app named "deel".
        if let Some(entry) = catalog::find(&name.to_lowercase()) {
            return Ok(Kind::Catalog(entry));
        }
        if existing.is_some() {
            return Ok(Kind::Custom);
        }
        Err(Invalid::new("name", format!("name: '{name}' is not an application of the catalog")))
    }

    /// A template has one mode; of the catalog's apps some have no sign-on at all, which Okta answers with null.
    pub(super) fn mode(self, requested: Option<&str>) -> Result<Option<&str>, Invalid> {
        if requested.is_some_and(|mode| !MODES.contains(&mode)) {
            return Err(Invalid::new("signOnMode", "signOnMode: The field is invalid"));
        }
        match self {
            Kind::Template(template) => match requested {
                Some(mode) if mode != template.mode => {
                    Err(Invalid::new("signOnMode", "signOnMode: The field is invalid"))
                }
                _ => Ok(Some(template.mode)),
            },
            Kind::Custom => Ok(requested),
            Kind::Catalog(entry) => match requested {
                Some(mode) if entry.modes.contains(&mode) => Ok(Some(mode)),
                // Okta takes AUTO_LOGIN for "with a password, however this integration does it".
                None | Some("AUTO_LOGIN") => Ok(entry.password_mode()),
                Some(_) => Err(Invalid::new("signOnMode", "signOnMode: The field is invalid")),
            },
        }
    }
}
