//! A sign-in that proves who somebody is, now, and gives nothing else: the authorization code grant
//! with PKCE, of which only the ID token is read. No token is kept, and nobody's sign-in is touched.

use std::{fmt, sync::Arc};

use jiff::Timestamp;
use secrecy::SecretString;

use super::{
    browser::{self, Link},
    client::{Client, ClientProof},
    dpop::Dpop,
    endpoint::{Endpoint, Meaning, Posted, Refused, bad, usual},
    id_token::IdToken,
    tokens::Identity,
};
use crate::{Error, ErrorKind, SetupError, fault, wire::Wire};

/// Nothing that gives access.
const SCOPES: &str = "openid profile email";

/// The app through which people prove who they are.
#[derive(Clone, Debug)]
pub struct FreshSignInSettings {
    /// The client id of a native or web app.
    pub client_id: String,
    /// What the app proves itself with.
    pub proof: ClientProof,
    /// Where Okta sends the browser back to: registered with the app to the letter, on loopback.
    pub redirect: String,
    /// How surely people have to sign in (`acr_values`): one of these. Empty: as the app's policy
    /// wants it.
    pub acr: Vec<String>,
}

/// A way for people to prove who they are.
pub struct FreshSignIn {
    endpoint: Endpoint,
    redirect: String,
    acr: Vec<String>,
}

/// A sign-in that was begun.
pub struct FreshLink {
    link: Link,
    since: Timestamp,
}

/// A token that nobody asked for, and what it is called.
type Spare = (&'static str, SecretString);

/// Who proved to be who.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proven {
    /// Who.
    pub who: Identity,
    /// When, by Okta's clock (`auth_time`).
    pub at: Timestamp,
    /// How surely (`acr`), where Okta says so.
    pub acr: Option<String>,
    /// By what (`amr`), where Okta says so.
    pub amr: Vec<String>,
}

impl FreshSignIn {
    /// A way through that app. Nothing is sent.
    pub fn new(settings: &FreshSignInSettings) -> Result<Self, SetupError> {
        let client = Client::new(&settings.client_id, settings.proof.clone())?;
        browser::parse(&settings.redirect)?;
        Ok(Self {
            endpoint: Endpoint::new(client, Dpop::Auto),
            redirect: settings.redirect.clone(),
            acr: settings.acr.clone(),
        })
    }

    /// Where Okta sends the browser back to.
    pub fn redirect(&self) -> &str {
        &self.redirect
    }

    /// How surely people have to sign in.
    pub fn acr(&self) -> &[String] {
        &self.acr
    }

    /// Makes a link for one sign-in: a new one, whoever is signed in already.
    fn begin(&self, wire: &Wire) -> Result<FreshLink, Error> {
        let acr = self.acr.join(" ");
        let mut more = vec![("prompt", "login"), ("max_age", "0")];
        if !acr.is_empty() {
            more.push(("acr_values", &acr));
        }
        let since = wire.clock.now();
        let link = Link::new(wire, &self.endpoint.client.id, SCOPES, &self.redirect, &more)?;
        Ok(FreshLink { link, since })
    }

    /// What Okta gives for the code that came back in `query`.
    async fn redeem(
        &self,
        wire: &Wire,
        link: &FreshLink,
        query: &[(String, String)],
    ) -> Result<Posted, Error> {
        let code = browser::code(query)?;
        let refusal = |refused| self.refusal(refused);
        let meaning = Meaning { what: "the token request", refusal: &refusal };
        let form = link.link.form(code, &self.redirect);
        self.endpoint.token(wire, &form, &meaning).await
    }

    /// Who signed in, by what Okta gave.
    async fn read(&self, wire: &Wire, link: &FreshLink, posted: &Posted) -> Result<Proven, Error> {
        let took = wire.clock.now().duration_since(link.since);
        let text = posted.text("id_token").ok_or_else(|| bad("holds no ID token"))?;
        let client_id = &self.endpoint.client.id;
        let token = IdToken::verify(wire, text, client_id, Some(&link.link.nonce)).await?;
        Ok(Proven {
            at: token.fresh(took, &self.acr)?,
            who: token.identity(),
            acr: token.acr().map(str::to_owned),
            amr: token.amr(),
        })
    }

    /// Has Okta take back what nobody needs. It gives access to a profile, and nobody has it: where
    /// that fails, nothing is lost.
    async fn revoke(&self, wire: &Wire, given: &[Spare]) {
        for (kind, token) in given {
            if let Err(error) = self.endpoint.revoke(wire, token, kind).await {
                tracing::debug!(%error, kind, "a token of an approver was not taken back");
            }
        }
    }

    fn refusal(&self, refused: Refused) -> Error {
        let id = &self.endpoint.client.id;
        let clock = refused.clock();
        let said = refused.said;
        let phrase = fault::phrase(&said);
        let sign_in = |advice: &str| (ErrorKind::SignIn, advice.to_owned());
        let (kind, advice) = match said.code.as_deref() {
            Some("invalid_client") => sign_in(
                "check that it is the client id of an active app of this org that people sign in \
                 to, and that its client authentication is what is configured here",
            ),
            Some("unauthorized_client") => {
                sign_in("allow the grant type Authorization Code on the app (General tab)")
            }
            Some("invalid_grant") => {
                sign_in("the code was used already, or not in time: sign in once more")
            }
            _ => usual(&said).unwrap_or_else(|| {
                sign_in(
                    "check that it is an active OIDC app with the grant type Authorization Code",
                )
            }),
        };
        let message =
            format!("Okta refused the sign-in through the app {id} ({phrase}): {advice}{clock}");
        Error { okta: Some(Box::new(said)), ..Error::new(kind, message) }
    }
}

impl fmt::Debug for FreshSignIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FreshSignIn")
            .field("client_id", &self.endpoint.client.id)
            .field("redirect", &self.redirect)
            .field("acr", &self.acr)
            .finish_non_exhaustive()
    }
}

impl FreshLink {
    /// The page to open. Not secret: whoever opens it has to prove to Okta who they are, and comes
    /// back to this machine.
    pub fn url(&self) -> &str {
        &self.link.url
    }

    /// What names this sign-in where the browser comes back.
    pub fn state(&self) -> &str {
        &self.link.state
    }
}

impl fmt::Debug for FreshLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FreshLink").field("since", &self.since).finish_non_exhaustive()
    }
}

impl crate::Okta {
    /// Begins a sign-in that proves who somebody is. Whoever is signed in here stays so.
    pub fn begin_fresh_sign_in(&self, way: &FreshSignIn) -> Result<FreshLink, Error> {
        way.begin(self.wire())
    }

    /// Who came back from that sign-in with `query`: proven by Okta's signature, to have signed in
    /// since it was begun, and as surely as was asked for. A code is good for one try.
    ///
    /// Must be called within a tokio runtime: what Okta gave besides is taken back in the background.
    pub async fn finish_fresh_sign_in(
        &self,
        way: &Arc<FreshSignIn>,
        link: FreshLink,
        query: &[(String, String)],
    ) -> Result<Proven, Error> {
        let posted = way.redeem(self.wire(), &link, query).await?;
        let proven = way.read(self.wire(), &link, &posted).await;
        let spare = |kind| Some((kind, SecretString::from(posted.text(kind)?)));
        let given: Vec<_> =
            ["refresh_token", "access_token"].into_iter().filter_map(spare).collect();
        let (okta, way) = (self.clone(), Arc::clone(way));
        tokio::spawn(async move { way.revoke(okta.wire(), &given).await });
        proven
    }
}
