//! The files that tokens of people are kept in.

use std::{fs, path::PathBuf, sync::Arc};

use okta_client::{Entropy as _, ExposeSecret as _, StoredTokens, TokenOwner, TokenStore as _};
use okta_keyring::{InMemory, Keyring, KeyringError};
use okta_mcp_server::TokenFiles;
use okta_storage::{KeyFile, KeyHome, Seal};
use tempfile::TempDir;

use crate::client::Counting;

const SECRET: &str = r#"{"refresh_token":"rt-never-in-the-open"}"#;

struct Desk(TempDir);

impl Desk {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// The files as another process sees them.
    fn files(&self) -> TokenFiles {
        let source = Counting::default();
        let random = Arc::new(move |bytes: &mut [u8]| source.fill(bytes));
        TokenFiles::new(self.0.path(), Arc::new(Seal::new(KeyFile::new(self.0.path()), random)))
    }

    fn written(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(self.0.path().join("tokens")).unwrap();
        let paths = entries.map(|entry| entry.unwrap().path());
        paths.filter(|path| path.extension().is_some_and(|end| end == "json")).collect()
    }
}

fn owner(org: &str) -> TokenOwner {
    TokenOwner { org: format!("https://{org}"), client_id: "0oaNative".to_owned() }
}

fn tokens(user: &str, content: &str) -> StoredTokens {
    StoredTokens { user: user.to_owned(), content: content.into() }
}

fn loaded(files: &TokenFiles, org: &str) -> Option<(String, String)> {
    let stored = files.load(&owner(org)).unwrap()?;
    Some((stored.user, stored.content.expose_secret().to_owned()))
}

#[test]
fn what_is_kept_is_read_by_another_process_and_by_nobody_else() {
    let desk = Desk::new();
    assert_eq!(loaded(&desk.files(), "a.okta.com"), None);
    desk.files().save(&owner("a.okta.com"), &tokens("00uAna", SECRET)).unwrap();
    let kept = Some(("00uAna".to_owned(), SECRET.to_owned()));
    assert_eq!(loaded(&desk.files(), "a.okta.com"), kept);
    assert_eq!(loaded(&desk.files(), "b.okta.com"), None);
    let path = desk.written().remove(0);
    let text = fs::read_to_string(&path).unwrap();
    assert!(!text.contains("never-in-the-open"), "{text}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode();
        assert_eq!(mode(&path) & 0o777, 0o600);
        assert_eq!(mode(path.parent().unwrap()) & 0o777, 0o700);
    }
}

#[test]
fn a_file_that_was_changed_or_renamed_is_of_no_use() {
    let desk = Desk::new();
    desk.files().save(&owner("a.okta.com"), &tokens("00uAna", SECRET)).unwrap();
    let path = desk.written().remove(0);
    let whole = fs::read_to_string(&path).unwrap();
    for (from, to) in [
        ("https://a.okta.com", "https://b.okta.com"),
        ("0oaNative", "0oaAnother"),
        ("00uAna", "00uEve"),
        ("\"sealed\":\"A", "\"sealed\":\"B"),
    ] {
        let changed = whole.replace(from, to);
        assert_ne!(changed, whole, "{from}");
        fs::write(&path, &changed).unwrap();
        assert_eq!(loaded(&desk.files(), "a.okta.com"), None, "{from}");
    }
    // Under the name of another org's file, with that org's name in it.
    let files = desk.files();
    files.save(&owner("b.okta.com"), &tokens("00uBob", SECRET)).unwrap();
    let other = desk.written().into_iter().find(|found| *found != path).unwrap();
    fs::write(&other, whole.replace("https://a.okta.com", "https://b.okta.com")).unwrap();
    assert_eq!(loaded(&files, "b.okta.com"), None);
    fs::write(&path, "no JSON").unwrap();
    assert_eq!(loaded(&files, "a.okta.com"), None);
    fs::write(&path, &whole).unwrap();
    assert!(loaded(&files, "a.okta.com").is_some(), "unchanged it opens");
}

#[test]
fn without_its_key_a_file_is_of_no_use() {
    let desk = Desk::new();
    desk.files().save(&owner("a.okta.com"), &tokens("00uAna", SECRET)).unwrap();
    fs::remove_file(desk.0.path().join("seal-key")).unwrap();
    assert_eq!(loaded(&desk.files(), "a.okta.com"), None);
}

#[test]
fn whoever_signed_in_last_is_signed_in() {
    let desk = Desk::new();
    let files = desk.files();
    for user in ["00uAna", "00uBob", "00uAna"] {
        files.save(&owner("a.okta.com"), &tokens(user, SECRET)).unwrap();
        assert_eq!(loaded(&files, "a.okta.com").unwrap().0, user);
    }
    assert_eq!(desk.written().len(), 2, "one file a person");
    files.remove(&owner("a.okta.com"), "00uAna").unwrap();
    assert_eq!(loaded(&files, "a.okta.com").unwrap().0, "00uBob");
    files.remove(&owner("a.okta.com"), "00uAna").unwrap();
}

#[test]
fn one_at_a_time_holds_the_lock_of_an_org_and_client() {
    let desk = Desk::new();
    let (one, other) = (desk.files(), desk.files());
    let held = one.try_lock(&owner("a.okta.com")).unwrap();
    assert!(held.is_some());
    assert!(other.try_lock(&owner("a.okta.com")).unwrap().is_none());
    assert!(other.try_lock(&owner("b.okta.com")).unwrap().is_some());
    drop(held);
    assert!(other.try_lock(&owner("a.okta.com")).unwrap().is_some());
}

#[test]
fn while_the_keyring_is_locked_nobody_is_asked_to_sign_in_in_vain() {
    let desk = Desk::new();
    let keyring = InMemory::default();
    let files = || {
        let home = KeyHome::new(desk.0.path(), Keyring::of(keyring.clone()));
        TokenFiles::new(desk.0.path(), Arc::new(Seal::new(home, Arc::new(|bytes| bytes.fill(7)))))
    };
    files().save(&owner("a.okta.com"), &tokens("00uAna", SECRET)).unwrap();
    keyring.close(Some(KeyringError::Locked));
    let error = files().load(&owner("a.okta.com")).unwrap_err();
    assert!(error.to_string().contains("the keyring is locked"), "{error}");
    assert!(files().save(&owner("a.okta.com"), &tokens("00uAna", "other")).is_err());
    // Who is not signed in may sign in all the same: nothing says that it cannot be kept.
    assert!(files().load(&owner("b.okta.com")).unwrap().is_none());
    keyring.close(None);
    assert_eq!(loaded(&files(), "a.okta.com"), Some(("00uAna".to_owned(), SECRET.to_owned())));
}
