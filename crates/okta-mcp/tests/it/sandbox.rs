//! `okta-mcp sandbox`, as scripts use it.

use serde_json::Value;

use crate::support::{Home, assert_shown};

#[tokio::test]
async fn it_serves_https_with_a_certificate_of_its_own() {
    let home = Home::new();
    let ca = home.path().join("ca.pem");
    let org = home.sandbox(&["--https", "--ca-file", ca.to_str().unwrap(), "--users", "30"]);
    assert_eq!(org.env["SSL_CERT_FILE"], ca.to_str().unwrap());

    let ca = reqwest::Certificate::from_pem(&fs_err::read(ca).unwrap()).unwrap();
    let client = reqwest::Client::builder().no_proxy().tls_certs_only([ca]).build().unwrap();
    let url = format!("{}/api/v1/users", org.env["OKTA_ORG_URL"].as_str().unwrap());
    let request = client.get(url).header("authorization", format!("SSWS {}", org.api_token));
    let users: Vec<Value> = request.send().await.unwrap().json().await.unwrap();
    let active = users.len();
    assert!((10..=30).contains(&active), "{active}");

    // And what it tells is all that a client needs.
    let list = home.run_with(&org.env(), &["call", "list_users", "fetch_all=true"]).json();
    assert_eq!(list["items"].as_array().unwrap().len(), active);
}

#[test]
fn an_api_token_can_be_given() {
    let home = Home::new();
    let org = home.sandbox(&["--api-token", "00mine", "--no-rate-limits", "--seed", "7"]);
    assert_eq!(org.api_token, "00mine");
    let url = org.env["OKTA_ORG_URL"].as_str().unwrap();
    assert!(url.starts_with("http://127.0.0.1:"), "{url}");
    let env = [("OKTA_ORG_URL", url), ("OKTA_API_TOKEN", "00mine")];
    let list = home.run_with(&env, &["call", "list_users", "limit=1"]).json();
    assert_eq!(list["items"].as_array().unwrap().len(), 1);
}

#[test]
fn it_tells_how_people_sign_in() {
    let home = Home::new();
    let org = home.sandbox(&[]);
    let with = &org.sign_in;
    let mut told = with.clone();
    let secret = told["web"]["client_secret"].take();
    assert!(secret.as_str().is_some_and(|secret| secret.len() > 20), "{secret}");
    assert_shown!("sandbox-sign-in", format!("{told:#}"));

    // The app is there, and asks a person.
    let env = [
        ("OKTA_ORG_URL", org.env["OKTA_ORG_URL"].as_str().unwrap()),
        ("OKTA_CLIENT_ID", with["native"]["client_id"].as_str().unwrap()),
        ("OKTA_MCP_SIGN_IN", "device"),
    ];
    let ran = home.run_with(&env, &["whoami"]);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.stderr.contains("nobody is signed in"), "{ran:?}");
}

#[test]
fn an_rsa_key_can_be_asked_for() {
    let home = Home::new();
    let org = home.sandbox(&["--rsa"]);
    let key = fs_err::read_to_string(org.env["OKTA_PRIVATE_KEY"].as_str().unwrap()).unwrap();
    assert!(key.len() > 1_500, "an RSA key of 2,048 bits is that long: {}", key.len());
    let list = home.run_with(&org.env(), &["call", "list_users", "limit=1"]).json();
    assert_eq!(list["items"].as_array().unwrap().len(), 1);
}

#[test]
fn faults_happen() {
    let home = Home::new();
    let org = home.sandbox(&["--fault", "garbage=1000"]);
    let env = [
        ("OKTA_ORG_URL", org.env["OKTA_ORG_URL"].as_str().unwrap()),
        ("OKTA_API_TOKEN", org.api_token.as_str()),
    ];
    let ran = home.run_with(&env, &["call", "list_users"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(1), ""), "{ran:?}");
}

#[test]
fn files_of_others_are_not_overwritten() {
    let home = Home::new();
    let key = home.path().join("mine.pem");
    fs_err::write(&key, "mine").unwrap();
    let ran = home.run(&["sandbox", "--key-file", key.to_str().unwrap()]);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""), "{ran:?}");
    assert!(ran.stderr.starts_with("error: --key-file: "), "{}", ran.stderr);
    assert_eq!(fs_err::read_to_string(key).unwrap(), "mine");
}

#[cfg(unix)]
#[test]
fn told_to_stop_it_leaves_nothing() {
    use std::{
        io::{BufRead as _, BufReader},
        os::unix::fs::PermissionsExt as _,
        path::Path,
        process::Stdio,
    };

    use process_wrap::std::{CommandWrap, ProcessSession};

    const SIGTERM: i32 = 15;

    let home = Home::new();
    let mut command = home.command(&["sandbox", "--https"]);
    command.stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = CommandWrap::from(command).wrap(ProcessSession).spawn().unwrap();
    let lines = BufReader::new(child.stdout().take().unwrap()).lines();
    let exports: Vec<String> = lines.map(Result::unwrap).take(13).collect();
    let path = |name: &str| {
        let start = format!("export {name}=");
        exports.iter().find_map(|line| line.strip_prefix(&start)).unwrap()
    };
    assert!(exports[10].ends_with(" OKTA_MCP_SIGN_IN=device"), "{exports:?}");
    assert!(exports[12].contains(" OKTA_CLIENT_SECRET="), "{exports:?}");
    let mode = |path: &str| fs_err::metadata(path).unwrap().permissions().mode() & 0o777;
    let (key, ca) = (path("OKTA_PRIVATE_KEY"), path("SSL_CERT_FILE"));
    assert_eq!((mode(key), mode(ca)), (0o600, 0o644));
    assert_eq!(mode(Path::new(key).parent().unwrap().to_str().unwrap()), 0o700);

    child.signal(SIGTERM).unwrap();
    assert!(child.wait().unwrap().success());
    assert_eq!(fs_err::read_dir(home.path()).unwrap().count(), 0);
}
