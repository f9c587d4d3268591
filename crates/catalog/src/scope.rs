//! OAuth scopes of Okta's management API and what includes what.

use std::fmt;

use serde::Serialize;

/// An OAuth 2.0 scope of Okta's management API, such as `okta.users.read`.
///
/// Source: Okta developer reference, "Okta OAuth 2.0 scopes".
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Scope(&'static str);

macro_rules! scopes {
    ($($name:ident = $text:literal),* $(,)?) => {
        impl Scope {
            $(#[doc = concat!("`", $text, "`")] pub const $name: Self = Self($text);)*
        }
    };
}

scopes! {
    APPS_READ = "okta.apps.read",
    APPS_MANAGE = "okta.apps.manage",
    BRANDS_READ = "okta.brands.read",
    BRANDS_MANAGE = "okta.brands.manage",
    DEVICE_ASSURANCE_READ = "okta.deviceAssurance.read",
    DEVICE_ASSURANCE_MANAGE = "okta.deviceAssurance.manage",
    DOMAINS_READ = "okta.domains.read",
    DOMAINS_MANAGE = "okta.domains.manage",
    EMAIL_DOMAINS_READ = "okta.emailDomains.read",
    EMAIL_DOMAINS_MANAGE = "okta.emailDomains.manage",
    GROUPS_READ = "okta.groups.read",
    GROUPS_MANAGE = "okta.groups.manage",
    LOGS_READ = "okta.logs.read",
    POLICIES_READ = "okta.policies.read",
    POLICIES_MANAGE = "okta.policies.manage",
    ROLES_READ = "okta.roles.read",
    SCHEMAS_READ = "okta.schemas.read",
    TEMPLATES_READ = "okta.templates.read",
    TEMPLATES_MANAGE = "okta.templates.manage",
    USERS_READ = "okta.users.read",
    USERS_READ_SELF = "okta.users.read.self",
    USERS_MANAGE = "okta.users.manage",
}

impl Scope {
    /// The scope's name on the wire.
    pub const fn as_str(self) -> &'static str {
        self.0
    }

    /// True for a scope that only reads.
    pub fn reads(self) -> bool {
        self.0.strip_suffix(".self").unwrap_or(self.0).strip_suffix(".read").is_some()
    }

    /// True for a scope that opens what is a person's own: Okta gives it to people who sign in, and
    /// refuses it to service apps.
    pub fn needs_person(self) -> bool {
        Self::is_of_people(self.0)
    }

    /// The same, of a scope as it stands in a configuration.
    pub fn is_of_people(name: &str) -> bool {
        name.strip_suffix(".self").is_some()
    }

    /// True if `granted` holds this scope, or the `manage` scope that includes this `read`. A
    /// `.self` scope is included in no other: `okta.users.read` is about everybody, and needs an
    /// admin role besides.
    pub fn granted_by<S: AsRef<str>>(self, granted: &[S]) -> bool {
        let stem = self.0.strip_suffix(".read");
        granted.iter().map(AsRef::as_ref).any(|scope| {
            scope == self.0 || stem.is_some_and(|stem| scope.strip_prefix(stem) == Some(".manage"))
        })
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}
