//! The servers that are measured: how each is started.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use fs_err as fs;
use tempfile::TempDir;

use super::org::Org;
use crate::{Result, workspace};

/// Scopes that unlock every tool that both servers have.
const SCOPES: &str = "okta.users.read okta.users.manage okta.groups.read okta.groups.manage \
                      okta.apps.read okta.apps.manage okta.policies.read okta.policies.manage \
                      okta.deviceAssurance.read okta.deviceAssurance.manage okta.logs.read \
                      okta.schemas.read okta.userTypes.read okta.brands.read okta.brands.manage \
                      okta.templates.read okta.templates.manage okta.domains.read \
                      okta.domains.manage okta.emailDomains.read okta.emailDomains.manage \
                      okta.customPages.read okta.customPages.manage okta.themes.read \
                      okta.themes.manage";

/// A server that can be started.
pub(crate) struct Server {
    pub(crate) program: PathBuf,
    pub(crate) env: Vec<(String, String)>,
    /// True for a server that answers `tools/list` of 2026-07-28 without a greeting.
    pub(crate) modern: bool,
    /// What it writes goes here, and with it.
    _home: Option<TempDir>,
}

impl Server {
    /// Ours, with its trail on.
    pub(crate) fn ours(binary: &Path, org: &Org) -> Self {
        let home = TempDir::new().ok();
        let state = home.as_ref().map(|home| home.path().display().to_string());
        let mut env = org.env.clone();
        env.retain(|(name, _)| name != "OKTA_SCOPES");
        env.push(("OKTA_SCOPES".to_owned(), SCOPES.to_owned()));
        for name in ["OKTA_MCP_STATE_DIR", "OKTA_MCP_EXPORT_DIR"] {
            env.extend(state.clone().map(|folder| (name.to_owned(), folder)));
        }
        env.push(("OKTA_MCP_KEYRING".to_owned(), "off".to_owned()));
        Self { program: binary.to_owned(), env, modern: true, _home: home }
    }

    /// Okta's own, where `e2e/official` installed it.
    pub(crate) fn official(org: &Org) -> Result<Self> {
        let program = workspace::target().join("e2e/official/bin/okta-mcp-server");
        if !program.exists() {
            return Err("not installed here: e2e/official installs it".into());
        }
        let home = TempDir::new()?;
        // It takes the key itself, not the name of a file.
        let key = fs::read_to_string(org.variable("OKTA_PRIVATE_KEY")?)?;
        let ca = org.variable("SSL_CERT_FILE")?.to_owned();
        let mut env = vec![
            ("OKTA_PRIVATE_KEY".to_owned(), key),
            ("OKTA_SCOPES".to_owned(), SCOPES.to_owned()),
            ("REQUESTS_CA_BUNDLE".to_owned(), ca.clone()),
            ("SSL_CERT_FILE".to_owned(), ca),
            ("HOME".to_owned(), home.path().display().to_string()),
            ("PYTHON_KEYRING_BACKEND".to_owned(), "keyrings.alt.file.PlaintextKeyring".to_owned()),
        ];
        for name in ["OKTA_ORG_URL", "OKTA_CLIENT_ID", "OKTA_KEY_ID"] {
            env.push((name.to_owned(), org.variable(name)?.to_owned()));
        }
        Ok(Self { program, env, modern: false, _home: Some(home) })
    }

    /// How it is started, with more variables.
    pub(crate) fn command(&self, more: &[(&str, &str)]) -> Command {
        let mut command = Command::new(&self.program);
        command.env_clear();
        for name in ["PATH", "HOME", "LANG", "USER"] {
            command.envs(workspace::variable(name).map(|value| (name, value)));
        }
        command.envs(self.env.iter().map(|(name, value)| (name, value)));
        command.envs(more.iter().copied());
        command
    }
}
