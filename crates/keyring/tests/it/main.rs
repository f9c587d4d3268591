//! The Secret Service as a client meets it: over a bus of the test's own.
#![cfg(test)]
#![cfg(all(feature = "system", unix, not(target_os = "macos")))]

mod desktop;

use std::time::Duration;

use desktop::{Desktop, Manner};
use okta_keyring::{Keyring, KeyringError};
use secrecy::{ExposeSecret as _, SecretSlice};

/// Longer than any test takes: what waits for it has failed.
const LONG: Duration = Duration::from_mins(1);

fn secret(text: &str) -> SecretSlice<u8> {
    SecretSlice::from(text.as_bytes().to_vec())
}

fn read(keyring: &Keyring, entry: &str) -> Option<Vec<u8>> {
    keyring.get(entry).unwrap().map(|found| found.expose_secret().to_vec())
}

#[test]
fn what_is_kept_is_read_back_replaced_and_removed() {
    let desktop = Desktop::start(Manner::Unlocked);
    let keyring = desktop.keyring(LONG);
    assert_eq!((keyring.state(), keyring.name()), (Ok(()), "Secret Service"));
    assert_eq!(read(&keyring, "key of a"), None);
    for text in ["first", "second"] {
        keyring.put("key of a", &secret(text)).unwrap();
        assert_eq!(read(&keyring, "key of a").as_deref(), Some(text.as_bytes()));
    }
    keyring.put("key of b", &secret("other")).unwrap();
    // Another process sees the same.
    let again = desktop.keyring(LONG);
    assert_eq!(read(&again, "key of a").as_deref(), Some(&b"second"[..]));
    assert!(again.remove("key of a").unwrap() && !again.remove("key of a").unwrap());
    assert_eq!(read(&keyring, "key of a"), None);
    assert_eq!(read(&keyring, "key of b").as_deref(), Some(&b"other"[..]));
    assert_eq!((desktop.entries(), desktop.prompts()), (vec!["key of b".to_owned()], 0));
}

#[test]
fn a_locked_collection_is_told_and_nothing_is_unlocked() {
    let desktop = Desktop::start(Manner::Locked);
    let keyring = desktop.keyring(LONG);
    assert_eq!(keyring.state(), Err(KeyringError::Locked));
    assert_eq!(keyring.get("a").unwrap_err(), KeyringError::Locked);
    assert_eq!(keyring.put("a", &secret("s")), Err(KeyringError::Locked));
    assert_eq!(keyring.remove("a"), Err(KeyringError::Locked));
    assert_eq!(desktop.prompts(), 0);
    assert!(desktop.asked("CreateItem").is_empty(), "the secret did not leave this process");
    desktop.change(Manner::Unlocked);
    assert_eq!(keyring.state(), Ok(()), "it is asked anew each time");
}

#[test]
fn a_locked_item_is_told_too() {
    let desktop = Desktop::start(Manner::Unlocked);
    let keyring = desktop.keyring(LONG);
    keyring.put("a", &secret("s")).unwrap();
    desktop.lock_items();
    assert_eq!(keyring.get("a").unwrap_err(), KeyringError::Locked);
    assert!(desktop.prompts() == 0);
}

#[test]
fn a_prompt_is_dismissed_unseen() {
    let desktop = Desktop::start(Manner::Asks);
    let keyring = desktop.keyring(LONG);
    assert_eq!(keyring.state(), Ok(()));
    assert_eq!(keyring.put("a", &secret("s")), Err(KeyringError::WouldAsk));
    assert_eq!((desktop.prompts(), desktop.asked("Dismiss").len()), (0, 1));
}

#[test]
fn without_a_default_collection_there_is_no_keyring() {
    let desktop = Desktop::start(Manner::Fresh);
    let Err(KeyringError::Absent(why)) = desktop.keyring(LONG).state() else { panic!() };
    assert_eq!(why, "it has no default collection yet");
    assert!(desktop.asked("CreateCollection").is_empty());
}

#[test]
fn without_a_secret_service_there_is_no_keyring() {
    let desktop = Desktop::start(Manner::NoService);
    let Err(KeyringError::Absent(why)) = desktop.keyring(LONG).state() else { panic!() };
    assert_eq!(why, "there is no Secret Service on the session bus");
}

#[test]
fn a_bus_that_never_answers_is_not_waited_for() {
    let desktop = Desktop::start(Manner::Silent);
    let wait = Duration::from_millis(50);
    assert_eq!(desktop.keyring(wait).state(), Err(KeyringError::Slow(wait)));
}

#[test]
fn a_service_that_hangs_is_not_waited_for() {
    let desktop = Desktop::start(Manner::Hangs);
    let wait = Duration::from_millis(50);
    assert_eq!(desktop.keyring(wait).state(), Err(KeyringError::Slow(wait)));
}

#[test]
fn without_a_session_bus_nobody_is_asked() {
    let none = Keyring::system(&|_| None);
    assert_eq!(
        none.state().unwrap_err().to_string(),
        "no keyring runs here: there is no session bus"
    );
    let folder = tempfile::tempdir().unwrap();
    let runtime = folder.path().display().to_string();
    let gone = Keyring::system(&|name| (name == "XDG_RUNTIME_DIR").then(|| runtime.clone()));
    let Err(KeyringError::Absent(why)) = gone.state() else { panic!() };
    assert!(why.starts_with("the session bus cannot be reached"), "{why}");
    let wrong = Keyring::system(&|name| {
        (name == "DBUS_SESSION_BUS_ADDRESS").then(|| "no address".to_owned())
    });
    assert!(matches!(wrong.state(), Err(KeyringError::Absent(_))));
}

#[test]
fn it_can_be_asked_from_within_a_runtime() {
    let desktop = Desktop::start(Manner::Unlocked);
    let keyring = desktop.keyring(LONG);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        keyring.put("a", &secret("s")).unwrap();
        assert_eq!(read(&keyring, "a").as_deref(), Some(&b"s"[..]));
    });
}

#[test]
fn secrets_are_in_no_error_and_no_debug() {
    let desktop = Desktop::start(Manner::Garbled);
    let keyring = desktop.keyring(LONG);
    let error = keyring.put("a", &secret("s3cr3t")).unwrap_err();
    assert!(!format!("{error} {error:?} {keyring:?}").contains("s3cr3t"));
    assert_eq!(
        error.to_string(),
        "the keyring failed: an entry that was just kept reads otherwise"
    );
}
