//! Reading a JWT and checking its signature, with any algorithm that Okta takes.

use aws_lc_rs::signature::{ECDSA_P521_SHA512_FIXED, UnparsedPublicKey};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, jwk::Jwk};
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

/// A JWT, taken apart. Nothing in it is proven yet.
#[derive(Debug)]
pub(super) struct Jwt<'a> {
    text: &'a str,
    pub(super) header: Map<String, Value>,
    pub(super) claims: Map<String, Value>,
}

impl<'a> Jwt<'a> {
    pub(super) fn read(text: &'a str) -> Option<Self> {
        let mut parts = text.split('.');
        let (header, claims, signature) = (parts.next()?, parts.next()?, parts.next()?);
        if parts.next().is_some() || signature.is_empty() {
            return None;
        }
        Some(Self { text, header: object(header)?, claims: object(claims)? })
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.header.get(name)?.as_str()
    }

    pub(super) fn claim(&self, name: &str) -> Option<&str> {
        self.claims.get(name)?.as_str()
    }

    /// A time claim, seconds since 1970.
    pub(super) fn time(&self, name: &str) -> Option<i64> {
        let value = self.claims.get(name)?;
        #[expect(clippy::cast_possible_truncation, reason = "a time that large is refused anyway")]
        value.as_i64().or_else(|| value.as_f64().map(|seconds| seconds as i64))
    }

    /// True for the algorithms that Okta takes from clients.
    pub(super) fn has_known_algorithm(&self) -> bool {
        let known = ["RS256", "RS384", "RS512", "ES256", "ES384", "ES512"];
        self.header("alg").is_some_and(|alg| known.contains(&alg))
    }

    /// True where `key`, a public JWK, made the signature.
    pub(super) fn is_signed_by(&self, key: &Value) -> bool {
        if self.header("alg") == Some("ES512") {
            return self.is_signed_by_p521(key).unwrap_or(false);
        }
        let verify = || {
            let algorithm: Algorithm = self.header("alg")?.parse().ok()?;
            let jwk: Jwk = serde_json::from_value(without_extras(key)).ok()?;
            let key = DecodingKey::from_jwk(&jwk).ok()?;
            let mut validation = Validation::new(algorithm);
            validation.validate_exp = false;
            validation.validate_aud = false;
            validation.required_spec_claims.clear();
            jsonwebtoken::decode::<Value>(self.text, &key, &validation).ok()
        };
        verify().is_some()
    }

    /// ES512, which the JWT library does not have.
    fn is_signed_by_p521(&self, key: &Value) -> Option<bool> {
        let coordinate = |name: &str| URL_SAFE_NO_PAD.decode(key.get(name)?.as_str()?).ok();
        if key.get("crv")?.as_str()? != "P-521" {
            return Some(false);
        }
        let mut point = vec![4];
        for name in ["x", "y"] {
            let bytes = coordinate(name)?;
            point.resize(point.len() + 66_usize.checked_sub(bytes.len())?, 0);
            point.extend(bytes);
        }
        let (message, signature) = self.text.rsplit_once('.')?;
        let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
        let key = UnparsedPublicKey::new(&ECDSA_P521_SHA512_FIXED, point);
        Some(key.verify(message.as_bytes(), &signature).is_ok())
    }
}

fn object(part: &str) -> Option<Map<String, Value>> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).ok()?).ok()
}

/// The key alone: Okta adds `status`, `created` and more, and `alg` may be anything.
fn without_extras(key: &Value) -> Value {
    let parts = ["kty", "crv", "x", "y", "n", "e"];
    let Some(key) = key.as_object() else { return Value::Null };
    key.iter()
        .filter(|(name, _)| parts.contains(&name.as_str()))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

/// The thumbprint of a public key, RFC 7638.
pub(super) fn thumbprint(key: &Value) -> Option<String> {
    let names: &[&str] = match key.get("kty")?.as_str()? {
        "EC" => &["crv", "kty", "x", "y"],
        "RSA" => &["e", "kty", "n"],
        _ => return None,
    };
    let parts: Option<Vec<String>> = names
        .iter()
        .map(|name| Some(format!("\"{name}\":\"{}\"", key.get(name)?.as_str()?)))
        .collect();
    Some(hash(&format!("{{{}}}", parts?.join(","))))
}

/// base64url(SHA-256).
pub(super) fn hash(text: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(text.as_bytes()))
}

/// base64url of the left half of the SHA-256, as `at_hash` holds it.
pub(super) fn half_hash(text: &str) -> String {
    let digest = Sha256::digest(text.as_bytes());
    URL_SAFE_NO_PAD.encode(digest.get(..16).unwrap_or_default())
}
