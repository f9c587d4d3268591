//! Every mistake in the configuration: one line on standard error, exit code 2.

use crate::support::{Home, assert_shown};

const ORG: (&str, &str) = ("OKTA_ORG_URL", "https://acme.okta.com");
const CLIENT: (&str, &str) = ("OKTA_CLIENT_ID", "0oa1b2c3d4e5f6g7h8i9");
const SCOPES: (&str, &str) = ("OKTA_SCOPES", "okta.users.read");
const TOKEN: (&str, &str) = ("OKTA_API_TOKEN", "00abc");
const KEY: (&str, &str) =
    ("OKTA_PRIVATE_KEY", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----");

#[test]
fn each_mistake_is_one_clear_line() {
    let home = Home::new();
    fs_err::write(home.path().join("empty.pem"), "").unwrap();
    let file = |name: &str| home.path().join(name).to_str().unwrap().to_owned();
    let (missing, empty) = (file("missing.pem"), file("empty.pem"));
    let folder = home.path().to_str().unwrap();
    let mistakes: &[(&str, Vec<(&str, &str)>)] = &[
        ("nothing is set", vec![]),
        ("http to another host", vec![("OKTA_ORG_URL", "http://acme.okta.com"), TOKEN]),
        ("the admin host", vec![("OKTA_ORG_URL", "https://acme-admin.okta.com"), TOKEN]),
        ("no URL", vec![("OKTA_ORG_URL", "https://"), TOKEN]),
        ("no credentials", vec![ORG]),
        ("no client id", vec![ORG, KEY, SCOPES]),
        ("token and key", vec![ORG, CLIENT, KEY, SCOPES, TOKEN]),
        ("token twice", vec![ORG, TOKEN, ("OKTA_API_TOKEN_FILE", &missing)]),
        ("key file is missing", vec![ORG, CLIENT, SCOPES, ("OKTA_PRIVATE_KEY", &missing)]),
        ("key file is empty", vec![ORG, CLIENT, SCOPES, ("OKTA_PRIVATE_KEY_FILE", &empty)]),
        ("key file is a folder", vec![ORG, CLIENT, SCOPES, ("OKTA_PRIVATE_KEY_FILE", folder)]),
        ("no key in it", vec![ORG, CLIENT, SCOPES, KEY]),
        ("no scopes", vec![ORG, CLIENT, KEY]),
        ("a bad scope", vec![ORG, CLIENT, KEY, ("OKTA_SCOPES", "okta.users.read, okta/groups")]),
        ("a bad number", vec![ORG, TOKEN, ("OKTA_MCP_MAX_IN_FLIGHT", "many")]),
        ("zero", vec![ORG, TOKEN, ("OKTA_MCP_READ_ATTEMPTS", "0")]),
        ("a bad word", vec![ORG, TOKEN, ("OKTA_MCP_SENSITIVE", "yes")]),
        ("a bad log level", vec![ORG, TOKEN, ("OKTA_LOG_LEVEL", "LOUD")]),
    ];
    let mut shown = String::new();
    for (mistake, env) in mistakes {
        let ran = home.run_with(env, &[]);
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""), "{mistake}: {ran:?}");
        assert_eq!(ran.stderr.lines().count(), 1, "{mistake}: {}", ran.stderr);
        shown = format!("{shown}{mistake}\n  {}", ran.stderr.replace(folder, "[home]"));
    }
    assert_shown!("configuration-errors", shown);
}

#[test]
fn without_a_home_a_folder_must_be_named() {
    let home = Home::new();
    let mut command = home.command(&[]);
    command.env_remove("HOME").env_remove("LOCALAPPDATA");
    let ran: crate::support::Ran = command.envs([ORG, TOKEN]).output().unwrap().into();
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(ran.stderr.contains("OKTA_MCP_STATE_DIR"), "{}", ran.stderr);
}
