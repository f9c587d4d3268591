//! A request as it goes out, and what an answer to it means.

use http::{HeaderMap, HeaderName, HeaderValue, header};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use secrecy::SecretString;
use serde_json::Value;
use url::Url;

use crate::{
    Error, ErrorKind, Method, OktaError, Reply, Request, fault,
    limits::{Endpoint, Stated},
    pages,
    sign_in::{Asker, PROOF, Session, Token},
    transport::{Answer, Broken, Failure},
    wire::{Course, Trouble, Wire, scrub},
};

/// Everything but RFC 3986 `unreserved`: a space becomes `%20`, which is a space everywhere.
const QUERY: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'~').remove(b'.');

/// What to do after an attempt.
pub(crate) enum Verdict {
    Done(Box<Reply>),
    TokenRefused(Error),
    Trouble(Trouble),
}

/// A request with everything but the token.
pub(crate) struct Outgoing<'a> {
    wire: &'a Wire,
    request: &'a Request,
    url: Url,
    call_id: &'a str,
    user_agent: HeaderValue,
    if_match: Option<HeaderValue>,
    content_type: Option<HeaderValue>,
    body: Option<Vec<u8>>,
}

impl<'a> Outgoing<'a> {
    pub(crate) fn new(
        wire: &'a Wire,
        request: &'a Request,
        call_id: &'a str,
    ) -> Result<Self, Error> {
        let unfit = |what| Error::new(ErrorKind::NotSent, format!("{what}: nothing was sent"));
        let mut text = format!("{}{}", wire.org.origin(), request.path());
        for (at, (name, value)) in request.query_pairs().iter().enumerate() {
            text.push(if at == 0 { '?' } else { '&' });
            text.extend(utf8_percent_encode(name, QUERY));
            text.push('=');
            text.extend(utf8_percent_encode(value, QUERY));
        }
        let url = Url::parse(&text).map_err(|_| unfit("the request has no valid URL"))?;
        // Whatever a URL reader would fold away must not lead to another resource.
        if url.path() != request.path() || url.origin().ascii_serialization() != wire.org.origin() {
            return Err(unfit("the path of the request is not in its plain form"));
        }
        let product = wire.user_agent.to_str().unwrap_or_default();
        let user_agent = HeaderValue::from_str(&format!("{product} (call/{call_id})"))
            .map_err(|_| unfit("the call id fits no header"))?;
        let if_match = request
            .etag()
            .map(HeaderValue::from_str)
            .transpose()
            .map_err(|_| unfit("the entity tag fits no header"))?;
        let (content_type, body) = request.content().map_err(unfit)?.unzip();
        let content_type = content_type
            .map(HeaderValue::try_from)
            .transpose()
            .map_err(|_| unfit("the type of the body fits no header"))?;
        Ok(Self { wire, request, url, call_id, user_agent, if_match, content_type, body })
    }

    pub(crate) const fn endpoint(&self) -> Endpoint {
        (self.request.method(), self.request.template())
    }

    /// Method and template: names the request in errors, without its arguments.
    pub(crate) fn what(&self) -> String {
        format!("{} {}", self.request.method(), self.request.template())
    }

    /// The request with a token.
    pub(crate) fn build(&self, token: &Token) -> Result<reqwest::Request, Error> {
        let method = match self.request.method() {
            Method::Get => reqwest::Method::GET,
            Method::Post => reqwest::Method::POST,
            Method::Put => reqwest::Method::PUT,
            Method::Patch => reqwest::Method::PATCH,
            Method::Delete => reqwest::Method::DELETE,
        };
        let mut built = reqwest::Request::new(method, self.url.clone());
        let headers = built.headers_mut();
        headers.insert(header::AUTHORIZATION, token.authorization.clone());
        if let Some(key) = &token.proof {
            let method = self.request.method().as_str();
            let proof = key.prove(self.wire, Asker::Api, method, &self.url, Some(&token.secret))?;
            headers.insert(PROOF, proof);
        }
        headers.insert(header::USER_AGENT, self.user_agent.clone());
        headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
        if let Some(etag) = &self.if_match {
            headers.insert(header::IF_MATCH, etag.clone());
        }
        if let Some(content_type) = &self.content_type {
            headers.insert(header::CONTENT_TYPE, content_type.clone());
        }
        if let Some(body) = &self.body {
            *built.body_mut() = Some(body.clone().into());
        }
        Ok(built)
    }

    /// What an attempt means. `secret` is kept out of every error.
    pub(crate) fn judge(
        &self,
        answer: Result<Answer, Failure>,
        secret: &SecretString,
        session: &Session,
        course: &Course<'_>,
    ) -> Verdict {
        let answer = match answer {
            Ok(answer) => answer,
            Err(failure) => return Verdict::Trouble(self.unanswered(failure)),
        };
        match answer.status {
            200..=299 => match self.reply(answer, course) {
                Ok(reply) => Verdict::Done(Box::new(reply)),
                Err(trouble) => Verdict::Trouble(trouble),
            },
            300..=399 => Verdict::Trouble(Trouble::redirect(&answer.headers, &self.what())),
            _ => self.refusal(answer, secret, session),
        }
    }

    fn unanswered(&self, failure: Failure) -> Trouble {
        let what = self.what();
        match failure {
            Failure::Lost(why) if !self.is_read() => {
                self.unknown(&format!("{what} was sent and no answer came ({why})"), None)
            }
            // Nothing was sent, but a write is not for us to repeat.
            failure => match Trouble::unanswered(failure, &what) {
                Trouble::Passing { error, .. } if !self.is_read() => Trouble::Final(error),
                trouble => trouble,
            },
        }
    }

    fn reply(&self, answer: Answer, course: &Course<'_>) -> Result<Reply, Trouble> {
        let Answer { status, headers, body } = answer;
        let what = self.what();
        let body = body.map_err(|broken| self.half(status, broken))?;
        let value = value(&headers, &body).map_err(|why| {
            let said = format!("Okta answered {status} to {what}, but the answer {why}");
            if self.is_read() {
                Trouble::Passing { error: Error::new(ErrorKind::BadReply, said), headers: None }
            } else {
                self.unknown(&said, None)
            }
        })?;
        let next = if self.is_read() { pages::next(&headers, &self.url) } else { Ok(None) };
        let stated = Stated::read(&headers, self.wire.clock.now());
        Ok(Reply {
            status,
            body: value,
            etag: crate::transport::header(&headers, "etag").map(str::to_owned),
            next: next.map_err(Trouble::Final)?,
            request_ids: course.request_ids.clone(),
            rate_limit: stated.map(|stated| stated.rate_limit),
            bytes: u64::try_from(body.len()).unwrap_or(u64::MAX),
            took: course.took(),
        })
    }

    /// A success whose body did not arrive.
    fn half(&self, status: u16, broken: Broken) -> Trouble {
        let what = self.what();
        if self.is_read() {
            return Trouble::broken(broken, &what);
        }
        let why = match broken {
            Broken::Lost(why) => format!("did not arrive whole ({why})"),
            Broken::TooLarge(limit) => format!("is larger than {limit} bytes"),
        };
        self.unknown(&format!("Okta answered {status} to {what}, but the answer {why}"), None)
    }

    fn refusal(&self, answer: Answer, secret: &SecretString, session: &Session) -> Verdict {
        let Answer { status, headers, body } = answer;
        let secrets = std::iter::once(secret).chain(self.request.secrets());
        let body = secrets.fold(body.unwrap_or_default(), |body, secret| scrub(&body, secret));
        let said = fault::read(status, &headers, &body);
        let kind = self.kind(&said, &headers, session);
        let phrase = fault::phrase(&said);
        let what = self.what();
        if status >= 500 && !self.is_read() && !fault::was_refused(&said) {
            return Verdict::Trouble(
                self.unknown(&format!("Okta answered {phrase} to {what}"), Some(said)),
            );
        }
        let mut message = format!("Okta answered {phrase} to {what}");
        match kind {
            ErrorKind::MissingScope => {
                let scope = fault::challenge(&headers).and_then(|challenge| challenge.scope);
                if let Some(scope) = scope {
                    message = format!("{message}: the token lacks {scope}");
                }
            }
            ErrorKind::SignIn => message = format!("{message}: {}", session.advice()),
            ErrorKind::NoPerson => message = format!("{message}: a service app is no user"),
            _ => {}
        }
        let token_refused = status == 401 && kind == ErrorKind::SignIn;
        let again = fault::asks_again(&said);
        let fault = kind == ErrorKind::OktaFault;
        let error = Error { okta: Some(Box::new(said)), ..Error::new(kind, message) };
        if token_refused {
            return Verdict::TokenRefused(error);
        }
        Verdict::Trouble(match status {
            429 => Trouble::RateLimited { error, headers: Box::new(headers) },
            _ if again || (fault && self.is_read()) => {
                Trouble::Passing { error, headers: Some(Box::new(headers)) }
            }
            _ => Trouble::Final(error),
        })
    }

    /// What kind of failure an answer is, to whoever is signed in.
    fn kind(&self, said: &OktaError, headers: &HeaderMap, session: &Session) -> ErrorKind {
        // Whoever asks for a user by that id is told that there is none, like of any other.
        let unasked = |app: &&str| !self.request.path().contains(app);
        match session.service_app().filter(unasked) {
            Some(app) if fault::is_of_nobody(said, app) => ErrorKind::NoPerson,
            _ => fault::kind(said, headers),
        }
    }

    /// A write of which nobody knows whether it was done.
    fn unknown(&self, happened: &str, said: Option<OktaError>) -> Trouble {
        let call = self.call_id;
        let message = format!(
            "{happened}: it may or may not have been done, and was not sent again. Read the object to see, or look in the System Log for the user agent `call/{call}`, before you try again"
        );
        let error = Error::new(ErrorKind::OutcomeUnknown, message);
        Trouble::Final(Error { okta: said.map(Box::new), ..error })
    }

    const fn is_read(&self) -> bool {
        self.request.method().is_read()
    }
}

/// True where the answer asks for a proof with another nonce (RFC 9449 section 9). Any nonce that it
/// names is kept.
pub(crate) fn wants_nonce(answer: &Result<Answer, Failure>, token: &Token) -> bool {
    let (Ok(answer), Some(key)) = (answer, &token.proof) else { return false };
    let named = key.learn(Asker::Api, &answer.headers);
    let body = answer.body.as_deref().unwrap_or_default();
    // In the challenge, whatever the body says beside it, or in the body.
    let challenged = || fault::challenge(&answer.headers)?.error;
    let said = || fault::read(answer.status, &answer.headers, body).code;
    named
        && matches!(answer.status, 400 | 401)
        && [challenged(), said()].into_iter().flatten().any(|code| code == "use_dpop_nonce")
}

/// The body of a success, by its content type: JSON as it is, other text as a string.
fn value(headers: &HeaderMap, body: &[u8]) -> Result<Value, String> {
    if body.is_empty() {
        return Ok(Value::Null);
    }
    let content_type = essence(headers, header::CONTENT_TYPE);
    let is_json = content_type
        .as_deref()
        .is_none_or(|kind| kind.ends_with("/json") || kind.ends_with("+json"));
    if is_json {
        let parsed = serde_json::from_slice(body);
        return match (parsed, content_type, std::str::from_utf8(body)) {
            (Ok(value), ..) => Ok(value),
            (Err(_), None, Ok(text)) => Ok(Value::String(text.to_owned())),
            (Err(error), ..) => Err(format!("is no valid JSON ({error})")),
        };
    }
    if content_type.as_deref() == Some("text/html") {
        let start = fault::start_of(body).unwrap_or_default();
        return Err(format!(
            "is a web page (\"{start}\"): does a proxy or a sign-in page stand between?"
        ));
    }
    match std::str::from_utf8(body) {
        Ok(text) => Ok(Value::String(text.to_owned())),
        Err(_) => Err("is no text".to_owned()),
    }
}

/// The media type without its parameters, in lower case.
fn essence(headers: &HeaderMap, name: HeaderName) -> Option<String> {
    let text = headers.get(name)?.to_str().ok()?;
    Some(text.split(';').next()?.trim().to_ascii_lowercase()).filter(|kind| !kind.is_empty())
}
