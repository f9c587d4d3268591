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

    /// The keys of the app; `None` where they cannot be changed from here: a scope or an admin role
    /// is missing.
    pub(super) async fn keys(&self) -> Result<Option<Vec<Value>>, Failure> {
        login::ensure(self.org).await?;
        let grant = self.org.app.okta().resume().await.map_err(|error| login::failed(&error))?;
        let manages = |scope: &String| scope == "okta.apps.manage";
        if matches!(grant, Grant::Scopes(scopes) if !scopes.iter().any(manages)) {
            return Ok(None);
        }
        match self.ask(OwnKeys::List).await {
            Ok(Value::Array(keys)) => Ok(Some(keys)),
            Ok(_) => Ok(Some(Vec::new())),
            Err(error) if takes_a_person(&error) => Ok(None),
            Err(error) => Err(failed(&error)),
        }
    }

    /// Adds a public key. Without the right to, that is done by hand.
    pub(super) async fn register(&self, jwk: &Value) -> Result<Registered, Failure> {
        match self.ask(OwnKeys::Add(jwk)).await {
            Ok(_) => Ok(Registered::Yes),
            Err(error) if takes_a_person(&error) => Ok(Registered::ByHand),
            Err(error) => Err(failed(&error)),
        }
    }

    /// Deactivates and deletes a key: Okta deletes none that is active.
    pub(super) async fn remove(&self, key: &Value) -> Result<(), Failure> {
        let id = text(key, "id").unwrap_or_default();
        if text(key, "status") != Some("INACTIVE") {
            self.ask(OwnKeys::Deactivate(id)).await.map_err(|error| failed(&error))?;
        }
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

    async fn ask(&self, what: OwnKeys<'_>) -> Result<Value, CallError> {
        self.org.app.handler.gate().own_keys(&self.context, what, self.confirmed).await
    }
}

/// True where whoever signs in may not, and an administrator may.
fn takes_a_person(error: &CallError) -> bool {
    ["missing_scope", "missing_admin_role"].contains(&error.kind())
}

/// True where one of the keys has that `kid`.
pub(super) fn knows(keys: &[Value], kid: &str) -> bool {
    keys.iter().any(|key| text(key, "kid") == Some(kid))
}

/// That public key as Okta lists it, where it is among the keys.
pub(super) fn find<'a>(keys: &'a [Value], jwk: &Value) -> Option<&'a Value> {
    let material = ["n", "x", "y"];
    keys.iter().find(|key| material.iter().all(|part| key.get(part) == jwk.get(part)))
}

fn text<'a>(key: &'a Value, name: &str) -> Option<&'a str> {
    key.get(name)?.as_str()
}

fn failed(error: &CallError) -> Failure {
    Failure::Failed { message: okta_gate::escaped(&error.to_string()), next: None }
}
