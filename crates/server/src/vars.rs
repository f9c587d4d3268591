//! The environment variables, each in one place: read by the configuration, printed in the
//! reference.

/// An environment variable.
#[derive(Clone, Copy, Debug)]
pub struct Var {
    /// The name.
    pub name: &'static str,
    /// What it is for.
    pub about: &'static str,
    /// What holds where it is not set.
    pub default: &'static str,
    /// An example.
    pub example: &'static str,
}

macro_rules! vars {
    ($($id:ident: $name:expr, $about:literal, $default:literal, $example:literal;)*) => {
        $(pub(crate) const $id: &str = $name;)*

        /// Every environment variable, in the order of the reference.
        pub const VARS: &[Var] = &[$(Var {
            name: $name, about: $about, default: $default, example: $example,
        }),*];
    };
}

vars! {
    ORG_URL: "OKTA_ORG_URL",
        "The org. `https://` may be left out; the admin host (`-admin`) is not the org.",
        "required", "https://acme.okta.com";
    CLIENT_ID: "OKTA_CLIENT_ID",
        "The client id of the API service app that signs in with its private key.",
        "required unless an API token is given", "0oa1b2c3d4e5f6g7h8i9";
    SCOPES: "OKTA_SCOPES",
        "The OAuth scopes to ask for, separated by spaces or commas. They decide which tools are \
         listed and callable; `manage` includes `read`. With an API token they limit the tools in \
         the same way.",
        "required with a private key; every read with an API token",
        "okta.users.read okta.groups.manage";
    PRIVATE_KEY: "OKTA_PRIVATE_KEY",
        "The app's private key: PEM (PKCS#1, PKCS#8 or SEC1) or JWK, as it is, with `\\n` for the \
         line ends, in base64, or the path of a file that holds it.",
        "none", "/run/secrets/okta.pem";
    PRIVATE_KEY_FILE: "OKTA_PRIVATE_KEY_FILE",
        "The path of a file that holds the private key.",
        "none", "/run/secrets/okta.pem";
    KEY_ID: "OKTA_KEY_ID",
        "The key's id (`kid`) at Okta. A JWK may carry its own.",
        "none", "my-key-2026";
    API_TOKEN: "OKTA_API_TOKEN",
        "An API token, instead of client id and private key. It has the rights of the admin who \
         made it.",
        "none", "00…";
    API_TOKEN_FILE: "OKTA_API_TOKEN_FILE",
        "The path of a file that holds the API token.",
        "none", "/run/secrets/okta-token";
    ALLOWED_KEY_DIRS: "OKTA_MCP_ALLOWED_KEY_DIRS",
        "The folders that key files may be in, separated as in `PATH`. Tools read the private keys \
         of certificates from these folders only: where none is set, from none.",
        "any folder for the server's own key, none for tools", "/run/secrets:/etc/okta-mcp";
    DOMAIN_KEY: okta_catalog::KEY_VARIABLE,
        "The private key of a custom domain's certificate, in PEM, with `\\n` for the line ends \
         where need be: for `upsert_custom_domain_certificate`.",
        "none", "-----BEGIN PRIVATE KEY-----…";
    UPLOAD_DIRS: "OKTA_MCP_UPLOAD_DIRS",
        "The folders that logos and other images for uploads are read from, separated as in `PATH`. \
         Those of OKTA_MCP_ALLOWED_KEY_DIRS count, too.",
        "`okta-mcp/uploads` in the user's data folder", "/srv/okta-images";
    SENSITIVE: "OKTA_MCP_SENSITIVE",
        "`allow` lets sensitive changes through where the client cannot ask a person. Destructive \
         ones are never let through so.",
        "refuse", "allow";
    MAX_IN_FLIGHT: "OKTA_MCP_MAX_IN_FLIGHT",
        "How many requests to Okta may be under way at once. Okta allows 35 to 75 per org, for \
         all its clients together.",
        "20", "10";
    READ_ATTEMPTS: "OKTA_MCP_READ_ATTEMPTS",
        "How often a read is tried at most.",
        "3", "5";
    CONFIG: "OKTA_MCP_CONFIG",
        "The configuration file: policy and audit trail, in TOML. It must not be writable by \
         others than its owner.",
        "`okta-mcp.toml` in `okta-mcp` in the user's configuration folder, where it is there",
        "/etc/okta-mcp/okta-mcp.toml";
    PROFILE: "OKTA_MCP_PROFILE",
        "The profile of the configuration file.",
        "`default`", "prod";
    READ_ONLY: "OKTA_MCP_READ_ONLY",
        "`true` denies everything but reads; `false` does not, whatever the configuration file \
         says.",
        "what the configuration file says, else `false`", "true";
    STATE_DIR: "OKTA_MCP_STATE_DIR",
        "The folder of the audit trail, of approvals and their passphrase, and of undo.",
        "`okta-mcp` in the user's state folder", "/var/lib/okta-mcp";
    EXPORT_DIR: "OKTA_MCP_EXPORT_DIR",
        "The folder that exports and issued secrets are written to; tools write nowhere else.",
        "`okta-mcp/exports` in the user's data folder", "/srv/okta-exports";
    LOG_LEVEL: "OKTA_LOG_LEVEL",
        "How much is logged: ERROR, WARNING, INFO or DEBUG.",
        "WARNING", "INFO";
    LOG_FILE: "OKTA_LOG_FILE",
        "The file to log to. Standard output carries MCP only.",
        "standard error", "/var/log/okta-mcp.log";
    HTTPS_PROXY: "HTTPS_PROXY",
        "The proxy on the way to Okta.",
        "none", "http://proxy.example.com:3128";
    NO_PROXY: "NO_PROXY",
        "Hosts to reach without the proxy.",
        "none", "localhost,.internal";
    SSL_CERT_FILE: "SSL_CERT_FILE",
        "A file of PEM certificates to trust besides the system's.",
        "none", "/etc/ssl/company-ca.pem";
    SSL_CERT_DIR: "SSL_CERT_DIR",
        "A folder of PEM certificates to trust besides the system's.",
        "none", "/etc/ssl/company";
}
