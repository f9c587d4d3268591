//! Which app approvers sign in to, as the configuration says.

use okta_mcp_server::{ApproverApp, Config, ConfigError, Flags};

use crate::config_file::Home;

const ID: (&str, &str) = ("OKTA_MCP_APPROVER_CLIENT_ID", "0oaApprovers");
const SECRET: (&str, &str) = ("OKTA_MCP_APPROVER_CLIENT_SECRET", "s3cr3t-of-approvers");
const ACR: (&str, &str) = ("OKTA_MCP_APPROVER_ACR", "urn:okta:loa:2fa:any phr");
const PORT: (&str, &str) = ("OKTA_MCP_REDIRECT_PORT", "9000");
const BROWSER: [(&str, &str); 2] =
    [("OKTA_CLIENT_ID", "0oaPeople"), ("OKTA_MCP_SIGN_IN", "browser")];

/// The configuration by that environment, with those rules in its file.
fn read(env: &[(&'static str, &str)], rules: &str) -> Result<Config, ConfigError> {
    let mut home = Home::new();
    home.env.insert("OKTA_ORG_URL", "https://acme.okta.com".to_owned());
    for (name, value) in env {
        home.env.insert(name, (*value).to_owned());
    }
    let path = home.write("x.toml", &format!("[profiles.default]\n{rules}"));
    let flags = Flags { file: Some(path), ..Flags::default() };
    Config::read(&|name: &str| home.env.get(name).cloned(), &flags)
}

fn app(env: &[(&'static str, &str)]) -> Option<ApproverApp> {
    let config = read(env, "").unwrap();
    assert!(!format!("{config:?}").contains("s3cr3t"), "{config:?}");
    assert_eq!(config.remarks, [""; 0], "{env:?}");
    config.approvers
}

fn token() -> (&'static str, &'static str) {
    ("OKTA_API_TOKEN", "00token")
}

#[test]
fn an_app_of_its_own_is_named() {
    let found = app(&[token(), ID, SECRET, ACR, PORT]).unwrap();
    assert_eq!(found.client_id, "0oaApprovers");
    assert!(found.client_secret.is_some() && found.key.is_none() && found.named);
    assert_eq!(found.redirect_uri, "http://127.0.0.1:9000/callback");
    assert_eq!(found.acr, ["urn:okta:loa:2fa:any", "phr"]);
    let plain = app(&[token(), ID]).unwrap();
    assert!(plain.client_secret.is_none() && plain.acr.is_empty());
    assert_eq!(plain.redirect_uri, "http://127.0.0.1:8765/callback");
    assert!(app(&[token()]).is_none());
}

#[test]
fn the_app_that_people_sign_in_to_in_a_browser_serves_unless_another_is_named() {
    let own = ("OKTA_CLIENT_SECRET", "s3cr3t-of-people");
    let found = app(&[BROWSER[0], BROWSER[1], own]).unwrap();
    assert_eq!(found.client_id, "0oaPeople");
    assert!(found.client_secret.is_some() && !found.named, "it was not set up for that");
    // Somebody thought of approvers.
    assert!(app(&[BROWSER[0], BROWSER[1], own, ACR]).unwrap().named);

    let other = app(&[BROWSER[0], BROWSER[1], own, ID]).unwrap();
    assert!(other.client_id == "0oaApprovers" && other.client_secret.is_none() && other.named);
    // The same app needs no second secret.
    let same = ("OKTA_MCP_APPROVER_CLIENT_ID", "0oaPeople");
    let found = app(&[BROWSER[0], BROWSER[1], own, same]).unwrap();
    assert!(found.client_secret.is_some() && found.named);
    // With the device grant nothing comes back to this machine.
    assert!(app(&[("OKTA_CLIENT_ID", "0oaPeople")]).is_none());
    assert!(app(&[("OKTA_CLIENT_ID", "0oaPeople"), same]).unwrap().named);
}

#[test]
fn what_cannot_be_is_refused_before_the_start() {
    let key = okta_client::PrivateKey::generate_ec().unwrap().to_pem().unwrap();
    let key = okta_client::ExposeSecret::expose_secret(&key).to_owned();
    let service = [
        ("OKTA_CLIENT_ID", "0oaService"),
        ("OKTA_PRIVATE_KEY", key.as_str()),
        ("OKTA_SCOPES", "okta.users.read"),
    ];
    let itself =
        [service[0], service[1], service[2], ("OKTA_MCP_APPROVER_CLIENT_ID", "0oaService")];
    for (env, says) in [
        (&itself[..], "signs in by itself, and no person can"),
        (&[token(), SECRET][..], "OKTA_MCP_APPROVER_CLIENT_ID"),
        (&[token(), ACR][..], "OKTA_MCP_APPROVER_CLIENT_ID"),
        (&[BROWSER[0], BROWSER[1], SECRET][..], "OKTA_MCP_APPROVER_CLIENT_ID"),
        (&[token(), ID, ("OKTA_MCP_APPROVER_ACR", "2fa\"")][..], "is no value of `acr`"),
        (&[token(), ID, ("OKTA_MCP_REDIRECT_URI", "https://acme.example/")][..], "http://"),
    ] {
        let error = read(env, "").expect_err(says).to_string();
        assert!(error.contains(says), "{error}");
        assert!(!error.contains("s3cr3t"), "{error}");
    }
}

#[test]
fn a_level_that_nobody_can_give_is_remarked() {
    let rules = "[[profiles.default.rules]]\nname = 'four eyes'\ntools = ['delete_group']\n\
                 decision = 'confirm'\nlevel = 'person'\nanother_person = true\n\
                 [[profiles.default.limits]]\nname = 'many'\ntools = ['delete_group']\n\
                 at_most = 1\nwithin = '1h'\nlevel = 'person'\n";
    let remarks = read(&[token()], rules).unwrap().remarks;
    assert_eq!(remarks.len(), 2, "{remarks:?}");
    let says = "four eyes demands level person, which nobody can give here: `approver_client_id`";
    assert!(remarks[0].starts_with(says), "{remarks:?}");
    assert!(remarks[1].starts_with("limit many demands"), "{remarks:?}");
    assert!(read(&[token(), ID], rules).unwrap().remarks.is_empty());
}
