//! A person who signs in: tokens that are kept and renewed, and a new sign-in where there are none.

mod refusal;

use std::{
    any::Any,
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use jiff::Timestamp;
use secrecy::SecretString;

use super::{
    SignedOut, Token, TokenSource, browser,
    client::{Client, ClientProof, Form},
    device,
    dpop::Dpop,
    endpoint::{Endpoint, Meaning, Posted},
    id_token::IdToken,
    prompt::{Loopback, Prompt},
    scopes,
    tokens::{TokenOwner, TokenStore, Tokens},
};
use crate::{BoxFuture, Error, ErrorKind, SetupError, wire::Wire};

/// Without it there is no ID token, and nobody knows who signed in.
const OPENID: &str = "openid";

/// How long is waited between two looks at a lock that another process holds.
const LOCK_PAUSE: Duration = Duration::from_millis(50);

/// How a person signs in.
#[derive(Clone)]
pub struct PersonalSignIn {
    /// The client id of the native or web app.
    pub client_id: String,
    /// What the app proves itself with.
    pub proof: ClientProof,
    /// The scopes to ask for; `openid` is asked for anyway. What Okta grants decides.
    pub scopes: Vec<String>,
    /// The flow.
    pub flow: Flow,
    /// Where the tokens outlive the process.
    pub tokens: Arc<dyn TokenStore>,
}

impl fmt::Debug for PersonalSignIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PersonalSignIn")
            .field("client_id", &self.client_id)
            .field("proof", &self.proof)
            .field("scopes", &self.scopes)
            .field("flow", &self.flow)
            .finish_non_exhaustive()
    }
}

/// The flow by which a person signs in.
#[derive(Clone)]
pub enum Flow {
    /// The device grant (RFC 8628): on any device that has a browser.
    Device,
    /// The authorization code grant with PKCE (RFC 6749 section 4.1, RFC 7636): in a browser of
    /// this machine.
    Browser {
        /// Where Okta sends the browser back to: registered with the app to the letter, on
        /// loopback.
        redirect: String,
        /// What listens there.
        loopback: Arc<dyn Loopback>,
    },
}

impl fmt::Debug for Flow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Device => f.write_str("Device"),
            Self::Browser { redirect, .. } => write!(f, "Browser({redirect})"),
        }
    }
}

/// A sign-in that was begun.
pub(crate) struct Begun {
    pub(crate) prompt: Prompt,
    pub(crate) waiting: Waiting,
}

/// What is waited for.
pub(crate) enum Waiting {
    Device(device::Polling),
    Browser(browser::Expecting),
}

pub(super) struct Person {
    pub(super) endpoint: Endpoint,
    pub(super) scopes: Vec<String>,
    flow: Flow,
    store: Arc<dyn TokenStore>,
    /// What could not be kept elsewhere.
    unkept: Mutex<Option<Tokens>>,
}

impl Person {
    pub(super) fn new(settings: &PersonalSignIn, bound: Dpop) -> Result<Self, SetupError> {
        let client = Client::new(&settings.client_id, settings.proof.clone())?;
        scopes::check(&settings.scopes)?;
        let mut scopes = settings.scopes.clone();
        if !scopes.iter().any(|scope| scope == OPENID) {
            scopes.insert(0, OPENID.to_owned());
        }
        if let Flow::Browser { redirect, .. } = &settings.flow {
            browser::parse(redirect)?;
        }
        Ok(Self {
            endpoint: Endpoint::new(client, bound),
            scopes,
            flow: settings.flow.clone(),
            store: Arc::clone(&settings.tokens),
            unkept: Mutex::default(),
        })
    }

    /// The token to use: a kept one, or one for the refresh token.
    async fn resume(&self, wire: &Wire, refused: Option<&Token>) -> Result<Token, Error> {
        let _lock = self.lock(wire).await?;
        let mut lost = None;
        loop {
            let kept = self.kept(wire).await?.filter(|kept| kept.cover(&self.scopes));
            let Some(kept) = kept else { return Err(self.needed(lost)) };
            let token = kept.token()?;
            let spent = refused.is_some_and(|refused| refused.is(&token));
            if !spent && token.renew_at.is_none_or(|at| wire.clock.now() < at) {
                self.endpoint.bind(kept.key.clone());
                return Ok(token);
            }
            let Some(refresh) = kept.refresh.clone() else {
                let ended = Error::new(ErrorKind::SignIn, "the access token has ended");
                return Err(self.needed(Some(ended)));
            };
            match self.refresh(wire, &kept, &refresh).await {
                Err(error) if is_invalid_grant(&error) => {
                    // Somebody without the lock was faster, or the sign-in has come to its end.
                    let now = self.kept(wire).await?.and_then(|kept| kept.refresh);
                    if !same(now.as_ref(), &refresh) && lost.is_none() {
                        lost = Some(error);
                        continue;
                    }
                    self.forget(wire, &kept.user.id).await?;
                    return Err(self.needed(Some(error)));
                }
                done => return done,
            }
        }
    }

    async fn refresh(
        &self,
        wire: &Wire,
        kept: &Tokens,
        refresh: &SecretString,
    ) -> Result<Token, Error> {
        self.endpoint.bind(kept.key.clone());
        let form = Form::default()
            .with("grant_type", "refresh_token")
            .with_secret("refresh_token", refresh);
        // Without `scope` it is what was granted (RFC 6749 section 6): never more.
        let posted = self.token(wire, &form).await?;
        let token = posted.token(&kept.granted)?;
        let rotated = posted.text("refresh_token").map(SecretString::from);
        let renewed = Tokens {
            user: kept.user.clone(),
            asked: kept.asked.clone(),
            refresh: rotated.or_else(|| Some(refresh.clone())),
            ..tokens(&token)
        };
        self.keep(wire, renewed).await
    }

    /// Asks the token endpoint, with the errors of a person's sign-in.
    pub(super) async fn token(&self, wire: &Wire, form: &Form) -> Result<Posted, Error> {
        let refusal = |refused| self.refusal(refused);
        let meaning = Meaning { what: "the token request", refusal: &refusal };
        self.endpoint.token(wire, form, &meaning).await
    }

    /// Takes the tokens back: with the refresh token Okta ends its access tokens, too.
    async fn revoke(&self, wire: &Wire, kept: &Tokens) -> Result<(), Error> {
        if let Some(refresh) = &kept.refresh {
            self.endpoint.revoke(wire, refresh, "refresh_token").await?;
        }
        self.endpoint.revoke(wire, &kept.access, "access_token").await
    }

    /// Takes what a person's sign-in gave, once it is proven whose it is.
    pub(super) async fn take(
        &self,
        wire: &Wire,
        posted: &Posted,
        nonce: Option<&str>,
    ) -> Result<Token, Error> {
        let token = posted.token(&self.scopes)?;
        let missing = || super::endpoint::bad("holds no ID token");
        let id_token = posted.text("id_token").ok_or_else(missing)?;
        let client = &self.endpoint.client.id;
        let user = IdToken::verify(wire, id_token, client, nonce).await?.identity();
        let fresh = Tokens {
            user,
            asked: self.scopes.clone(),
            refresh: posted.text("refresh_token").map(SecretString::from),
            ..tokens(&token)
        };
        let _lock = self.lock(wire).await?;
        self.keep(wire, fresh).await
    }

    /// Keeps tokens before they are used: a refresh token that was rotated is the only one.
    async fn keep(&self, wire: &Wire, tokens: Tokens) -> Result<Token, Error> {
        let token = tokens.token()?;
        let stored = tokens.to_stored(wire.org.origin());
        let owner = self.owner(wire);
        let kept = self.blocking(move |store| match &stored {
            Some(stored) => store.save(&owner, stored),
            None => Ok(()),
        });
        let unkept = match kept.await {
            Ok(()) => None,
            Err(error) => {
                tracing::warn!(%error, "the sign-in cannot be kept: it ends with this process");
                Some(tokens)
            }
        };
        *self.unkept.lock().unwrap_or_else(PoisonError::into_inner) = unkept;
        Ok(token)
    }

    pub(super) async fn kept(&self, wire: &Wire) -> Result<Option<Tokens>, Error> {
        let unkept = self.unkept.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if unkept.is_some() {
            return Ok(unkept);
        }
        let owner = self.owner(wire);
        let stored = self.blocking(move |store| store.load(&owner)).await?;
        Ok(stored.and_then(|stored| Tokens::from_stored(&stored, wire.org.origin())))
    }

    pub(super) async fn forget(&self, wire: &Wire, user: &str) -> Result<(), Error> {
        *self.unkept.lock().unwrap_or_else(PoisonError::into_inner) = None;
        let (owner, user) = (self.owner(wire), user.to_owned());
        self.blocking(move |store| store.remove(&owner, &user)).await
    }

    /// Waits until no other process of this machine renews the same tokens.
    async fn lock(&self, wire: &Wire) -> Result<Box<dyn Any + Send>, Error> {
        let started = wire.clock.now();
        loop {
            let owner = self.owner(wire);
            if let Some(lock) = self.blocking(move |store| store.try_lock(&owner)).await? {
                return Ok(lock);
            }
            let waited = Duration::try_from(wire.clock.now().duration_since(started));
            if waited.is_ok_and(|waited| waited >= wire.deadline) {
                return Err(Error::new(
                    ErrorKind::SignIn,
                    format!(
                        "another process has been renewing the same sign-in for {:?} ({}): end it, or try again",
                        wire.deadline,
                        self.store.name()
                    ),
                ));
            }
            wire.clock.sleep(LOCK_PAUSE).await;
        }
    }

    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&dyn TokenStore) -> Result<T, super::TokenStoreError> + Send + 'static,
    ) -> Result<T, Error> {
        let store = Arc::clone(&self.store);
        let done = tokio::task::spawn_blocking(move || work(&*store)).await;
        let fail = |why: String| Error::new(ErrorKind::SignIn, format!("the kept sign-in: {why}"));
        done.map_err(|_| fail("it could not be read".to_owned()))?
            .map_err(|error| fail(error.to_string()))
    }

    fn owner(&self, wire: &Wire) -> TokenOwner {
        TokenOwner { org: wire.org.origin().to_owned(), client_id: self.endpoint.client.id.clone() }
    }

    /// A person has to sign in; the cause is how the last sign-in ended, with what Okta said of it.
    fn needed(&self, cause: Option<Error>) -> Error {
        let why = cause.as_ref().map_or_else(String::new, |cause| format!(" ({})", cause.message));
        let client = &self.endpoint.client.id;
        let message = format!("nobody is signed in to Okta through the app {client}{why}");
        let okta = cause.and_then(|cause| cause.okta);
        Error { okta, ..Error::new(ErrorKind::SignInNeeded, message) }
    }
}

impl TokenSource for Person {
    fn fetch<'a>(
        &'a self,
        wire: &'a Wire,
        refused: Option<&'a Token>,
    ) -> BoxFuture<'a, Result<Token, Error>> {
        Box::pin(self.resume(wire, refused))
    }

    fn is_renewable(&self) -> bool {
        true
    }

    fn advice(&self) -> &'static str {
        "Okta refuses the access token although it was just renewed: sign out (okta-mcp logout) and in again"
    }

    fn service_app(&self) -> Option<&str> {
        None
    }

    fn is_personal(&self) -> bool {
        true
    }

    fn endpoint(&self) -> Option<&Endpoint> {
        Some(&self.endpoint)
    }

    fn end<'a>(&'a self, wire: &'a Wire) -> BoxFuture<'a, Result<Option<SignedOut>, Error>> {
        Box::pin(async move {
            let _lock = self.lock(wire).await?;
            let Some(kept) = self.kept(wire).await? else { return Ok(None) };
            let not_revoked = self.revoke(wire, &kept).await.err();
            self.forget(wire, &kept.user.id).await?;
            Ok(Some(SignedOut { user: kept.user, not_revoked }))
        })
    }

    fn begin<'a>(&'a self, wire: &'a Wire) -> Option<BoxFuture<'a, Result<Begun, Error>>> {
        Some(Box::pin(async move {
            // Whoever signs in anew is bound to a new key.
            self.endpoint.bind(None);
            match &self.flow {
                Flow::Device => device::begin(self, wire).await,
                Flow::Browser { redirect, loopback } => {
                    browser::begin(self, wire, redirect, &**loopback).await
                }
            }
        }))
    }

    fn finish<'a>(
        &'a self,
        wire: &'a Wire,
        waiting: Waiting,
        until: Timestamp,
    ) -> BoxFuture<'a, Result<(), Error>> {
        Box::pin(async move {
            match waiting {
                Waiting::Device(polling) => device::finish(self, wire, polling, until).await,
                Waiting::Browser(expecting) => browser::finish(self, wire, expecting, until).await,
            }
        })
    }
}

/// What a token says of itself, to be completed.
fn tokens(token: &Token) -> Tokens {
    Tokens {
        user: super::Identity { id: String::new(), login: None, name: None },
        access: token.secret.clone(),
        refresh: None,
        since: token.since,
        expires: token.expires,
        granted: match &token.grant {
            super::Grant::Scopes(scopes) => scopes.clone(),
            super::Grant::Unlimited => Vec::new(),
        },
        asked: Vec::new(),
        key: token.proof.clone(),
    }
}

fn is_invalid_grant(error: &Error) -> bool {
    error.okta.as_ref().is_some_and(|said| said.code.as_deref() == Some("invalid_grant"))
}

fn same(one: Option<&SecretString>, other: &SecretString) -> bool {
    use secrecy::ExposeSecret as _;
    one.is_some_and(|one| one.expose_secret() == other.expose_secret())
}
