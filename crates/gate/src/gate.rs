//! One call, from its arguments to its answer.

use std::sync::Arc;

use okta_catalog::{Args, Caller, Effect, Prepared, ToolDef};
use okta_client::{Clock, Grant};
use okta_policy::Policy;
use okta_trail::to_text;
use serde_json::Value;
use tokio::sync::watch;
use tokio_util::task::TaskTracker;

use crate::{
    access::{Configured, Rights},
    call::{Begun, Call, Open, chain},
    change::Change,
    confirm::Asked,
    context::{Client, Context},
    desk::CallDesk,
    envelope::CallError,
    exchanges::Exchanges,
    export::ExportFolder,
    locks::Locks,
    memory::Memory,
    protect::Own,
    record::{self, Recorder, Row},
    reply::{self, Shaped},
    sources::Sources,
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
    /// Which scopes are asked for, and which tools are switched off.
    pub configured: Configured,
    /// Where files go.
    pub exports: ExportFolder,
    /// Where tools read files from.
    pub sources: Sources,
    /// Where nobody can be asked: let sensitive changes through, unless a rule of the policy says
    /// otherwise. Destructive ones never.
    pub allow_sensitive: bool,
    /// The policy.
    pub policy: Policy,
    /// Refuse reads too where they cannot be recorded. Changes always are.
    pub audit_required: bool,
    /// What this server itself depends on.
    pub own: Own,
    /// What outlives a call.
    pub memory: Memory,
}

/// The call pipeline of one org.
#[derive(Clone)]
pub struct Gate(Arc<Inner>);

struct Inner {
    setup: Setup,
    locks: Locks,
    writes: TaskTracker,
    begun: Begun,
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

impl Gate {
    /// A pipeline with that setup.
    pub fn new(setup: Setup) -> Self {
        Self(Arc::new(Inner {
            setup,
            locks: Locks::default(),
            writes: TaskTracker::new(),
            begun: Begun::default(),
        }))
    }

    /// The tools that may be listed now: by the configured scopes until the granted ones are
    /// known, and less what a policy that only reads denies.
    pub fn listed(&self) -> Vec<&'static ToolDef> {
        let rights = self.rights();
        let read_only = self.0.setup.policy.read_only();
        okta_catalog::tools()
            .filter(|tool| rights.allow(tool))
            .filter(|tool| !read_only || tool.effect() == Effect::Read)
            .collect()
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

    /// Keeps a row about the server itself, such as the tools it serves. Nobody waits for it, nor
    /// for `about`: the first row makes files.
    pub fn note(&self, kind: &'static str, about: impl FnOnce() -> Value + Send + 'static) {
        let gate = self.clone();
        self.0.writes.spawn_blocking(move || {
            gate.tell_policy();
            let mut row = Row::new(kind);
            row.set("about", about());
            gate.keep(row);
        });
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
        self.call_with(None, context, name, args, client).await
    }

    /// Calls a tool, with the approval that it is to use where it was named.
    pub(crate) async fn call_with(
        &self,
        approval: Option<String>,
        context: &Context,
        name: &str,
        args: Args,
        client: &dyn Client,
    ) -> Called {
        let Some(tool) = okta_catalog::find(name) else { return Called::Unknown };
        self.tell_policy();
        let recorded = Value::Object(args.clone());
        let row = record::call(context, tool.name, tool.effect().as_str(), &recorded);
        let id = match self.0.setup.recorder.record(row, false) {
            Ok(recorded) => recorded.call_id(),
            Err(error) if tool.effect() == Effect::Read && !self.0.setup.audit_required => {
                tracing::warn!(error = %chain(&error), "a read goes on without the audit trail");
                "0-unrecorded".to_owned()
            }
            Err(error) => return Called::Failed(error.into()),
        };
        let started = self.0.setup.clock.now();
        let call = Arc::new(Call {
            context: context.clone(),
            tool,
            args: recorded,
            id,
            exchanges: Exchanges::default(),
            started,
            approval,
        });
        let open = Open { gate: self, call: Some(Arc::clone(&call)) };
        match self.run(&call, args, client, open).await {
            Ok(Some(text)) => Called::Done(text),
            Ok(None) => Called::Asked,
            Err(error) => Called::Failed(error),
        }
    }

    async fn run(
        &self,
        call: &Arc<Call>,
        args: Args,
        client: &dyn Client,
        open: Open<'_>,
    ) -> Result<Option<String>, CallError> {
        if let Err(failure) = call.tool.check(args.clone()) {
            return Err(open.refused(failure.into()));
        }
        let rights = match self.allow(call, call.tool).await {
            Ok(rights) => rights,
            Err(error) => return Err(open.refused(error)),
        };
        let ruled = match self.rule_first(call).await {
            Ok(ruled) => ruled,
            Err(error) => return Err(open.refused(error)),
        };
        if call.tool.effect() == Effect::Read {
            match self.allowed_to_read(call, &ruled, client).await {
                Ok(Asked::Yes(_)) => {}
                Ok(asked) => return Ok(self.asked(call, asked, open)),
                Err(error) => return Err(open.refused(error)),
            }
        }
        let desk = self.desk(call, call.tool, rights, client);
        let prepared = match call.tool.prepare(args, &desk).await {
            Ok(prepared) => prepared,
            Err(failure) => {
                let error = CallError::from(failure).about(call.tool);
                return Err(open.refused(error));
            }
        };
        match prepared {
            Prepared::Answer(answer) => {
                let shaped = reply::read(answer);
                open.close("success", &shaped);
                Ok(Some(shaped.text))
            }
            Prepared::Control(control) => self.control(call, control, client, open).await,
            Prepared::Plan(plan) => match Change::of_tool(call.tool, &call.args, *plan, &desk) {
                Ok(change) => self.change(call, change, client, open).await,
                Err(error) => Err(open.refused(error)),
            },
        }
    }

    /// A call that waits for a person: recorded, and what the client is told.
    pub(crate) fn asked(&self, call: &Call, asked: Asked, open: Open<'_>) -> Option<String> {
        if let Asked::Waits(told) = asked {
            let shaped = Shaped { text: to_text(&told), rows: 0, redactions: 0 };
            open.close("approval_required", &shaped);
            return Some(shaped.text);
        }
        let mut row = Row::new("asked");
        row.set("call", call.id.as_str());
        call.exchanges.tell(&mut row);
        self.keep(row);
        open.hand_over();
        None
    }

    /// What a tool can reach in this call.
    pub(crate) fn desk<'a>(
        &'a self,
        call: &'a Call,
        tool: &'a ToolDef,
        rights: Rights,
        client: &'a dyn Client,
    ) -> CallDesk<'a> {
        let setup = &self.0.setup;
        CallDesk {
            tool,
            rights,
            wire: setup.wire.as_ref(),
            clock: setup.clock.as_ref(),
            exports: &setup.exports,
            sources: &setup.sources,
            client,
            call_id: &call.id,
            exchanges: &call.exchanges,
        }
    }

    /// Whether the tool is there, first: not switched off, not for people only where none signs
    /// in, and its scope among those that Okta granted, which a call waits for.
    pub(crate) async fn allow(&self, call: &Call, tool: &ToolDef) -> Result<Rights, CallError> {
        self.switched_on(tool)?;
        let setup = &self.0.setup;
        if tool.operation.is_none() {
            return Ok(self.rights());
        }
        let needed = || {
            let scopes = tool.scopes();
            let names: Vec<&str> = scopes.iter().map(|scope| scope.as_str()).collect();
            names.join(" or ")
        };
        if tool.needs_person() && setup.configured.caller != Caller::Person {
            return Err(CallError::NoPerson { tool: tool.name, caller: setup.configured.caller });
        }
        let configured = Rights::new(&setup.configured, None);
        if !configured.allow(tool) {
            return Err(CallError::Scope { needed: needed(), asked_for: false });
        }
        let grant = setup.wire.grant().await.map_err(CallError::from)?;
        self.tell_grant(&call.context, &grant);
        let rights = Rights::new(&setup.configured, Some(&grant));
        if rights.allow(tool) {
            Ok(rights)
        } else {
            Err(CallError::Scope { needed: needed(), asked_for: true })
        }
    }

    /// Refuses a tool that the configuration switches off.
    pub(crate) fn switched_on(&self, tool: &ToolDef) -> Result<(), CallError> {
        let off = &self.0.setup.configured.off;
        off.get(tool.name)
            .map_or(Ok(()), |by| Err(CallError::SwitchedOff { tool: tool.name, by: by.clone() }))
    }

    /// The change is done under this lock.
    pub(crate) fn locks(&self) -> &Locks {
        &self.0.locks
    }

    /// What the pipeline works with.
    pub(crate) fn setup(&self) -> &Setup {
        &self.0.setup
    }

    /// What was recorded once.
    pub(crate) fn begun(&self) -> &Begun {
        &self.0.begun
    }

    /// The changes under way.
    pub(crate) fn writes(&self) -> &TaskTracker {
        &self.0.writes
    }
}
