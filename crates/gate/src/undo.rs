//! Taking a change back: what is kept of it, and what is sent.

use jiff::{SignedDuration, Timestamp};
use okta_catalog::{Effect, Operation, Plan, merged, remarkable};
use okta_client::{Reply, Request};
use okta_storage::Undo;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    Gate,
    access::Rights,
    call::{Call, chain},
    change::Change,
    envelope::CallError,
    record::digest,
};

/// How long a change can be taken back.
const KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);

/// What undo is sealed as.
const KIND: &str = "undo";

/// What is sealed.
#[derive(Serialize, Deserialize)]
struct Sealed {
    /// What takes the change back, in this order.
    requests: Vec<KeptRequest>,
    /// How the object is read.
    read: KeptRequest,
    /// Digest of the object as the change left it; of `null` where it left none.
    left: String,
    /// The effect of the change: taking it back is no less.
    effect: Effect,
}

#[derive(Serialize, Deserialize)]
struct KeptRequest {
    method: String,
    template: String,
    path: String,
    query: Vec<(String, String)>,
    body: Option<Value>,
}

impl KeptRequest {
    fn of(request: &Request) -> Self {
        Self {
            method: request.method().as_str().to_owned(),
            template: request.template().to_owned(),
            path: request.path().to_owned(),
            query: request.query_pairs().to_vec(),
            body: request.json().cloned(),
        }
    }

    /// The request, where the catalog still knows its operation.
    fn restored(self) -> Option<(Request, Operation)> {
        let operation = okta_catalog::operation(&self.method, &self.template)?;
        let request = Request::kept(operation.method, operation.path, &self.path)?;
        let request = request.with_query(self.query);
        Some((
            match self.body {
                Some(body) => request.body(body),
                None => request,
            },
            operation,
        ))
    }
}

impl Gate {
    /// Keeps what takes a change back, once it was made: the id, or why it cannot be taken back.
    pub(crate) async fn keep_undo(
        &self,
        call: &Call,
        change: &Change,
        reply: Option<&Reply>,
    ) -> Option<Result<String, String>> {
        let plan = &change.plan;
        let (read, requests) = match (&plan.created, &plan.target) {
            (Some(created), _) => created.known(&reply?.body)?,
            (None, Some(target)) if !plan.undo.is_empty() => {
                (target.read.clone(), plan.undo.clone())
            }
            (None, _) => return None,
        };
        let kept = self.try_keep_undo(call, change, &read, &requests).await;
        Some(kept.map_err(|error| {
            tracing::warn!(error = %chain(&error), "a change cannot be taken back with undo_change");
            format!("undo_change cannot take this back: {error}.")
        }))
    }

    async fn try_keep_undo(
        &self,
        call: &Call,
        change: &Change,
        read: &Request,
        requests: &[Request],
    ) -> Result<String, CallError> {
        let setup = self.setup();
        let left = call.exchanges.read(setup.wire.as_ref(), read, &call.id).await?;
        let sealed = Sealed {
            requests: requests.iter().map(KeptRequest::of).collect(),
            read: KeptRequest::of(read),
            left: digest(&remarkable(&left)),
            effect: change.effect,
        };
        let plain =
            serde_json::to_vec(&sealed).map_err(|error| CallError::Storage(error.to_string()))?;
        let id = setup.memory.id();
        let created = self.clock().now();
        let undo = Undo {
            call_id: call.id.clone(),
            tool: call.tool.name.to_owned(),
            summary: change.plan.summary.clone(),
            principal: call.context.principal.clone(),
            org: call.context.org.clone(),
            created,
            expires: created.checked_add(KEPT).unwrap_or(Timestamp::MAX),
            sealed: setup.memory.seal.seal(KIND, &id, &plain)?,
            id: id.clone(),
        };
        setup.memory.store.keep(undo).await?;
        Ok(id)
    }

    /// The change that takes another one back, while the object is as that one left it.
    pub(crate) async fn undoing(&self, call: &Call, id: &str) -> Result<Change, CallError> {
        let setup = self.setup();
        let kept = setup.memory.store.undo(id, self.clock().now()).await?;
        let context = &call.context;
        let kept = kept
            .filter(|kept| kept.undo.principal == context.principal)
            .filter(|kept| kept.undo.org == context.org)
            .ok_or_else(|| CallError::unknown("change to take back", id))?;
        if kept.taken.is_some() {
            return Err(CallError::Refused {
                message: "this change was taken back already".to_owned(),
                next: "read the object to see how it is".to_owned(),
            });
        }
        let opened = setup.memory.seal.open(KIND, id, &kept.undo.sealed)?;
        let sealed: Sealed = serde_json::from_slice(&opened).map_err(|_| unreadable())?;
        let (read, _) = sealed.read.restored().ok_or_else(unreadable)?;
        let requests: Option<Vec<_>> =
            sealed.requests.into_iter().map(KeptRequest::restored).collect();
        let requests = requests.filter(|list| !list.is_empty()).ok_or_else(unreadable)?;
        let grant = setup.wire.grant().await?;
        let rights = Rights::new(&setup.configured, Some(&grant));
        if let Some((_, operation)) = requests.iter().find(|(_, op)| !rights.have(op.scope)) {
            let needed = operation.scope.to_string();
            return Err(CallError::Scope { needed, asked_for: true });
        }
        let now = call.exchanges.read(setup.wire.as_ref(), &read, &call.id).await?;
        if digest(&remarkable(&now)) != sealed.left {
            return Err(CallError::Refused {
                message: "the object is no longer as the change left it".to_owned(),
                next: "read it, and change it by itself".to_owned(),
            });
        }
        let summary = &kept.undo.summary;
        let mut plan = plan(&requests, read, now).ok_or_else(unreadable)?;
        plan.summary = format!("Take back: {summary}");
        plan.done = format!("Taken back: {summary}.");
        let operations: Vec<Operation> =
            requests.into_iter().map(|(_, operation)| operation).collect();
        Ok(Change::undoing(call, plan, &operations, sealed.effect, id))
    }
}

/// The plan that sends these requests; where one replaces what `read` reads, with the object as it
/// will be.
fn plan(requests: &[(Request, Operation)], read: Request, now: Value) -> Option<Plan> {
    let (first, rest) = requests.split_first()?;
    let mut plan = Plan::new("", first.0.clone());
    plan.requests.extend(rest.iter().map(|(request, _)| request.clone()));
    if let (Some(body), true, true) =
        (first.0.json(), rest.is_empty(), first.0.path() == read.path())
    {
        plan = plan.after(merged(&now, body));
    }
    Some(plan.check("read the object").target(read, now))
}

fn unreadable() -> CallError {
    CallError::Storage("what was kept to take this change back is of another version".to_owned())
}
