//! The private key of a service app.

mod jwk;
mod made;
mod pem;

use std::{fmt, sync::Arc};

use aws_lc_rs::{
    rand::SystemRandom,
    signature::{
        ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING,
        ECDSA_P521_SHA512_FIXED_SIGNING, EcdsaKeyPair, EcdsaSigningAlgorithm, RSA_PKCS1_SHA256,
        RSA_PKCS1_SHA384, RSA_PKCS1_SHA512, RsaEncoding, RsaKeyPair,
    },
};
use base64::{
    Engine,
    alphabet::{STANDARD, URL_SAFE},
    engine::{
        DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig, general_purpose::URL_SAFE_NO_PAD,
    },
};
use secrecy::{ExposeSecret, SecretSlice};

pub use made::GenerateError;

const FORGIVING: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
const BASE64: GeneralPurpose = GeneralPurpose::new(&STANDARD, FORGIVING);
const BASE64_URL: GeneralPurpose = GeneralPurpose::new(&URL_SAFE, FORGIVING);

/// The private key of a service app, ready to sign client assertions (RFC 7523).
///
/// Never shown: neither by `Debug` nor in an error.
#[derive(Clone)]
pub struct PrivateKey {
    signer: Signer,
    algorithm: Algorithm,
    key_id: Option<String>,
}

#[derive(Clone)]
enum Signer {
    Rsa(Arc<RsaKeyPair>),
    Ec(Arc<EcdsaKeyPair>),
}

/// Why a text is not a private key that can be used. Never holds any of the key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Nothing was given.
    #[error("the private key is empty: {ACCEPTED}")]
    Empty,
    /// The text has none of the notations.
    #[error("the private key is neither PEM nor JWK: {ACCEPTED}")]
    Notation,
    /// An encrypted PEM.
    #[error(
        "the private key is encrypted with a passphrase: decrypt it first, for example with `openssl pkey -in key.pem -out plain.pem`"
    )]
    Encrypted,
    /// A public key, a certificate or another PEM section.
    #[error("found {found} instead of a private key: {ACCEPTED}")]
    OtherPem {
        /// The label of the PEM section.
        found: String,
    },
    /// A PEM or DER whose content cannot be used.
    #[error("the private key in {notation} cannot be used ({why}): {ACCEPTED}")]
    Content {
        /// The notation that was recognised.
        notation: &'static str,
        /// What is wrong, without any of the key.
        why: &'static str,
    },
    /// A JWK that cannot be used.
    #[error("the JWK cannot be used: {0}. {ACCEPTED}")]
    Jwk(String),
    /// An algorithm that Okta or the key does not take.
    #[error("`{name}` does not fit this key: accepted are {accepted}")]
    Algorithm {
        /// What was asked for.
        name: String,
        /// What this key can do.
        accepted: &'static str,
    },
}

/// What is accepted, for every error alike.
const ACCEPTED: &str = "accepted are RSA (2048 to 8192 bits) and EC (P-256, P-384, P-521) keys as PEM (PKCS#8, PKCS#1, SEC1) or JWK JSON, also base64 of these";

/// The signature algorithms that Okta takes for client assertions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Algorithm {
    Rs256,
    Rs384,
    Rs512,
    Es256,
    Es384,
    Es512,
}

impl Algorithm {
    const fn name(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Rs384 => "RS384",
            Self::Rs512 => "RS512",
            Self::Es256 => "ES256",
            Self::Es384 => "ES384",
            Self::Es512 => "ES512",
        }
    }

    fn rsa_padding(self) -> &'static dyn RsaEncoding {
        match self {
            Self::Rs384 => &RSA_PKCS1_SHA384,
            Self::Rs512 => &RSA_PKCS1_SHA512,
            _ => &RSA_PKCS1_SHA256,
        }
    }

    const fn curve(self) -> &'static EcdsaSigningAlgorithm {
        match self {
            Self::Es384 => &ECDSA_P384_SHA384_FIXED_SIGNING,
            Self::Es512 => &ECDSA_P521_SHA512_FIXED_SIGNING,
            _ => &ECDSA_P256_SHA256_FIXED_SIGNING,
        }
    }
}

impl PrivateKey {
    /// Reads a private key from the content of a file or of a variable: PEM (PKCS#8 RFC 5958,
    /// PKCS#1 RFC 8017, SEC1 RFC 5915) or JWK (RFC 7517), also with line breaks written as `\n`
    /// or lost, also base64 of any of these.
    ///
    /// `key_id` goes before the `kid` of a JWK.
    pub fn parse(text: &str, key_id: Option<&str>) -> Result<Self, KeyError> {
        let text = text.trim().trim_start_matches('\u{feff}');
        let text = text.trim_matches(['"', '\'']).trim();
        if text.is_empty() {
            return Err(KeyError::Empty);
        }
        let mut key = if is_readable(text) { read(text)? } else { read_base64(text)? };
        if let Some(id) = key_id.map(str::trim).filter(|id| !id.is_empty()) {
            key.key_id = Some(id.to_owned());
        }
        Ok(key)
    }

    /// Signs with `name` (`RS256`, `RS384`, `RS512` for RSA keys) instead of the default. The
    /// algorithm of an EC key follows from its curve.
    pub fn with_algorithm(mut self, name: &str) -> Result<Self, KeyError> {
        let (choices, accepted): (&[Algorithm], _) = match (&self.signer, self.algorithm) {
            (Signer::Rsa(_), _) => (
                &[Algorithm::Rs256, Algorithm::Rs384, Algorithm::Rs512],
                "RS256, RS384 and RS512 for RSA keys",
            ),
            (Signer::Ec(_), Algorithm::Es384) => (&[Algorithm::Es384], "ES384 for P-384 keys"),
            (Signer::Ec(_), Algorithm::Es512) => (&[Algorithm::Es512], "ES512 for P-521 keys"),
            (Signer::Ec(_), _) => (&[Algorithm::Es256], "ES256 for P-256 keys"),
        };
        let asked = name.trim();
        match choices.iter().find(|choice| choice.name().eq_ignore_ascii_case(asked)) {
            Some(algorithm) => {
                self.algorithm = *algorithm;
                Ok(self)
            }
            None => Err(KeyError::Algorithm { name: shown(asked), accepted }),
        }
    }

    /// The key id that assertions carry as `kid`.
    pub fn key_id(&self) -> Option<&str> {
        self.key_id.as_deref()
    }

    /// The name of the signature algorithm (RFC 7518 section 3.1): `RS256`, `ES384` …
    pub const fn algorithm(&self) -> &'static str {
        self.algorithm.name()
    }

    /// A compact JWS (RFC 7515 section 3.1) of `header` and `claims`.
    pub(crate) fn sign(
        &self,
        header: &serde_json::Value,
        claims: &serde_json::Value,
    ) -> Result<String, SignError> {
        let mut token = URL_SAFE_NO_PAD.encode(header.to_string());
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(claims.to_string(), &mut token);
        let random = SystemRandom::new();
        let signature = match &self.signer {
            Signer::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(self.algorithm.rsa_padding(), &random, token.as_bytes(), &mut signature)
                    .map_err(|_| SignError)?;
                signature
            }
            Signer::Ec(pair) => {
                pair.sign(&random, token.as_bytes()).map_err(|_| SignError)?.as_ref().to_vec()
            }
        };
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(signature, &mut token);
        Ok(token)
    }

    fn rsa(pair: RsaKeyPair) -> Self {
        Self { signer: Signer::Rsa(Arc::new(pair)), algorithm: Algorithm::Rs256, key_id: None }
    }

    fn ec(pair: EcdsaKeyPair, algorithm: Algorithm) -> Self {
        Self { signer: Signer::Ec(Arc::new(pair)), algorithm, key_id: None }
    }

    /// An EC key from DER, whichever of the three curves it is on.
    fn ec_from_der(der: &[u8]) -> Option<Self> {
        [Algorithm::Es256, Algorithm::Es384, Algorithm::Es512].into_iter().find_map(|algorithm| {
            let pair = EcdsaKeyPair::from_private_key_der(algorithm.curve(), der).ok()?;
            Some(Self::ec(pair, algorithm))
        })
    }
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PrivateKey")
            .field("algorithm", &self.algorithm.name())
            .field("key_id", &self.key_id)
            .finish_non_exhaustive()
    }
}

/// The key could not sign. The library says no more.
#[derive(Debug)]
pub(crate) struct SignError;

fn is_readable(text: &str) -> bool {
    text.starts_with('{') || text.contains("-----BEGIN")
}

fn read(text: &str) -> Result<PrivateKey, KeyError> {
    if text.starts_with('{') { jwk::read(text) } else { pem::read(text) }
}

/// Base64 of a PEM or JWK, or of DER.
fn read_base64(text: &str) -> Result<PrivateKey, KeyError> {
    let bytes = decode(text).ok_or(KeyError::Notation)?;
    let bytes = bytes.expose_secret();
    match std::str::from_utf8(bytes).map(str::trim) {
        Ok(inner) if is_readable(inner) => read(inner),
        _ => pem::read_der(bytes),
    }
}

/// Base64, standard or URL-safe, padded or not, blanks and escaped line breaks ignored.
fn decode(text: &str) -> Option<SecretSlice<u8>> {
    let text = text.replace("\\r", "").replace("\\n", "");
    let compact: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let engine = if compact.contains(['-', '_']) { BASE64_URL } else { BASE64 };
    engine.decode(compact).ok().filter(|bytes| !bytes.is_empty()).map(SecretSlice::from)
}

/// At most 24 plain characters of a text, for an error.
fn shown(text: &str) -> String {
    text.chars().filter(|c| c.is_ascii_graphic() || *c == ' ').take(24).collect()
}
