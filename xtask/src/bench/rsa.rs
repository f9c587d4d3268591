//! An RSA key for the org's service app: Okta's own server signs with RS256 only, and the seeded key
//! is one on a curve.

use std::process::Command;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use super::{http, org::Org};
use crate::{Result, workspace};

/// The id under which the app knows the key.
pub(crate) const KEY_ID: &str = "bench-rsa";

/// Makes a key, and has the app trust it too; gives the private key, as PEM.
pub(crate) fn add(org: &Org) -> Result<String> {
    let pem = openssl(&["genrsa", "2048"], "")?;
    let modulus = openssl(&["rsa", "-noout", "-modulus"], &pem)?;
    let modulus = modulus.trim().strip_prefix("Modulus=").ok_or("openssl tells no modulus")?;
    let key = json!({
        "kty": "RSA",
        "use": "sig",
        "alg": "RS256",
        "kid": KEY_ID,
        "status": "ACTIVE",
        "e": "AQAB",
        "n": URL_SAFE_NO_PAD.encode(bytes(modulus)?),
    });
    let path = format!("/api/v1/apps/{}", org.variable("OKTA_CLIENT_ID")?);
    let mut app = http::get(org, &path)?;
    let keys = app.pointer_mut("/settings/oauthClient/jwks/keys").and_then(Value::as_array_mut);
    keys.ok_or("the app has no keys")?.push(key);
    http::put(org, &path, &app)?;
    Ok(pem)
}

fn openssl(arguments: &[&str], input: &str) -> Result<String> {
    let file = tempfile::NamedTempFile::new()?;
    fs_err::write(file.path(), input)?;
    let mut command = Command::new("openssl");
    command.args(arguments).stdin(fs_err::File::open(file.path())?.into_file());
    workspace::output(command)
}

fn bytes(hex: &str) -> Result<Vec<u8>> {
    let digits: Vec<u8> = hex
        .chars()
        .map(|digit| digit.to_digit(16).and_then(|digit| u8::try_from(digit).ok()))
        .collect::<Option<_>>()
        .ok_or("the modulus is not in hexadecimal digits")?;
    let byte = |pair: &[u8]| pair.iter().fold(0, |byte, digit| byte << 4 | digit);
    Ok(digits.chunks(2).map(byte).collect())
}
