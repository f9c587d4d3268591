//! Ways for a person to sign in, as the configuration names them.

use std::collections::HashMap;

use super::*;
use crate::{Flags, config::Environment};

/// Who signs in where the environment says this, and what is remarked.
fn ask(pairs: &[(&str, &str)]) -> Result<(SignIn, Vec<String>), ConfigError> {
    let all: HashMap<&str, &str> =
        pairs.iter().copied().chain([("OKTA_CLIENT_ID", "0oa1")]).collect();
    let env: Environment<'_> = &|name: &str| all.get(name).map(|&text| text.to_owned());
    let settings = Settings::read(env, &Flags::default())?;
    let around = Around { allowed: &[], keyring: &Keyring::off(), settings: &settings };
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
