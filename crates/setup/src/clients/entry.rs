//! A server as a client starts it.

use std::fmt;

use okta_mcp_server::SETTINGS;

/// How a client starts a server.
#[derive(Clone, Default, PartialEq, Eq)]
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

impl fmt::Debug for Entry {
    /// Without what may be a secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.env.iter().map(|(name, _)| name.as_str()).collect();
        f.debug_struct("Entry")
            .field("command", &self.command)
            .field("env", &names)
            .finish_non_exhaustive()
    }
}

impl Entry {
    /// What is kept of the environment of the entry that this one replaces: what tells of Okta stands
    /// in the profile, over which it would hold.
    pub(super) fn keeps(variable: &str) -> bool {
        !variable.starts_with("OKTA_")
    }
}

/// How much is hidden of what stands under a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hides {
    /// All of it.
    All,
    /// What looks like a secret.
    Secrets,
    /// What can be nothing else: it is under the name of an id or a place.
    Plain,
}

impl Hides {
    /// By the name.
    pub(crate) fn of(name: &str) -> Self {
        const TELLING: [&str; 9] = [
            "key",
            "token",
            "secret",
            "password",
            "passwd",
            "passphrase",
            "credential",
            "auth",
            "pat",
        ];
        // Where a key is kept, and what it is called, is no secret.
        const HARMLESS: [&str; 3] = ["id", "file", "path"];
        if let Some(ours) =
            SETTINGS.iter().find(|one| one.variable == name || one.key == Some(name))
        {
            return if ours.is_secret() { Self::All } else { Self::Plain };
        }
        // apiKey as api_key.
        let humps = !name.contains(['_', '-']);
        let spread: String = name
            .chars()
            .flat_map(|c| {
                let gap = humps && c.is_ascii_uppercase();
                gap.then_some('_').into_iter().chain(std::iter::once(c.to_ascii_lowercase()))
            })
            .collect();
        let mut words = spread.split(['_', '-', '.', ' ']).filter(|word| !word.is_empty());
        if words.clone().next_back().is_some_and(|last| HARMLESS.contains(&last)) {
            return Self::Plain;
        }
        let whole = spread.replace(['_', '-'], "");
        let tells = |word: &str| TELLING.iter().any(|telling| word.starts_with(telling));
        let runs = ["apikey", "authorization", "accesstoken"].iter().any(|run| whole.contains(run));
        if words.any(tells) || runs { Self::All } else { Self::Secrets }
    }

    /// The same, below a name that hides `outer`.
    pub(crate) fn below(outer: Self, name: &str) -> Self {
        if outer == Self::All { outer } else { Self::of(name) }
    }

    /// True for a text that is hidden.
    pub(crate) fn text(self, text: &str) -> bool {
        let run = |text: &str| {
            text.len() >= 24
                && text
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"_-+=.~".contains(&byte))
                && text.bytes().any(|byte| byte.is_ascii_digit())
                && text.bytes().any(|byte| byte.is_ascii_uppercase())
        };
        let text = text.trim();
        let password = || text.split_once("://").is_some_and(|(_, rest)| rest.contains('@'));
        self == Self::All
            || password()
            || text.contains("-----BEGIN")
            || text.starts_with("Bearer ")
            || text.starts_with("SSWS ")
            || (self == Self::Secrets && text.split(['=', ' ', ':', '/', '@']).any(run))
    }
}

/// True for an argument after which a secret follows, such as `--token`.
pub(crate) fn names_secret(argument: &str) -> bool {
    argument.starts_with('-') && !argument.contains('=') && Hides::of(argument) == Hides::All
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
            "client_secret",
            "GITHUB_PERSONAL_ACCESS_TOKEN",
            "apiKey",
            "api_key",
            "Authorization",
            "X-Auth-Token",
            "DB_PASSWORD",
            "SLACK_TOKENS",
            "--token",
        ] {
            assert_eq!(Hides::of(secret), Hides::All, "{secret}");
        }
        for other in
            ["OKTA_ORG_URL", "key_id", "OKTA_PRIVATE_KEY_FILE", "allowed_key_dirs", "userId"]
        {
            assert_eq!(Hides::of(other), Hides::Plain, "{other}");
        }
        for other in ["command", "args", "HOME", "theme"] {
            assert_eq!(Hides::of(other), Hides::Secrets, "{other}");
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
            assert!(Hides::Secrets.text(secret), "{secret}");
        }
        for other in [
            "okta-mcp",
            "/usr/local/bin/okta-mcp",
            "--profile",
            "https://acme.okta.com",
            "0oa1b2C3d4",
        ] {
            assert!(!Hides::Secrets.text(other), "{other}");
            assert!(Hides::All.text(other), "{other}");
        }
        assert!(!Hides::Plain.text("okta-mcp-20261121T093000Z"));
        assert!(Hides::Plain.text("-----BEGIN PRIVATE KEY-----"));
        assert!(Hides::of("proxy").text("http://ana:s3cr3t@proxy.example.com:3128"));
        assert!(!Hides::of("proxy").text("http://proxy.example.com:3128"));
    }
}
