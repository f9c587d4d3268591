//! How a client proves itself to the authorization server (RFC 6749 section 2.3).

use std::fmt;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use jiff::Timestamp;
use reqwest::header::{AUTHORIZATION, HeaderMap};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

use crate::{Error, ErrorKind, PrivateKey, SetupError, transport::secret_header, wire::Wire};

/// How long an assertion is good for.
const ASSERTION_SECONDS: i64 = 300;

/// How many seconds before now an assertion says that it was made: Okta refuses one of the future,
/// and clocks differ.
const BACKDATED_SECONDS: i64 = 60;

/// What a client has to prove itself with.
#[derive(Clone)]
pub enum ClientProof {
    /// Nothing: a public client, as native apps are.
    Public,
    /// A client secret (`client_secret_basic`).
    Secret(SecretString),
    /// A private key (`private_key_jwt`, RFC 7523 section 2.2).
    Key(PrivateKey),
}

impl fmt::Debug for ClientProof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Public => f.write_str("Public"),
            Self::Secret(_) => f.write_str("Secret([redacted])"),
            Self::Key(key) => f.debug_tuple("Key").field(key).finish(),
        }
    }
}

/// A client of the org's authorization server.
#[derive(Debug)]
pub(super) struct Client {
    pub(super) id: String,
    pub(super) proof: ClientProof,
}

/// A form to be sent, and what of it no error may show.
#[derive(Clone, Debug, Default)]
pub(super) struct Form {
    pub(super) pairs: Vec<(&'static str, String)>,
    pub(super) secrets: Vec<SecretString>,
    pub(super) headers: HeaderMap,
}

impl Form {
    /// With one more field.
    pub(super) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.pairs.push((name, value.into()));
        self
    }

    /// With one more field that no error may show.
    pub(super) fn with_secret(mut self, name: &'static str, value: &SecretString) -> Self {
        self.secrets.push(value.clone());
        self.with(name, value.expose_secret())
    }
}

impl Client {
    pub(super) fn new(id: &str, proof: ClientProof) -> Result<Self, SetupError> {
        let id = id.trim();
        if id.is_empty() {
            return Err(SetupError::ClientId);
        }
        Ok(Self { id: id.to_owned(), proof })
    }

    /// `form` with the proof for a request to `endpoint`: fresh for each, as Okta takes the id of
    /// an assertion once.
    pub(super) async fn sign(
        &self,
        wire: &Wire,
        endpoint: &str,
        form: Form,
    ) -> Result<Form, Error> {
        match &self.proof {
            ClientProof::Public => Ok(form.with("client_id", &self.id)),
            ClientProof::Secret(secret) => {
                let mut form = form;
                let pair = format!("{}:{}", escaped(&self.id), escaped(secret.expose_secret()));
                let basic = SecretString::from(STANDARD.encode(pair));
                let unfit = || Error::new(ErrorKind::NotSent, "the client secret fits no header");
                let header = secret_header(&format!("Basic {}", basic.expose_secret()));
                form.headers.insert(AUTHORIZATION, header.ok_or_else(unfit)?);
                form.secrets.extend([secret.clone(), basic]);
                Ok(form)
            }
            ClientProof::Key(key) => {
                let assertion = self.assertion(wire, key, endpoint, wire.clock.now()).await?;
                let kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
                let form = form.with("client_assertion_type", kind);
                Ok(form.with_secret("client_assertion", &assertion))
            }
        }
    }

    /// The client assertion: RFC 7523 section 3, the audience as Okta wants it.
    async fn assertion(
        &self,
        wire: &Wire,
        key: &PrivateKey,
        endpoint: &str,
        now: Timestamp,
    ) -> Result<SecretString, Error> {
        let mut header = json!({ "alg": key.algorithm(), "typ": "JWT" });
        if let (Some(id), Value::Object(header)) = (key.key_id(), &mut header) {
            header.insert("kid".to_owned(), Value::from(id));
        }
        let now = now.as_second();
        let claims = json!({
            "iss": self.id,
            "sub": self.id,
            "aud": endpoint,
            "iat": now.saturating_sub(BACKDATED_SECONDS),
            "exp": now.saturating_add(ASSERTION_SECONDS),
            "jti": wire.fresh_id(),
        });
        // The first signature of a process gathers entropy for tens of milliseconds: elsewhere
        // than in the threads that answer clients.
        let key = key.clone();
        let signed = tokio::task::spawn_blocking(move || key.sign(&header, &claims)).await;
        let failed = || Error::new(ErrorKind::SignIn, "the private key could not sign");
        signed.ok().and_then(Result::ok).map(SecretString::from).ok_or_else(failed)
    }
}

/// As RFC 6749 section 2.3.1 wants names and secrets before they are joined.
fn escaped(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}
