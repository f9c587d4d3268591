//! Signing in: one access token for everybody, fetched once, renewed in time.
//!
//! A new way to sign in is a new file beside `private_key` that implements [`TokenSource`].

mod api_token;
mod browser;
mod client;
mod device;
mod dpop;
mod endpoint;
mod fresh;
mod id_token;
mod person;
mod private_key;
mod prompt;
mod scopes;
mod tokens;

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use http::HeaderValue;
use jiff::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;
use tokio::sync::{Mutex, watch};

use crate::{BoxFuture, Credentials, Error, SetupError, wire::Wire};

pub use client::ClientProof;
pub use dpop::Dpop;
pub(crate) use dpop::{Asker, HEADER as PROOF, ProofKey};
use endpoint::Endpoint;
pub use fresh::{FreshLink, FreshSignIn, FreshSignInSettings, Proven};
pub(crate) use person::{Begun, Waiting};
pub use person::{Flow, PersonalSignIn};
pub use prompt::{Arrival, Landed, Landing, Loopback, Prompt, SignIn};
pub use tokens::{Identity, StoredTokens, TokenOwner, TokenStore, TokenStoreError, TokensInMemory};

/// What the credential may do, as far as OAuth limits it. The admin role limits it further.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Grant {
    /// No scopes limit an API token.
    Unlimited,
    /// The scopes that Okta granted, in its order. They may be fewer than were asked for.
    Scopes(Vec<String>),
}

/// A way to get an access token.
pub(crate) trait TokenSource: Send + Sync {
    /// Gets a token, and tries again within the deadline where that helps.
    /// `refused` is the token that Okta just refused.
    fn fetch<'a>(
        &'a self,
        wire: &'a Wire,
        refused: Option<&'a Token>,
    ) -> BoxFuture<'a, Result<Token, Error>>;

    /// True where a token that Okta refuses can be replaced by another.
    fn is_renewable(&self) -> bool;

    /// What to do when Okta refuses the token.
    fn advice(&self) -> &'static str;

    /// The id of the service app that signs in; `None` where a person stands behind the token.
    fn service_app(&self) -> Option<&str>;

    /// True where a person signs in.
    fn is_personal(&self) -> bool {
        false
    }

    /// Begins a sign-in by a person; `None` where no person signs in.
    fn begin<'a>(&'a self, _wire: &'a Wire) -> Option<BoxFuture<'a, Result<Begun, Error>>> {
        None
    }

    /// The authorization server; `None` where no OAuth client signs in.
    fn endpoint(&self) -> Option<&Endpoint> {
        None
    }

    /// Ends the sign-in of a person: its tokens are taken back and forgotten. `None` where nobody
    /// is signed in.
    fn end<'a>(&'a self, _wire: &'a Wire) -> BoxFuture<'a, Result<Option<SignedOut>, Error>> {
        Box::pin(std::future::ready(Ok(None)))
    }

    /// Waits for what was begun, at most until then, and keeps what it gives.
    fn finish<'a>(
        &'a self,
        _wire: &'a Wire,
        _waiting: Waiting,
        _until: Timestamp,
    ) -> BoxFuture<'a, Result<(), Error>> {
        Box::pin(std::future::ready(Ok(())))
    }
}

/// How a sign-in was ended here.
#[derive(Debug)]
pub struct SignedOut {
    /// Whose it was.
    pub user: Identity,
    /// What kept Okta from taking the tokens back: they are forgotten here all the same.
    pub not_revoked: Option<Error>,
}

/// A token, and until when it may be used. What it says is Okta's affair: it is never decoded.
pub(crate) struct Token {
    /// The `Authorization` header, marked as sensitive.
    pub(crate) authorization: HeaderValue,
    /// The bare token, to keep it out of errors.
    pub(crate) secret: SecretString,
    /// Since when, and until when it can be used.
    pub(crate) since: Timestamp,
    pub(crate) expires: Timestamp,
    /// From when on it is to be replaced.
    pub(crate) renew_at: Option<Timestamp>,
    /// What it may do.
    pub(crate) grant: Grant,
    /// The key that it is bound to.
    pub(crate) proof: Option<Arc<ProofKey>>,
    /// Who signed in, where a person did.
    pub(crate) user: Option<Identity>,
}

impl Token {
    /// True for the same token.
    fn is(&self, other: &Self) -> bool {
        self.secret.expose_secret() == other.secret.expose_secret()
    }
}

/// A token and its number: a token with a higher number was fetched later.
#[derive(Clone)]
pub(crate) struct Issued {
    pub(crate) token: Arc<Token>,
    pub(crate) number: u64,
}

/// The sign-in of one credential at one org.
pub(crate) struct Session {
    source: Box<dyn TokenSource>,
    /// Held while a token is fetched, so that there is one request for all who wait.
    state: Mutex<State>,
    /// How many fetches came to an end.
    rounds: AtomicU64,
    grants: watch::Sender<Option<Grant>>,
}

#[derive(Default)]
struct State {
    issued: Option<Issued>,
    /// How the last fetch failed.
    failure: Option<Error>,
}

impl State {
    /// The last token, unless it has to be replaced.
    fn good(&self, wire: &Wire, refused: Option<u64>) -> Option<Issued> {
        let issued = self.issued.as_ref()?;
        let good = refused.is_none_or(|refused| refused < issued.number)
            && issued.token.renew_at.is_none_or(|at| wire.clock.now() < at);
        good.then(|| issued.clone())
    }
}

impl Session {
    pub(crate) fn new(credentials: &Credentials, bound: Dpop) -> Result<Self, SetupError> {
        let (source, grant): (Box<dyn TokenSource>, _) = match credentials {
            Credentials::ApiToken(token) => {
                (Box::new(api_token::ApiToken::new(token)?), Some(Grant::Unlimited))
            }
            Credentials::PrivateKey { client_id, key, scopes } => {
                (Box::new(private_key::PrivateKeyJwt::new(client_id, key, scopes, bound)?), None)
            }
            Credentials::Person(settings) => {
                (Box::new(person::Person::new(settings, bound)?), None)
            }
        };
        Ok(Self {
            source,
            state: Mutex::default(),
            rounds: AtomicU64::new(0),
            grants: watch::Sender::new(grant),
        })
    }

    /// The token to use now, where it is there and nothing has to be fetched.
    pub(crate) fn ready(&self, wire: &Wire, refused: Option<u64>) -> Option<Issued> {
        self.state.try_lock().ok()?.good(wire, refused)
    }

    /// Waits until nothing is being fetched.
    pub(crate) async fn settled(&self) {
        drop(self.state.lock().await);
    }

    /// The token to use now; a fetch for it is shared by all who wait. `refused` is the number of
    /// the token that Okta just refused: it and those before it are not given out again.
    pub(crate) async fn token(&self, wire: &Wire, refused: Option<u64>) -> Result<Issued, Error> {
        let before = self.rounds.load(Ordering::Acquire);
        let mut state = self.state.lock().await;
        if let Some(issued) = state.good(wire, refused) {
            return Ok(issued);
        }
        let number = state.issued.as_ref().map_or(0, |issued| issued.number);
        // Others failed while this caller waited: the same again would fail too, once for each.
        if self.rounds.load(Ordering::Acquire) > before
            && let Some(failure) = &state.failure
        {
            return Err(failure.clone());
        }
        let spent = state.issued.as_ref().filter(|issued| refused == Some(issued.number));
        let spent = spent.map(|issued| Arc::clone(&issued.token));
        let fetched = self.source.fetch(wire, spent.as_deref()).await;
        self.rounds.fetch_add(1, Ordering::Release);
        match fetched {
            Ok(token) => {
                let grant = token.grant.clone();
                let issued = Issued { token: Arc::new(token), number: number + 1 };
                *state = State { issued: Some(issued.clone()), failure: None };
                self.grants.send_if_modified(|known| {
                    let changed = known.as_ref() != Some(&grant);
                    *known = Some(grant);
                    changed
                });
                Ok(issued)
            }
            Err(error) => {
                state.failure = Some(error.clone());
                Err(error)
            }
        }
    }

    /// What Okta says of the token in use (RFC 7662); `None` for API tokens.
    pub(crate) async fn introspect(&self, wire: &Wire) -> Result<Option<Value>, Error> {
        let Some(endpoint) = self.source.endpoint() else { return Ok(None) };
        let token = self.token(wire, None).await?.token;
        endpoint.introspect(wire, &token.secret).await.map(Some)
    }

    pub(crate) async fn prove_client(&self, wire: &Wire) -> Result<(), Error> {
        let Some(endpoint) = self.source.endpoint() else { return Ok(()) };
        endpoint.introspect(wire, &SecretString::from("none")).await.map(drop)
    }

    /// Ends the sign-in of a person; `None` where nobody is signed in.
    pub(crate) async fn end(&self, wire: &Wire) -> Result<Option<SignedOut>, Error> {
        let mut state = self.state.lock().await;
        let ended = self.source.end(wire).await?;
        *state = State::default();
        Ok(ended)
    }

    pub(crate) fn is_personal(&self) -> bool {
        self.source.is_personal()
    }

    /// The token that was used last, where one was.
    pub(crate) async fn last(&self) -> Option<Arc<Token>> {
        self.state.lock().await.issued.as_ref().map(|issued| Arc::clone(&issued.token))
    }

    /// Begins a sign-in by a person; `None` where no person signs in.
    pub(crate) async fn begin(&self, wire: &Wire) -> Option<Result<Begun, Error>> {
        Some(self.source.begin(wire)?.await)
    }

    /// Waits for what was begun: what was granted then.
    pub(crate) async fn finish(
        &self,
        wire: &Wire,
        waiting: Waiting,
        until: Timestamp,
    ) -> Result<Grant, Error> {
        // The one in use is of the sign-in before.
        let before = self.state.lock().await.issued.as_ref().map(|issued| issued.number);
        self.source.finish(wire, waiting, until).await?;
        let issued = self.token(wire, before).await?;
        Ok(issued.token.grant.clone())
    }

    pub(crate) fn is_renewable(&self) -> bool {
        self.source.is_renewable()
    }

    pub(crate) fn advice(&self) -> &'static str {
        self.source.advice()
    }

    pub(crate) fn service_app(&self) -> Option<&str> {
        self.source.service_app()
    }

    pub(crate) fn grants(&self) -> watch::Receiver<Option<Grant>> {
        self.grants.subscribe()
    }
}
