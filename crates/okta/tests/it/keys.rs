use base64::{Engine, engine::general_purpose::STANDARD};
use okta_client::{KeyError, PrivateKey};
use proptest::prelude::*;

const RSA_PKCS1: &str = include_str!("../fixtures/rsa_pkcs1.pem");
const RSA_PKCS8: &str = include_str!("../fixtures/rsa_pkcs8.pem");
const RSA_JWK: &str = include_str!("../fixtures/rsa.jwk.json");
const P256_SEC1: &str = include_str!("../fixtures/ec_p256_sec1.pem");
const P256_PKCS8: &str = include_str!("../fixtures/ec_p256_pkcs8.pem");
const P256_JWK: &str = include_str!("../fixtures/ec_p256.jwk.json");

/// Every key, and the algorithm that it signs with.
fn keys() -> Vec<(&'static str, &'static str)> {
    vec![
        (RSA_PKCS1, "RS256"),
        (RSA_PKCS8, "RS256"),
        (RSA_JWK, "RS256"),
        (P256_SEC1, "ES256"),
        (P256_PKCS8, "ES256"),
        (P256_JWK, "ES256"),
        (include_str!("../fixtures/ec_p384_sec1.pem"), "ES384"),
        (include_str!("../fixtures/ec_p384_pkcs8.pem"), "ES384"),
        (include_str!("../fixtures/ec_p384.jwk.json"), "ES384"),
        (include_str!("../fixtures/ec_p521_sec1.pem"), "ES512"),
        (include_str!("../fixtures/ec_p521_pkcs8.pem"), "ES512"),
        (include_str!("../fixtures/ec_p521.jwk.json"), "ES512"),
    ]
}

#[test]
fn every_notation_in_every_wrapping() {
    for (text, algorithm) in keys() {
        let wrappings = [
            text.to_owned(),
            format!("\u{feff}{text}"),
            text.replace('\n', "\\n"),
            text.replace('\n', "\\r\\n"),
            text.replace('\n', "\r\n"),
            text.replace('\n', " "),
            format!("\"{}\"", text.trim().replace('\n', "\\n")),
            STANDARD.encode(text),
            STANDARD.encode(text).trim_end_matches('=').to_owned(),
            base64::engine::general_purpose::URL_SAFE.encode(text),
        ];
        for wrapped in wrappings {
            let key = PrivateKey::parse(&wrapped, None);
            assert_eq!(key.expect(&wrapped).algorithm(), algorithm);
        }
    }
}

#[test]
fn the_bare_base64_of_a_pem() {
    for pem in [RSA_PKCS8, RSA_PKCS1, P256_SEC1, P256_PKCS8] {
        let bare: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
        PrivateKey::parse(&bare, None).unwrap();
    }
}

#[test]
fn parameters_before_the_key_are_passed_over() {
    let text = format!(
        "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n{P256_SEC1}"
    );
    assert_eq!(PrivateKey::parse(&text, None).unwrap().algorithm(), "ES256");
}

#[test]
fn the_key_id() {
    assert_eq!(PrivateKey::parse(RSA_JWK, None).unwrap().key_id(), Some("rsa-fixture"));
    assert_eq!(PrivateKey::parse(RSA_JWK, Some("mine")).unwrap().key_id(), Some("mine"));
    assert_eq!(PrivateKey::parse(RSA_JWK, Some(" ")).unwrap().key_id(), Some("rsa-fixture"));
    assert_eq!(PrivateKey::parse(RSA_PKCS8, None).unwrap().key_id(), None);
}

#[test]
fn the_algorithm() {
    let jwk = RSA_JWK.replace("RS256", "RS384");
    assert_eq!(PrivateKey::parse(&jwk, None).unwrap().algorithm(), "RS384");
    let key = PrivateKey::parse(RSA_PKCS8, None).unwrap();
    assert_eq!(key.clone().with_algorithm("rs512").unwrap().algorithm(), "RS512");
    assert!(matches!(key.clone().with_algorithm("HS256"), Err(KeyError::Algorithm { .. })));
    assert!(matches!(key.with_algorithm("ES256"), Err(KeyError::Algorithm { .. })));
    let key = PrivateKey::parse(P256_SEC1, None).unwrap();
    assert!(matches!(key.clone().with_algorithm("ES384"), Err(KeyError::Algorithm { .. })));
    assert_eq!(key.with_algorithm("ES256").unwrap().algorithm(), "ES256");
}

#[test]
fn what_is_refused_and_how() {
    let public_jwk = {
        let mut jwk: serde_json::Value = serde_json::from_str(RSA_JWK).unwrap();
        jwk.as_object_mut().unwrap().remove("d");
        jwk.to_string()
    };
    let other_curve_jwk = P256_JWK.replace("P-256", "secp256k1");
    let wrong_point = {
        let mut jwk: serde_json::Value = serde_json::from_str(P256_JWK).unwrap();
        jwk["x"] = jwk["y"].clone();
        jwk.to_string()
    };
    let damaged = RSA_PKCS8.replacen("MII", "MIJ", 1);
    for (given, says) in [
        ("", "empty"),
        ("  \n", "empty"),
        ("/path/to/key.pem", "neither PEM nor JWK"),
        ("not base64 at all!", "neither PEM nor JWK"),
        (include_str!("../fixtures/rsa_encrypted_pkcs8.pem"), "encrypted"),
        (include_str!("../fixtures/rsa_encrypted_pkcs1.pem"), "encrypted"),
        (include_str!("../fixtures/rsa_public.pem"), "PUBLIC KEY"),
        (include_str!("../fixtures/root_certificate.pem"), "CERTIFICATE"),
        (include_str!("../fixtures/ed25519_pkcs8.pem"), "of another kind"),
        (include_str!("../fixtures/ec_secp256k1_pkcs8.pem"), "or curve"),
        (include_str!("../fixtures/rsa_1024.pem"), "too short"),
        ("-----BEGIN PRIVATE KEY-----\n!!\n-----END PRIVATE KEY-----", "damaged"),
        ("-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----", "damaged"),
        ("-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----", "OPENSSH"),
        (&damaged, "damaged"),
        (&public_jwk, "public key"),
        (&other_curve_jwk, "secp256k1"),
        (&wrong_point, "do not fit together"),
        ("{}", "no kty"),
        ("{\"kty\":\"oct\",\"k\":\"AAAA\"}", "oct"),
        ("{\"keys\":[]}", "key set"),
        ("{\"kty\":\"RSA\"", "no valid JSON"),
    ] {
        let error = PrivateKey::parse(given, None).unwrap_err().to_string();
        assert!(error.contains(says), "{says}: {error}");
    }
}

#[test]
fn errors_and_debug_hold_nothing_of_the_key() {
    let jwk: serde_json::Value = serde_json::from_str(RSA_JWK).unwrap();
    let secret = jwk["d"].as_str().unwrap();
    for broken in [
        RSA_JWK.replace("\"qi\"", "\"iq\""),
        RSA_JWK.replace("\"RSA\"", "\"EC\""),
        RSA_JWK.replace('}', ""),
        RSA_PKCS8.replace("BEGIN PRIVATE KEY", "BEGIN PRIVAT KEY"),
        RSA_PKCS8.replace("-----BEGIN PRIVATE KEY-----", ""),
    ] {
        let error = PrivateKey::parse(&broken, None).unwrap_err();
        let text = format!("{error} {error:?}");
        assert!(!text.contains(&secret[..12]), "{text}");
        let lines = RSA_PKCS8.lines().filter(|line| !line.starts_with('-'));
        assert!(lines.into_iter().all(|line| !text.contains(&line[..12])), "{text}");
    }
    let key = PrivateKey::parse(RSA_JWK, None).unwrap();
    assert_eq!(
        format!("{key:?}"),
        "PrivateKey { algorithm: \"RS256\", key_id: Some(\"rsa-fixture\"), .. }"
    );
}

proptest! {
    #[test]
    fn reading_never_panics(text in "\\PC{0,200}") {
        let _ = PrivateKey::parse(&text, None);
    }

    #[test]
    fn reading_a_damaged_key_never_panics(
        which in 0..12_usize,
        at in 0..2000_usize,
        length in 0..40_usize,
        instead in "[ -~]{0,10}",
    ) {
        let (text, _) = keys()[which];
        let start = at % text.len();
        let end = (start + length).min(text.len());
        let _ = PrivateKey::parse(&format!("{}{instead}{}", &text[..start], &text[end..]), None);
    }

    #[test]
    fn reading_a_damaged_der_never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = PrivateKey::parse(&STANDARD.encode(&bytes), None);
        let pem = format!(
            "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----",
            STANDARD.encode(&bytes)
        );
        let _ = PrivateKey::parse(&pem, None);
    }
}

#[test]
fn the_thumbprint_is_that_of_rfc_7638_whatever_the_key_is_called() {
    let key = PrivateKey::parse(P256_PKCS8, None).unwrap();
    let jwk = key.public_jwk();
    let part = |name: &str| jwk[name].as_str().unwrap().to_owned();
    // The members that count, by name, without blanks.
    let text = format!(r#"{{"crv":"P-256","kty":"EC","x":"{}","y":"{}"}}"#, part("x"), part("y"));
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, text.as_bytes());
    let wanted = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(digest);
    assert_eq!(key.thumbprint(), wanted);
    assert_eq!(key.with_key_id("other").thumbprint(), wanted);
}

#[test]
fn a_key_like_another_is_another_of_its_kind() {
    for (text, algorithm) in [(RSA_PKCS8, "RS256"), (P256_JWK, "ES256")] {
        let old = PrivateKey::parse(text, None).unwrap();
        let new = old.generate_alike().unwrap();
        assert_eq!(new.algorithm(), algorithm);
        assert_ne!(new.thumbprint(), old.thumbprint());
    }
}
