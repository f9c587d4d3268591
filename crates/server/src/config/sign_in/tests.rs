//! Ways for a person to sign in, as the configuration names them.

use std::collections::HashMap;

use super::*;
use crate::{Flags, Keyring, SecretEntry, config::Environment};

/// Who signs in where the environment says this, and what is remarked.
fn ask(pairs: &[(&str, &str)]) -> Result<(SignIn, Vec<String>), ConfigError> {
    ask_with(&Keyring::off(), pairs)
}

/// The same, with that keyring.
fn ask_with(
    keyring: &Keyring,
    pairs: &[(&str, &str)],
) -> Result<(SignIn, Vec<String>), ConfigError> {
    let all: HashMap<&str, &str> =
        [("OKTA_CLIENT_ID", "0oa1")].into_iter().chain(pairs.iter().copied()).collect();
    let env: Environment<'_> = &|name: &str| all.get(name).map(|&text| text.to_owned());
    let settings = Settings::read(env, &Flags::default())?;
    let around = Around { allowed: &[], keyring, settings: &settings };
    let mut remarks = Vec::new();
    read(around, &mut remarks).map(|sign_in| (sign_in, remarks))
}

#[test]
fn without_a_secret_it_is_the_device_grant_with_every_read() {
    let (sign_in, remarks) = ask(&[("OKTA_MCP_REDIRECT_PORT", "9000")]).unwrap();
    let SignIn::Person { client_id, client_secret, key, flow, scopes, dpop } = sign_in else {
        panic!("{sign_in:?}")
    };
    assert_eq!((client_id.as_str(), flow, dpop), ("0oa1", Flow::Device, Dpop::Auto));
    assert!(client_secret.is_none() && key.is_none());
    for scope in
        PERSON.into_iter().chain(["okta.users.read", "okta.users.read.self", "okta.logs.read"])
    {
        assert!(scopes.iter().any(|asked| asked == scope), "{scope}");
    }
    assert!(!scopes.iter().any(|scope| scope.ends_with("manage")));
    let unused = "OKTA_MCP_REDIRECT_PORT is not used: the way to sign in is `device`";
    assert_eq!(remarks, [unused]);
}

#[test]
fn a_browser_comes_back_to_one_place() {
    let base = [
        ("OKTA_MCP_SIGN_IN", "browser"),
        ("OKTA_CLIENT_SECRET", "s3cr3t"),
        ("OKTA_SCOPES", "okta.users.manage offline_access"),
        ("OKTA_MCP_DPOP", "always"),
    ];
    for (more, uri) in [
        (None, "http://127.0.0.1:8765/callback"),
        (Some(("OKTA_MCP_REDIRECT_PORT", "9000")), "http://127.0.0.1:9000/callback"),
        (Some(("OKTA_MCP_REDIRECT_URI", "http://localhost:80/a")), "http://localhost:80/a"),
    ] {
        let pairs: Vec<(&str, &str)> = base.into_iter().chain(more).collect();
        let (sign_in, remarks) = ask(&pairs).unwrap();
        assert!(remarks.is_empty() && !format!("{sign_in:?}").contains("s3cr3t"));
        let SignIn::Person { client_secret, flow, scopes, dpop, .. } = sign_in else {
            panic!("{sign_in:?}")
        };
        assert_eq!(flow, Flow::Browser { redirect_uri: uri.to_owned() });
        // Who it is must be known; what else is asked for is what was named.
        assert_eq!(scopes, ["openid", "okta.users.manage", "offline_access"]);
        assert!(client_secret.is_some() && dpop == Dpop::Always);
    }
}

#[test]
fn an_app_that_people_sign_in_to_may_prove_itself_with_a_key() {
    let key = rcgen::KeyPair::generate().unwrap().serialize_pem();
    let pairs =
        [("OKTA_MCP_SIGN_IN", "device"), ("OKTA_PRIVATE_KEY", key.as_str()), ("OKTA_KEY_ID", "k1")];
    let (sign_in, _) = ask(&pairs).unwrap();
    let SignIn::Person { key: Some(key), flow: Flow::Device, .. } = sign_in else {
        panic!("{sign_in:?}")
    };
    assert_eq!(key.key_id(), Some("k1"));
}

#[test]
fn a_secret_in_the_keyring_is_found_for_its_org_and_app_only() {
    let keyring = Keyring::of(okta_keyring::InMemory::default());
    let org = okta_client::OrgUrl::parse("acme.okta.com").unwrap();
    let secret = |text: &str| SecretString::from(text.to_owned());
    SecretEntry::client_secret(&org, "0oa1").keep(&keyring, &secret("s3cr3t")).unwrap();
    SecretEntry::api_token(&org, "default").keep(&keyring, &secret("00token")).unwrap();
    let from = |org: &str, client: &str, setting: &str| {
        let pairs = [("OKTA_ORG_URL", org), ("OKTA_CLIENT_ID", client), (setting, "keyring")];
        ask_with(&keyring, &pairs).map(|(sign_in, _)| sign_in)
    };
    let found = from("acme.okta.com", "0oa1", "OKTA_CLIENT_SECRET").unwrap();
    let SignIn::Person { client_secret: Some(found), .. } = found else { panic!("{found:?}") };
    assert_eq!(found.expose_secret(), "s3cr3t");
    let found = from("https://acme.okta.com/", "0oa1", "OKTA_API_TOKEN").unwrap();
    let SignIn::ApiToken { token } = found else { panic!("{found:?}") };
    assert_eq!(token.expose_secret(), "00token");

    for (org, client, setting, told) in [
        ("evil.okta.com", "0oa1", "OKTA_CLIENT_SECRET", "client secret of 0oa1 at evil.okta.com"),
        ("acme.okta.com", "0oa2", "OKTA_CLIENT_SECRET", "client secret of 0oa2 at acme.okta.com"),
        (
            "evil.okta.com",
            "0oa1",
            "OKTA_API_TOKEN",
            "API token of profile default at evil.okta.com",
        ),
        // Same app, another secret.
        ("acme.okta.com", "0oa1", "OKTA_PRIVATE_KEY", "private key of 0oa1 at acme.okta.com"),
    ] {
        let mut pairs = vec![("OKTA_SCOPES", "okta.users.read")];
        pairs.extend([("OKTA_ORG_URL", org), ("OKTA_CLIENT_ID", client), (setting, "keyring")]);
        let error = ask_with(&keyring, &pairs).unwrap_err().to_string();
        assert!(error.contains(&format!("has no {told}: okta-mcp keys store ")), "{error}");
    }
}

#[test]
fn a_keyring_that_does_not_answer_is_told_with_what_else_there_is() {
    let closed = okta_keyring::InMemory::default();
    closed.close(Some(okta_keyring::KeyringError::Locked));
    let pairs = [("OKTA_ORG_URL", "acme.okta.com"), ("OKTA_API_TOKEN", "keyring")];
    let error = ask_with(&Keyring::of(closed), &pairs).unwrap_err().to_string();
    assert!(error.starts_with("OKTA_API_TOKEN: the keyring is locked"), "{error}");
    assert!(error.ends_with("or name a file that holds it (api_token_file)"), "{error}");
    let error = ask(&pairs).unwrap_err().to_string();
    assert!(error.contains("OKTA_MCP_KEYRING"), "{error}");
}
