//! PEM (RFC 7468) and DER.
//!
//! Read by hand, as keys that went through a variable have lost their line breaks, which no PEM
//! reader takes.

use aws_lc_rs::signature::RsaKeyPair;
use secrecy::ExposeSecret;

use super::{KeyError, PrivateKey, decode, shown};

/// The first private key of a PEM text; sections such as `EC PARAMETERS` are passed over.
pub(super) fn read(text: &str) -> Result<PrivateKey, KeyError> {
    let mut rest = text;
    let mut other = None;
    while let Some((_, after)) = rest.split_once("-----BEGIN") {
        let (label, after) = after.split_once("-----").ok_or(KeyError::Notation)?;
        let (body, after) = after.split_once("-----END").unwrap_or((after, ""));
        let label = label.trim();
        if label.ends_with("PRIVATE KEY") {
            return section(label, body);
        }
        other.get_or_insert_with(|| format!("a PEM section `{}`", shown(label)));
        rest = after;
    }
    Err(other.map_or(KeyError::Notation, |found| KeyError::OtherPem { found }))
}

fn section(label: &str, body: &str) -> Result<PrivateKey, KeyError> {
    if label == "ENCRYPTED PRIVATE KEY" || body.contains("ENCRYPTED") {
        return Err(KeyError::Encrypted);
    }
    let notation = match label {
        "PRIVATE KEY" => "PKCS#8 PEM",
        "RSA PRIVATE KEY" => "PKCS#1 PEM",
        "EC PRIVATE KEY" => "SEC1 PEM",
        _ => return Err(KeyError::OtherPem { found: format!("a PEM section `{}`", shown(label)) }),
    };
    let der = decode(body).ok_or(KeyError::Content { notation, why: "its base64 is damaged" })?;
    from_der(der.expose_secret(), notation)
}

/// A key in DER, of any of the three notations.
pub(super) fn read_der(der: &[u8]) -> Result<PrivateKey, KeyError> {
    from_der(der, "base64").map_err(|_| KeyError::Notation)
}

fn from_der(der: &[u8], notation: &'static str) -> Result<PrivateKey, KeyError> {
    let rsa = RsaKeyPair::from_pkcs8(der).or_else(|_| RsaKeyPair::from_der(der));
    if let Ok(pair) = rsa {
        return Ok(PrivateKey::rsa(pair));
    }
    PrivateKey::ec_from_der(der).ok_or(KeyError::Content {
        notation,
        why: "it is damaged, too short, or of another kind or curve",
    })
}
