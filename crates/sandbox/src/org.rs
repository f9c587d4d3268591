//! An org: its state behind one lock, and what tests and callers need to know of it.

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError, atomic::AtomicUsize},
};

use jiff::Timestamp;

use crate::{
    config::Config,
    oauth::Key,
    route::{self, Router},
    seed,
    serve::{self, Fault, FaultPlan, Limits},
    store::State,
};

/// Tells the time to an org.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// An Okta org. Clones are the same org.
#[derive(Clone)]
pub struct Org(pub(crate) Arc<Inner>);

/// A service app of the seeded org, ready for a token request with a private key JWT.
#[derive(Clone)]
pub struct ServiceApp {
    /// `client_id`, which is the app's id too.
    pub client_id: String,
    /// The private key, PKCS#8 PEM: EC P-256 (`ES256`) unless told otherwise.
    pub private_key_pem: String,
    /// The `kid` under which the app knows the public key.
    pub key_id: String,
    /// The scopes granted to the app.
    pub scopes: Vec<String>,
}

/// An app of the seeded org that people sign in with.
#[derive(Clone)]
pub struct ClientApp {
    /// `client_id`, which is the app's id too.
    pub client_id: String,
    /// `client_secret`; a public client has none.
    pub client_secret: Option<String>,
    /// The scopes granted to the app, besides those of OpenID Connect.
    pub scopes: Vec<String>,
}

/// What it takes to sign in to the seeded org with a browser.
#[derive(Clone)]
pub struct SignIn {
    /// A native app, public: device grant, authorization code with PKCE, refresh tokens that rotate.
    pub native: ClientApp,
    /// A web app with a secret (`client_secret_basic`): authorization code, refresh tokens.
    pub web: ClientApp,
    /// The one redirect URI of both apps.
    pub redirect_uri: String,
    /// The login of a super admin.
    pub super_admin: String,
    /// The login of somebody who administers nothing.
    pub employee: String,
    /// The password of everybody whom the org begins with.
    pub password: String,
}

/// There is no RSA key.
#[derive(Debug, thiserror::Error)]
#[error("the RSA key could not be made: this machine gives no randomness")]
pub struct NoKey;

impl fmt::Debug for ServiceApp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServiceApp").field("client_id", &self.client_id).finish_non_exhaustive()
    }
}

impl fmt::Debug for ClientApp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientApp").field("client_id", &self.client_id).finish_non_exhaustive()
    }
}

impl fmt::Debug for SignIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = (&self.native, &self.web, &self.super_admin, &self.employee);
        f.debug_tuple("SignIn").field(&shown).finish_non_exhaustive()
    }
}

pub(crate) struct Inner {
    pub(crate) config: Config,
    pub(crate) router: Router,
    pub(crate) limits: Mutex<Limits>,
    pub(crate) faults: Mutex<FaultPlan>,
    pub(crate) in_flight: AtomicUsize,
    pub(crate) api_token: String,
    clock: Clock,
    state: Mutex<State>,
    service_app: ServiceApp,
    sign_in: SignIn,
}

impl Org {
    /// An org seeded from `config`, living by `clock`.
    pub fn new(config: Config, clock: Clock) -> Self {
        let seed::Seeded { mut state, service_app, sign_in } = seed::build(&config, clock());
        let api_token =
            config.api_token.clone().unwrap_or_else(|| format!("00{}", state.maker.text(40)));
        Self(Arc::new(Inner {
            router: Router::new(),
            limits: Mutex::default(),
            faults: Mutex::new(FaultPlan::new(&config)),
            in_flight: AtomicUsize::new(0),
            api_token,
            clock,
            state: Mutex::new(state),
            service_app,
            sign_in,
            config,
        }))
    }

    /// The org as an axum service.
    pub fn service(&self) -> axum::Router {
        let org = self.clone();
        axum::Router::new().fallback(move |request| {
            let org = org.clone();
            async move { serve::answer(&org, request).await }
        })
    }

    /// The API token of an admin: `Authorization: SSWS <token>`.
    pub fn api_token(&self) -> &str {
        &self.0.api_token
    }

    /// The seeded service app, with its private key.
    pub fn service_app(&self) -> ServiceApp {
        self.0.service_app.clone()
    }

    /// The seeded apps that people sign in with, and who can sign in with which password.
    pub fn sign_in(&self) -> SignIn {
        self.0.sign_in.clone()
    }

    /// Makes an RSA key (2,048 bits, `RS256`), which the seeded service app then knows besides its
    /// own, and gives the app with that key. It is another one each time, and takes a tenth of a
    /// second to make; no org has one that is not asked for it.
    pub fn add_rsa_key(&self) -> Result<ServiceApp, NoKey> {
        let key = Key::rsa().ok_or(NoKey)?;
        Ok(seed::service_app::add_key(&mut self.state(), self.service_app(), &key))
    }

    /// Every operation: method, and path template as in Okta's reference.
    pub fn routes() -> Vec<(&'static str, &'static str)> {
        route::all().map(|route| (route.method, route.path)).collect()
    }

    /// Makes the next requests that fit go wrong.
    pub fn inject(&self, fault: Fault) {
        lock(&self.0.faults).inject(fault);
    }

    pub(crate) fn now(&self) -> Timestamp {
        (self.0.clock)()
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.0.state)
    }
}

impl fmt::Debug for Org {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Org").field("config", &self.0.config).finish_non_exhaustive()
    }
}

/// Locks; a panic elsewhere does not stop the org.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
