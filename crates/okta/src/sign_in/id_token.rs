//! ID tokens: who signed in, when and how, as Okta signed it (OpenID Connect Core 1.0 section 2).

use http::HeaderValue;
use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, jwk::JwkSet};
use reqwest::header::{ACCEPT, USER_AGENT};
use serde_json::{Map, Value};

use super::tokens::Identity;
use crate::{
    Error, ErrorKind, fault,
    transport::{Answer, Failure},
    wire::{Course, Trouble, Wire},
};

/// What an ID token may be signed with. `none` and keys that both sides know are not among it.
const ALGORITHMS: [Algorithm; 5] =
    [Algorithm::RS256, Algorithm::RS384, Algorithm::RS512, Algorithm::ES256, Algorithm::ES384];

/// How far the clocks may differ.
const LEEWAY: SignedDuration = SignedDuration::from_mins(5);

/// How much later than it began a sign-in may seem to have been proven: times are in whole seconds,
/// and the servers of an org differ by a little.
const LAG: SignedDuration = SignedDuration::from_secs(10);

/// The claims of an ID token that is proven to be Okta's, for this client and this sign-in.
#[derive(Clone, Debug)]
pub(crate) struct IdToken {
    claims: Map<String, Value>,
}

impl IdToken {
    /// Who signed in.
    pub(crate) fn identity(&self) -> Identity {
        Identity {
            id: self.text("sub").unwrap_or_default().to_owned(),
            login: self.text("preferred_username").map(str::to_owned),
            name: self.text("name").map(str::to_owned),
        }
    }

    /// When the person proved who they are (`auth_time`), where that was in the course of a sign-in
    /// that `took` so long and asked for one of `asked`.
    ///
    /// Both times in the token are Okta's, so that it does not matter what this machine's clock
    /// says: from the proof to the token it cannot have taken longer than the sign-in did.
    pub(crate) fn fresh(&self, took: SignedDuration, asked: &[String]) -> Result<Timestamp, Error> {
        let fail = |why: String| {
            Error::new(
                ErrorKind::SignIn,
                format!("the ID token of the sign-in {why}: it is no proof"),
            )
        };
        let issued =
            self.time("iat").ok_or_else(|| fail("does not say when it was made".into()))?;
        let proven = self
            .time("auth_time")
            .ok_or_else(|| fail("does not say when the person signed in (auth_time)".into()))?;
        let age = issued.duration_since(proven);
        if age > took.saturating_add(LAG) || age < -LAG {
            return Err(fail(format!(
                "says that the person signed in at {proven}, and not for this (auth_time)"
            )));
        }
        let reached = self.acr();
        if !asked.is_empty() && !asked.iter().any(|acr| Some(acr.as_str()) == reached) {
            let reached = match reached {
                Some(acr) => format!("says only {acr:?} of how surely the person signed in"),
                None => "does not say how surely the person signed in".to_owned(),
            };
            return Err(fail(format!("{reached}, and {} was asked for (acr)", asked.join(" or "))));
        }
        Ok(proven)
    }

    /// How surely the person signed in.
    pub(crate) fn acr(&self) -> Option<&str> {
        self.text("acr")
    }

    /// What the person proved.
    pub(crate) fn amr(&self) -> Vec<String> {
        let all = self.claims.get("amr").and_then(Value::as_array);
        all.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.claims.get(name)?.as_str()
    }

    fn time(&self, name: &str) -> Option<Timestamp> {
        Timestamp::from_second(self.claims.get(name)?.as_i64()?).ok()
    }

    /// Checks `token` (OpenID Connect Core 1.0 section 3.1.3.7): signature, issuer, audience,
    /// times, and the nonce of this sign-in where one was sent.
    pub(crate) async fn verify(
        wire: &Wire,
        token: &str,
        client_id: &str,
        nonce: Option<&str>,
    ) -> Result<Self, Error> {
        let fail = |why: &str| {
            Error::new(
                ErrorKind::SignIn,
                format!("the ID token of the sign-in {why}: not signed in"),
            )
        };
        let header = jsonwebtoken::decode_header(token).map_err(|_| fail("is no JWT"))?;
        if !ALGORITHMS.contains(&header.alg) {
            return Err(fail("is not signed with a key of Okta's"));
        }
        let keys = read(wire, "/oauth2/v1/keys").await?;
        let keys: JwkSet =
            serde_json::from_value(keys).map_err(|_| fail("cannot be checked: no keys"))?;
        let key = header.kid.as_deref().and_then(|kid| keys.find(kid));
        let key = key.ok_or_else(|| fail("is signed with a key that Okta does not publish"))?;
        let key = DecodingKey::from_jwk(key).map_err(|_| fail("is signed with an odd key"))?;
        let mut rules = Validation::new(header.alg);
        // By the clock that is passed in, below.
        rules.validate_exp = false;
        rules.set_audience(&[client_id]);
        rules.required_spec_claims = ["aud", "iss", "sub"].map(str::to_owned).into();
        let claims = jsonwebtoken::decode::<Map<String, Value>>(token, &key, &rules)
            .map_err(|_| fail("is not Okta's, or not for this client"))?
            .claims;
        let token = Self { claims };
        token.check(wire, nonce, &fail)?;
        token.check_issuer(wire, &fail).await?;
        Ok(token)
    }

    fn check(
        &self,
        wire: &Wire,
        nonce: Option<&str>,
        fail: &impl Fn(&str) -> Error,
    ) -> Result<(), Error> {
        let now = wire.clock.now();
        let issued = self.time("iat").ok_or_else(|| fail("does not say when it was made"))?;
        let ends = self.time("exp").ok_or_else(|| fail("does not say how long it is good for"))?;
        if ends.duration_since(now) < -LEEWAY || issued.duration_since(now) > LEEWAY {
            return Err(fail(&format!(
                "was made at {issued} and is good until {ends}, and by this machine's clock it is {now}; is the clock right?"
            )));
        }
        if nonce.is_some() && self.text("nonce") != nonce {
            return Err(fail("is of another sign-in"));
        }
        Ok(())
    }

    /// The issuer is the org: by the URL in use, or by the one that the org itself names there.
    async fn check_issuer(&self, wire: &Wire, fail: &impl Fn(&str) -> Error) -> Result<(), Error> {
        let issuer = self.text("iss");
        if issuer == Some(wire.org.origin()) {
            return Ok(());
        }
        let about = read(wire, "/.well-known/openid-configuration").await?;
        if issuer.is_some() && about.get("issuer").and_then(Value::as_str) == issuer {
            return Ok(());
        }
        Err(fail("is of another org"))
    }
}

/// A public document of the org.
async fn read(wire: &Wire, path: &'static str) -> Result<Value, Error> {
    let what = format!("GET {path}");
    let unfit = |_| Error::new(ErrorKind::NotSent, format!("{what} could not be built"));
    let mut course = Course::new(wire);
    loop {
        let url = format!("{}{path}", wire.org.origin()).parse().map_err(unfit)?;
        let mut request = reqwest::Request::new(reqwest::Method::GET, url);
        request.headers_mut().insert(USER_AGENT, wire.user_agent.clone());
        request.headers_mut().insert(ACCEPT, HeaderValue::from_static("application/json"));
        match judge(course.attempt(request, "GET", path).await, &what) {
            Ok(document) => return Ok(document),
            Err(trouble) => course.again(trouble).await?,
        }
    }
}

fn judge(answer: Result<Answer, Failure>, what: &str) -> Result<Value, Trouble> {
    let answer = answer.map_err(|failure| Trouble::unanswered(failure, what))?;
    let headers = answer.headers;
    match (answer.status, answer.body) {
        (200..=299, Ok(body)) => serde_json::from_slice(&body).map_err(|_| {
            let said = format!("the answer to {what} is no JSON: is the org URL right?");
            Trouble::Final(Error::new(ErrorKind::BadReply, said))
        }),
        (200..=299, Err(broken)) => Err(Trouble::broken(broken, what)),
        (300..=399, _) => Err(Trouble::redirect(&headers, what)),
        (status, body) => {
            let said = fault::read(status, &headers, &body.unwrap_or_default());
            let message = format!("Okta answered {} to {what}", fault::phrase(&said));
            let kind = fault::kind(&said, &headers);
            let error = Error { okta: Some(Box::new(said)), ..Error::new(kind, message) };
            Err(Trouble::refused(status, error, headers))
        }
    }
}
