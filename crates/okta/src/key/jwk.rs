//! JSON Web Keys (RFC 7517, RFC 7518 section 6).

use aws_lc_rs::{
    rsa::{KeyPairComponents, PublicKeyComponents},
    signature::{EcdsaKeyPair, RsaKeyPair},
};
use base64::Engine;
use secrecy::{ExposeSecret, SecretSlice};
use serde_json::Value;

use super::{Algorithm, BASE64_URL, KeyError, PrivateKey, shown};

/// A private key from the JSON of one JWK.
pub(super) fn read(text: &str) -> Result<PrivateKey, KeyError> {
    // A variable may hold the JSON with its line breaks as `\n` between the members.
    let parsed = serde_json::from_str(text).or_else(|_| {
        let text = text.replace("\\r", "").replace("\\n", "\n").replace("\\\"", "\"");
        serde_json::from_str(&text)
    });
    let jwk: Value = parsed.map_err(|_| KeyError::Jwk("it is no valid JSON".to_owned()))?;
    if jwk.get("keys").is_some() {
        return Err(KeyError::Jwk("it is a key set: give the one key alone".to_owned()));
    }
    let key = match member(&jwk, "kty") {
        Some("RSA") => rsa(&jwk)?,
        Some("EC") => ec(&jwk)?,
        Some(other) => return Err(KeyError::Jwk(format!("its kty is `{}`", shown(other)))),
        None => return Err(KeyError::Jwk("it has no kty".to_owned())),
    };
    let key = match member(&jwk, "alg") {
        Some(name) => key.with_algorithm(name)?,
        None => key,
    };
    let key_id = member(&jwk, "kid").filter(|id| !id.is_empty()).map(str::to_owned);
    Ok(PrivateKey { key_id, ..key })
}

fn member<'a>(jwk: &'a Value, name: &str) -> Option<&'a str> {
    jwk.get(name).and_then(Value::as_str)
}

fn number(jwk: &Value, name: &str) -> Result<SecretSlice<u8>, KeyError> {
    let text = member(jwk, name).ok_or_else(|| match name {
        "d" => KeyError::Jwk("it is a public key: the private part `d` is missing".to_owned()),
        _ => KeyError::Jwk(format!("`{name}` is missing")),
    })?;
    let bytes =
        BASE64_URL.decode(text).map_err(|_| KeyError::Jwk(format!("`{name}` is not base64url")))?;
    Ok(SecretSlice::from(bytes))
}

fn rsa(jwk: &Value) -> Result<PrivateKey, KeyError> {
    let private = number(jwk, "d")?;
    let modulus = number(jwk, "n")?;
    let exponent = number(jwk, "e")?;
    let primes = (number(jwk, "p")?, number(jwk, "q")?);
    let exponents = (number(jwk, "dp")?, number(jwk, "dq")?);
    let coefficient = number(jwk, "qi")?;
    let components: KeyPairComponents<&[u8], &[u8]> = KeyPairComponents {
        public_key: PublicKeyComponents {
            n: without_leading_zeros(modulus.expose_secret()),
            e: without_leading_zeros(exponent.expose_secret()),
        },
        d: private.expose_secret(),
        p: primes.0.expose_secret(),
        q: primes.1.expose_secret(),
        dP: exponents.0.expose_secret(),
        dQ: exponents.1.expose_secret(),
        qInv: coefficient.expose_secret(),
    };
    RsaKeyPair::from_components(&components).map(PrivateKey::rsa).map_err(|_| {
        KeyError::Jwk("its RSA numbers do not fit together, or it is too short".to_owned())
    })
}

fn without_leading_zeros(mut number: &[u8]) -> &[u8] {
    while let [0, rest @ ..] = number {
        number = rest;
    }
    number
}

fn ec(jwk: &Value) -> Result<PrivateKey, KeyError> {
    let (algorithm, size) = match member(jwk, "crv") {
        Some("P-256") => (Algorithm::Es256, 32),
        Some("P-384") => (Algorithm::Es384, 48),
        Some("P-521") => (Algorithm::Es512, 66),
        Some(other) => return Err(KeyError::Jwk(format!("its curve is `{}`", shown(other)))),
        None => return Err(KeyError::Jwk("`crv` is missing".to_owned())),
    };
    let [d, x, y] = ["d", "x", "y"].map(|name| number(jwk, name));
    let (d, x, y) = (padded(&d?, size)?, padded(&x?, size)?, padded(&y?, size)?);
    // An uncompressed point, SEC 1 section 2.3.3.
    let public = [&[4], x.expose_secret(), y.expose_secret()].concat();
    EcdsaKeyPair::from_private_key_and_public_key(algorithm.curve(), d.expose_secret(), &public)
        .map(|pair| PrivateKey::ec(pair, algorithm))
        .map_err(|_| KeyError::Jwk("its EC numbers do not fit together".to_owned()))
}

/// A number in exactly `size` bytes (RFC 7518 section 6.2.1.2), where the writer dropped zeros.
fn padded(number: &SecretSlice<u8>, size: usize) -> Result<SecretSlice<u8>, KeyError> {
    let number = without_leading_zeros(number.expose_secret());
    let missing = size
        .checked_sub(number.len())
        .ok_or_else(|| KeyError::Jwk("its EC numbers are too long for the curve".to_owned()))?;
    let mut bytes = vec![0; missing];
    bytes.extend_from_slice(number);
    Ok(SecretSlice::from(bytes))
}
