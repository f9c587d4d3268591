//! Who signs in, as `okta-client` takes it.

use std::sync::Arc;

use okta_client::{
    ClientProof, Credentials, Dpop, Flow, FreshSignInSettings, PersonalSignIn, PrivateKey,
    SecretString, TokenStore,
};

use super::LoopbackPage;
use crate::config::{self, ApproverApp, SignIn};

/// The credentials of `sign_in`, and when its tokens are bound to a key. The tokens of people are
/// kept in `tokens`.
pub(crate) fn credentials(sign_in: SignIn, tokens: Arc<dyn TokenStore>) -> (Credentials, Dpop) {
    match sign_in {
        SignIn::ApiToken { token } => (Credentials::ApiToken(token), Dpop::Auto),
        SignIn::ServiceApp { client_id, key, scopes, dpop } => {
            (Credentials::PrivateKey { client_id, key, scopes }, dpop)
        }
        SignIn::Person { client_id, client_secret, key, flow, scopes, dpop } => {
            let proof = proof(key, client_secret);
            let flow = match flow {
                config::Flow::Device => Flow::Device,
                config::Flow::Browser { redirect_uri } => {
                    Flow::Browser { redirect: redirect_uri, loopback: Arc::new(LoopbackPage) }
                }
            };
            let person = PersonalSignIn { client_id, proof, scopes, flow, tokens };
            (Credentials::Person(Box::new(person)), dpop)
        }
    }
}

/// How approvers prove who they are.
pub(crate) fn fresh(app: ApproverApp) -> FreshSignInSettings {
    let ApproverApp { client_id, client_secret, key, redirect_uri, acr, named: _ } = app;
    let proof = proof(key, client_secret);
    FreshSignInSettings { client_id, proof, redirect: redirect_uri, acr }
}

/// What an app proves itself with.
fn proof(key: Option<PrivateKey>, secret: Option<SecretString>) -> ClientProof {
    match (key, secret) {
        (Some(key), _) => ClientProof::Key(key),
        (None, Some(secret)) => ClientProof::Secret(secret),
        (None, None) => ClientProof::Public,
    }
}
