//! One call, from its arguments to its answer.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use okta_catalog::{Args, Desk as _, Effect, Plan, Prepared, ToolDef};
use okta_client::{Clock, ErrorKind, Grant, Reply};
use serde_json::Value;
use tokio::sync::watch;
use tokio_util::task::TaskTracker;

use crate::{
    access::{Configured, Rights},
    ask::{Level, Verdict},
    context::{Client, Context},
    desk::CallDesk,
    envelope::CallError,
    export::{ExportFolder, NewFile},
    locks::Locks,
    question,
    record::{Recorder, Row, TrailError},
    reply::{self, Shaped},
    text::to_text,
    wire::Wire,
};

/// What the pipeline works with.
pub struct Setup {
    /// The way to Okta.
    pub wire: Arc<dyn Wire>,
    /// The trail.
    pub recorder: Arc<dyn Recorder>,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// Which scopes are asked for.
    pub configured: Configured,
    /// Where files go.
    pub exports: ExportFolder,
    /// Where nobody can be asked: let sensitive changes through. Destructive ones never.
    pub allow_sensitive: bool,
}

/// The call pipeline of one org.
#[derive(Clone)]
pub struct Gate(Arc<Inner>);

struct Inner {
    setup: Setup,
    locks: Locks,
    writes: TaskTracker,
}

/// What came of a call.
#[derive(Debug)]
pub enum Called {
    /// There is no such tool.
    Unknown,
    /// It was done: the text for the model.
    Done(String),
    /// It was not done: why.
    Failed(CallError),
    /// A person is being asked: the same call comes again with the answer.
    Asked,
}

/// A call that has begun: who, what, and the id that its requests carry.
struct Call<'a> {
    context: &'a Context,
    tool: &'static ToolDef,
    args: Value,
    id: String,
    started: jiff::Timestamp,
}

impl Gate {
    /// A pipeline with that setup.
    pub fn new(setup: Setup) -> Self {
        Self(Arc::new(Inner { setup, locks: Locks::default(), writes: TaskTracker::new() }))
    }

    /// The tools that may be listed now: by the configured scopes until the granted ones are
    /// known.
    pub fn listed(&self) -> Vec<&'static ToolDef> {
        let rights = self.rights();
        okta_catalog::tools().filter(|tool| rights.allow(tool)).collect()
    }

    /// The rights as they are known now.
    pub fn rights(&self) -> Rights {
        let setup = &self.0.setup;
        Rights::new(&setup.configured, setup.wire.grants().borrow().as_ref())
    }

    /// What Okta granted, as it becomes known: with it the list of tools may change.
    pub fn watch_grants(&self) -> watch::Receiver<Option<Grant>> {
        self.0.setup.wire.grants()
    }

    /// The clock that the pipeline goes by.
    pub fn clock(&self) -> &dyn Clock {
        self.0.setup.clock.as_ref()
    }

    /// Waits until every change that was begun is done and recorded.
    pub async fn drain(&self) {
        self.0.writes.close();
        self.0.writes.wait().await;
    }

    /// Keeps a row about the server itself, such as the tools it serves.
    pub fn note(&self, kind: &str, about: Value) -> Result<(), TrailError> {
        let mut row = Row::new(kind);
        row.set("about", about);
        self.0.setup.recorder.record(row, false).map(drop)
    }

    /// Calls a tool. Dropping the future ends a call that reads; a change that was begun goes on
    /// to its end, and is recorded.
    pub async fn call(
        &self,
        context: &Context,
        name: &str,
        args: Args,
        client: &dyn Client,
    ) -> Called {
        let Some(tool) = okta_catalog::find(name) else { return Called::Unknown };
        let recorded = Value::Object(args.clone());
        let row = Row::call(context, tool.name, tool.effect().as_str(), &recorded);
        let id = match self.0.setup.recorder.record(row, false) {
            Ok(recorded) => recorded.call_id(),
            Err(error) if tool.effect() == Effect::Read => {
                tracing::warn!(error = %chain(&error), "a read goes on without the audit trail");
                "0-unrecorded".to_owned()
            }
            Err(error) => return Called::Failed(error.into()),
        };
        let started = self.0.setup.clock.now();
        let call = Call { context, tool, args: recorded, id, started };
        match self.run(&call, args, client).await {
            Ok(Some(text)) => Called::Done(text),
            Ok(None) => Called::Asked,
            Err(error) => Called::Failed(error),
        }
    }

    async fn run(
        &self,
        call: &Call<'_>,
        args: Args,
        client: &dyn Client,
    ) -> Result<Option<String>, CallError> {
        let setup = &self.0.setup;
        if let Err(failure) = call.tool.check(args.clone()) {
            return Err(self.refused(call, failure.into(), Vec::new()));
        }
        let rights = match self.allow(call.tool).await {
            Ok(rights) => rights,
            Err(error) => return Err(self.refused(call, error, Vec::new())),
        };
        let desk = CallDesk {
            tool: call.tool,
            rights,
            wire: setup.wire.as_ref(),
            clock: setup.clock.as_ref(),
            exports: &setup.exports,
            client,
            call_id: &call.id,
            request_ids: Mutex::default(),
        };
        let prepared = match call.tool.prepare(args, &desk).await {
            Ok(prepared) => prepared,
            Err(failure) => {
                let error = scoped(failure.into(), call.tool);
                return Err(self.refused(call, error, desk.request_ids()));
            }
        };
        match prepared {
            Prepared::Answer(answer) => {
                let shaped = reply::read(answer);
                let row =
                    self.outcome(&call.id, call.started, "success", &shaped, desk.request_ids());
                self.keep(row);
                Ok(Some(shaped.text))
            }
            Prepared::Plan(plan) => self.change(call, *plan, desk, client).await,
        }
    }

    /// The scopes, first: by what Okta granted, which a call waits for.
    async fn allow(&self, tool: &ToolDef) -> Result<Rights, CallError> {
        let setup = &self.0.setup;
        if tool.operation.is_none() {
            return Ok(self.rights());
        }
        let needed = || {
            let scopes = tool.scopes();
            let names: Vec<&str> = scopes.iter().map(|scope| scope.as_str()).collect();
            names.join(" or ")
        };
        let configured = Rights::new(&setup.configured, None);
        if !configured.allow(tool) {
            return Err(CallError::Scope { needed: needed(), asked_for: false });
        }
        let grant = setup.wire.grant().await.map_err(|error| CallError::Okta {
            error,
            scope: None,
            check: String::new(),
            done: 0,
        })?;
        let rights = Rights::new(&setup.configured, Some(&grant));
        if rights.allow(tool) {
            Ok(rights)
        } else {
            Err(CallError::Scope { needed: needed(), asked_for: true })
        }
    }

    /// Confirms, and hands the plan to a task of its own.
    async fn change(
        &self,
        call: &Call<'_>,
        plan: Plan,
        desk: CallDesk<'_>,
        client: &dyn Client,
    ) -> Result<Option<String>, CallError> {
        let read_ids = desk.request_ids();
        if let Some(foreign) = plan.requests.iter().find(|request| {
            call.tool.operation_of(request).is_none_or(|operation| !desk.allows(operation.scope))
        }) {
            let message = format!(
                "{} may not send {} {}",
                call.tool.name,
                foreign.method(),
                foreign.template()
            );
            return Err(self.refused(call, CallError::Arguments(message), read_ids));
        }
        drop(desk);
        let level = match self.confirm(call, &plan, client).await {
            Ok(Some(level)) => level,
            Ok(None) => {
                let mut row = Row::new("asked");
                row.set("call", call.id.as_str());
                row.set("okta_request_ids", read_ids);
                self.keep(row);
                return Ok(None);
            }
            Err(error) => return Err(self.refused(call, error, read_ids)),
        };
        // From here on nothing stops the change: not a cancel, not a closed connection.
        let gate = self.clone();
        let (tool, id, started) = (call.tool, call.id.clone(), call.started);
        let org = call.context.org.clone();
        let task = self.0.writes.spawn(async move {
            gate.execute(tool, id, started, &org, plan, level, read_ids).await
        });
        task.await.unwrap_or(Err(CallError::Lost)).map(Some)
    }

    /// Whether a person must confirm, and what they say. `Ok(None)`: they are being asked.
    async fn confirm(
        &self,
        call: &Call<'_>,
        plan: &Plan,
        client: &dyn Client,
    ) -> Result<Option<Confirmed>, CallError> {
        let effect = plan.raised.as_ref().map_or(call.tool.effect(), |(effect, _)| *effect);
        let effect = effect.max(call.tool.effect());
        if effect <= Effect::Write {
            return Ok(Some(Confirmed::NotNeeded));
        }
        let question = question::question(call.context, call.tool.name, &call.args, effect, plan);
        match client.asker().ask(&question).await {
            Verdict::Yes(level) => Ok(Some(Confirmed::By(level))),
            Verdict::Later => Ok(None),
            Verdict::Declined => Err(CallError::NotConfirmed("the person declined")),
            Verdict::Cancelled => Err(CallError::NotConfirmed("the person cancelled")),
            Verdict::TimedOut => Err(CallError::NotConfirmed("nobody answered in time")),
            Verdict::Failed(why) => Err(CallError::AskFailed(why)),
            Verdict::Unable(_) if effect == Effect::Sensitive && self.0.setup.allow_sensitive => {
                Ok(Some(Confirmed::BySetting))
            }
            Verdict::Unable(next) => Err(CallError::CannotAsk { next }),
        }
    }

    #[expect(clippy::too_many_arguments, reason = "a task owns what it works with")]
    async fn execute(
        &self,
        tool: &'static ToolDef,
        id: String,
        started: jiff::Timestamp,
        org: &str,
        plan: Plan,
        confirmed: Confirmed,
        mut ids: Vec<String>,
    ) -> Result<String, CallError> {
        let lock = match &plan.target {
            Some(target) => Some(self.0.locks.lock(format!("{org}{}", target.read.path())).await),
            None => None,
        };
        let result = self.send(tool, &id, &plan, confirmed, &mut ids).await;
        drop(lock);
        let (word, shaped) = match &result {
            Ok(shaped) => ("success", shaped.clone()),
            Err(error) if error.is_unknown() => ("unknown", told(error)),
            Err(error) => (error.kind(), told(error)),
        };
        let row = self.outcome(&id, started, word, &shaped, ids);
        // The change is done: a trail that fails now is told, but takes nothing back.
        let kept = self.durable(row).await;
        match (result, kept) {
            (Ok(shaped), Ok(_)) => Ok(shaped.text),
            (Err(error), _) => Err(error),
            (Ok(shaped), Err(error)) => {
                tracing::error!(error = %chain(&error), call = id, "the outcome is not recorded");
                Ok(shaped.text)
            }
        }
    }

    async fn send(
        &self,
        tool: &ToolDef,
        id: &str,
        plan: &Plan,
        confirmed: Confirmed,
        ids: &mut Vec<String>,
    ) -> Result<Shaped, CallError> {
        let setup = &self.0.setup;
        if let Some(target) = &plan.target {
            let now = setup.wire.send(&target.read, id).await;
            ids.extend(request_ids(&now).iter().cloned());
            let now = now.map_err(|error| at(error, tool, "", 0))?;
            if !okta_catalog::same(&target.seen, &now.body) {
                return Err(CallError::Changed);
            }
        }
        let mut file = match &plan.secret_file {
            Some(path) => Some(setup.exports.create(path)?),
            None => None,
        };
        let mut last: Option<Reply> = None;
        let intent = self.durable(intent(id, plan, confirmed)).await;
        let intent = match intent {
            Ok(recorded) => recorded,
            Err(error) => {
                discard(file);
                return Err(error.into());
            }
        };
        for (done, request) in plan.requests.iter().enumerate() {
            let reply = setup.wire.send(request, &intent.call_id()).await;
            ids.extend(request_ids(&reply).iter().cloned());
            match reply {
                Ok(reply) => last = Some(reply),
                Err(error) => {
                    if error.kind != ErrorKind::OutcomeUnknown {
                        discard(file);
                    }
                    return Err(at(error, tool, &plan.check, done));
                }
            }
        }
        Ok(reply::written(plan, last.as_ref(), |body, secrets| {
            file.as_mut().map(|file| keep_secrets(file, body, secrets))
        }))
    }

    fn outcome(
        &self,
        id: &str,
        started: jiff::Timestamp,
        word: &str,
        shaped: &Shaped,
        ids: Vec<String>,
    ) -> Row {
        let took = self.0.setup.clock.now().duration_since(started);
        let took = Duration::try_from(took).unwrap_or_default();
        let mut row = Row::new("outcome");
        row.set("call", id);
        row.set("outcome", word);
        row.set("okta_request_ids", ids);
        row.set("ms", u64::try_from(took.as_millis()).unwrap_or(u64::MAX));
        row.set("rows", shaped.rows);
        row.set("bytes", shaped.text.len());
        if shaped.redactions > 0 {
            row.set("redactions", shaped.redactions);
        }
        row
    }

    /// A refusal is a row too.
    fn refused(&self, call: &Call<'_>, error: CallError, mut ids: Vec<String>) -> CallError {
        ids.extend(
            error.request_ids().iter().filter(|id| !ids.contains(id)).cloned().collect::<Vec<_>>(),
        );
        let mut row = self.outcome(&call.id, call.started, error.kind(), &told(&error), ids);
        row.set("message", error.to_string());
        self.keep(row);
        error
    }

    fn keep(&self, row: Row) {
        if let Err(error) = self.0.setup.recorder.record(row, false) {
            tracing::error!(error = %chain(&error), "a row of the audit trail is lost");
        }
    }

    async fn durable(&self, row: Row) -> Result<crate::record::Recorded, TrailError> {
        let recorder = Arc::clone(&self.0.setup.recorder);
        let task = tokio::task::spawn_blocking(move || recorder.record(row, true));
        task.await.unwrap_or_else(|error| {
            Err(TrailError {
                place: "this process".to_owned(),
                source: std::io::Error::other(error),
            })
        })
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
            serde_json::json!({ "request": path, "operation": request.template() })
        })
        .collect();
    row.set("requests", requests);
    match confirmed {
        Confirmed::NotNeeded => {}
        Confirmed::By(level) => row.set("confirmed", serde_json::json!(level)),
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

fn told(error: &CallError) -> Shaped {
    let text = to_text(&error.envelope());
    Shaped { text, rows: 0, redactions: 0 }
}

fn scoped(error: CallError, tool: &ToolDef) -> CallError {
    match error {
        CallError::Okta { error, .. } => at(error, tool, "", 0),
        other => other,
    }
}

fn at(error: okta_client::Error, tool: &ToolDef, check: &str, done: usize) -> CallError {
    let scope = tool.operation.map(|operation| operation.scope);
    CallError::Okta { error, scope, check: check.to_owned(), done }
}

fn request_ids(result: &Result<Reply, okta_client::Error>) -> &[String] {
    match result {
        Ok(reply) => &reply.request_ids,
        Err(error) => &error.request_ids,
    }
}

/// An error with its causes, for the log.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}
