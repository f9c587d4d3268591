//! An org where people sign in, as far as the client sees it.

use std::{
    any::Any,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use okta_client::{
    ClientProof, Credentials, ExposeSecret, Flow, PersonalSignIn, PrivateKey, Settings,
    StoredTokens, TokenOwner, TokenStore, TokenStoreError, TokensInMemory,
};
use serde_json::{Value, json};

use crate::support::{START, Seen, Server, Setup, answer, client};

/// The client id of the native app.
pub(crate) const APP: &str = "0oaNative";

const KEY: &str = include_str!("../fixtures/ec_p256_pkcs8.pem");

const KEYS: &str = "/oauth2/v1/keys";

fn published() -> Vec<u8> {
    let key = PrivateKey::parse(KEY, Some("signer")).unwrap().public_jwk();
    answer(200, &json!({ "keys": [key] }).to_string())
}

/// Starts a server that publishes its key, and answers the rest by `rest`.
pub(crate) async fn org<F>(rest: F) -> Server
where
    F: Fn(&Seen, usize) -> Vec<u8> + Send + Sync + 'static,
{
    let number = AtomicUsize::new(0);
    Server::start(move |seen, _| {
        if seen.target == KEYS {
            return published();
        }
        rest(seen, number.fetch_add(1, Ordering::Relaxed))
    })
    .await
}

/// The same, where answers wait for something.
pub(crate) async fn org_async<F, A>(rest: F) -> Server
where
    F: Fn(Seen) -> A + Send + Sync + 'static,
    A: Future<Output = Vec<u8>> + Send + 'static,
{
    let rest = Arc::new(rest);
    Server::start_async(move |seen, _| {
        let rest = Arc::clone(&rest);
        async move { if seen.target == KEYS { published() } else { rest(seen).await } }
    })
    .await
}

/// An ID token of the org that was asked.
pub(crate) fn id_token(seen: &Seen, change: impl FnOnce(&mut Value)) -> String {
    let mut claims = json!({
        "iss": format!("http://{}", seen.header("host")),
        "aud": APP,
        "sub": "00uAna",
        "iat": START,
        "exp": START + 3_600,
        "preferred_username": "ana@example.com",
        "name": "Ana Lind",
    });
    change(&mut claims);
    let mut header = jsonwebtoken::Header::new(jsonwebtoken::Algorithm::ES256);
    header.kid = Some("signer".to_owned());
    let key = jsonwebtoken::EncodingKey::from_ec_pem(KEY.as_bytes()).unwrap();
    jsonwebtoken::encode(&header, &claims, &key).unwrap()
}

/// A success of the token endpoint.
pub(crate) fn tokens(seen: &Seen, access: &str, refresh: Option<&str>) -> Vec<u8> {
    tokens_with(access, refresh, &id_token(seen, |_| {}))
}

pub(crate) fn tokens_with(access: &str, refresh: Option<&str>, id_token: &str) -> Vec<u8> {
    let mut body = json!({
        "token_type": "Bearer",
        "expires_in": 3600,
        "access_token": access,
        "scope": "openid okta.users.read",
        "id_token": id_token,
    });
    if let Some(refresh) = refresh {
        body["refresh_token"] = refresh.into();
    }
    answer(200, &body.to_string())
}

/// The error of an OAuth endpoint.
pub(crate) fn oauth(status: u16, error: &str) -> Vec<u8> {
    answer(status, &json!({ "error": error, "error_description": "As Okta says." }).to_string())
}

/// A store that can be looked into, and that fails when it is told to.
#[derive(Default)]
pub(crate) struct Kept {
    inner: TokensInMemory,
    pub(crate) last: Mutex<Option<StoredTokens>>,
    pub(crate) broken: AtomicBool,
    /// How often somebody else still has the lock.
    pub(crate) busy: AtomicUsize,
}

impl Kept {
    pub(crate) fn refresh_token(&self) -> Option<String> {
        let last = self.last.lock().unwrap();
        let json: Value = serde_json::from_str(last.as_ref()?.content.expose_secret()).unwrap();
        json["refresh_token"].as_str().map(str::to_owned)
    }
}

impl TokenStore for Kept {
    fn name(&self) -> String {
        "a test".to_owned()
    }

    fn load(&self, owner: &TokenOwner) -> Result<Option<StoredTokens>, TokenStoreError> {
        self.inner.load(owner)
    }

    fn save(&self, owner: &TokenOwner, tokens: &StoredTokens) -> Result<(), TokenStoreError> {
        if self.broken.load(Ordering::Relaxed) {
            return Err(TokenStoreError("the disk is full".to_owned()));
        }
        *self.last.lock().unwrap() = Some(tokens.clone());
        self.inner.save(owner, tokens)
    }

    fn remove(&self, owner: &TokenOwner, user: &str) -> Result<(), TokenStoreError> {
        *self.last.lock().unwrap() = None;
        self.inner.remove(owner, user)
    }

    fn try_lock(&self, owner: &TokenOwner) -> Result<Option<Box<dyn Any + Send>>, TokenStoreError> {
        let free = self
            .busy
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1));
        if free.is_ok() { Ok(None) } else { self.inner.try_lock(owner) }
    }
}

/// The sign-in of a person through the native app.
pub(crate) fn person(store: &Arc<Kept>, flow: Flow) -> PersonalSignIn {
    PersonalSignIn {
        client_id: APP.to_owned(),
        proof: ClientProof::Public,
        scopes: vec!["okta.users.read".to_owned(), "offline_access".to_owned()],
        flow,
        tokens: Arc::clone(store) as Arc<dyn TokenStore>,
    }
}

/// A client by which a person signs in with the device grant.
pub(crate) fn with_device(server: &Server, store: &Arc<Kept>) -> Setup {
    with_person(server, person(store, Flow::Device))
}

pub(crate) fn with_person(server: &Server, person: PersonalSignIn) -> Setup {
    client(Settings { credentials: Credentials::Person(Box::new(person)), ..server.settings() })
}
