//! What Okta's refusals of a person's sign-in mean, and what to do.

use super::{
    super::{
        endpoint::{Refused, usual},
        scopes,
    },
    Flow, Person,
};
use crate::{Error, ErrorKind, OktaError, fault};

impl Person {
    /// A refusal as an error that says what to do.
    pub(in crate::sign_in) fn refusal(&self, refused: Refused) -> Error {
        let id = &self.endpoint.client.id;
        let clock = refused.clock();
        let said = refused.said;
        let phrase = fault::phrase(&said);
        let (kind, advice) = self.advice_on(&said);
        let message =
            format!("Okta refused the sign-in through the app {id} ({phrase}): {advice}{clock}");
        Error { okta: Some(Box::new(said)), ..Error::new(kind, message) }
    }

    fn advice_on(&self, said: &OktaError) -> (ErrorKind, String) {
        let sign_in = |advice: &str| (ErrorKind::SignIn, advice.to_owned());
        let grant = match self.flow {
            Flow::Device => "Device Authorization",
            Flow::Browser { .. } => "Authorization Code",
        };
        match said.code.as_deref() {
            Some("invalid_scope") => {
                let named = scopes::named(&self.scopes, said.summary.as_deref());
                let advice = format!(
                    "grant {named} to the app (Okta API Scopes tab; for offline_access the grant \
                     type Refresh Token), or do not ask for it"
                );
                (ErrorKind::MissingScope, advice)
            }
            Some("invalid_client") => sign_in(&format!(
                "check that {} is the client id of an active app of this org, and that the app's \
                 client authentication is what is configured here",
                self.endpoint.client.id
            )),
            Some("unauthorized_client") => sign_in(&format!(
                "allow the grant type {grant} on the app (General tab), and assign the app to \
                 whoever signs in"
            )),
            Some("access_denied") => sign_in(
                "it was denied on the sign-in page, or the app is not assigned to the person",
            ),
            Some("expired_token") => sign_in("the code was not used in time: start again"),
            Some("too_many_user_codes") => {
                let advice = "too many sign-ins wait for somebody: finish one, or wait ten \
                              minutes for them to expire";
                (ErrorKind::RateLimited { until: None }, advice.to_owned())
            }
            Some("invalid_grant") => {
                sign_in("the sign-in has ended, or was taken back: sign in again")
            }
            _ => usual(said).unwrap_or_else(|| {
                sign_in(&format!(
                    "check that the app is an active OIDC app with the grant type {grant}"
                ))
            }),
        }
    }
}
