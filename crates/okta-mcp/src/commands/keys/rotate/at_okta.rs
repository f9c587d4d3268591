//! The keys of the app, at Okta.

use okta_client::Grant;
use okta_gate::{CallError, Context, OwnKeys};
use serde_json::Value;

use crate::{commands::login, failure::Failure, org::Connected};

/// What came of registering a key.
pub(super) enum Registered {
    /// Okta knows it.
    Yes,
    /// It takes a person in the Admin Console.
    ByHand,
    /// A person said no.
    Declined,
}

/// The app at Okta, through the call pipeline.
pub(super) struct AtOkta<'a> {
    org: &'a Connected,
    context: Context,
    /// How a person agreed, for the trail.
    confirmed: &'static str,
}

impl<'a> AtOkta<'a> {
    pub(super) async fn new(org: &'a Connected, unasked: bool) -> Self {
        let context = org.context("okta-mcp keys rotate").await;
        Self { org, context, confirmed: if unasked { "flag" } else { "client" } }
    }

    /// True where Okta granted what it takes to change keys.
    pub(super) async fn may_change(&self) -> Result<bool, Failure> {
        login::ensure(self.org).await?;
        let grant = self.org.app.okta().resume().await.map_err(|error| login::failed(&error))?;
        Ok(match grant {
            Grant::Unlimited => true,
            Grant::Scopes(scopes) => scopes.iter().any(|scope| scope == "okta.apps.manage"),
        })
    }

    /// True where the app has a key of that `kid`.
    pub(super) async fn knows(&self, kid: &str) -> Result<bool, Failure> {
        let keys = self.keys().await?;
        Ok(keys.iter().any(|key| text(key, "kid") == Some(kid)))
    }

    /// Okta's id of that public key, where the app has it.
    pub(super) async fn find(&self, jwk: &Value) -> Result<Option<String>, Failure> {
        let material = ["n", "x", "y"];
        let same = |key: &&Value| material.iter().all(|part| key.get(part) == jwk.get(part));
        let keys = self.keys().await?;
        Ok(keys.iter().find(same).and_then(|key| text(key, "id")).map(str::to_owned))
    }

    /// Adds a public key. Without the right to, that is done by hand.
    pub(super) async fn register(&self, jwk: &Value) -> Result<Registered, Failure> {
        match self.ask(OwnKeys::Add(jwk)).await {
            Ok(_) => Ok(Registered::Yes),
            Err(error) if ["missing_scope", "missing_admin_role"].contains(&error.kind()) => {
                Ok(Registered::ByHand)
            }
            Err(error) => Err(failed(&error)),
        }
    }

    /// Deactivates and deletes a key: Okta deletes none that is active.
    pub(super) async fn remove(&self, id: &str) -> Result<(), Failure> {
        self.ask(OwnKeys::Deactivate(id)).await.map_err(|error| failed(&error))?;
        self.ask(OwnKeys::Delete(id)).await.map(drop).map_err(|error| failed(&error))
    }

    /// Puts into the trail that the key was switched.
    pub(super) fn note(&self, about: Value) {
        self.org.app.handler.gate().note("key_rotation", move || about);
    }

    /// Waits until all is recorded.
    pub(super) async fn end(&self) {
        self.org.app.handler.gate().drain().await;
    }

    async fn keys(&self) -> Result<Vec<Value>, Failure> {
        let listed = self.ask(OwnKeys::List).await.map_err(|error| failed(&error))?;
        Ok(listed.as_array().cloned().unwrap_or_default())
    }

    async fn ask(&self, what: OwnKeys<'_>) -> Result<Value, CallError> {
        self.org.app.handler.gate().own_keys(&self.context, what, self.confirmed).await
    }
}

fn text<'a>(key: &'a Value, name: &str) -> Option<&'a str> {
    key.get(name)?.as_str()
}

fn failed(error: &CallError) -> Failure {
    Failure::Failed { message: okta_gate::escaped(&error.to_string()), next: None }
}
