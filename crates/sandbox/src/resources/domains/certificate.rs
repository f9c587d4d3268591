//! The certificate of a custom domain.

use std::fmt::Write as _;

use jiff::Timestamp;
use rcgen::{KeyPair, PublicKeyData as _};
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};
use x509_parser::{
    certificate::X509Certificate, extensions::GeneralName, pem::Pem, prelude::FromDer as _,
};

use crate::{
    call::stamp_text,
    error::{ApiError, Result},
    resources::policies::text,
    time::before,
};

/// How long Okta's own certificates are good for: 90 days, in seconds.
const LIFETIME: i64 = 90 * 86_400;

/// What is shown of the certificate that Okta gets for a domain.
pub(super) fn of_okta(domain: &str, fingerprint: &str, now: Timestamp) -> Value {
    shown(&format!("CN={domain}"), fingerprint, before(now, -LIFETIME))
}

fn shown(subject: &str, fingerprint: &str, expiration: Timestamp) -> Value {
    json!({
        "subject": subject,
        "fingerprint": fingerprint,
        "expiration": stamp_text(expiration),
    })
}

/// What is shown of a certificate that is uploaded for `domain`, if it is good: PEM, valid now, for
/// this name, with its chain and with the private key that belongs to it. 400 E0000001 otherwise.
/// Nothing of the key goes into an answer.
pub(super) fn check(body: &Map<String, Value>, domain: &str, now: Timestamp) -> Result<Value> {
    for name in ["certificate", "privateKey", "type"] {
        if text(body, name).trim().is_empty() {
            return Err(ApiError::blank(name));
        }
    }
    if text(body, "type") != "PEM" {
        return Err(ApiError::invalid("type", "type: The only valid value is [PEM]."));
    }
    let invalid = |name: &str, why: &str| ApiError::invalid(name, format!("{name}: {why}"));
    let leaf = blocks(text(body, "certificate")).filter(|all| all.len() == 1);
    let leaf = leaf.and_then(|all| all.into_iter().next());
    let leaf = leaf.ok_or_else(|| invalid("certificate", "Must be one certificate in PEM"))?;
    if blocks(text(body, "certificateChain")).is_none() {
        return Err(invalid("certificateChain", "Must be certificates in PEM"));
    }
    let not_x509 = || invalid("certificate", "Is not an X.509 certificate");
    let (_, certificate) = X509Certificate::from_der(&leaf).map_err(|_| not_x509())?;
    let key = KeyPair::from_pem(text(body, "privateKey"))
        .map_err(|_| invalid("privateKey", "Must be a private key in PEM, without a passphrase"))?;
    if key.subject_public_key_info() != certificate.public_key().raw {
        return Err(invalid("privateKey", "Does not belong to the certificate"));
    }
    let validity = certificate.validity();
    let now = now.as_second();
    if now < validity.not_before.timestamp() || now > validity.not_after.timestamp() {
        return Err(invalid("certificate", "Has expired, or is not valid yet"));
    }
    if !covers(&certificate, domain) {
        return Err(invalid("certificate", "Is not for this domain"));
    }
    let fingerprint = Sha256::digest(&leaf).iter().fold(String::new(), |mut text, byte| {
        // Writing to a string cannot fail.
        write!(text, "{byte:02x}").ok();
        text
    });
    let until = Timestamp::from_second(validity.not_after.timestamp()).map_err(|_| not_x509())?;
    Ok(shown(&certificate.subject().to_string(), &fingerprint, until))
}

/// The certificates in a PEM text; `None` where anything in it is something else.
fn blocks(text: &str) -> Option<Vec<Vec<u8>>> {
    let all: Result<Vec<Pem>, _> = Pem::iter_from_buffer(text.as_bytes()).collect();
    let all = all.ok()?;
    let good =
        |pem: &Pem| pem.label == "CERTIFICATE" && X509Certificate::from_der(&pem.contents).is_ok();
    let empty_on_purpose = text.trim().is_empty();
    (all.iter().all(good) && all.is_empty() == empty_on_purpose)
        .then(|| all.into_iter().map(|pem| pem.contents).collect())
}

/// Whether one of the names of a certificate is the domain, or stands for it (`*.acme.example`).
fn covers(certificate: &X509Certificate<'_>, domain: &str) -> bool {
    let fits = |name: &str| {
        let name = name.to_ascii_lowercase();
        let parent = domain.split_once('.').map(|(_, parent)| parent);
        name == domain || name.strip_prefix("*.").is_some_and(|rest| Some(rest) == parent)
    };
    let names = certificate.subject_alternative_name().ok().flatten();
    names.is_some_and(|names| {
        let names = names.value.general_names.iter();
        names.into_iter().any(|name| matches!(name, GeneralName::DNSName(name) if fits(name)))
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Whatever is uploaded, it is refused without a word of the key.
        #[test]
        fn nonsense_is_refused(
            certificate in "(-----BEGIN CERTIFICATE-----\n)?[A-Za-z0-9+/=\n-]{0,80}(-----END CERTIFICATE-----)?",
            key in "(-----BEGIN PRIVATE KEY-----\n)?SECRET[A-Za-z0-9+/=\n]{0,80}",
        ) {
            let Value::Object(body) = json!({
                "type": "PEM",
                "certificate": certificate,
                "certificateChain": certificate,
                "privateKey": key,
            }) else { return Ok(()) };
            let refused = check(&body, "acme.example", Timestamp::UNIX_EPOCH).unwrap_err();
            let told = format!("{refused:?}");
            prop_assert!(!told.contains("SECRET"));
        }
    }
}
