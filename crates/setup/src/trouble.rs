//! What may be wrong, and what helps: the words of `doctor` and of the guides.

use crate::{
    AppKind::{self, ApiToken, Native, Service, Web},
    doctor::Check,
};

/// Something that may be wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// Its name, as scripts see it.
    pub id: &'static str,
    /// The check that finds it.
    pub check: Check,
    /// The kinds of apps that may have it.
    pub kinds: &'static [AppKind],
    /// What it is, for people; one sentence without a full stop.
    pub sign: &'static str,
    /// What to do about it; whole sentences.
    pub remedy: &'static str,
}

const APPS: &[AppKind] = &[Native, Service, Web];
const PEOPLE: &[AppKind] = &[Native, Web];
const ALL: &[AppKind] = &AppKind::ALL;

macro_rules! troubles {
    ($($name:ident = $id:literal: $check:ident, $kinds:expr, $sign:literal, $remedy:literal;)*) => {
        $(pub(crate) const $name: &Trouble = &Trouble {
            id: $id,
            check: Check::$check,
            kinds: $kinds,
            sign: $sign,
            remedy: $remedy,
        };)*

        /// All of them, in the order in which `doctor` looks for them.
        pub const TROUBLES: &[&Trouble] = &[$($name),*];
    };
}

troubles! {
    CONFIGURATION = "configuration": Configuration, ALL,
        "the configuration cannot be read, or lacks something",
        "Correct it at the place that is named; `okta-mcp config check` says whether it is right \
         then. `okta-mcp init` writes a new profile.";
    ORG_URL = "org_url": Configuration, ALL,
        "the org URL is not that of an org: a placeholder, the Admin Console's (`-admin`), or more \
         than a host",
        "Give the org's own URL, such as https://acme.okta.com: in the Admin Console it stands in \
         the menu below your name.";
    KEY_UNREADABLE = "key_unreadable": Configuration, &[Service, Web],
        "the private key cannot be read",
        "Give the key that was shown once when it was made, in PEM or as a JWK, or the path of the \
         file that holds it. Where it is lost, make a new key pair: `okta-mcp init`.";
    EXPOSED = "exposed": Files, ALL,
        "a file that has to be private can be read or changed by other accounts",
        "Take their rights away: `chmod 600` for a file, `chmod 700` for a folder. Where others may \
         have read a key or a token, replace it at Okta.";
    STATE = "state": Files, ALL,
        "the state folder cannot be written to, and without a trail nothing is changed",
        "Give this account the folder, or name another one: OKTA_MCP_STATE_DIR.";
    KEYRING = "keyring": Keyring, ALL,
        "the system's keyring holds something that is needed, and cannot be asked now",
        "Unlock it in its own program, or sign in to the desktop; over SSH and in services there is \
         none. To do without it, name files for the secrets of the profile and set \
         OKTA_MCP_KEYRING=off; what a key in the keyring has sealed is lost with it.";
    CLIENT_FILE = "client_file": Clients, ALL,
        "a client's configuration cannot be read, and so starts no server",
        "Correct the file at the place that is named; the client's own settings page shows it, too.";
    CLIENT_START = "client_start": Clients, ALL,
        "a client starts an okta-mcp or names a profile that is not there",
        "`okta-mcp init` writes the entry anew, with this program and a profile that is there; then \
         start the client again.";
    CLIENT_SECRET = "client_secret": Clients, ALL,
        "a secret stands in a client's configuration, where others read along",
        "Move it into a profile (`okta-mcp init` offers to take it over), take it out of the \
         client's file, and replace it at Okta: backups and synchronised settings may have it.";
    PROXY = "proxy": Proxy, ALL,
        "the proxy does not answer, or does not let through to the org",
        "Check HTTPS_PROXY: host, port, user and password. Where the org is reached without the \
         proxy, put its host into NO_PROXY.";
    DNS = "dns": Dns, ALL,
        "the org's host name has no address",
        "Check how the org URL is spelled, and whether this machine resolves names: network, VPN, \
         DNS server. In a network with a proxy set HTTPS_PROXY.";
    CONNECTION = "connection": Connection, ALL,
        "nobody answers at the org's address",
        "Let this machine reach the org on that port (firewall, VPN), or set HTTPS_PROXY where a \
         proxy is the only way out.";
    TLS = "tls": Tls, ALL,
        "the certificate of who answers is not to be trusted",
        "Where the company's proxy opens the connection to look into it, name the file with its \
         root certificate: SSL_CERT_FILE (`ca_file`). Otherwise check the org URL and this \
         machine's clock. It cannot be switched off.";
    NO_ORG = "no_org": Org, ALL,
        "who answers is no Okta org",
        "Check the org URL. A custom domain must be the org's own and active; \
         the URL that ends in okta.com always works.";
    OKTA_DOWN = "okta_down": Org, ALL,
        "Okta answers with an error of its own",
        "Try again later; https://status.okta.com tells of outages.";
    CLOCK = "clock": Clock, ALL,
        "this machine's clock is wrong",
        "Set it by a time server, such as `timedatectl set-ntp true`; for a virtual machine or a \
         container on its host. Okta refuses signatures and proofs that seem too old or made in \
         the future.";
    CLIENT_ID = "client_id": ClientId, APPS,
        "Okta does not know the client id, or its app is not active",
        "Copy the client id from the app's General tab in this very org, and activate the app \
         (Applications > Applications).";
    SIGN_IN_PAGE = "sign_in_page": ClientId, &[Web],
        "Okta does not show its sign-in page: the client id or the redirect URI is not known",
        "On the app's General tab compare client id and Sign-in redirect URIs with `okta-mcp \
         config show`: letter by letter, the port too.";
    REDIRECT_PORT = "redirect_port": ClientId, &[Web],
        "the port that the browser comes back to cannot be opened",
        "End what holds it, often another sign-in that is still waiting; or take another port, \
         `redirect_port` here and in the app's Sign-in redirect URIs.";
    GRANT_TYPE = "grant_type": ClientId, APPS,
        "the app does not have the grant type",
        "Tick it on the app's General tab: Client Credentials for a service app, Device \
         Authorization or Authorization Code for people, and Refresh Token beside those.";
    KEY_ID = "key_id": Key, &[Service, Web],
        "Okta knows no active key of that id (`kid`) on the app",
        "Compare `key_id` with the KID in the list of public keys on the app's General tab, and \
         that the key is active there. `okta-mcp keys rotate` makes a new one.";
    KEY = "key": Key, &[Service, Web],
        "Okta has another public key than that of this private key",
        "Add this key's public half to the app (General tab, Public Keys), or give the private key \
         that belongs to the one there.";
    CLIENT_AUTHENTICATION = "client_authentication": Key, APPS,
        "Okta does not take how the app proves itself",
        "Set Client authentication on the app's General tab to what is configured here: Public key \
         / Private key where there is a private key, Client secret where there is one, else None.";
    PROOF = "proof": Dpop, APPS,
        "the app demands proof of possession (DPoP), and Okta does not take ours",
        "Check this machine's clock. With more than one server in front of the org's host, check \
         that the URL arrives as it was sent: the proof names it.";
    SIGNED_OUT = "signed_out": Token, PEOPLE,
        "nobody is signed in",
        "`okta-mcp login`, or follow the link that the first call answers with.";
    REVOKED = "revoked": Token, PEOPLE,
        "the sign-in has ended at Okta: revoked, unused for too long, or used in another place",
        "`okta-mcp login` signs in anew. Where that comes too often, let the refresh token live \
         longer (the app's General tab).";
    API_TOKEN = "api_token": Token, &[ApiToken],
        "Okta does not take the API token",
        "It may be revoked, unused for 30 days, tied to another network zone, or its admin \
         deactivated (Security > API > Tokens). Make a new one, as an admin who keeps their rights.";
    TOKEN = "token": Token, APPS,
        "Okta does not take the token that it gave",
        "Try again; where that stays so, `okta-mcp logout` and `okta-mcp login`, or deactivate and \
         activate the app.";
    SCOPES_REFUSED = "scopes_refused": Scopes, APPS,
        "Okta refuses the sign-in, as it was asked for scopes that the app may not have",
        "Grant them on the app's Okta API Scopes tab, or take them out of OKTA_SCOPES. \
         `offline_access` takes the grant type Refresh Token; scopes that end in `.self` are for \
         people only.";
    SCOPES_MISSING = "scopes_missing": Scopes, APPS,
        "fewer scopes are granted than are asked for",
        "Grant the rest on the app's Okta API Scopes tab, or take them out of OKTA_SCOPES; then \
         sign in again. Tools that need them are not listed.";
    ADMIN_ROLE = "admin_role": AdminRole, ALL,
        "the scope is granted, and still Okta answers 403 (E0000006): the admin role is missing",
        "Assign a role that may do it: for a service app on its Admin roles tab, for people under \
         Security > Administrators. Read-Only Administrator suffices for reading.";
    RATE_LIMITS = "rate_limits": RateLimits, ALL,
        "little is left of Okta's rate limit",
        "Wait for the minute to end, and look for what uses it up (Reports > Rate limits). \
         OKTA_MCP_MAX_IN_FLIGHT bounds what okta-mcp does at once.";
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_has_a_name_of_its_own_and_words_that_fit_into_a_table() {
        let names: BTreeSet<&str> = TROUBLES.iter().map(|trouble| trouble.id).collect();
        assert_eq!(names.len(), TROUBLES.len());
        for Trouble { id, kinds, sign, remedy, .. } in TROUBLES {
            assert!(!kinds.is_empty() && kinds.is_sorted(), "{id}");
            assert!(!sign.ends_with('.') && remedy.ends_with('.'), "{id}");
            assert!(!format!("{sign}{remedy}").contains(['|', '\n']), "{id}");
            assert!(id.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'), "{id}");
        }
    }

    #[test]
    fn they_stand_in_the_order_of_the_checks() {
        assert!(TROUBLES.is_sorted_by_key(|trouble| trouble.check));
    }
}
