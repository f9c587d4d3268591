//! A change: confirmed, checked again, recorded, sent, recorded.

use std::sync::Arc;

use okta_catalog::{Desk as _, Effect, Plan};
use okta_client::{ErrorKind, Reply};
use serde_json::{Value, json};

use crate::{
    Gate,
    ask::{Level, Verdict},
    desk::CallDesk,
    envelope::CallError,
    export::NewFile,
    gate::{Call, Open, chain, told},
    question::question,
    record::Row,
    reply::{self, Shaped},
};

impl Gate {
    /// Confirms, and hands the plan to a task of its own.
    pub(crate) async fn change(
        &self,
        call: &Arc<Call>,
        plan: Plan,
        desk: CallDesk<'_>,
        open: Open<'_>,
    ) -> Result<Option<String>, CallError> {
        let ids = desk.request_ids();
        let foreign = plan.requests.iter().find(|request| {
            call.tool.operation_of(request).is_none_or(|operation| !desk.allows(operation.scope))
        });
        if let Some(request) = foreign {
            let (name, method, path) = (call.tool.name, request.method(), request.template());
            let error = CallError::Arguments(format!("{name} may not send {method} {path}"));
            return Err(open.refused(error, ids));
        }
        let confirmed = match self.confirm(call, &plan, desk.client).await {
            Ok(Some(confirmed)) => confirmed,
            Ok(None) => {
                let mut row = Row::new("asked");
                row.set("call", call.id.as_str());
                row.set("okta_request_ids", ids);
                self.keep(row);
                open.hand_over();
                return Ok(None);
            }
            Err(error) => return Err(open.refused(error, ids)),
        };
        // From here on nothing stops the change: not a cancel, not a closed connection.
        open.hand_over();
        let (gate, call) = (self.clone(), Arc::clone(call));
        let task =
            self.writes().spawn(async move { gate.execute(&call, &plan, confirmed, ids).await });
        task.await.unwrap_or(Err(CallError::Lost)).map(Some)
    }

    /// Whether a person must confirm, and what they say. `Ok(None)`: they are being asked.
    async fn confirm(
        &self,
        call: &Call,
        plan: &Plan,
        client: &dyn crate::Client,
    ) -> Result<Option<Confirmed>, CallError> {
        let raised = plan.raised.as_ref().map_or(Effect::Read, |(effect, _)| *effect);
        let effect = raised.max(call.tool.effect());
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
        mut ids: Vec<String>,
    ) -> Result<String, CallError> {
        let lock = match &plan.target {
            Some(target) => {
                let object = format!("{}{}", call.context.org, target.read.path());
                Some(self.locks().lock(object).await)
            }
            None => None,
        };
        let result = self.send(call, plan, confirmed, &mut ids).await;
        drop(lock);
        let (word, shaped) = match &result {
            Ok(shaped) => ("success", shaped.clone()),
            Err(error) if error.is_unknown() => ("unknown", told(error)),
            Err(error) => (error.kind(), told(error)),
        };
        // The change is done: a trail that fails now is told, but takes nothing back.
        if let Err(error) = self.durable(self.outcome(call, word, &shaped, ids)).await {
            tracing::error!(error = %chain(&error), call = call.id, "the outcome is not recorded");
        }
        result.map(|shaped| shaped.text)
    }

    async fn send(
        &self,
        call: &Call,
        plan: &Plan,
        confirmed: Confirmed,
        ids: &mut Vec<String>,
    ) -> Result<Shaped, CallError> {
        let setup = self.setup();
        if let Some(target) = &plan.target {
            let now = setup.wire.send(&target.read, &call.id).await;
            ids.extend(request_ids(&now).iter().cloned());
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
            let reply = setup.wire.send(request, &intent).await;
            ids.extend(request_ids(&reply).iter().cloned());
            match reply {
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

fn request_ids(result: &Result<Reply, okta_client::Error>) -> &[String] {
    match result {
        Ok(reply) => &reply.request_ids,
        Err(error) => &error.request_ids,
    }
}
