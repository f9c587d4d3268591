//! Okta's own open source server in a client's file, and what a profile takes over from it.

use std::path::PathBuf;

use secrecy::SecretString;

use super::Entry;

/// What its entry says of the org and of who signs in.
#[derive(Clone, Debug, Default)]
pub struct OktaOwn {
    /// The org.
    pub org: Option<String>,
    /// The client id.
    pub client_id: Option<String>,
    /// The scopes.
    pub scopes: Option<String>,
    /// The id of the private key.
    pub key_id: Option<String>,
    /// The private key.
    pub key: Option<PlacedKey>,
}

/// A private key, where it is kept.
#[derive(Clone, Debug)]
pub enum PlacedKey {
    /// In the entry itself.
    Inline(SecretString),
    /// In a file.
    File(PathBuf),
}

impl OktaOwn {
    /// What the entry says, where it starts that server: by itself, or through uv or Docker.
    pub fn of(entry: &Entry) -> Option<Self> {
        let names = |text: &String| {
            let last = text.rsplit(['/', '\\']).next().unwrap_or(text);
            let last = last.split([':', '@', '=']).next().unwrap_or(last);
            last.trim_end_matches(".exe").replace('_', "-") == "okta-mcp-server"
        };
        if !names(&entry.command) && !entry.args.iter().any(names) {
            return None;
        }
        let get = |name: &str| said(entry, name);
        Some(Self {
            org: get("OKTA_ORG_URL"),
            client_id: get("OKTA_CLIENT_ID"),
            scopes: get("OKTA_SCOPES"),
            key_id: get("OKTA_KEY_ID"),
            key: get("OKTA_PRIVATE_KEY").map(placed),
        })
    }
}

/// What an entry gives for a variable: in its environment, or by `-e` to Docker. What the client
/// asks for itself is not there.
fn said(entry: &Entry, name: &str) -> Option<String> {
    let env = entry.env.iter().filter(|(variable, _)| variable == name).map(|(_, value)| &**value);
    let args = entry.args.iter().filter_map(|arg| {
        let (variable, value) = arg.strip_prefix("--env=").unwrap_or(arg).split_once('=')?;
        (variable == name).then_some(value)
    });
    let real = |value: &&str| {
        let blank = value.trim().is_empty();
        !blank && !value.starts_with("${") && !value.starts_with('<') && !value.contains("${input:")
    };
    env.chain(args).find(real).map(|value| value.trim().to_owned())
}

fn placed(text: String) -> PlacedKey {
    let inline = text.contains("-----BEGIN") || text.starts_with('{');
    if !inline && okta_mcp_server::is_path(&text) {
        PlacedKey::File(text.into())
    } else {
        PlacedKey::Inline(text.into())
    }
}
