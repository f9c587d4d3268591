//! Every setting, each in one place.

use super::setting::{
    Group::{Approvers, DomainKey, Redirect, SignIn},
    Kind::{Key, Path, Paths, Secret, Text, Url, Whole, Word, Words, YesNo},
    Setting,
};

macro_rules! settings {
    ($($id:ident: $setting:expr;)*) => {
        $(pub(crate) const $id: Setting = $setting;)*

        /// Every setting, in the order of the reference.
        pub const SETTINGS: &[Setting] = &[$($id),*];
    };
}

settings! {
    ORG: Setting::new("org", "OKTA_ORG_URL", Text, [
        "The org. `https://` may be left out; the admin host (`-admin`) is not the org.",
        "required", "https://acme.okta.com",
    ]);
    CLIENT_ID: Setting::new("client_id", "OKTA_CLIENT_ID", Text, [
        "The client id of the app that signs in: an API service app with its private key, or an \
         app that people sign in to.",
        "required unless an API token is given", "0oa1b2c3d4e5f6g7h8i9",
    ]);
    SIGN_IN: Setting::new(
        "sign_in",
        "OKTA_MCP_SIGN_IN",
        Word(&["device", "browser", "private_key", "api_token"]),
        [
            "Who signs in, and how. `private_key`: the app itself, a service app. `api_token`: the \
             admin who made the token. `device`: a person, on a page of Okta that takes a code. \
             `browser`: a person, in a browser on this machine.",
            "by what is given: an API token, a private key, else `device`", "browser",
        ],
    );
    SCOPES: Setting::new("scopes", "OKTA_SCOPES", Words, [
        "The OAuth scopes to ask for, in a variable separated by spaces or commas. They decide which \
         tools are listed and callable; `manage` includes `read`. With an API token they limit the \
         tools in the same way. Those that end in `.self` count only where a person signs in.",
        "required with a private key; every read with an API token; every read, \
         `okta.users.read.self` and `openid profile email offline_access` where a person signs in",
        "okta.users.read okta.groups.manage",
    ]);
    PRIVATE_KEY: Setting::new("private_key", "OKTA_PRIVATE_KEY", Key, [
        "The app's private key: PEM (PKCS#1, PKCS#8 or SEC1) or JWK, as it is, with `\\n` for the \
         line ends, in base64, or the path of a file that holds it; `keyring` where the system's \
         keyring holds it.",
        "none", "/run/secrets/okta.pem",
    ]).one_of(SignIn);
    PRIVATE_KEY_FILE: Setting::new("private_key_file", "OKTA_PRIVATE_KEY_FILE", Path, [
        "The path of a file that holds the private key.",
        "none", "/run/secrets/okta.pem",
    ]).one_of(SignIn);
    KEY_ID: Setting::new("key_id", "OKTA_KEY_ID", Text, [
        "The key's id (`kid`) at Okta. A JWK may carry its own.",
        "none", "my-key-2026",
    ]);
    API_TOKEN: Setting::new("api_token", "OKTA_API_TOKEN", Secret, [
        "An API token, instead of client id and private key. It has the rights of the admin who \
         made it. `keyring` where the system's keyring holds it.",
        "none", "00…",
    ]).one_of(SignIn);
    API_TOKEN_FILE: Setting::new("api_token_file", "OKTA_API_TOKEN_FILE", Path, [
        "The path of a file that holds the API token.",
        "none", "/run/secrets/okta-token",
    ]).one_of(SignIn);
    CLIENT_SECRET: Setting::new("client_secret", "OKTA_CLIENT_SECRET", Secret, [
        "The secret of the app that people sign in to, where it has one. `keyring` where the \
         system's keyring holds it.",
        "none", "s3cr3t…",
    ]).one_of(SignIn);
    CLIENT_SECRET_FILE: Setting::new("client_secret_file", "OKTA_CLIENT_SECRET_FILE", Path, [
        "The path of a file that holds the client secret.",
        "none", "/run/secrets/okta-client-secret",
    ]).one_of(SignIn);
    REDIRECT_PORT: Setting::new("redirect_port", "OKTA_MCP_REDIRECT_PORT", Whole(65_535), [
        "The port of this machine that the browser comes back to after signing in: the app at Okta \
         must know the redirect URI `http://127.0.0.1:8765/callback`, with this port in it.",
        "8765", "9765",
    ]).one_of(Redirect);
    REDIRECT_URI: Setting::new("redirect_uri", "OKTA_MCP_REDIRECT_URI", Text, [
        "The whole redirect URI, where the app at Okta knows another one; on this machine, with its \
         port.",
        "`http://127.0.0.1:8765/callback`", "http://localhost:8080/authorization-code/callback",
    ]).one_of(Redirect);
    DPOP: Setting::new("dpop", "OKTA_MCP_DPOP", Word(&["auto", "always"]), [
        "Whether tokens are bound to a key of this server (DPoP). `auto`: where Okta demands it; \
         `always`: from the first request.",
        "auto", "always",
    ]);
    APPROVER_CLIENT_ID: Setting::new("approver_client_id", "OKTA_MCP_APPROVER_CLIENT_ID", Text, [
        "The client id of the app that people sign in to who approve at level `person`: a native or \
         web app with the grant type Authorization Code, which knows the redirect URI. Where it is \
         set, `person` is what sensitive and destructive calls take. The app that people sign in to \
         in a browser on this machine serves rules that demand `person` without being named.",
        "none", "0oa9h8g7f6e5d4c3b2a1",
    ]);
    APPROVER_CLIENT_SECRET: Setting::new(
        "approver_client_secret",
        "OKTA_MCP_APPROVER_CLIENT_SECRET",
        Secret,
        [
            "The secret of that app, where it has one. `keyring` where the system's keyring holds it.",
            "none", "s3cr3t…",
        ],
    ).one_of(Approvers);
    APPROVER_CLIENT_SECRET_FILE: Setting::new(
        "approver_client_secret_file",
        "OKTA_MCP_APPROVER_CLIENT_SECRET_FILE",
        Path,
        ["The path of a file that holds it.", "none", "/run/secrets/okta-approver-secret"],
    ).one_of(Approvers);
    APPROVER_ACR: Setting::new("approver_acr", "OKTA_MCP_APPROVER_ACR", Words, [
        "How surely approvers have to sign in (`acr_values`), one of these: `urn:okta:loa:2fa:any` \
         for two factors, `phr` for one that resists phishing, `phrh` for one that is in hardware \
         besides.",
        "as the app's authentication policy wants it", "urn:okta:loa:2fa:any",
    ]);
    TOOLSETS: Setting::new("toolsets", "OKTA_MCP_TOOLSETS", Words, [
        "The toolsets whose tools are there; names or globs. What belongs to none of them is neither \
         listed nor callable, but for the toolset `server`, which goes with every other.",
        "all", "users groups",
    ]);
    ALLOW_TOOLS: Setting::new("allow_tools", "OKTA_MCP_ALLOW_TOOLS", Words, [
        "The tools that are there, of those that `toolsets` leaves; names or globs. The toolset \
         `server` goes with every other.",
        "all", "list_* get_*",
    ]);
    DENY_TOOLS: Setting::new("deny_tools", "OKTA_MCP_DENY_TOOLS", Words, [
        "The tools that are not there, whatever else says that they are; names or globs.",
        "none", "delete_* {deactivate,suspend}_user",
    ]);
    READ_ONLY: Setting::new("read_only", "OKTA_MCP_READ_ONLY", YesNo, [
        "`true` denies everything but reads.",
        "false", "true",
    ]).with_flag("--read-only");
    SENSITIVE: Setting::new("sensitive", "OKTA_MCP_SENSITIVE", Word(&["allow", "refuse"]), [
        "`allow` lets sensitive changes through where the client cannot ask a person. Destructive \
         ones are never let through so.",
        "refuse", "allow",
    ]);
    ALLOWED_KEY_DIRS: Setting::new("allowed_key_dirs", "OKTA_MCP_ALLOWED_KEY_DIRS", Paths, [
        "The folders that key files may be in, in a variable separated as in `PATH`. Tools read the \
         private keys of certificates from these folders only: where none is set, from none.",
        "any folder for the server's own key, none for tools", "/run/secrets:/etc/okta-mcp",
    ]);
    DOMAIN_KEY: Setting::new("domain_key", okta_catalog::KEY_VARIABLE, Secret, [
        "The private key of a custom domain's certificate, in PEM, with `\\n` for the line ends \
         where need be: for `upsert_custom_domain_certificate`.",
        "none", "-----BEGIN PRIVATE KEY-----…",
    ]).one_of(DomainKey);
    DOMAIN_KEY_FILE: Setting::new("domain_key_file", "OKTA_MCP_DOMAIN_KEY_FILE", Path, [
        "The path of a file that holds it.",
        "none", "/run/secrets/domain.pem",
    ]).one_of(DomainKey);
    UPLOAD_DIRS: Setting::new("upload_dirs", "OKTA_MCP_UPLOAD_DIRS", Paths, [
        "The folders that logos and other images for uploads are read from, in a variable separated \
         as in `PATH`. Those of `allowed_key_dirs` count, too.",
        "`okta-mcp/uploads` in the user's data folder", "/srv/okta-images",
    ]);
    EXPORT_DIR: Setting::new("export_dir", "OKTA_MCP_EXPORT_DIR", Path, [
        "The folder that exports and issued secrets are written to; tools write nowhere else.",
        "`okta-mcp/exports` in the user's data folder", "/srv/okta-exports",
    ]);
    STATE_DIR: Setting::new("state_dir", "OKTA_MCP_STATE_DIR", Path, [
        "The folder of the audit trail, of approvals and their passphrase, and of undo.",
        "`okta-mcp` in the user's state folder", "/var/lib/okta-mcp",
    ]);
    KEYRING: Setting::new("keyring", "OKTA_MCP_KEYRING", Word(&["auto", "off"]), [
        "Whether the system's keyring is used: for the key that seals tokens and approvals, and for \
         secrets that are said to be in it. `auto`: where it works without asking a person, else a \
         file holds the key; `off`: never.",
        "auto", "off",
    ]);
    MAX_IN_FLIGHT: Setting::new("max_in_flight", "OKTA_MCP_MAX_IN_FLIGHT", Whole(u32::MAX), [
        "How many requests to Okta may be under way at once. Okta allows 35 to 75 per org, for \
         all its clients together.",
        "20", "10",
    ]);
    READ_ATTEMPTS: Setting::new("read_attempts", "OKTA_MCP_READ_ATTEMPTS", Whole(u32::MAX), [
        "How often a read is tried at most.",
        "3", "5",
    ]);
    LOG_LEVEL: Setting::new("log_level", "OKTA_LOG_LEVEL", Text, [
        "How much is logged: ERROR, WARNING, INFO or DEBUG.",
        "WARNING", "INFO",
    ]);
    LOG_FILE: Setting::new("log_file", "OKTA_LOG_FILE", Path, [
        "The file to log to. Standard output carries MCP only.",
        "standard error", "/var/log/okta-mcp.log",
    ]);
    PROXY: Setting::new("proxy", "HTTPS_PROXY", Url, [
        "The proxy on the way to Okta.",
        "none", "http://proxy.example.com:3128",
    ]);
    NO_PROXY: Setting::new("no_proxy", "NO_PROXY", Text, [
        "Hosts to reach without the proxy.",
        "none", "localhost,.internal",
    ]);
    CA_FILE: Setting::new("ca_file", "SSL_CERT_FILE", Path, [
        "A file of PEM certificates to trust besides the system's.",
        "none", "/etc/ssl/company-ca.pem",
    ]);
    CA_DIR: Setting::new("ca_dir", "SSL_CERT_DIR", Path, [
        "A folder of PEM certificates to trust besides the system's.",
        "none", "/etc/ssl/company",
    ]);
    CONFIG: Setting::new("", "OKTA_MCP_CONFIG", Path, [
        "The configuration file, in TOML. It must not be writable by others than its owner; where a \
         secret stands in it, not readable either.",
        "`okta-mcp.toml` in `okta-mcp` in the user's configuration folder, where it is there",
        "/etc/okta-mcp/okta-mcp.toml",
    ]).outside().with_flag("--config");
    PROFILE: Setting::new("", "OKTA_MCP_PROFILE", Text, [
        "The profile of the configuration file.",
        "`default`", "prod",
    ]).outside().with_flag("--profile");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_setting_is_declared_once_and_has_its_words() {
        for names in [
            SETTINGS.iter().filter_map(|setting| setting.key).collect::<Vec<_>>(),
            SETTINGS.iter().map(|setting| setting.variable).collect(),
            SETTINGS.iter().filter_map(|setting| setting.flag).collect(),
        ] {
            let mut once = names.clone();
            once.sort_unstable();
            once.dedup();
            assert_eq!(once.len(), names.len(), "{names:?}");
        }
        for setting in SETTINGS {
            assert!(!setting.about.is_empty() && !setting.example.is_empty(), "{setting:?}");
            setting.kind.of_text(setting.example).unwrap();
        }
    }

    #[test]
    fn every_secret_may_come_from_a_file_in_its_place() {
        for secret in SETTINGS.iter().filter(|setting| setting.is_secret()) {
            let key = format!("{}_file", secret.key.unwrap());
            let twin = SETTINGS.iter().find(|setting| setting.key == Some(key.as_str()));
            let twin = twin.unwrap_or_else(|| panic!("{key}"));
            assert_eq!(twin.variable, format!("{}_FILE", secret.variable));
            assert!(twin.group.is_some() && twin.group == secret.group, "{key}");
        }
    }
}
