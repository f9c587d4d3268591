//! Which scopes count.

use okta_catalog::{Access, Scope, ToolDef};
use okta_client::Grant;

/// What the configuration says of scopes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Configured {
    /// The scopes asked for. With an API token they only limit what is listed and callable.
    pub scopes: Vec<String>,
    /// True with an API token.
    pub api_token: bool,
}

/// What may be done now: the configured scopes until Okta's answer is known, then those granted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rights(Access);

impl Rights {
    /// The rights under `configured`, once Okta granted `grant`.
    pub fn new(configured: &Configured, grant: Option<&Grant>) -> Self {
        let granted = match grant {
            Some(Grant::Scopes(scopes)) => Some(scopes.clone()),
            Some(_) | None => None,
        };
        Self(Access {
            configured: configured.scopes.clone(),
            granted,
            api_token: configured.api_token,
        })
    }

    /// True if the tool may be listed and called.
    pub fn allow(&self, tool: &ToolDef) -> bool {
        tool.allowed_by(Some(self.0.effective()))
    }

    /// True if the scope is there.
    pub fn have(&self, scope: Scope) -> bool {
        scope.granted_by(self.0.effective())
    }

    /// For [`okta_catalog::Desk::access`].
    pub(crate) fn access(&self) -> Access {
        self.0.clone()
    }
}
