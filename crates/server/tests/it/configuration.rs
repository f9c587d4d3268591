//! The configuration: what is accepted, and the one clear line for what is not.

use std::{collections::HashMap, fs, path::PathBuf};

use okta_mcp_server::Config;
use okta_mcp_server::{Flow, SignIn};

use crate::client::OrgBox;

fn read(environment: &HashMap<&str, String>) -> Result<Config, String> {
    let found = |name: &str| environment.get(name).cloned();
    Config::from_environment(&found).map_err(|error| error.to_string())
}

async fn good() -> HashMap<&'static str, String> {
    OrgBox::new().await.environment()
}

#[tokio::test]
async fn scopes_are_separated_by_spaces_or_commas_and_kept_once() {
    let mut environment = good().await;
    let text = "okta.users.read, okta.groups.read\tokta.users.read,,offline_access openid \
                okta.users.read.self";
    environment.insert("OKTA_SCOPES", text.to_owned());
    assert_eq!(read(&environment).unwrap().scopes, ["okta.users.read", "okta.groups.read"]);
    environment.insert("OKTA_SCOPES", "okta.users.read;okta.groups.read".to_owned());
    assert!(read(&environment).unwrap_err().starts_with("OKTA_SCOPES: "));
}

#[tokio::test]
async fn an_api_token_reads_unless_more_is_asked_for() {
    let mut environment = good().await;
    for name in ["OKTA_PRIVATE_KEY", "OKTA_SCOPES"] {
        environment.remove(name);
    }
    environment.insert("OKTA_API_TOKEN", "00aBcDeFgHiJkLmNoP".to_owned());
    let config = read(&environment).unwrap();
    assert!(matches!(config.sign_in, SignIn::ApiToken { .. }));
    assert!(config.scopes.contains(&"okta.users.read".to_owned()));
    let others = |scope: &&String| scope.contains("manage") || scope.contains(".self");
    assert_eq!(config.scopes.iter().find(others), None, "{:?}", config.scopes);
    environment.insert("OKTA_SCOPES", "okta.users.manage".to_owned());
    assert_eq!(read(&environment).unwrap().scopes, ["okta.users.manage"]);
}

#[tokio::test]
async fn without_a_key_a_person_signs_in() {
    let mut environment = good().await;
    environment.remove("OKTA_PRIVATE_KEY");
    environment.remove("OKTA_KEY_ID");
    let config = read(&environment).unwrap();
    assert!(matches!(config.sign_in, SignIn::Person { flow: Flow::Device, .. }));
}

#[tokio::test]
async fn what_contradicts_or_lacks_is_named() {
    let environment = good().await;
    let with = |name: &'static str, value: &str| {
        let mut changed = environment.clone();
        changed.insert(name, value.to_owned());
        read(&changed).unwrap_err()
    };
    let without = |name: &'static str| {
        let mut changed = environment.clone();
        changed.remove(name);
        read(&changed).unwrap_err()
    };
    for (error, part) in [
        (without("OKTA_ORG_URL"), "OKTA_ORG_URL is not set"),
        (without("OKTA_CLIENT_ID"), "OKTA_CLIENT_ID is not set"),
        (without("OKTA_SCOPES"), "OKTA_SCOPES is not set"),
        (with("OKTA_ORG_URL", "http://acme.okta.com"), "OKTA_ORG_URL: "),
        (with("OKTA_ORG_URL", "https://acme-admin.okta.com"), "https://acme.okta.com"),
        (with("OKTA_API_TOKEN", "00x"), "OKTA_PRIVATE_KEY and OKTA_API_TOKEN are both set"),
        (with("OKTA_PRIVATE_KEY_FILE", "/x"), "OKTA_PRIVATE_KEY and OKTA_PRIVATE_KEY_FILE"),
        (with("OKTA_PRIVATE_KEY", "/no/such.pem"), "OKTA_PRIVATE_KEY: /no/such.pem: "),
        (with("OKTA_PRIVATE_KEY", "rubbish"), "OKTA_PRIVATE_KEY: "),
        (with("OKTA_MCP_SENSITIVE", "yes"), "OKTA_MCP_SENSITIVE: "),
        (with("OKTA_MCP_MAX_IN_FLIGHT", "0"), "OKTA_MCP_MAX_IN_FLIGHT: "),
        (with("OKTA_MCP_READ_ATTEMPTS", "many"), "OKTA_MCP_READ_ATTEMPTS: "),
    ] {
        assert!(error.contains(part), "{error}");
        assert!(!error.contains('\n') && !error.contains("rubbish"), "{error}");
    }
}

#[tokio::test]
async fn a_key_comes_from_a_file_in_an_allowed_folder() {
    let mut environment = good().await;
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("keys");
    let (allowed, other) = (folder.join("allowed"), folder.join("other"));
    for place in [&allowed, &other] {
        fs::create_dir_all(place).unwrap();
        fs::write(place.join("key.pem"), &environment["OKTA_PRIVATE_KEY"]).unwrap();
    }
    environment.insert("OKTA_MCP_ALLOWED_KEY_DIRS", allowed.display().to_string());
    environment.insert("OKTA_PRIVATE_KEY", allowed.join("key.pem").display().to_string());
    read(&environment).unwrap();
    for path in [other.join("key.pem"), allowed.join("../other/key.pem")] {
        environment.insert("OKTA_PRIVATE_KEY", path.display().to_string());
        assert!(read(&environment).unwrap_err().contains("OKTA_MCP_ALLOWED_KEY_DIRS"));
    }
    environment.remove("OKTA_PRIVATE_KEY");
    environment.insert("OKTA_PRIVATE_KEY_FILE", allowed.join("key.pem").display().to_string());
    read(&environment).unwrap();
}

#[tokio::test]
async fn tools_read_files_from_the_folders_that_are_named() {
    let mut environment = good().await;
    let config = read(&environment).unwrap();
    assert!(config.uploads.iter().all(|folder| folder.ends_with("okta-mcp/uploads")));
    assert!(config.key_folders.is_empty(), "no key without a folder that is named");
    assert!(config.domain_key.is_none());
    let folders = std::env::join_paths(["/srv/logos", "/srv/icons"]).unwrap();
    environment.insert("OKTA_MCP_UPLOAD_DIRS", folders.into_string().unwrap());
    environment.insert("OKTA_MCP_DOMAIN_KEY", "s3cr3t-s3cr3t".to_owned());
    let config = read(&environment).unwrap();
    assert_eq!(config.uploads, [PathBuf::from("/srv/logos"), PathBuf::from("/srv/icons")]);
    assert!(config.domain_key.is_some());
    assert!(!format!("{config:?}").contains("s3cr3t"));
}
