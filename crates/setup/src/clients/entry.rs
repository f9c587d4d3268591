//! A server as a client starts it.

use okta_mcp_server::SETTINGS;

/// How a client starts a server.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entry {
    /// The program; empty for a server that is elsewhere.
    pub command: String,
    /// Its arguments.
    pub args: Vec<String>,
    /// What is put into its environment.
    pub env: Vec<(String, String)>,
}

/// A server in a client's file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Server {
    /// Its name there.
    pub name: String,
    /// How it is started.
    pub entry: Entry,
}

impl Entry {
    /// What is kept of the environment of the entry that this one replaces: what tells of Okta stands
    /// in the profile, over which it would hold.
    pub(super) fn keeps(variable: &str) -> bool {
        !variable.starts_with("OKTA_")
    }
}

/// True for the name of what may be a secret.
pub(crate) fn is_secret_name(name: &str) -> bool {
    const TELLING: [&str; 9] =
        ["key", "token", "secret", "password", "passwd", "passphrase", "credential", "auth", "pat"];
    // Where a key is kept, and what it is called, is no secret.
    const HARMLESS: [&str; 3] = ["id", "file", "path"];
    let ours = SETTINGS.iter().find(|setting| setting.variable == name);
    if let Some(setting) = ours {
        return setting.is_secret();
    }
    let spread: String = name
        .chars()
        .flat_map(|c| {
            let gap = c.is_ascii_uppercase() && !name.contains(['_', '-']);
            gap.then_some('_').into_iter().chain(std::iter::once(c.to_ascii_lowercase()))
        })
        .collect();
    let mut words = spread.split(['_', '-', '.', ' ']).filter(|word| !word.is_empty());
    let last = words.clone().next_back().unwrap_or_default();
    let whole = spread.replace(['_', '-'], "");
    let tells = |word: &str| TELLING.iter().any(|telling| word.starts_with(telling));
    let runs = ["apikey", "authorization", "accesstoken"].iter().any(|run| whole.contains(run));
    !HARMLESS.contains(&last) && (words.any(tells) || runs)
}

/// True for what looks like a secret itself, whatever it is called.
pub(crate) fn is_secret_text(text: &str) -> bool {
    let run = |text: &str| {
        text.len() >= 24
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-+=.~".contains(&byte))
            && text.bytes().any(|byte| byte.is_ascii_digit())
            && text.bytes().any(|byte| byte.is_ascii_uppercase())
    };
    let text = text.trim();
    text.contains("-----BEGIN")
        || text.starts_with("Bearer ")
        || text.starts_with("SSWS ")
        || text.split(['=', ' ', ':', '/', '@']).any(run)
}

/// What stands for a secret where people see it.
pub(crate) const HIDDEN: &str = "…";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_secrets_are_known_and_those_of_other_things_are_not() {
        for secret in [
            "OKTA_PRIVATE_KEY",
            "OKTA_API_TOKEN",
            "OKTA_CLIENT_SECRET",
            "GITHUB_PERSONAL_ACCESS_TOKEN",
            "apiKey",
            "api_key",
            "Authorization",
            "X-Auth-Token",
            "DB_PASSWORD",
            "SLACK_TOKENS",
        ] {
            assert!(is_secret_name(secret), "{secret}");
        }
        for other in [
            "OKTA_ORG_URL",
            "OKTA_KEY_ID",
            "OKTA_PRIVATE_KEY_FILE",
            "command",
            "args",
            "HOME",
            "PATH",
            "OKTA_MCP_ALLOWED_KEY_DIRS",
            "theme",
        ] {
            assert!(!is_secret_name(other), "{other}");
        }
    }

    #[test]
    fn texts_that_look_like_secrets_are_known() {
        for secret in [
            "-----BEGIN PRIVATE KEY-----\\nMIIE",
            "Bearer abc",
            "--token=ghp_0123456789ABCDEFGHIJabcdefghij",
            "https://ana:0123456789ABCDEFGHIJabcdefghij@example.com",
        ] {
            assert!(is_secret_text(secret), "{secret}");
        }
        for other in [
            "okta-mcp",
            "/usr/local/bin/okta-mcp",
            "--profile",
            "https://acme.okta.com",
            "0oa1b2C3d4",
        ] {
            assert!(!is_secret_text(other), "{other}");
        }
    }
}
