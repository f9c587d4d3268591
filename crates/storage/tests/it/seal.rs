//! What is sealed opens under its own id, unchanged, with its key; not otherwise.

use std::sync::{
    Arc,
    atomic::{AtomicU8, Ordering},
};

use okta_storage::{Error, KeyFile, KeyPlace as _, Random, Seal};
use proptest::prelude::*;
use tempfile::TempDir;

/// Other bytes each time.
fn random() -> Random {
    let next = AtomicU8::new(1);
    Arc::new(move |bytes| bytes.fill(next.fetch_add(1, Ordering::Relaxed)))
}

fn seal(folder: &TempDir) -> Seal {
    Seal::new(KeyFile::new(folder.path()), random())
}

#[test]
fn what_is_sealed_opens_for_every_process() {
    let folder = tempfile::tempdir().unwrap();
    let sealed = seal(&folder).seal("approval", "a", b"arguments").unwrap();
    assert_eq!(seal(&folder).open("approval", "a", &sealed).unwrap(), b"arguments");
    assert!(!sealed.windows(4).any(|part| part == b"argu"));
    let empty = seal(&folder).seal("approval", "a", b"").unwrap();
    assert_eq!(seal(&folder).open("approval", "a", &empty).unwrap(), b"");
}

#[test]
fn the_same_text_is_never_sealed_alike() {
    let folder = tempfile::tempdir().unwrap();
    let seal = seal(&folder);
    let [one, two] = [(), ()].map(|()| seal.seal("approval", "a", b"arguments").unwrap());
    assert_ne!(one, two);
}

#[test]
fn it_opens_under_its_own_kind_and_id_only() {
    let folder = tempfile::tempdir().unwrap();
    let seal = seal(&folder);
    let sealed = seal.seal("approval", "a", b"arguments").unwrap();
    for (kind, id) in [("approval", "b"), ("undo", "a"), ("approvala", ""), ("", "approvala")] {
        let error = seal.open(kind, id, &sealed).unwrap_err();
        assert!(matches!(error, Error::Unopened { .. }), "{error}");
    }
}

#[test]
fn with_another_key_or_none_it_stays_shut() {
    let folder = tempfile::tempdir().unwrap();
    let sealed = seal(&folder).seal("approval", "a", b"arguments").unwrap();
    let key = folder.path().join("seal-key");
    std::fs::write(&key, [9; 32]).unwrap();
    let error = seal(&folder).open("approval", "a", &sealed).unwrap_err();
    assert!(matches!(error, Error::Unopened { .. }), "{error}");
    std::fs::write(&key, [9; 31]).unwrap();
    let error = seal(&folder).open("approval", "a", &sealed).unwrap_err();
    assert!(matches!(error, Error::BadKey { .. }), "{error}");
    std::fs::remove_file(&key).unwrap();
    let error = seal(&folder).open("approval", "a", &sealed).unwrap_err();
    assert!(matches!(error, Error::NoKey { .. }), "{error}");
    assert!(!key.exists(), "opening makes no key");
}

#[test]
fn processes_that_start_at_once_have_one_key() {
    let folder = tempfile::tempdir().unwrap();
    let keys: Vec<[u8; 32]> = std::thread::scope(|scope| {
        let threads: Vec<_> = (1..=8)
            .map(|byte| {
                let place = KeyFile::new(folder.path());
                let fresh = okta_storage::SealKey::new(&[byte; 32]).unwrap();
                scope.spawn(move || *place.create(fresh).unwrap().expose())
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let kept = std::fs::read(folder.path().join("seal-key")).unwrap();
    assert!(keys.iter().all(|key| key[..] == kept[..]), "{keys:?}");
}

#[cfg(unix)]
#[test]
fn only_its_owner_reads_the_key() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path().join("state");
    let seal = || Seal::new(KeyFile::new(&state), random());
    let sealed = seal().seal("approval", "a", b"arguments").unwrap();
    let key = state.join("seal-key");
    assert_eq!(std::fs::metadata(&key).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(std::fs::metadata(&state).unwrap().permissions().mode() & 0o777, 0o700);
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o640)).unwrap();
    let error = seal().open("approval", "a", &sealed).unwrap_err();
    assert!(matches!(error, Error::Exposed { .. }), "{error}");
}

#[test]
fn nothing_shows_the_key() {
    let key = okta_storage::SealKey::new(&[9; 32]).unwrap();
    assert_eq!(format!("{key:?}"), "SealKey([redacted])");
    let folder = tempfile::tempdir().unwrap();
    let seal = seal(&folder);
    seal.seal("approval", "a", b"arguments").unwrap();
    assert!(format!("{seal:?}").starts_with("Seal { place: "));
}

proptest! {
    /// Whatever bit is turned, whatever is cut off or added: it stays shut.
    #[test]
    fn what_was_changed_stays_shut(text in proptest::collection::vec(any::<u8>(), 0..80), at: usize, bit in 0..8_u8) {
        let folder = tempfile::tempdir().unwrap();
        let seal = seal(&folder);
        let sealed = seal.seal("undo", "a", &text).unwrap();
        prop_assert_eq!(seal.open("undo", "a", &sealed).unwrap(), text);
        let mut turned = sealed.clone();
        turned[at % sealed.len()] ^= 1 << bit;
        let cut = sealed[..at % sealed.len()].to_vec();
        let added = [&sealed[..], &[bit]].concat();
        for changed in [turned, cut, added] {
            let unopened = matches!(seal.open("undo", "a", &changed), Err(Error::Unopened { .. }));
            prop_assert!(unopened);
        }
    }
}
