//! What may be listed and called: by scope, and by what the configuration switches off.

use std::{collections::BTreeMap, sync::Arc};

use okta_catalog::{Access, Caller, Scope, ToolDef};
use okta_client::Grant;

/// The tools that the configuration switches off, each with what says so.
pub type SwitchedOff = Arc<BTreeMap<&'static str, String>>;

/// What the configuration says of scopes and tools.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Configured {
    /// The scopes asked for. With an API token they only limit what is listed and callable.
    pub scopes: Vec<String>,
    /// In whose name calls are made: some tools are only there for people.
    pub caller: Caller,
    /// What is neither listed nor callable, whatever the scopes.
    pub off: SwitchedOff,
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
            caller: configured.caller,
            off: Arc::clone(&configured.off),
        })
    }

    /// True if the tool may be listed and called.
    pub fn allow(&self, tool: &ToolDef) -> bool {
        self.switched_off(tool).is_none() && self.0.suffices_for(tool)
    }

    /// What in the configuration switches the tool off, where something does.
    pub fn switched_off(&self, tool: &ToolDef) -> Option<&str> {
        self.0.off.get(tool.name).map(String::as_str)
    }

    /// True if the scope is there.
    pub fn have(&self, scope: Scope) -> bool {
        self.0.has(scope)
    }

    /// For [`okta_catalog::Desk::access`].
    pub(crate) fn access(&self) -> Access {
        self.0.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_okta_granted_counts_once_it_is_known() {
        let configured = Configured {
            scopes: vec!["okta.users.manage".to_owned(), "okta.roles.read".to_owned()],
            caller: Caller::App,
            off: SwitchedOff::default(),
        };
        let asked_for = Rights::new(&configured, None);
        let scopes = [Scope::USERS_READ, Scope::USERS_MANAGE, Scope::ROLES_READ, Scope::LOGS_READ];
        assert_eq!(scopes.map(|scope| asked_for.have(scope)), [true, true, true, false]);
        let grant = Grant::Scopes(vec!["okta.users.read".to_owned()]);
        let granted = Rights::new(&configured, Some(&grant));
        assert_eq!(scopes.map(|scope| granted.have(scope)), [true, false, false, false]);
        let unlimited = Rights::new(&configured, Some(&Grant::Unlimited));
        assert_eq!(scopes.map(|scope| unlimited.have(scope)), [true, true, true, false]);
    }

    #[test]
    fn what_is_switched_off_is_not_there_whatever_the_scopes() {
        let why = "deny_tools (okta-mcp.toml:3:14)";
        let configured = Configured {
            scopes: vec!["okta.groups.manage".to_owned()],
            caller: Caller::ApiToken,
            off: Arc::new(BTreeMap::from([("delete_group", why.to_owned())])),
        };
        let rights = Rights::new(&configured, Some(&Grant::Unlimited));
        let tool = |name: &str| okta_catalog::find(name).unwrap();
        assert!(!rights.allow(tool("delete_group")) && rights.allow(tool("create_group")));
        assert_eq!(rights.switched_off(tool("delete_group")), Some(why));
        assert_eq!(rights.access().off.len(), 1);
    }
}
