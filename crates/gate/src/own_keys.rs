//! The public keys of the app that this server signs in with, changed by who administers it.
//!
//! No tool can change that app: it is protected (see [`crate::protect`]). Its keys are changed from
//! the command line of the machine that holds the private one, and only its keys, and only of that
//! app. Such a change is no call of a tool, so the policy has no word for it, but that a read-only
//! profile changes nothing; scope and trail hold as for any other.

use okta_client::{BadRequest, Grant, Method, Reply, Request};
use serde_json::{Value, json};

use crate::{
    Gate,
    call::chain,
    context::Context,
    envelope::CallError,
    exchanges::Exchanges,
    record::{self, Row},
};

/// What the rows of the trail name it.
const NAME: &str = "own_keys";

const KEYS: &str = "/api/v1/apps/{appId}/credentials/jwks";
const KEY: &str = "/api/v1/apps/{appId}/credentials/jwks/{keyId}";
const DEACTIVATE: &str = "/api/v1/apps/{appId}/credentials/jwks/{keyId}/lifecycle/deactivate";

/// What is done with the keys.
#[derive(Clone, Copy, Debug)]
pub enum OwnKeys<'a> {
    /// List them.
    List,
    /// Add this public JWK.
    Add(&'a Value),
    /// Deactivate the one of that id at Okta.
    Deactivate(&'a str),
    /// Delete the one of that id, which is inactive.
    Delete(&'a str),
}

impl OwnKeys<'_> {
    const fn effect(self) -> &'static str {
        match self {
            Self::List => "read",
            Self::Add(_) => "sensitive",
            Self::Deactivate(_) | Self::Delete(_) => "destructive",
        }
    }

    const fn scope(self) -> &'static str {
        if self.reads() { "okta.apps.read" } else { "okta.apps.manage" }
    }

    const fn reads(self) -> bool {
        matches!(self, Self::List)
    }

    /// What the trail says of it.
    fn told(self, client_id: &str) -> Value {
        match self {
            Self::List => json!({ "list": client_id }),
            Self::Add(jwk) => json!({ "add": jwk, "to": client_id }),
            Self::Deactivate(key) => json!({ "deactivate": key, "of": client_id }),
            Self::Delete(key) => json!({ "delete": key, "of": client_id }),
        }
    }

    fn summary(self, client_id: &str) -> String {
        match self {
            Self::List => format!("List the keys of {client_id}"),
            Self::Add(_) => format!("Add a key to {client_id}, with which this server signs in"),
            Self::Deactivate(key) => format!("Deactivate the key {key} of {client_id}"),
            Self::Delete(key) => format!("Delete the key {key} of {client_id}"),
        }
    }

    fn request(self, client_id: &str) -> Result<Request, BadRequest> {
        let (method, template, key) = match self {
            Self::List => (Method::Get, KEYS, ""),
            Self::Add(_) => (Method::Post, KEYS, ""),
            Self::Deactivate(key) => (Method::Post, DEACTIVATE, key),
            Self::Delete(key) => (Method::Delete, KEY, key),
        };
        let request = Request::new(method, template, |name| match name {
            "appId" => Some(client_id),
            "keyId" => Some(key),
            _ => None,
        })?;
        Ok(if let Self::Add(jwk) = self { request.body(jwk.clone()) } else { request })
    }
}

/// What is under way.
struct Doing<'a> {
    client_id: &'a str,
    what: OwnKeys<'a>,
    confirmed: &'static str,
    /// The id of its first row.
    id: String,
    exchanges: Exchanges,
}

impl Gate {
    /// Does that with the keys of the app that this server signs in with. Who calls this has asked
    /// a person where something is changed; `confirmed` says how, for the trail.
    pub async fn own_keys(
        &self,
        context: &Context,
        what: OwnKeys<'_>,
        confirmed: &'static str,
    ) -> Result<Value, CallError> {
        let Some(client_id) = self.setup().own.client_id.as_deref() else {
            return Err(CallError::Refused {
                message: "no app signs in with this profile".to_owned(),
                next: "name a profile with a client id".to_owned(),
            });
        };
        self.tell_policy();
        let args = what.told(client_id);
        let row = record::call(context, NAME, what.effect(), &args);
        let id = self.recorded(row, what).await?;
        let doing = Doing { client_id, what, confirmed, id, exchanges: Exchanges::default() };
        let result = self.do_own_keys(&doing).await;
        let word = match &result {
            Ok(_) => "success",
            Err(error) if error.is_unknown() => "unknown",
            Err(error) => error.kind(),
        };
        let mut row = Row::new("outcome");
        row.set("call", doing.id.as_str());
        row.set("outcome", word);
        doing.exchanges.tell(&mut row);
        if let Err(error) = self.recorded(row, what).await {
            tracing::error!(%error, call = doing.id, "the outcome is not recorded");
        }
        result.map(|reply| reply.body)
    }

    /// Keeps a row: one of a change so that it is not lost with the machine.
    async fn recorded(&self, row: Row, what: OwnKeys<'_>) -> Result<String, CallError> {
        if !what.reads() {
            return Ok(self.durable(row).await?.call_id());
        }
        match self.setup().recorder.record(row, false) {
            Ok(recorded) => Ok(recorded.call_id()),
            Err(error) if self.setup().audit_required => Err(error.into()),
            Err(error) => {
                tracing::warn!(error = %chain(&error), "a read goes on without the audit trail");
                Ok("0-unrecorded".to_owned())
            }
        }
    }

    async fn do_own_keys(&self, doing: &Doing<'_>) -> Result<Reply, CallError> {
        let setup = self.setup();
        let Doing { client_id, what, confirmed, id, exchanges } = doing;
        let granted = setup.wire.grant().await?;
        let scope = what.scope();
        let has =
            |granted: &String| granted == scope || (what.reads() && granted == "okta.apps.manage");
        if matches!(&granted, Grant::Scopes(scopes) if !scopes.iter().any(has)) {
            let asked_for = setup.configured.scopes.iter().any(|asked| asked == scope);
            return Err(CallError::Scope { needed: scope.to_owned(), asked_for });
        }
        if !what.reads() && setup.policy.read_only() {
            return Err(CallError::Denied { why: "nothing is changed read-only".to_owned() });
        }
        let request = what.request(client_id).map_err(|error| CallError::Refused {
            message: error.to_string(),
            next: "compare the client id with the app's".to_owned(),
        })?;
        let mut sent_as = id.clone();
        if !what.reads() {
            let mut row = Row::new("intent");
            row.set("call", id.as_str());
            row.set("summary", what.summary(client_id));
            let path = [request.method().as_str(), request.path()].join(" ");
            row.set("requests", json!([{ "request": path, "operation": request.template() }]));
            row.set("effect", what.effect());
            row.set("confirmed", *confirmed);
            sent_as = self.recorded(row, *what).await?;
        }
        let sent = exchanges.send(setup.wire.as_ref(), &request, &sent_as).await;
        sent.map_err(CallError::from)
    }
}
