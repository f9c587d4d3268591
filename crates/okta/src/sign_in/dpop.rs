//! Proof of possession (RFC 9449): a token that only works together with a key of this process.

use std::sync::{Arc, Mutex, PoisonError};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use http::{HeaderMap, HeaderValue};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;
use url::Url;

use crate::{Error, ErrorKind, PrivateKey, key::GenerateError, transport::header, wire::Wire};

/// The header of a proof.
pub(crate) const HEADER: &str = "dpop";

/// The header in which a server names the nonce of the next proof.
const NONCE: &str = "dpop-nonce";

/// When tokens are bound to a key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Dpop {
    /// As soon as Okta asks for it (`invalid_dpop_proof`).
    #[default]
    Auto,
    /// From the first request on.
    Always,
}

/// Who asks for a nonce: each keeps its own (RFC 9449 sections 8 and 9).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asker {
    /// The authorization server.
    TokenEndpoint,
    /// The API.
    Api,
}

/// `base64url(SHA-256)` of a secret: as `ath` of a proof (RFC 9449 section 4.2) and as the challenge
/// of PKCE (RFC 7636 section 4.2).
pub(super) fn digest(secret: &SecretString) -> String {
    use aws_lc_rs::digest::{SHA256, digest};
    URL_SAFE_NO_PAD.encode(digest(&SHA256, secret.expose_secret().as_bytes()))
}

/// The key that tokens are bound to, another one than the client signs its assertions with.
#[derive(Debug)]
pub(crate) struct ProofKey {
    key: PrivateKey,
    nonces: Mutex<Nonces>,
}

#[derive(Debug, Default)]
struct Nonces {
    token_endpoint: Option<String>,
    api: Option<String>,
}

impl Nonces {
    const fn of(&mut self, asker: Asker) -> &mut Option<String> {
        match asker {
            Asker::TokenEndpoint => &mut self.token_endpoint,
            Asker::Api => &mut self.api,
        }
    }
}

impl ProofKey {
    /// A fresh key on P-256, which signs in a fraction of the time of an RSA key.
    pub(crate) fn generate() -> Result<Arc<Self>, GenerateError> {
        PrivateKey::generate_ec().map(Self::of)
    }

    /// A key that was kept with its tokens.
    pub(crate) fn of(key: PrivateKey) -> Arc<Self> {
        Arc::new(Self { key, nonces: Mutex::default() })
    }

    /// The key, to be kept.
    pub(crate) fn key(&self) -> &PrivateKey {
        &self.key
    }

    /// The proof for one request (RFC 9449 section 4.2): good for this method and URL, whose query
    /// does not count, and for this token.
    pub(crate) fn prove(
        &self,
        wire: &Wire,
        asker: Asker,
        method: &str,
        url: &Url,
        token: Option<&SecretString>,
    ) -> Result<HeaderValue, Error> {
        let mut url = url.clone();
        url.set_query(None);
        url.set_fragment(None);
        let mut claims = json!({
            "htm": method,
            "htu": url.as_str(),
            "iat": wire.clock.now().as_second(),
            "jti": wire.fresh_id(),
        });
        let more = [("ath", token.map(digest)), ("nonce", self.nonces().of(asker).clone())];
        if let Some(claims) = claims.as_object_mut() {
            let given = more.into_iter().filter_map(|(name, value)| Some((name, value?)));
            claims.extend(given.map(|(name, value)| (name.to_owned(), value.into())));
        }
        let head = json!({
            "typ": "dpop+jwt",
            "alg": self.key.algorithm(),
            "jwk": self.key.public_jwk(),
        });
        let failed = || Error::new(ErrorKind::NotSent, "the DPoP proof could not be made");
        let proof = self.key.sign(&head, &claims).map_err(|_| failed())?;
        HeaderValue::from_str(&proof).map_err(|_| failed())
    }

    /// Keeps the nonce that an answer names; true where it is another one than before.
    pub(crate) fn learn(&self, asker: Asker, headers: &HeaderMap) -> bool {
        let Some(nonce) = header(headers, NONCE).filter(|nonce| !nonce.is_empty()) else {
            return false;
        };
        let mut nonces = self.nonces();
        let kept = nonces.of(asker);
        let new = kept.as_deref() != Some(nonce);
        *kept = Some(nonce.to_owned());
        new
    }

    fn nonces(&self) -> std::sync::MutexGuard<'_, Nonces> {
        self.nonces.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
