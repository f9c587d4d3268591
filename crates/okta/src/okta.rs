//! The client for one org.

use std::{fmt, sync::Arc};

use http::HeaderValue;
use jiff::Timestamp;
use serde_json::Value;
use tokio::{
    sync::{Mutex, Semaphore, SemaphorePermit, watch},
    time::timeout,
};

use crate::{
    Error, ErrorKind, Grant, Identity, OrgUrl, RateLimit, Reply, Request, Settings, SetupError,
    SignIn, SignedOut, Surroundings,
    exchange::{Outgoing, Verdict, wants_nonce},
    limits::{self, Endpoint, Limits},
    sign_in::{Begun, Issued, Session},
    transport::{Failure, Transport},
    wire::{Course, Wire},
};

/// A client for one org with one credential. Clones share everything: connections, token, rate
/// limits, places.
#[derive(Clone)]
pub struct Okta {
    shared: Arc<Shared>,
}

struct Shared {
    wire: Wire,
    session: Session,
    /// The last sign-in by a person that was begun.
    running: Mutex<Option<SignIn>>,
    limits: Limits,
    places: Semaphore,
    max_in_flight: usize,
}

impl Okta {
    /// A client with `settings`. Nothing is sent, and no certificate of the system is read: both
    /// wait for the first request or [`Okta::start_sign_in`].
    pub fn new(settings: Settings, surroundings: Surroundings) -> Result<Self, SetupError> {
        if settings.max_in_flight == 0 {
            return Err(SetupError::Zero("max_in_flight"));
        }
        if settings.read_attempts == 0 {
            return Err(SetupError::Zero("read_attempts"));
        }
        let user_agent =
            HeaderValue::from_str(&settings.user_agent).map_err(|_| SetupError::UserAgent)?;
        let session = Session::new(&settings.credentials, settings.dpop)?;
        let transport = Transport::new(&settings.org, &settings.reach, settings.max_reply_bytes)?;
        let max_in_flight = settings.max_in_flight.min(Semaphore::MAX_PERMITS);
        let wire = Wire {
            transport,
            user_agent,
            org: settings.org,
            clock: surroundings.clock,
            entropy: surroundings.entropy,
            attempts: settings.read_attempts,
            deadline: settings.deadline,
        };
        Ok(Self {
            shared: Arc::new(Shared {
                wire,
                session,
                running: Mutex::default(),
                limits: Limits::default(),
                places: Semaphore::new(max_in_flight),
                max_in_flight,
            }),
        })
    }

    /// Sends `request` and waits for the whole answer, at most as long as the deadline.
    ///
    /// Reads are tried again after 5xx, lost connections and answers that did not arrive whole;
    /// any request where Okta says that it did not execute it (429, the "try again later" codes
    /// of 423 and 409, once 401). A write whose outcome is not known is
    /// [`ErrorKind::OutcomeUnknown`] and never sent twice.
    ///
    /// `call_id` goes into the `User-Agent`, from which Okta's System Log takes it.
    pub async fn send(&self, request: &Request, call_id: &str) -> Result<Reply, Error> {
        let shared = &self.shared;
        let outgoing = Outgoing::new(&shared.wire, request, call_id)?;
        let mut course = Course::new(&shared.wire);
        let mut refused = None;
        let mut proven = false;
        loop {
            let issued = match shared.token(&course, refused).await {
                Err(error) if error.kind == ErrorKind::SignInNeeded => {
                    return Err(self.ask(error).await);
                }
                issued => issued?,
            };
            let place = shared.place(&course, outgoing.endpoint(), &outgoing.what()).await?;
            let attempt = outgoing.build(&issued.token)?;
            let method = request.method().as_str();
            let answer = course.attempt(attempt, method, request.template()).await;
            drop(place);
            if let Ok(answer) = &answer {
                let now = shared.wire.clock.now();
                if let Some(stated) = limits::Stated::read(&answer.headers, now) {
                    shared.limits.keep(outgoing.endpoint(), stated);
                }
            }
            // Not executed either: Okta wants the nonce that it just named in the proof.
            if !proven && wants_nonce(&answer, &issued.token) {
                proven = true;
                continue;
            }
            let renew = refused.is_none() && shared.session.is_renewable();
            match outgoing.judge(answer, &issued.token.secret, &shared.session, &course) {
                Verdict::Done(reply) => return Ok(*reply),
                // Not executed: the same request goes out once more with another token.
                Verdict::TokenRefused(_) if renew => refused = Some(issued.number),
                Verdict::TokenRefused(error) => return Err(course.with_ids(error)),
                Verdict::Trouble(trouble) => course.again(trouble).await?,
            }
        }
    }

    /// Signs in, or waits for the sign-in under way, and says what was granted. With a token that
    /// is still good, and with API tokens, nothing is sent.
    ///
    /// Where a person has to sign in, that is begun, and the error holds what to show
    /// ([`Error::prompt`]).
    pub async fn sign_in(&self) -> Result<Grant, Error> {
        match self.resume().await {
            Err(error) if error.kind == ErrorKind::SignInNeeded => Err(self.ask(error).await),
            done => done,
        }
    }

    /// Signs in as far as that goes without a person.
    pub async fn resume(&self) -> Result<Grant, Error> {
        Ok(self.shared.issued(None).await?.token.grant.clone())
    }

    /// Waits until no token is being fetched: a refresh token that Okta rotates meanwhile would be
    /// lost with the process.
    pub async fn settled(&self) {
        self.shared.session.settled().await;
    }

    /// Begins a sign-in by a person, or joins the one under way. It goes on in the background, and
    /// with it [`Okta::grants`]; `None` where no person signs in.
    ///
    /// Must be called within a tokio runtime.
    pub async fn begin_sign_in(&self) -> Option<Result<SignIn, Error>> {
        let mut running = self.shared.running.lock().await;
        let now = self.shared.wire.clock.now();
        if let Some(sign_in) = &*running
            && sign_in.outcome().is_none()
            && now < sign_in.prompt.expires
        {
            return Some(Ok(sign_in.clone()));
        }
        let Begun { prompt, waiting } = match self.shared.session.begin(&self.shared.wire).await? {
            Ok(begun) => begun,
            Err(error) => return Some(Err(error)),
        };
        let (ended, outcome) = watch::channel(None);
        let (okta, until) = (self.clone(), prompt.expires);
        tokio::spawn(async move {
            let Shared { session, wire, .. } = &*okta.shared;
            let outcome = session.finish(wire, waiting, until).await;
            if let Err(error) = &outcome {
                tracing::warn!(%error, "not signed in to Okta");
            }
            ended.send_replace(Some(outcome));
        });
        Some(Ok(running.insert(SignIn { prompt, outcome }).clone()))
    }

    /// `needed`, with what a person is shown to sign in, and how the try before ended.
    async fn ask(&self, needed: Error) -> Error {
        let before = self.shared.running.lock().await.as_ref().and_then(SignIn::outcome);
        match self.begin_sign_in().await {
            None => needed,
            Some(Err(error)) => error,
            Some(Ok(sign_in)) => {
                let tried = before.and_then(Result::err).map_or_else(String::new, |error| {
                    format!(" The last sign-in came to nothing: {error}.")
                });
                let prompt = sign_in.prompt;
                let message = format!(
                    "{}: {prompt} until {}, then call again.{tried}",
                    needed.message, prompt.expires
                );
                Error { message, prompt: Some(Box::new(prompt)), ..needed }
            }
        }
    }

    /// Waits for the end of the sign-in by a person that is under way; at once where none is. True
    /// where it came to its end and somebody is signed in.
    pub async fn join_sign_in(&self) -> bool {
        let running = self.shared.running.lock().await.clone();
        match running {
            Some(mut sign_in) => sign_in.finished().await.is_ok(),
            None => false,
        }
    }

    /// True where a person signs in, and no service app or API token.
    pub fn is_personal(&self) -> bool {
        self.shared.session.is_personal()
    }

    /// Ends the sign-in of a person: Okta takes the tokens back, and they are forgotten here even
    /// where it does not. `None` where nobody is signed in.
    pub async fn sign_out(&self) -> Result<Option<SignedOut>, Error> {
        self.shared.session.end(&self.shared.wire).await
    }

    /// Asks Okta whether this client proves itself, without anybody signing in: what it says of a
    /// token that is none (RFC 7662 section 2.1 has the client authenticate first). With an API
    /// token nothing is sent.
    pub async fn prove_client(&self) -> Result<(), Error> {
        self.shared.session.prove_client(&self.shared.wire).await
    }

    /// What Okta says of the token in use (RFC 7662 section 2.2: `scope`, `username`, `exp` …);
    /// `None` for API tokens, of which it says nothing.
    pub async fn introspect(&self) -> Result<Option<Value>, Error> {
        self.shared.session.introspect(&self.shared.wire).await
    }

    /// The person in whose name requests are sent, by login or id, once it is known; `None` where
    /// an app or an API token sends them, or nobody has signed in yet.
    pub async fn person(&self) -> Option<String> {
        if !self.is_personal() || self.resume().await.is_err() {
            return None;
        }
        Some(self.identity().await?.login_or_id().to_owned())
    }

    /// The id of the person in whose name requests are sent, where it is known by now.
    pub async fn person_id(&self) -> Option<String> {
        if !self.is_personal() {
            return None;
        }
        Some(self.identity().await?.id)
    }

    /// Who is signed in; `None` where no person is.
    pub async fn identity(&self) -> Option<Identity> {
        self.shared.session.last().await?.user.clone()
    }

    /// Until when the token in use is good; `None` where it does not end, or there is none.
    pub async fn expires(&self) -> Option<Timestamp> {
        let token = self.shared.session.last().await?;
        token.renew_at.map(|_| token.expires)
    }

    /// True where the token in use is bound to a key (RFC 9449); `None` where there is none.
    pub async fn is_bound(&self) -> Option<bool> {
        Some(self.shared.session.last().await?.proof.is_some())
    }

    /// Makes the HTTP client and signs in, in the background. How it ended shows in
    /// [`Okta::grants`], or in the next request.
    ///
    /// Must be called within a tokio runtime.
    pub fn start_sign_in(&self) {
        let okta = self.clone();
        tokio::spawn(async move {
            if let Err(Failure::Setup(error)) = okta.shared.wire.transport.client().await {
                tracing::warn!(%error, "no HTTP client");
            }
            match okta.resume().await {
                Err(error) if error.kind == ErrorKind::SignInNeeded => {
                    tracing::info!(%error, "the first call asks a person to sign in");
                }
                Err(error) => tracing::warn!(%error, "not signed in to Okta"),
                Ok(_) => {}
            }
        });
    }

    /// What was granted, `None` until it is known. For API tokens it is known from the start.
    pub fn grants(&self) -> watch::Receiver<Option<Grant>> {
        self.shared.session.grants()
    }

    /// How requests go out.
    pub(crate) fn wire(&self) -> &Wire {
        &self.shared.wire
    }

    /// The org.
    pub fn org(&self) -> &OrgUrl {
        &self.shared.wire.org
    }

    /// The last stated rate limit of every endpoint that was used, named `METHOD template`, in
    /// the order of the names.
    pub fn rate_limits(&self) -> Vec<(String, RateLimit)> {
        self.shared.limits.all()
    }
}

impl fmt::Debug for Okta {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Okta").field("org", self.org()).finish_non_exhaustive()
    }
}

impl Shared {
    /// The token to use. A fetch is a task of its own, which goes on when its caller has gone: a
    /// refresh token that Okta has rotated is kept in any case.
    async fn issued(self: &Arc<Self>, refused: Option<u64>) -> Result<Issued, Error> {
        if let Some(issued) = self.session.ready(&self.wire, refused) {
            return Ok(issued);
        }
        let shared = Arc::clone(self);
        let fetch = async move { shared.session.token(&shared.wire, refused).await };
        let gone = |_| Err(Error::new(ErrorKind::SignIn, "the sign-in was given up"));
        tokio::spawn(fetch).await.unwrap_or_else(gone)
    }

    async fn token(
        self: &Arc<Self>,
        course: &Course<'_>,
        refused: Option<u64>,
    ) -> Result<Issued, Error> {
        let token = timeout(course.left(), self.issued(refused)).await;
        let late = "the sign-in at Okta took too long: the request itself was not sent";
        token
            .unwrap_or_else(|_| Err(Error::new(ErrorKind::Network, late)))
            .map_err(|error| course.with_ids(error))
    }

    /// A place among the requests in flight, in a window of the endpoint that is not used up.
    async fn place(
        &self,
        course: &Course<'_>,
        endpoint: Endpoint,
        what: &str,
    ) -> Result<SemaphorePermit<'_>, Error> {
        loop {
            self.window(course, endpoint, what).await?;
            let place = timeout(course.left(), self.places.acquire()).await;
            let Ok(Ok(place)) = place else {
                let places = self.max_in_flight;
                return Err(course.with_ids(Error::new(
                    ErrorKind::Network,
                    format!("{what} waited too long for one of the {places} places in flight: it was not sent"),
                )));
            };
            if self.limits.used_up(endpoint, self.wire.clock.now()).is_none() {
                return Ok(place);
            }
        }
    }

    /// Waits while the window of `endpoint` is used up, unless that lasts beyond the deadline.
    async fn window(
        &self,
        course: &Course<'_>,
        endpoint: Endpoint,
        what: &str,
    ) -> Result<(), Error> {
        while let Some((left, reset)) = self.limits.used_up(endpoint, self.wire.clock.now()) {
            let wait = limits::until_reset(left, &*self.wire.entropy);
            if wait >= course.left() {
                return Err(course.with_ids(Error::new(
                    ErrorKind::RateLimited { until: Some(reset) },
                    format!(
                        "{what} was not sent: Okta's rate limit for it is used up until {reset}"
                    ),
                )));
            }
            self.wire.clock.sleep(wait).await;
        }
        Ok(())
    }
}
