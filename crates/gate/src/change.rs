//! A change: confirmed, checked again, recorded, sent, recorded.

use std::sync::Arc;

use okta_catalog::{
    Control, Desk as _, Effect, Found, Operation, Plan, Prepared, ReadBack, ToolDef,
};
use okta_client::Reply;
use serde_json::{Value, json};

use crate::{
    Client, Gate,
    call::{Call, Open, chain, told},
    confirm::{Asked, Asking, Confirmed},
    desk::CallDesk,
    envelope::CallError,
    export::NewFile,
    files,
    question::question,
    record::Row,
    reply::{self, Shaped},
    ruling::Ruled,
};

/// How many pages of a list are read to find what was made.
const MOST_PAGES: u32 = 50;

/// A change that is to be made.
pub(crate) struct Change {
    pub(crate) plan: Plan,
    /// The gravest effect, by declaration and by what the plan found.
    pub(crate) effect: Effect,
    /// The tools whose rules hold for it: the one that planned it, and for an undo also those that
    /// make such changes.
    pub(crate) tools: Vec<&'static ToolDef>,
    /// The arguments that rules look at.
    pub(crate) args: Value,
    /// The undo that this is.
    undoes: Option<String>,
}

impl Change {
    /// The change that a tool planned. A request for an operation that the tool does not declare,
    /// or whose scope is not granted, is refused.
    pub(crate) fn of_tool(
        tool: &'static ToolDef,
        args: &Value,
        plan: Plan,
        desk: &CallDesk<'_>,
    ) -> Result<Self, CallError> {
        let raised = plan.raised.as_ref().map_or(Effect::Read, |(effect, _)| *effect);
        let mut effect = tool.effect().max(raised);
        for request in &plan.requests {
            let operation = tool.operation_of(request);
            let Some(operation) = operation.filter(|operation| desk.allows(operation.scope)) else {
                let (name, method, path) = (tool.name, request.method(), request.template());
                return Err(CallError::Arguments(format!("{name} may not send {method} {path}")));
            };
            effect = effect.max(operation.effect);
        }
        Ok(Self { plan, effect, tools: vec![tool], args: args.clone(), undoes: None })
    }

    /// The change that takes back what `undo` was kept of; no less grave than that was.
    pub(crate) fn undoing(
        call: &Call,
        plan: Plan,
        operations: &[Operation],
        effect: Effect,
        undo: &str,
    ) -> Self {
        let effect = operations.iter().fold(effect, |most, operation| most.max(operation.effect));
        let same = |tool: &&ToolDef| {
            tool.operation.is_some_and(|operation| operations.contains(&operation))
        };
        let tools = std::iter::once(call.tool).chain(okta_catalog::tools().filter(same)).collect();
        Self { plan, effect, tools, args: call.args.clone(), undoes: Some(undo.to_owned()) }
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
        let (ruling, confirmed) = match self.allowed(call, &change, client).await {
            Ok((ruling, Asked::Yes(confirmed))) => (ruling, confirmed),
            Ok((_, asked)) => return Ok(self.asked(call, asked, open)),
            Err(error) => return Err(open.refused(error)),
        };
        // From here on nothing stops the change: not a cancel, not a closed connection.
        open.hand_over();
        let (gate, call) = (self.clone(), Arc::clone(call));
        let task = self
            .writes()
            .spawn(async move { gate.execute(&call, &change, &ruling, &confirmed).await });
        task.await.unwrap_or(Err(CallError::Lost)).map(Some)
    }

    /// What the policy says of the change, and where a person must agree, what they say.
    async fn allowed(
        &self,
        call: &Call,
        change: &Change,
        client: &dyn Client,
    ) -> Result<(Ruled, Asked), CallError> {
        let ruled = self.rule_change(call, change).await?;
        if !ruled.confirm {
            return Ok((ruled, Asked::Yes(Confirmed::NotNeeded)));
        }
        let question = question(call, change, &ruled.notes)?;
        let binding = question.binding.clone();
        let asking = Asking {
            question,
            summary: &change.plan.summary,
            level: ruled.level,
            by_default: ruled.by_default,
            approvers: &ruled.approvers,
        };
        let asked = self.ask(call, asking, client).await?;
        if let Asked::Yes(Confirmed::By { waited: true, .. }) = asked {
            self.still_as_shown(call, &binding, client).await?;
        }
        Ok((ruled, asked))
    }

    /// A person takes their time: what they were shown must still be so, what would be lost and
    /// who is protected too. A call that comes again with the answer, or uses an approval, looked
    /// anew.
    async fn still_as_shown(
        &self,
        call: &Call,
        binding: &str,
        client: &dyn Client,
    ) -> Result<(), CallError> {
        let change = self.planned_again(call, client).await?;
        let ruled = self.rule_change(call, &change).await?;
        if question(call, &change, &ruled.notes)?.binding == binding {
            Ok(())
        } else {
            Err(CallError::Changed)
        }
    }

    /// The change that the call comes to now.
    async fn planned_again(&self, call: &Call, client: &dyn Client) -> Result<Change, CallError> {
        let rights = self.allow(call, call.tool).await?;
        let desk = self.desk(call, call.tool, rights, client);
        let args = call.args.as_object().cloned().unwrap_or_default();
        let prepared = call.tool.prepare(args, &desk).await;
        match prepared.map_err(|failure| CallError::from(failure).about(call.tool))? {
            Prepared::Plan(plan) => Change::of_tool(call.tool, &call.args, *plan, &desk),
            Prepared::Control(Control::Undo { change }) => self.undoing(call, &change).await,
            Prepared::Answer(_) | Prepared::Control(_) => Err(CallError::Changed),
        }
    }

    /// One after the other for each object; the outcome is recorded whatever it is.
    async fn execute(
        &self,
        call: &Call,
        change: &Change,
        ruled: &Ruled,
        confirmed: &Confirmed,
    ) -> Result<String, CallError> {
        let lock = match &change.plan.target {
            Some(target) => {
                let object = format!("{}{}", call.context.org, target.read.path());
                Some(self.locks().lock(object).await)
            }
            None => None,
        };
        let result = self.send(call, change, ruled, confirmed).await;
        drop(lock);
        let (word, shaped) = match &result {
            Ok(shaped) => ("success", shaped.clone()),
            Err(error) if error.is_unknown() => ("unknown", told(error)),
            Err(error) => (error.kind(), told(error)),
        };
        fail::fail_point!("before-outcome");
        // The change is done: a trail that fails now is told, but takes nothing back.
        if let Err(error) = self.durable(self.outcome(call, word, &shaped)).await {
            tracing::error!(error = %chain(&error), call = call.id, "the outcome is not recorded");
        }
        result.map(|shaped| shaped.text)
    }

    async fn send(
        &self,
        call: &Call,
        change: &Change,
        ruled: &Ruled,
        confirmed: &Confirmed,
    ) -> Result<Shaped, CallError> {
        let (setup, plan) = (self.setup(), &change.plan);
        if let Some(target) = &plan.target {
            let now = call.exchanges.read(setup.wire.as_ref(), &target.read, &call.id).await;
            let now = now.map_err(|error| CallError::from(error).about(call.tool))?;
            if !okta_catalog::same(&target.seen, &now) {
                return Err(CallError::Changed);
            }
        }
        self.count(call, ruled, confirmed).await?;
        if let Some(undo) = &change.undoes
            && setup.memory.store.take(undo, self.clock().now()).await?.is_none()
        {
            return Err(CallError::unknown("change to take back", undo));
        }
        let mut file = match &plan.secret_file {
            Some(path) => Some(setup.exports.create(path)?),
            None => None,
        };
        let sent = self.send_requests(call, change, ruled, confirmed).await;
        if let (Some(undo), Err(error)) = (&change.undoes, &sent)
            && error.nothing_done()
        {
            setup.memory.store.give_back(undo).await?;
        }
        let (last, note) = match sent {
            Ok(last) => self.completed(call, plan, last).await,
            Err(error) => {
                discard(file);
                return Err(error);
            }
        };
        let undo = self.keep_undo(call, change, last.as_ref()).await;
        Ok(reply::written(plan, last.as_ref(), note, undo, |body, secrets| {
            file.as_mut().map(|file| keep_secrets(file, body, secrets))
        }))
    }

    /// The answer to a change; where Okta left it empty, with the object that is read then. Beside
    /// it what there is to say of that.
    async fn completed(
        &self,
        call: &Call,
        plan: &Plan,
        last: Option<Reply>,
    ) -> (Option<Reply>, Option<String>) {
        let (Some(read), Some(reply)) = (&plan.read_back, &last) else { return (last, None) };
        if !reply::is_empty(&reply.body) {
            return (last, None);
        }
        match self.read_back(call, read).await {
            Ok(Some(body)) => {
                let note = "Okta's answer was empty: this was read afterwards.";
                (last.map(|reply| Reply { body, ..reply }), Some(note.to_owned()))
            }
            Ok(None) => {
                let note = "Okta's answer was empty, and the object is not found (yet).";
                (last, Some(note.to_owned()))
            }
            Err(error) => {
                let note = format!("Okta's answer was empty, and reading it failed: {error}.");
                (last, Some(note))
            }
        }
    }

    /// The object that a change made or left.
    async fn read_back(&self, call: &Call, read: &ReadBack) -> Result<Option<Value>, CallError> {
        let mut request = read.request().clone();
        for _ in 0..MOST_PAGES {
            let wire = self.setup().wire.as_ref();
            let reply = call.exchanges.send(wire, &request, &call.id).await?;
            match read.found(&request, reply) {
                Found::This(body) => return Ok(Some(body)),
                Found::Next(next) => request = next,
                Found::Nothing => break,
            }
        }
        Ok(None)
    }

    /// The intent, synced; then the requests, one after the other. The last answer.
    async fn send_requests(
        &self,
        call: &Call,
        change: &Change,
        ruled: &Ruled,
        confirmed: &Confirmed,
    ) -> Result<Option<Reply>, CallError> {
        let (setup, plan) = (self.setup(), &change.plan);
        fail::fail_point!("before-intent");
        let intent = self.durable(intent(&call.id, change, ruled, confirmed)).await?.call_id();
        fail::fail_point!("after-intent");
        let mut last: Option<Reply> = None;
        for (done, request) in plan.requests.iter().enumerate() {
            match call.exchanges.send(setup.wire.as_ref(), request, &intent).await {
                Ok(reply) => last = Some(reply),
                Err(error) => {
                    return Err(CallError::from(error).about(call.tool).within(plan, done));
                }
            }
            fail::fail_point!("after-sending");
        }
        Ok(last)
    }
}

fn intent(id: &str, change: &Change, ruled: &Ruled, confirmed: &Confirmed) -> Row {
    let plan = &change.plan;
    let mut row = Row::new("intent");
    row.set("call", id);
    row.set("summary", plan.summary.as_str());
    let requests: Vec<Value> = plan
        .requests
        .iter()
        .map(|request| {
            let path = [request.method().as_str(), request.path()].join(" ");
            let mut told = json!({ "request": path, "operation": request.template() });
            if let (Some(file), Value::Object(told)) = (request.file(), &mut told) {
                told.insert("file".to_owned(), files::told(file));
            }
            told
        })
        .collect();
    row.set("requests", requests);
    row.set("effect", change.effect.as_str());
    ruled.tell(&mut row);
    confirmed.tell(&mut row);
    if let Some(undo) = &change.undoes {
        row.set("undoes", undo.as_str());
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
