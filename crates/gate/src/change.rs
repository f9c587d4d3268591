//! A change: confirmed, checked again, recorded, sent, recorded.

use std::sync::Arc;

use okta_catalog::{Desk as _, Effect, Operation, Plan, ToolDef};
use okta_client::{ErrorKind, Reply, Request};
use serde_json::{Value, json};

use crate::{
    Client, Gate,
    ask::{Level, Verdict},
    desk::CallDesk,
    envelope::CallError,
    export::NewFile,
    gate::{Call, Open, chain, told},
    question::question,
    record::Row,
    reply::{self, Shaped},
};

/// A change that is to be made: what is sent, and what each request does.
pub(crate) struct Change {
    pub(crate) plan: Plan,
    /// The operation of each request.
    pub(crate) operations: Vec<Operation>,
    /// The gravest effect, by declaration and by what the plan found.
    pub(crate) effect: Effect,
}

impl Change {
    /// The change that a tool planned. A request for an operation that the tool does not declare,
    /// or whose scope is not granted, is refused.
    pub(crate) fn of_tool(
        tool: &ToolDef,
        plan: Plan,
        desk: &CallDesk<'_>,
    ) -> Result<Self, CallError> {
        Self::new(plan, tool.effect(), |request| {
            tool.operation_of(request).filter(|operation| desk.allows(operation.scope)).ok_or_else(
                || {
                    let (method, path) = (request.method(), request.template());
                    CallError::Arguments(format!("{} may not send {method} {path}", tool.name))
                },
            )
        })
    }

    /// A change of at least that effect; `resolve` knows the operation of each request.
    pub(crate) fn new(
        plan: Plan,
        effect: Effect,
        resolve: impl Fn(&Request) -> Result<Operation, CallError>,
    ) -> Result<Self, CallError> {
        let operations = plan.requests.iter().map(resolve).collect::<Result<Vec<_>, _>>()?;
        let raised = plan.raised.as_ref().map_or(Effect::Read, |(effect, _)| *effect);
        let gravest = operations.iter().map(|operation| operation.effect).max();
        let effect = gravest.unwrap_or(Effect::Read).max(raised).max(effect);
        Ok(Self { plan, operations, effect })
    }
}

impl Gate {
    /// Confirms, and hands the plan to a task of its own.
    pub(crate) async fn change(
        &self,
        call: &Arc<Call>,
        change: Change,
        client: &dyn Client,
        open: Open<'_>,
    ) -> Result<Option<String>, CallError> {
        let confirmed = match self.confirm(call, &change, client).await {
            Ok(Some(confirmed)) => confirmed,
            Ok(None) => {
                let mut row = Row::new("asked");
                row.set("call", call.id.as_str());
                call.exchanges.tell(&mut row);
                self.keep(row);
                open.hand_over();
                return Ok(None);
            }
            Err(error) => return Err(open.refused(error)),
        };
        // From here on nothing stops the change: not a cancel, not a closed connection.
        open.hand_over();
        let (gate, call) = (self.clone(), Arc::clone(call));
        let task =
            self.writes().spawn(async move { gate.execute(&call, &change.plan, confirmed).await });
        task.await.unwrap_or(Err(CallError::Lost)).map(Some)
    }

    /// Whether a person must confirm, and what they say. `Ok(None)`: they are being asked.
    async fn confirm(
        &self,
        call: &Call,
        change: &Change,
        client: &dyn Client,
    ) -> Result<Option<Confirmed>, CallError> {
        let (plan, effect) = (&change.plan, change.effect);
        if effect <= Effect::Write {
            return Ok(Some(Confirmed::NotNeeded));
        }
        let question = question(&call.context, call.tool.name, &call.args, effect, plan);
        match client.asker().ask(&question).await {
            Verdict::Yes(level) => Ok(Some(Confirmed::By(level))),
            Verdict::Later => Ok(None),
            Verdict::Declined => Err(CallError::NotConfirmed("the person declined")),
            Verdict::Cancelled => Err(CallError::NotConfirmed("the person cancelled")),
            Verdict::TimedOut => Err(CallError::NotConfirmed("nobody answered in time")),
            Verdict::Failed(why) => Err(CallError::AskFailed(why)),
            Verdict::Unable(_) if effect == Effect::Sensitive && self.setup().allow_sensitive => {
                Ok(Some(Confirmed::BySetting))
            }
            Verdict::Unable(next) => Err(CallError::CannotAsk { next }),
        }
    }

    /// One after the other for each object; the outcome is recorded whatever it is.
    async fn execute(
        &self,
        call: &Call,
        plan: &Plan,
        confirmed: Confirmed,
    ) -> Result<String, CallError> {
        let lock = match &plan.target {
            Some(target) => {
                let object = format!("{}{}", call.context.org, target.read.path());
                Some(self.locks().lock(object).await)
            }
            None => None,
        };
        let result = self.send(call, plan, confirmed).await;
        drop(lock);
        let (word, shaped) = match &result {
            Ok(shaped) => ("success", shaped.clone()),
            Err(error) if error.is_unknown() => ("unknown", told(error)),
            Err(error) => (error.kind(), told(error)),
        };
        // The change is done: a trail that fails now is told, but takes nothing back.
        if let Err(error) = self.durable(self.outcome(call, word, &shaped)).await {
            tracing::error!(error = %chain(&error), call = call.id, "the outcome is not recorded");
        }
        result.map(|shaped| shaped.text)
    }

    async fn send(
        &self,
        call: &Call,
        plan: &Plan,
        confirmed: Confirmed,
    ) -> Result<Shaped, CallError> {
        let setup = self.setup();
        if let Some(target) = &plan.target {
            let now = call.exchanges.send(setup.wire.as_ref(), &target.read, &call.id).await;
            let now = now.map_err(|error| CallError::from(error).about(call.tool))?;
            if !okta_catalog::same(&target.seen, &now.body) {
                return Err(CallError::Changed);
            }
        }
        let mut file = match &plan.secret_file {
            Some(path) => Some(setup.exports.create(path)?),
            None => None,
        };
        let intent = match self.durable(intent(&call.id, plan, confirmed)).await {
            Ok(recorded) => recorded.call_id(),
            Err(error) => {
                discard(file);
                return Err(error.into());
            }
        };
        let mut last: Option<Reply> = None;
        for (done, request) in plan.requests.iter().enumerate() {
            match call.exchanges.send(setup.wire.as_ref(), request, &intent).await {
                Ok(reply) => last = Some(reply),
                Err(error) => {
                    if error.kind != ErrorKind::OutcomeUnknown {
                        discard(file);
                    }
                    return Err(CallError::from(error).about(call.tool).within(plan, done));
                }
            }
        }
        Ok(reply::written(plan, last.as_ref(), |body, secrets| {
            file.as_mut().map(|file| keep_secrets(file, body, secrets))
        }))
    }
}

/// How it was confirmed.
#[derive(Clone, Copy, Debug)]
enum Confirmed {
    NotNeeded,
    By(Level),
    BySetting,
}

fn intent(id: &str, plan: &Plan, confirmed: Confirmed) -> Row {
    let mut row = Row::new("intent");
    row.set("call", id);
    row.set("summary", plan.summary.as_str());
    let requests: Vec<Value> = plan
        .requests
        .iter()
        .map(|request| {
            let path = [request.method().as_str(), request.path()].join(" ");
            json!({ "request": path, "operation": request.template() })
        })
        .collect();
    row.set("requests", requests);
    match confirmed {
        Confirmed::NotNeeded => {}
        Confirmed::By(level) => row.set("confirmed", json!(level)),
        Confirmed::BySetting => row.set("confirmed", "setting"),
    }
    row
}

fn keep_secrets(file: &mut NewFile, body: &Value, secrets: &[(String, String)]) -> String {
    let path = file.path();
    match file.fill(&reply::secret_file(body, secrets)) {
        Ok(()) if secrets.is_empty() => format!("Okta issued no secret; {path} holds none."),
        Ok(()) => format!("The secrets are in {path}, which only its owner may read."),
        Err(error) => format!("The secrets could not be written to {path}: {error}."),
    }
}

fn discard(file: Option<NewFile>) {
    if let Some(file) = file
        && let Err(error) = file.discard()
    {
        tracing::warn!(%error, "an empty file for secrets is left behind");
    }
}
