//! Service apps: client credentials with a signed assertion (RFC 7523, RFC 6749 section 4.4).

use std::time::Duration;

use jiff::Timestamp;
use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderValue, USER_AGENT};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

use super::{Grant, Token, TokenSource};
use crate::{
    BoxFuture, Error, ErrorKind, OktaError, PrivateKey, SetupError, fault,
    transport::{Answer, Failure, secret_header},
    wire::{Course, Trouble, Wire, scrub},
};

const TOKEN_PATH: &str = "/oauth2/v1/token";

/// How long an assertion is good for.
const ASSERTION_SECONDS: i64 = 300;

/// The lifetime that is assumed where Okta states none.
const UNSTATED_SECONDS: u64 = 300;

pub(super) struct PrivateKeyJwt {
    client_id: String,
    key: PrivateKey,
    scopes: Vec<String>,
}

impl PrivateKeyJwt {
    pub(super) fn new(
        client_id: &str,
        key: &PrivateKey,
        scopes: &[String],
    ) -> Result<Self, SetupError> {
        let client_id = client_id.trim();
        if client_id.is_empty() {
            return Err(SetupError::ClientId);
        }
        if scopes.is_empty() {
            return Err(SetupError::NoScopes);
        }
        let is_scope = |scope: &&String| {
            !scope.is_empty()
                && scope.chars().all(|c| c.is_ascii_graphic() && !matches!(c, '"' | '\\'))
        };
        if let Some(scope) = scopes.iter().find(|scope| !is_scope(scope)) {
            return Err(SetupError::Scope(scope.clone()));
        }
        Ok(Self { client_id: client_id.to_owned(), key: key.clone(), scopes: scopes.to_vec() })
    }

    async fn ask(&self, wire: &Wire) -> Result<Token, Error> {
        let endpoint = format!("{}{TOKEN_PATH}", wire.org.origin());
        let mut course = Course::new(wire);
        loop {
            let asked_at = wire.clock.now();
            let assertion = self.assertion(wire, &endpoint, asked_at).await?;
            let request = self.request(wire, &endpoint, &assertion)?;
            let answer = course.attempt(request, "POST", TOKEN_PATH).await;
            match self.judge(answer, &assertion, asked_at) {
                Ok(token) => return Ok(token),
                Err(trouble) => course.again(trouble).await?,
            }
        }
    }

    /// The client assertion: RFC 7523 section 3, the audience as Okta wants it. Each has its own
    /// id, as Okta takes an id once.
    async fn assertion(
        &self,
        wire: &Wire,
        endpoint: &str,
        now: Timestamp,
    ) -> Result<SecretString, Error> {
        let mut id = [0; 16];
        wire.entropy.fill(&mut id);
        let mut header = json!({ "alg": self.key.algorithm(), "typ": "JWT" });
        if let (Some(id), Value::Object(header)) = (self.key.key_id(), &mut header) {
            header.insert("kid".to_owned(), Value::from(id));
        }
        let now = now.as_second();
        let claims = json!({
            "iss": self.client_id,
            "sub": self.client_id,
            "aud": endpoint,
            "iat": now,
            "exp": now.saturating_add(ASSERTION_SECONDS),
            "jti": format!("{:032x}", u128::from_be_bytes(id)),
        });
        // The first signature of a process gathers entropy for tens of milliseconds: elsewhere
        // than in the threads that answer clients.
        let key = self.key.clone();
        let signed = tokio::task::spawn_blocking(move || key.sign(&header, &claims)).await;
        let failed = || Error::new(ErrorKind::SignIn, "the private key could not sign");
        signed.ok().and_then(Result::ok).map(SecretString::from).ok_or_else(failed)
    }

    fn request(
        &self,
        wire: &Wire,
        endpoint: &str,
        assertion: &SecretString,
    ) -> Result<reqwest::Request, Error> {
        let unfit = |_| Error::new(ErrorKind::NotSent, "the token request could not be built");
        let url = endpoint.parse().map_err(unfit)?;
        let form = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("grant_type", "client_credentials")
            .append_pair("scope", &self.scopes.join(" "))
            .append_pair(
                "client_assertion_type",
                "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            )
            .append_pair("client_assertion", assertion.expose_secret())
            .finish();
        let mut request = reqwest::Request::new(reqwest::Method::POST, url);
        *request.body_mut() = Some(form.into());
        let headers = request.headers_mut();
        headers.insert(USER_AGENT, wire.user_agent.clone());
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
        Ok(request)
    }

    fn judge(
        &self,
        answer: Result<Answer, Failure>,
        assertion: &SecretString,
        asked_at: Timestamp,
    ) -> Result<Token, Trouble> {
        let answer = answer.map_err(|failure| Trouble::unanswered(failure, "the token request"))?;
        let body = match answer.body {
            Ok(body) => body,
            Err(broken) if answer.status < 300 => {
                return Err(Trouble::broken(broken, "the token request"));
            }
            Err(_) => Vec::new(),
        };
        match answer.status {
            200..=299 => self.token(&body, asked_at).map_err(Trouble::Final),
            300..=399 => Err(Trouble::redirect(&answer.headers, "the token request")),
            status => {
                let body = scrub(&body, assertion);
                let said = fault::read(status, &answer.headers, &body);
                let error = self.refusal(said);
                Err(match status {
                    429 => Trouble::RateLimited { error, headers: Box::new(answer.headers) },
                    408 | 500.. => {
                        Trouble::Passing { error, headers: Some(Box::new(answer.headers)) }
                    }
                    _ => Trouble::Final(error),
                })
            }
        }
    }

    fn token(&self, body: &[u8], asked_at: Timestamp) -> Result<Token, Error> {
        let unreadable = |what: &str| {
            Error::new(
                ErrorKind::BadReply,
                format!("Okta's answer to the token request {what}: is the org URL right?"),
            )
        };
        let json: Value = serde_json::from_slice(body).map_err(|_| unreadable("is no JSON"))?;
        let text = |name: &str| json.get(name).and_then(Value::as_str);
        let token = text("access_token").ok_or_else(|| unreadable("holds no access token"))?;
        let kind = text("token_type").unwrap_or("Bearer");
        if !kind.eq_ignore_ascii_case("Bearer") {
            return Err(dpop(None));
        }
        let authorization = secret_header(&format!("Bearer {token}"))
            .ok_or_else(|| unreadable("holds a token that fits no header"))?;
        let lifetime = json.get("expires_in").and_then(|value| match value {
            Value::String(text) => text.parse().ok(),
            other => other.as_u64(),
        });
        let lifetime = Duration::from_secs(lifetime.unwrap_or(UNSTATED_SECONDS));
        let early = Duration::from_mins(1).min(lifetime / 10);
        // RFC 6749 section 5.1: where `scope` is missing, all that was asked for is granted.
        let scopes = match text("scope") {
            Some(granted) => granted.split_ascii_whitespace().map(str::to_owned).collect(),
            None => self.scopes.clone(),
        };
        Ok(Token {
            authorization,
            secret: SecretString::from(token),
            renew_at: asked_at.checked_add(lifetime.saturating_sub(early)).ok(),
            grant: Grant::Scopes(scopes),
        })
    }

    /// What a refused token request means, and what to do.
    fn refusal(&self, said: OktaError) -> Error {
        let id = &self.client_id;
        let phrase = fault::phrase(&said);
        let (kind, advice) = match (said.code.as_deref(), said.status) {
            (Some("invalid_dpop_proof" | "use_dpop_nonce"), _) => return dpop(Some(said)),
            (Some("invalid_scope" | "client_credentials_self_scope_requested"), _) => {
                let named = self.named_scopes(said.summary.as_deref().unwrap_or_default());
                let advice = format!(
                    "grant {named} to the app (Okta API Scopes tab), or do not ask for it; scopes that end in .self and OpenID scopes are not for service apps"
                );
                (ErrorKind::MissingScope, advice)
            }
            (Some("invalid_client"), _) => {
                let key = match self.key.key_id() {
                    Some(key) => format!("the public half of the key `{key}`"),
                    None => "the public half of the key".to_owned(),
                };
                let advice = format!(
                    "check that the client id is the app's, that {key} is registered and active on it, that the app authenticates with public key / private key, and that this machine's clock is right"
                );
                (ErrorKind::SignIn, advice)
            }
            (_, 429) => {
                (ErrorKind::RateLimited { until: None }, "try again after the limit".to_owned())
            }
            (_, 408 | 500..) => (ErrorKind::OktaFault, "try again later".to_owned()),
            (_, 404) => (ErrorKind::SignIn, "check the org URL".to_owned()),
            _ => {
                let advice = "check that the app is an active API Services app with the grant type client credentials";
                (ErrorKind::SignIn, advice.to_owned())
            }
        };
        let message =
            format!("Okta refused the sign-in of the service app {id} ({phrase}): {advice}");
        Error { okta: Some(Box::new(said)), ..Error::new(kind, message) }
    }

    /// The requested scopes that Okta names, or else all of them.
    fn named_scopes(&self, summary: &str) -> String {
        let words: Vec<&str> =
            summary.split(|c: char| !(c.is_ascii_alphanumeric() || "._-".contains(c))).collect();
        let named: Vec<&str> = self
            .scopes
            .iter()
            .map(String::as_str)
            .filter(|scope| words.iter().any(|word| word.trim_end_matches('.') == *scope))
            .collect();
        if named.is_empty() { self.scopes.join(", ") } else { named.join(", ") }
    }
}

impl TokenSource for PrivateKeyJwt {
    fn fetch<'a>(&'a self, wire: &'a Wire) -> BoxFuture<'a, Result<Token, Error>> {
        Box::pin(self.ask(wire))
    }

    fn is_renewable(&self) -> bool {
        true
    }

    fn advice(&self) -> &'static str {
        "Okta refuses the access token although it was just renewed: check that the app is active and has an admin role"
    }

    fn service_app(&self) -> Option<&str> {
        Some(&self.client_id)
    }
}

fn dpop(said: Option<OktaError>) -> Error {
    Error {
        okta: said.map(Box::new),
        ..Error::new(
            ErrorKind::SignIn,
            "the service app requires DPoP, which this version does not do: switch off \"Require Demonstrating Proof of Possession (DPoP) header in token requests\" (Require DPoP) on the app",
        )
    }
}
