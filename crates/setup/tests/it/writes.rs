//! What is written: profiles, secrets, and files in place of others.

use std::path::{Path, PathBuf};

use insta::assert_snapshot;
use jiff::Timestamp;
use okta_mcp_server::SecretKind;
use okta_mcp_setup::{
    Change, ChangeError, Kept,
    profile::{self, Given, Settings},
};

fn now() -> Timestamp {
    "2026-11-21T09:30:00Z".parse().unwrap()
}

fn text(value: &str) -> Given {
    Given::Text(value.to_owned())
}

fn service() -> Settings {
    vec![
        ("org", text("https://acme.okta.com")),
        ("client_id", text("0oa1")),
        ("private_key_file", text("keys/prod.pem")),
        ("key_id", text("k1")),
        ("scopes", Given::List(vec!["okta.users.read".to_owned(), "okta.logs.read".to_owned()])),
        ("read_only", Given::Yes),
    ]
}

/// The names of what is in a folder.
fn names(folder: &Path) -> Vec<String> {
    let entries = fs_err::read_dir(folder).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn change(path: &Path, to: &str) -> Result<Change, ChangeError> {
    Change::of(path, |_| Ok::<_, String>(to.to_owned()))
}

#[test]
fn a_new_file_gets_the_profile() {
    assert_snapshot!("profile-new", profile::with("", "prod", &service()).unwrap());
}

#[test]
fn what_the_profile_does_not_decide_stays() {
    let before = r#"# All orgs of Acme
[audit]
required = true

[profiles.prod] # the real one
org = "https://old.okta.com"
api_token_file = "~/.token" # an old way
sign_in = "api_token"
log_level = "INFO"     # loud
dpop = "always"

[[profiles.prod.rules]]
name = "no deletes"
then = "deny"

[profiles.preview]
org = "https://acme.oktapreview.com"
api_token_file = "t"
"#;
    let after = profile::with(before, "prod", &service()).unwrap();
    assert_snapshot!("profile-changed", after);
    assert_eq!(profile::with(&after, "prod", &service()).unwrap(), after, "twice is once");
    assert_eq!(profile::names(&after), ["prod", "preview"]);
}

#[test]
fn what_is_kept_is_kept_and_what_is_nothing_goes() {
    let before = profile::with("", "prod", &service()).unwrap();
    let mut settings = service();
    settings.retain(|(key, _)| !key.starts_with("private_key"));
    settings.push(("private_key_file", Given::Kept));
    settings.push(("read_only", Given::Nothing));
    let after = profile::with(&before, "prod", &settings).unwrap();
    assert!(after.contains("private_key_file = \"keys/prod.pem\"") && !after.contains("read_only"));
    settings.retain(|(key, _)| *key != "private_key_file");
    let after = profile::with(&before, "prod", &settings).unwrap();
    assert!(!after.contains("private_key_file"), "{after}");
}

#[test]
fn secrets_in_a_profile_are_not_shown() {
    let text = "[profiles.a]\norg = \"https://acme.okta.com\"\napi_token = \"hide-me\" # token\nkey_id = \"okta-mcp-20261121T093000Z\"\n";
    let shown = profile::shown(text).unwrap();
    assert_eq!(shown, text.replace("hide-me", "…"));
}

#[test]
fn what_is_no_table_is_refused() {
    for wrong in ["profiles = 1", "[profiles]\nprod = 1", "[profiles"] {
        let error = profile::with(wrong, "prod", &service()).unwrap_err().to_string();
        assert!(error.contains("no table") || error.starts_with("line 1"), "{error}");
    }
}

#[test]
fn a_copy_is_kept_and_none_is_written_over() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("mcp.json");
    for (number, content) in ["first", "second", "third"].iter().enumerate() {
        let copy = change(&file, content).unwrap().write(now()).unwrap();
        assert_eq!(copy.is_some(), number > 0);
        assert_eq!(fs_err::read_to_string(&file).unwrap(), *content);
    }
    let copies = ["mcp.json", "mcp.json.20261121T093000Z-2.bak", "mcp.json.20261121T093000Z.bak"];
    assert_eq!(names(folder.path()), copies);
    let read = |name: &str| fs_err::read_to_string(folder.path().join(name)).unwrap();
    assert_eq!((read(copies[2]).as_str(), read(copies[1]).as_str()), ("first", "second"));
    assert!(change(&file, "third").unwrap().is_none());
}

#[test]
fn what_changed_meanwhile_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("mcp.json");
    let planned = change(&file, "ours").unwrap();
    fs_err::write(&file, "theirs").unwrap();
    assert!(matches!(planned.write(now()), Err(ChangeError::Meanwhile(_))));
    assert_eq!(fs_err::read_to_string(&file).unwrap(), "theirs");
    assert_eq!(names(folder.path()), ["mcp.json"]);
}

#[test]
fn what_is_no_text_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("mcp.json");
    fs_err::write(&file, [0xff, 0xfe, 0x00]).unwrap();
    let error = change(&file, "ours").unwrap_err().to_string();
    assert!(error.ends_with("it is no text in UTF-8"), "{error}");
    let error = change(folder.path(), "ours").unwrap_err().to_string();
    assert!(error.ends_with("it is no file"), "{error}");
}

#[cfg(unix)]
#[test]
fn modes_and_links_stay() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    let folder = tempfile::tempdir().unwrap();
    let (real, link) = (folder.path().join("dotfiles.json"), folder.path().join("mcp.json"));
    fs_err::write(&real, "before").unwrap();
    let mode = |path: &Path| fs_err::metadata(path).unwrap().permissions().mode() & 0o777;
    fs_err::set_permissions(&real, std::fs::Permissions::from_mode(0o640)).unwrap();
    symlink(&real, &link).unwrap();
    let copy = change(&link, "after").unwrap().write(now()).unwrap().unwrap();
    assert!(fs_err::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(fs_err::read_to_string(&real).unwrap(), "after");
    assert_eq!((mode(&real), mode(&copy)), (0o640, 0o600), "a copy may hold a secret");
    let new = folder.path().join("deep/er/new.toml");
    change(&new, "new").unwrap().write(now()).unwrap();
    assert_eq!((mode(&new), mode(new.parent().unwrap())), (0o600, 0o700));

    let nowhere = folder.path().join("nowhere.json");
    symlink(folder.path().join("gone"), &nowhere).unwrap();
    assert!(matches!(change(&nowhere, "x"), Err(ChangeError::Read { .. })));
}

fn kept(config: &Path) -> Kept {
    Kept::new(SecretKind::PrivateKey, "s3cr3t".to_owned().into(), config, "prod", now())
}

#[test]
fn a_secret_gets_a_file_of_its_own_and_none_is_written_over() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("okta-mcp.toml");
    let read = |path: &PathBuf| fs_err::read_to_string(path).unwrap();
    let (first, second) = (kept(&config), kept(&config));
    assert_eq!(first.setting(), ("private_key_file", text("keys/prod.pem")));
    first.write().unwrap();
    assert_eq!(read(&folder.path().join("keys/prod.pem")), "s3cr3t\n");
    assert!(second.write().is_err(), "the same file was there first");
    let third = kept(&config);
    assert_eq!(third.setting().1, text("keys/prod-20261121T093000Z.pem"));
    assert!(!format!("{third:?}").contains("s3cr3t"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let about = fs_err::metadata(folder.path().join("keys/prod.pem")).unwrap();
        assert_eq!(about.permissions().mode() & 0o777, 0o600);
    }
}

#[test]
fn a_secret_in_a_file_stays_there() {
    let kept = Kept::there(SecretKind::ApiToken, Path::new("/secrets/token"));
    assert_eq!(kept.setting(), ("api_token_file", text("/secrets/token")));
    assert!(kept.new_file().is_none() && kept.unwritten().is_none());
    kept.write().unwrap();
}

#[test]
fn only_the_id_changes() {
    let text = "# Ours.\n[audit]\nretention_days = 9\n\n[profiles.prod] # the real one\norg = 'x'\n\
                key_id   = 'old'   # the key of May\nprivate_key_file = \"p.pem\"\n\n\
                [profiles.other]\nkey_id = 'old'\n";
    let changed = profile::with_key_id(text, "prod", "new").unwrap();
    assert_eq!(changed, text.replacen("'old' ", "\"new\" ", 1));
    assert_eq!(profile::with_key_id(&changed, "prod", "new").unwrap(), changed);
}

#[test]
fn an_id_that_was_not_there_is_added_to_its_profile() {
    let text = "[profiles.prod]\norg = 'x'\n\n[profiles.other]\norg = 'y'\n";
    let changed = profile::with_key_id(text, "prod", "new").unwrap();
    assert_eq!(changed, text.replacen("'x'\n", "'x'\nkey_id = \"new\"\n", 1));
    let inline =
        profile::with_key_id("profiles = { prod = { org = 'x' } }\n", "prod", "new").unwrap();
    let read: toml_edit::DocumentMut = inline.parse().unwrap();
    assert_eq!(read["profiles"]["prod"]["key_id"].as_str(), Some("new"));
    assert!(profile::with_key_id(text, "none", "new").is_err());
}
