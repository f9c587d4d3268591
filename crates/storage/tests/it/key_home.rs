//! The sealing key is in the keyring where that works, else in a file; there is one per folder.

use std::{fs, path::Path, sync::Arc};

use okta_keyring::{InMemory, Keyring, KeyringError};
use okta_storage::{Error, KeyHome, KeyPlace as _, Seal, SealKey};
use tempfile::TempDir;

const MARKER: &str = "seal-key.keyring";

fn home(folder: &TempDir, keyring: &InMemory) -> KeyHome {
    KeyHome::new(folder.path(), Keyring::of(keyring.clone()))
}

/// A seal that makes a key of these bytes where it has to make one.
fn seal(folder: &Path, keyring: Keyring, byte: u8) -> Seal {
    Seal::new(KeyHome::new(folder, keyring), Arc::new(move |bytes| bytes.fill(byte)))
}

fn fresh(byte: u8) -> SealKey {
    SealKey::new(&[byte; 32]).unwrap()
}

fn has(folder: &TempDir, name: &str) -> bool {
    folder.path().join(name).exists()
}

#[test]
fn the_first_key_goes_into_the_keyring_and_none_onto_the_disk() {
    let (folder, keyring) = (tempfile::tempdir().unwrap(), InMemory::default());
    let sealed = seal(folder.path(), Keyring::of(keyring.clone()), 7).seal("t", "a", b"x").unwrap();
    assert!(has(&folder, MARKER) && !has(&folder, "seal-key"));
    assert_eq!(keyring.names().len(), 1);
    for entry in fs::read_dir(folder.path()).unwrap() {
        let content = fs::read(entry.unwrap().path()).unwrap();
        assert!(!content.windows(8).any(|part| part == [7; 8]));
    }
    let again = seal(folder.path(), Keyring::of(keyring), 8);
    assert_eq!(again.open("t", "a", &sealed).unwrap(), b"x");
    assert!(again.place().starts_with("the keyring in memory (sealing key "), "{}", again.place());
}

#[test]
fn nothing_is_asked_of_the_keyring_until_a_key_is_needed() {
    let (folder, keyring) = (tempfile::tempdir().unwrap(), InMemory::default());
    let seal = seal(folder.path(), Keyring::of(keyring.clone()), 7);
    let place = seal.place();
    assert_eq!(keyring.asked(), 0, "{place} {seal:?}");
    assert!(matches!(seal.open("t", "a", &[1; 40]), Err(Error::NoKey { .. })));
    assert_eq!(keyring.asked(), 0, "no key was ever made");
}

#[test]
fn a_keyring_that_does_not_work_leaves_the_key_in_the_file() {
    for why in [KeyringError::Locked, KeyringError::Absent("no bus".to_owned()), KeyringError::Off]
    {
        let (folder, keyring) = (tempfile::tempdir().unwrap(), InMemory::default());
        keyring.close(Some(why));
        let at = Keyring::of(keyring.clone());
        let sealed = seal(folder.path(), at.clone(), 7).seal("t", "a", b"x").unwrap();
        assert!(!has(&folder, MARKER) && has(&folder, "seal-key"));
        // The file stays the place, also when the keyring works.
        keyring.close(None);
        let again = seal(folder.path(), at, 8);
        assert_eq!(again.open("t", "a", &sealed).unwrap(), b"x");
        assert!(again.place().ends_with("seal-key"));
        assert!(keyring.names().is_empty());
    }
}

#[test]
fn a_key_in_a_file_stays_valid() {
    let (folder, keyring) = (tempfile::tempdir().unwrap(), InMemory::default());
    let file = seal(folder.path(), Keyring::off(), 7);
    let sealed = file.seal("t", "a", b"x").unwrap();
    let seal = seal(folder.path(), Keyring::of(keyring.clone()), 8);
    assert_eq!(seal.open("t", "a", &sealed).unwrap(), b"x");
    assert_eq!(keyring.asked(), 0);
}

#[test]
fn a_keyring_that_is_locked_later_makes_no_second_key() {
    let (folder, keyring) = (tempfile::tempdir().unwrap(), InMemory::default());
    let at = Keyring::of(keyring.clone());
    let sealed = seal(folder.path(), at.clone(), 7).seal("t", "a", b"x").unwrap();
    let slow = KeyringError::Slow(okta_keyring::WAIT);
    for (why, told) in [
        (KeyringError::Locked, "the keyring is locked"),
        (slow, "the keyring did not answer within 2 seconds"),
    ] {
        keyring.close(Some(why));
        let shut = seal(folder.path(), at.clone(), 8);
        for error in
            [shut.open("t", "a", &sealed).unwrap_err(), shut.seal("t", "b", b"y").unwrap_err()]
        {
            assert!(matches!(error, Error::Keyring { .. }), "{error}");
            let text = error.to_string();
            assert!(text.contains(told) && text.contains(MARKER), "{text}");
        }
        assert!(!has(&folder, "seal-key"));
    }
    // The setting may say no only later, too.
    let error = seal(folder.path(), Keyring::off(), 8).seal("t", "b", b"y").unwrap_err();
    assert!(error.to_string().contains("OKTA_MCP_KEYRING"), "{error}");
    keyring.close(None);
    assert_eq!(seal(folder.path(), at, 8).open("t", "a", &sealed).unwrap(), b"x");
}

#[test]
fn an_entry_that_is_gone_or_another_is_told() {
    use okta_keyring::Entries as _;
    let (folder, keyring) = (tempfile::tempdir().unwrap(), InMemory::default());
    let at = Keyring::of(keyring.clone());
    let sealed = seal(folder.path(), at.clone(), 7).seal("t", "a", b"x").unwrap();
    let [name] = keyring.names().try_into().unwrap();
    for other in [None, Some(vec![9; 32]), Some(vec![7; 31])] {
        keyring.remove(&name).unwrap();
        if let Some(other) = other {
            keyring.put(&name, &other.into()).unwrap();
        }
        let error = seal(folder.path(), at.clone(), 8).open("t", "a", &sealed).unwrap_err();
        assert!(matches!(error, Error::KeyGone { .. }), "{error}");
        assert!(seal(folder.path(), at.clone(), 8).seal("t", "b", b"y").is_err());
    }
    // What the message says helps.
    fs::remove_file(folder.path().join(MARKER)).unwrap();
    let anew = seal(folder.path(), at, 8);
    let sealed = anew.seal("t", "b", b"y").unwrap();
    assert_eq!(anew.open("t", "b", &sealed).unwrap(), b"y");
}

#[test]
fn a_marker_that_says_nothing_is_no_reason_for_another_key() {
    let (folder, keyring) = (tempfile::tempdir().unwrap(), InMemory::default());
    let home = home(&folder, &keyring);
    home.create(fresh(7)).unwrap();
    for text in ["", "okta-mcp", &format!("{}\n../../x\n", "a".repeat(10))] {
        fs::write(folder.path().join(MARKER), text).unwrap();
        assert!(matches!(home.read(), Err(Error::BadKey { .. })), "{text}");
        assert!(matches!(home.create(fresh(8)), Err(Error::BadKey { .. })), "{text}");
    }
}

#[test]
fn a_file_and_a_keyring_that_differ_are_not_mixed() {
    let (folder, keyring) = (tempfile::tempdir().unwrap(), InMemory::default());
    let home = home(&folder, &keyring);
    home.create(fresh(7)).unwrap();
    let file = folder.path().join("seal-key");
    fs::write(&file, [7; 32]).unwrap();
    own(&file);
    assert_eq!(home.read().unwrap().unwrap().expose(), &[7; 32]);
    fs::write(&file, [8; 32]).unwrap();
    assert!(matches!(home.read(), Err(Error::KeyGone { .. })));
}

#[test]
fn two_folders_have_two_entries() {
    let keyring = InMemory::default();
    let folders = [(); 2].map(|()| tempfile::tempdir().unwrap());
    for (byte, folder) in (1..).zip(&folders) {
        home(folder, &keyring).create(fresh(byte)).unwrap();
    }
    assert_eq!(keyring.names().len(), 2);
    for (byte, folder) in (1..).zip(&folders) {
        assert_eq!(home(folder, &keyring).read().unwrap().unwrap().expose(), &[byte; 32]);
    }
}

#[test]
fn processes_that_start_at_once_have_one_key_in_the_keyring() {
    let (folder, keyring) = (tempfile::tempdir().unwrap(), InMemory::default());
    let keys: Vec<[u8; 32]> = std::thread::scope(|scope| {
        let threads: Vec<_> = (1..=8)
            .map(|byte| {
                let home = home(&folder, &keyring);
                scope.spawn(move || *home.create(fresh(byte)).unwrap().expose())
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert!(keys.iter().all(|key| *key == keys[0]), "{keys:?}");
    assert_eq!(keyring.names().len(), 1);
}

/// As the store writes it.
fn own(file: &Path) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(file, fs::Permissions::from_mode(0o600)).unwrap();
    }
    #[cfg(not(unix))]
    let _ = file;
}
