//! Keys that an org makes: the one that it signs access tokens with, and those of its service app.
//! They open nothing but this sandbox.

use std::fmt;

use aws_lc_rs::{
    agreement::{ECDH_P256, PrivateKey},
    encoding::{AsDer as _, Pkcs8V1Der},
    rsa::{KeyPair, KeySize, PublicKeyComponents},
    signature::KeyPair as _,
};
use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::jwt;

/// A key that signs.
#[derive(Clone)]
pub(crate) struct Key {
    /// The private key, PKCS#8.
    der: Vec<u8>,
    /// The public key, a JWK without `kid`.
    public: Value,
}

/// The start of a P-256 private key in PKCS#8, up to the key itself, and what stands between it and
/// the public key.
const PKCS8_HEAD: &[u8] = &[
    0x30, 0x81, 0x87, 0x02, 0x01, 0x00, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02,
    0x01, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x04, 0x6d, 0x30, 0x6b, 0x02,
    0x01, 0x01, 0x04, 0x20,
];
const PKCS8_MIDDLE: &[u8] = &[0xa1, 0x44, 0x03, 0x42, 0x00];

impl Key {
    /// EC P-256, `ES256`: it follows from the seed and the name, so that the same org has the same
    /// key, and a new org costs no randomness of the machine. One seed in 2^32 gives none.
    pub(crate) fn ec(seed: u64, name: &str) -> Option<Self> {
        let secret = Sha256::digest(format!("okta-sandbox {seed} {name}"));
        let private = PrivateKey::from_private_key(&ECDH_P256, &secret).ok()?;
        let public = private.compute_public_key().ok()?;
        let point = public.as_ref();
        let coordinate = |range| point.get(range).map(|bytes| URL_SAFE_NO_PAD.encode(bytes));
        Some(Self {
            der: [PKCS8_HEAD, &secret, PKCS8_MIDDLE, point].concat(),
            public: json!({
                "kty": "EC",
                "alg": "ES256",
                "use": "sig",
                "x": coordinate(1..33)?,
                "y": coordinate(33..65)?,
                "crv": "P-256",
            }),
        })
    }

    /// RSA with 2,048 bits, `RS256`: another one each time, and it takes a tenth of a second.
    pub(crate) fn rsa() -> Option<Self> {
        let pair = KeyPair::generate(KeySize::Rsa2048).ok()?;
        let der: Pkcs8V1Der<'_> = pair.as_der().ok()?;
        let public = PublicKeyComponents::<Vec<u8>>::from(pair.public_key());
        Some(Self {
            der: der.as_ref().to_vec(),
            public: json!({
                "kty": "RSA",
                "alg": "RS256",
                "use": "sig",
                "e": URL_SAFE_NO_PAD.encode(public.e),
                "n": URL_SAFE_NO_PAD.encode(public.n),
            }),
        })
    }

    /// What the key is called, its `kid`: the thumbprint of RFC 7638, which is what Okta's key ids
    /// look like.
    pub(crate) fn id(&self) -> String {
        jwt::thumbprint(&self.public).unwrap_or_default()
    }

    /// The public key, as `/oauth2/v1/keys` shows it.
    pub(crate) fn jwk(&self) -> Value {
        let mut jwk = self.public.clone();
        if let Some(jwk) = jwk.as_object_mut() {
            jwk.insert("kid".to_owned(), self.id().into());
        }
        jwk
    }

    /// The private key, PKCS#8.
    pub(super) fn der(&self) -> &[u8] {
        &self.der
    }

    /// The private key, PKCS#8 PEM.
    pub(crate) fn pem(&self) -> String {
        let text = STANDARD.encode(&self.der);
        let mut pem = "-----BEGIN PRIVATE KEY-----\n".to_owned();
        let mut rest = text.as_str();
        while !rest.is_empty() {
            let (line, more) = rest.split_at_checked(64).unwrap_or((rest, ""));
            pem.push_str(line);
            pem.push('\n');
            rest = more;
        }
        pem.push_str("-----END PRIVATE KEY-----\n");
        pem
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Key").field("public", &self.public).finish_non_exhaustive()
    }
}
