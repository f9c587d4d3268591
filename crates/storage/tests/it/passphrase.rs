//! Hashing the approval passphrase.

use okta_storage::{PassphraseError, PassphraseHash, hash_passphrase};

const GOOD: &str = "correct horse battery";

#[tokio::test]
async fn only_the_passphrase_matches() {
    let hash = hash_passphrase(GOOD.into(), [7; 16]).await.unwrap();
    assert!(hash.matches(GOOD.into()).await.unwrap());
    for wrong in ["", "correct horse batter", "correct horse battery ", "Correct horse battery"] {
        assert!(!hash.matches(wrong.into()).await.unwrap(), "{wrong:?}");
    }
    let kept = PassphraseHash::from_phc(hash.to_phc().to_owned());
    assert!(kept.matches(GOOD.into()).await.unwrap());
}

#[tokio::test]
async fn it_is_kept_as_argon2id_with_its_salt() {
    let hash = hash_passphrase(GOOD.into(), [7; 16]).await.unwrap();
    let other = hash_passphrase(GOOD.into(), [8; 16]).await.unwrap();
    assert!(hash.to_phc().starts_with("$argon2id$v=19$m=19456,t=2,p=1$BwcHBwcHBwcHBwcHBwcHBw$"));
    assert_ne!(hash.to_phc(), other.to_phc());
    assert_eq!(format!("{hash:?}"), "PassphraseHash([redacted])");
}

#[tokio::test]
async fn a_short_one_is_refused() {
    // Characters, not bytes.
    let error = hash_passphrase("größte Mühe".into(), [7; 16]).await.unwrap_err();
    assert!(matches!(error, PassphraseError::TooShort(11)), "{error}");
    assert!(hash_passphrase("größte Mühen".into(), [7; 16]).await.is_ok());
}

#[tokio::test]
async fn what_is_no_hash_matches_nothing() {
    for damaged in ["", "plain", "$argon2id$v=19$m=19456,t=2,p=1$!$!"] {
        let kept = PassphraseHash::from_phc(damaged.to_owned());
        let error = kept.matches(damaged.into()).await.unwrap_err();
        assert!(matches!(error, PassphraseError::Unreadable(_)), "{error}");
    }
    let cut = "$argon2id$v=19$m=19456,t=2,p=1$BwcHBwcHBwcHBwcHBwcHBw";
    let kept = PassphraseHash::from_phc(cut.to_owned());
    assert!(!kept.matches("".into()).await.unwrap());
}
