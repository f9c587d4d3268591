//! Requests to the org's authorization server: forms with the client's proof, tried again where
//! that helps, bound to a key where Okta asks for it.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use http::HeaderMap;
use jiff::{SignedDuration, Timestamp};
use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderValue, USER_AGENT};
use secrecy::SecretString;
use serde_json::Value;
use url::Url;

use super::{
    Grant, Token,
    client::{Client, Form},
    dpop::{Asker, Dpop, HEADER, ProofKey},
};
use crate::{
    Error, ErrorKind, OktaError, fault, limits,
    transport::{Answer, Failure, secret_header},
    wire::{Course, Trouble, Wire, scrub},
};

/// Where tokens are given out.
pub(super) const TOKEN: &str = "/oauth2/v1/token";

/// The lifetime that is assumed where Okta states none.
const UNSTATED_SECONDS: u64 = 300;

/// How often one request is sent anew because Okta wants a proof, a nonce or the next nonce.
const MOST_PROOFS: u32 = 3;

/// From which difference on the clocks are worth a word.
const SKEW: SignedDuration = SignedDuration::from_secs(60);

/// The authorization server as one client sees it.
#[derive(Debug)]
pub(crate) struct Endpoint {
    pub(super) client: Client,
    bound: Dpop,
    key: Mutex<Option<Arc<ProofKey>>>,
}

/// A success.
pub(super) struct Posted {
    pub(super) json: Value,
    /// When it was asked for.
    asked_at: Timestamp,
    /// The key that the request proved.
    pub(super) key: Option<Arc<ProofKey>>,
}

/// A refusal, and how far this machine's clock is ahead of Okta's where that is worth a word.
pub(super) struct Refused {
    pub(super) said: OktaError,
    ahead: Option<SignedDuration>,
}

impl Refused {
    /// What the clock has to do with it: empty, or a clause to be put behind.
    pub(super) fn clock(&self) -> String {
        self.ahead.map_or_else(String::new, |ahead| {
            let way = if ahead.is_negative() { "behind" } else { "ahead of" };
            let seconds = ahead.unsigned_abs().as_secs();
            format!("; this machine's clock is {seconds} s {way} Okta's: set it right")
        })
    }
}

/// What a refusal means and what to do, where it is the same whoever signs in.
pub(super) fn usual(said: &OktaError) -> Option<(ErrorKind, String)> {
    let (kind, advice) = match (said.code.as_deref(), said.status) {
        (Some("invalid_dpop_proof" | "use_dpop_nonce"), _) => (
            ErrorKind::SignIn,
            "the app requires DPoP, and Okta does not take this proof: check that this machine's \
             clock is right",
        ),
        (_, 429) => (ErrorKind::RateLimited { until: None }, "try again after the limit"),
        (_, 408 | 500..) => (ErrorKind::OktaFault, "try again later"),
        (_, 404) => (ErrorKind::SignIn, "check the org URL"),
        _ => return None,
    };
    Some((kind, advice.to_owned()))
}

/// What a request is called in errors, and what a refusal of it means.
pub(super) struct Meaning<'a> {
    pub(super) what: &'a str,
    pub(super) refusal: &'a (dyn Fn(Refused) -> Error + Sync),
}

impl Endpoint {
    pub(super) fn new(client: Client, bound: Dpop) -> Self {
        Self { client, bound, key: Mutex::default() }
    }

    /// The key that tokens are bound to from now on.
    pub(super) fn bind(&self, key: Option<Arc<ProofKey>>) {
        *self.key.lock().unwrap_or_else(PoisonError::into_inner) = key;
    }

    /// Asks for a token.
    pub(super) async fn token(
        &self,
        wire: &Wire,
        form: &Form,
        meaning: &Meaning<'_>,
    ) -> Result<Posted, Error> {
        let switched_on = self.bound == Dpop::Always;
        self.send(wire, TOKEN, form, meaning, switched_on || self.kept().is_some()).await
    }

    /// Sends a form elsewhere: no proof of possession is asked for there.
    pub(super) async fn post(
        &self,
        wire: &Wire,
        path: &'static str,
        form: &Form,
        meaning: &Meaning<'_>,
    ) -> Result<Posted, Error> {
        self.send(wire, path, form, meaning, false).await
    }

    /// What Okta says of a token of this client (RFC 7662).
    pub(super) async fn introspect(
        &self,
        wire: &Wire,
        token: &SecretString,
    ) -> Result<Value, Error> {
        let form =
            Form::default().with_secret("token", token).with("token_type_hint", "access_token");
        let meaning =
            Meaning { what: "the introspection", refusal: &|said| refusal(said, "introspection") };
        Ok(self.post(wire, "/oauth2/v1/introspect", &form, &meaning).await?.json)
    }

    /// Takes a token of this client back (RFC 7009).
    pub(super) async fn revoke(
        &self,
        wire: &Wire,
        token: &SecretString,
        kind: &'static str,
    ) -> Result<(), Error> {
        let form = Form::default().with_secret("token", token).with("token_type_hint", kind);
        let meaning =
            Meaning { what: "the revocation", refusal: &|said| refusal(said, "revocation") };
        self.post(wire, "/oauth2/v1/revoke", &form, &meaning).await.map(drop)
    }

    async fn send(
        &self,
        wire: &Wire,
        path: &'static str,
        form: &Form,
        meaning: &Meaning<'_>,
        mut proven: bool,
    ) -> Result<Posted, Error> {
        let url = format!("{}{path}", wire.org.origin());
        let mut course = Course::new(wire);
        let mut proofs = 0;
        loop {
            let asked_at = wire.clock.now();
            let signed = self.client.sign(wire, &url, form.clone()).await?;
            let key = if proven { Some(self.key()?) } else { None };
            let request = build(wire, &url, &signed, key.as_deref())?;
            let answer = course.attempt(request, "POST", path).await;
            if let (Ok(answer), Some(key)) = (&answer, &key) {
                key.learn(Asker::TokenEndpoint, &answer.headers);
            }
            match judge(answer, &signed, meaning, wire.clock.now()) {
                Ok(json) => return Ok(Posted { json, asked_at, key }),
                Err(Outcome::Proof(_)) if proofs < MOST_PROOFS && path == TOKEN => {
                    proofs += 1;
                    proven = true;
                }
                Err(Outcome::Proof(error)) => return Err(course.with_ids(error)),
                Err(Outcome::Trouble(trouble)) => course.again(trouble).await?,
            }
        }
    }

    fn kept(&self) -> Option<Arc<ProofKey>> {
        self.key.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn key(&self) -> Result<Arc<ProofKey>, Error> {
        let mut kept = self.key.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(key) = &*kept {
            return Ok(Arc::clone(key));
        }
        let fresh = ProofKey::generate()
            .map_err(|_| Error::new(ErrorKind::NotSent, "no DPoP key could be made"))?;
        Ok(Arc::clone(kept.insert(fresh)))
    }
}

impl Posted {
    /// A text of the answer.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.json.get(name).and_then(Value::as_str)
    }

    /// A number of seconds of the answer, as a number or as text.
    pub(super) fn seconds(&self, name: &str) -> Option<u64> {
        self.json.get(name).and_then(|value| match value {
            Value::String(text) => text.parse().ok(),
            other => other.as_u64(),
        })
    }

    /// The access token, for what was `asked`.
    pub(super) fn token(&self, asked: &[String]) -> Result<Token, Error> {
        let token = self.text("access_token").ok_or_else(|| bad("holds no access token"))?;
        // RFC 6749 section 5.1: where `scope` is missing, all that was asked for is granted.
        let scopes = match self.text("scope") {
            Some(granted) => granted.split_ascii_whitespace().map(str::to_owned).collect(),
            None => asked.to_vec(),
        };
        let proof = match (self.text("token_type").unwrap_or("Bearer"), &self.key) {
            (kind, _) if kind.eq_ignore_ascii_case("Bearer") => None,
            (kind, Some(key)) if kind.eq_ignore_ascii_case("DPoP") => Some(Arc::clone(key)),
            _ => return Err(bad("holds a token of a type that was not asked for")),
        };
        let lifetime = Duration::from_secs(self.seconds("expires_in").unwrap_or(UNSTATED_SECONDS));
        let expires = self.asked_at.checked_add(lifetime).map_err(|_| bad("never expires"))?;
        Token::new(token.into(), self.asked_at, expires, Grant::Scopes(scopes), proof)
    }
}

/// A refusal that says enough by itself.
fn refusal(refused: Refused, what: &str) -> Error {
    let clock = refused.clock();
    let said = refused.said;
    let message = format!("Okta refused the {what} ({}){clock}", fault::phrase(&said));
    let kind = if said.status >= 500 { ErrorKind::OktaFault } else { ErrorKind::SignIn };
    Error { okta: Some(Box::new(said)), ..Error::new(kind, message) }
}

/// An answer to a token request that is none.
pub(super) fn bad(what: &str) -> Error {
    Error::new(
        ErrorKind::BadReply,
        format!("Okta's answer to the token request {what}: is the org URL right?"),
    )
}

enum Outcome {
    /// Okta wants the request with a proof, or with a nonce in it.
    Proof(Error),
    Trouble(Trouble),
}

fn build(
    wire: &Wire,
    url: &str,
    form: &Form,
    key: Option<&ProofKey>,
) -> Result<reqwest::Request, Error> {
    let unfit = |_| Error::new(ErrorKind::NotSent, "the token request could not be built");
    let url: Url = url.parse().map_err(unfit)?;
    let proof = key.map(|key| key.prove(wire, Asker::TokenEndpoint, "POST", &url, None));
    let body =
        url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&form.pairs).finish();
    let mut request = reqwest::Request::new(reqwest::Method::POST, url);
    *request.body_mut() = Some(body.into());
    let headers = request.headers_mut();
    headers.extend(form.headers.clone());
    headers.insert(USER_AGENT, wire.user_agent.clone());
    headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
    if let Some(proof) = proof.transpose()? {
        headers.insert(HEADER, proof);
    }
    Ok(request)
}

fn judge(
    answer: Result<Answer, Failure>,
    form: &Form,
    meaning: &Meaning<'_>,
    now: Timestamp,
) -> Result<Value, Outcome> {
    let Meaning { what, refusal } = meaning;
    let answer = answer.map_err(|failure| Outcome::Trouble(Trouble::unanswered(failure, what)))?;
    let body = match answer.body {
        Ok(body) => body,
        Err(broken) if answer.status < 300 => {
            return Err(Outcome::Trouble(Trouble::broken(broken, what)));
        }
        Err(_) => Vec::new(),
    };
    match answer.status {
        // Revoking answers with nothing (RFC 7009 section 2.2).
        200..=299 if body.is_empty() => Ok(Value::Null),
        200..=299 => serde_json::from_slice(&body)
            .map_err(|_| Outcome::Trouble(Trouble::Final(bad("is no JSON")))),
        300..=399 => Err(Outcome::Trouble(Trouble::redirect(&answer.headers, what))),
        status => {
            let body = form.secrets.iter().fold(body, |body, secret| scrub(&body, secret));
            let said = fault::read(status, &answer.headers, &body);
            Err(refused(said, answer.headers, now, refusal))
        }
    }
}

fn refused(
    said: OktaError,
    headers: HeaderMap,
    now: Timestamp,
    refusal: &(dyn Fn(Refused) -> Error + Sync),
) -> Outcome {
    let (status, code) = (said.status, said.code.clone().unwrap_or_default());
    let ahead = limits::date(&headers).map(|date| now.duration_since(date));
    let ahead = ahead.filter(|ahead| ahead.abs() > SKEW);
    let error = refusal(Refused { said, ahead });
    match code.as_str() {
        "invalid_dpop_proof" | "use_dpop_nonce" => Outcome::Proof(error),
        // Waiting for a window does not help: a person has to use up the codes.
        "too_many_user_codes" => Outcome::Trouble(Trouble::Final(error)),
        _ => Outcome::Trouble(Trouble::refused(status, error, headers)),
    }
}

impl Token {
    /// A token that is renewed shortly before it `expires`.
    pub(super) fn new(
        secret: SecretString,
        since: Timestamp,
        expires: Timestamp,
        grant: Grant,
        proof: Option<Arc<ProofKey>>,
    ) -> Result<Self, Error> {
        use secrecy::ExposeSecret as _;
        let scheme = if proof.is_some() { "DPoP" } else { "Bearer" };
        let authorization = secret_header(&format!("{scheme} {}", secret.expose_secret()))
            .ok_or_else(|| bad("holds a token that fits no header"))?;
        let lifetime = Duration::try_from(expires.duration_since(since)).unwrap_or_default();
        let early = Duration::from_mins(1).min(lifetime / 10);
        let renew_at = since.checked_add(lifetime.saturating_sub(early)).ok();
        Ok(Self { authorization, secret, since, expires, renew_at, grant, proof, user: None })
    }
}
