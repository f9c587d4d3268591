//! Service apps: client credentials with a signed assertion (RFC 7523, RFC 6749 section 4.4).

use super::{
    Token, TokenSource,
    client::{Client, ClientProof, Form},
    dpop::Dpop,
    endpoint::{Endpoint, Meaning, Refused, usual},
    scopes,
};
use crate::{BoxFuture, Error, ErrorKind, PrivateKey, SetupError, fault, wire::Wire};

pub(super) struct PrivateKeyJwt {
    endpoint: Endpoint,
    key_id: Option<String>,
    scopes: Vec<String>,
}

impl PrivateKeyJwt {
    pub(super) fn new(
        client_id: &str,
        key: &PrivateKey,
        asked: &[String],
        bound: Dpop,
    ) -> Result<Self, SetupError> {
        let client = Client::new(client_id, ClientProof::Key(key.clone()))?;
        scopes::check(asked)?;
        let key_id = key.key_id().map(str::to_owned);
        Ok(Self { endpoint: Endpoint::new(client, bound), key_id, scopes: asked.to_vec() })
    }

    async fn ask(&self, wire: &Wire) -> Result<Token, Error> {
        let form = Form::default()
            .with("grant_type", "client_credentials")
            .with("scope", self.scopes.join(" "));
        let refusal = |refused| self.refusal(refused);
        let meaning = Meaning { what: "the token request", refusal: &refusal };
        self.endpoint.token(wire, &form, &meaning).await?.token(&self.scopes)
    }

    /// What a refused token request means, and what to do.
    fn refusal(&self, refused: Refused) -> Error {
        let id = &self.endpoint.client.id;
        let clock = refused.clock();
        let said = refused.said;
        let phrase = fault::phrase(&said);
        let (kind, advice) = match said.code.as_deref() {
            Some("invalid_scope" | "client_credentials_self_scope_requested") => {
                let named = scopes::named(&self.scopes, said.summary.as_deref());
                let advice = format!(
                    "grant {named} to the app (Okta API Scopes tab), or do not ask for it; scopes that end in .self and OpenID scopes are not for service apps"
                );
                (ErrorKind::MissingScope, advice)
            }
            Some("invalid_client") => {
                let key = match &self.key_id {
                    Some(key) => format!("the public half of the key `{key}`"),
                    None => "the public half of the key".to_owned(),
                };
                let advice = format!(
                    "check that the client id is the app's, that {key} is registered and active on it, that the app authenticates with public key / private key, and that this machine's clock is right"
                );
                (ErrorKind::SignIn, advice)
            }
            _ => usual(&said).unwrap_or_else(|| {
                let advice = "check that the app is an active API Services app with the grant type client credentials";
                (ErrorKind::SignIn, advice.to_owned())
            }),
        };
        let message =
            format!("Okta refused the sign-in of the service app {id} ({phrase}): {advice}{clock}");
        Error { okta: Some(Box::new(said)), ..Error::new(kind, message) }
    }
}

impl TokenSource for PrivateKeyJwt {
    fn fetch<'a>(
        &'a self,
        wire: &'a Wire,
        _: Option<&'a Token>,
    ) -> BoxFuture<'a, Result<Token, Error>> {
        Box::pin(self.ask(wire))
    }

    fn is_renewable(&self) -> bool {
        true
    }

    fn advice(&self) -> &'static str {
        "Okta refuses the access token although it was just renewed: check that the app is active and has an admin role"
    }

    fn endpoint(&self) -> Option<&Endpoint> {
        Some(&self.endpoint)
    }

    fn service_app(&self) -> Option<&str> {
        Some(&self.endpoint.client.id)
    }
}
