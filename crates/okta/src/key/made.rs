//! Keys that are made here, and what of a key others may see.

use std::collections::BTreeMap;

use aws_lc_rs::{
    digest::{SHA256, digest},
    encoding::{AsDer, Pkcs8V1Der},
    rsa::KeySize,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, RsaKeyPair},
};
use base64::{
    Engine as _, engine::general_purpose::STANDARD, engine::general_purpose::URL_SAFE_NO_PAD,
};
use secrecy::SecretString;
use serde_json::{Value, json};

use super::{Algorithm, PrivateKey, Signer};

/// The system could not make or write a key. The library says no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no key could be made")]
pub struct GenerateError;

impl PrivateKey {
    /// A fresh key on P-256, for ES256.
    pub fn generate_ec() -> Result<Self, GenerateError> {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING);
        pair.map(|pair| Self::ec(pair, Algorithm::Es256)).map_err(|_| GenerateError)
    }

    /// A fresh RSA key of 2048 bits, for RS256: what Okta's Admin Console makes.
    pub fn generate_rsa() -> Result<Self, GenerateError> {
        RsaKeyPair::generate(KeySize::Rsa2048).map(Self::rsa).map_err(|_| GenerateError)
    }

    /// The same key under another id.
    #[must_use]
    pub fn with_key_id(mut self, key_id: &str) -> Self {
        self.key_id = Some(key_id.to_owned());
        self
    }

    /// The key in PEM (PKCS#8, RFC 5958).
    pub fn to_pem(&self) -> Result<SecretString, GenerateError> {
        let der = STANDARD.encode(self.to_pkcs8()?);
        let lines: Vec<&str> =
            der.as_bytes().chunks(64).filter_map(|line| std::str::from_utf8(line).ok()).collect();
        let lines = lines.join("\n");
        Ok(format!("-----BEGIN PRIVATE KEY-----\n{lines}\n-----END PRIVATE KEY-----\n").into())
    }

    fn to_pkcs8(&self) -> Result<Vec<u8>, GenerateError> {
        match &self.signer {
            Signer::Rsa(pair) => {
                let der: Pkcs8V1Der<'_> = pair.as_der().map_err(|_| GenerateError)?;
                Ok(der.as_ref().to_vec())
            }
            Signer::Ec(pair) => {
                let document = pair.to_pkcs8v1().map_err(|_| GenerateError)?;
                Ok(document.as_ref().to_vec())
            }
        }
    }

    /// The public half as a JWK (RFC 7517), with `kid` where the key has an id, and with nothing
    /// that its thumbprint (RFC 7638) does not count beside that.
    pub fn public_jwk(&self) -> Value {
        let mut jwk = match &self.signer {
            Signer::Rsa(pair) => {
                let public = pair.public_key();
                json!({
                    "kty": "RSA",
                    "n": URL_SAFE_NO_PAD.encode(public.modulus().big_endian_without_leading_zero()),
                    "e": URL_SAFE_NO_PAD.encode(public.exponent().big_endian_without_leading_zero()),
                })
            }
            Signer::Ec(pair) => {
                // An uncompressed point, SEC 1 section 2.3.3: 4, then both coordinates.
                let point = pair.public_key().as_ref().get(1..).unwrap_or_default();
                let (x, y) = point.split_at(point.len() / 2);
                json!({
                    "kty": "EC",
                    "crv": self.algorithm.curve_name(),
                    "x": URL_SAFE_NO_PAD.encode(x),
                    "y": URL_SAFE_NO_PAD.encode(y),
                })
            }
        };
        if let (Some(id), Some(jwk)) = (&self.key_id, jwk.as_object_mut()) {
            jwk.insert("kid".to_owned(), id.as_str().into());
        }
        jwk
    }

    /// The thumbprint of the key (RFC 7638, SHA-256): what Okta names keys by that it made.
    pub fn thumbprint(&self) -> String {
        let jwk = self.public_jwk();
        let members = jwk.as_object().into_iter().flatten().filter(|(name, _)| *name != "kid");
        let sorted: BTreeMap<&String, &Value> = members.collect();
        URL_SAFE_NO_PAD.encode(digest(&SHA256, json!(sorted).to_string().as_bytes()))
    }

    /// A fresh key of the same kind: RSA for RSA, else on P-256.
    pub fn generate_alike(&self) -> Result<Self, GenerateError> {
        match &self.signer {
            Signer::Rsa(_) => Self::generate_rsa(),
            Signer::Ec(_) => Self::generate_ec(),
        }
    }
}

impl Algorithm {
    const fn curve_name(self) -> &'static str {
        match self {
            Self::Es384 => "P-384",
            Self::Es512 => "P-521",
            _ => "P-256",
        }
    }
}
