//! A person confirms: through the client, or at this machine.

use okta_catalog::{Caller, Effect};
use okta_policy::{Candidate, Level, MayApprove};
use okta_storage::{Approval, NewApproval, State};
use serde_json::{Value, json};

use crate::{
    Client, Gate,
    ask::{Question, Verdict},
    call::Call,
    envelope::CallError,
    memory::Levels,
    question::question_of_read,
    record::Row,
    ruling::Ruled,
};

/// How long an approval can be decided and used.
const OPEN: jiff::SignedDuration = jiff::SignedDuration::from_mins(5);

/// What approvals are sealed as.
const KIND: &str = "approval";

/// How it was confirmed.
#[derive(Clone, Debug)]
pub(crate) enum Confirmed {
    /// Nobody had to.
    NotNeeded,
    /// A person did.
    By {
        /// How sure that is.
        level: Level,
        /// The approval that was used.
        approval: Option<String>,
        /// Who did, where they signed in for it.
        approver: Option<String>,
        /// True where the call waited for the answer, after it had looked.
        waited: bool,
    },
    /// The setting lets it through where nobody can be asked.
    BySetting,
}

impl Confirmed {
    /// Puts it into a row.
    pub(crate) fn tell(&self, row: &mut Row) {
        match self {
            Self::NotNeeded => {}
            Self::By { level, approval, approver, .. } => {
                row.set("confirmed", level.as_str());
                if let Some(approver) = approver {
                    row.set("approver", approver.as_str());
                }
                if let Some(approval) = approval {
                    row.set("approval", approval.as_str());
                }
            }
            Self::BySetting => row.set("confirmed", "setting"),
        }
    }
}

/// Where asking led to.
pub(crate) enum Asked {
    /// It may be done.
    Yes(Confirmed),
    /// The client asks its person, and the same call comes again.
    ByClient,
    /// A person decides at this machine: what the client is told meanwhile.
    Waits(Value),
}

/// Where a call comes from that is to be asked about.
pub(crate) struct Asking<'a> {
    /// What the person is shown.
    pub(crate) question: Question,
    /// What will happen, in one line.
    pub(crate) summary: &'a str,
    /// The level that the policy names; without one the best that is set up.
    pub(crate) level: Option<Level>,
    /// True where no rule of the policy asks, but the effect does.
    pub(crate) by_default: bool,
    /// Who may agree.
    pub(crate) approvers: &'a MayApprove,
}

impl Gate {
    /// Whether a call may read: where the policy asks for a person, what they say.
    pub(crate) async fn allowed_to_read(
        &self,
        call: &Call,
        ruled: &Ruled,
        client: &dyn Client,
    ) -> Result<Asked, CallError> {
        let mut confirmed = Confirmed::NotNeeded;
        if ruled.confirm {
            let asking = Asking {
                question: question_of_read(call, &ruled.notes)?,
                summary: call.tool.title,
                level: ruled.level,
                by_default: ruled.by_default,
                approvers: &ruled.approvers,
            };
            match self.ask(call, asking, client).await? {
                Asked::Yes(by) => confirmed = by,
                asked => return Ok(asked),
            }
            let mut row = Row::new("confirmed");
            row.set("call", call.id.as_str());
            ruled.tell(&mut row);
            confirmed.tell(&mut row);
            self.keep(row);
        }
        self.count(call, ruled, &confirmed).await?;
        Ok(Asked::Yes(confirmed))
    }

    /// Asks a person, at the level that it takes.
    pub(crate) async fn ask(
        &self,
        call: &Call,
        asking: Asking<'_>,
        client: &dyn Client,
    ) -> Result<Asked, CallError> {
        let memory = &self.setup().memory;
        let Levels { best, highest } = memory.levels().await?;
        let needed = asking.level.unwrap_or(best);
        let asker = client.asker();
        if asker.level().is_some_and(|level| level >= needed) {
            return match asker.ask(&asking.question).await {
                Verdict::Yes { level, waited } if level >= needed => {
                    let (approval, approver) = (None, None);
                    Ok(Asked::Yes(Confirmed::By { level, approval, approver, waited }))
                }
                Verdict::Later => Ok(Asked::ByClient),
                no => Err(refusal(no)),
            };
        }
        // Somebody who may decide with less may give more.
        let level = needed.max(Level::Desktop);
        if highest >= needed && best.max(needed) > Level::Client {
            return self.approval(call, &asking, level).await;
        }
        let sensitive = asking.question.effect == Effect::Sensitive;
        if sensitive && asking.by_default && self.setup().allow_sensitive {
            return Ok(Asked::Yes(Confirmed::BySetting));
        }
        if highest >= level {
            return self.approval(call, &asking, level).await;
        }
        let mut next = memory.approvers.set_up(level);
        if let Some(hint) = asker.unable() {
            next = format!("{hint}; or {next}");
        }
        Err(CallError::CannotAsk { needed, next })
    }

    /// Uses the approval that was given for this very call, or asks for one.
    async fn approval(
        &self,
        call: &Call,
        asking: &Asking<'_>,
        level: Level,
    ) -> Result<Asked, CallError> {
        let caller = self.setup().configured.caller;
        if asking.approvers.another_person
            && caller == Caller::Person
            && call.context.person.is_none()
        {
            return Err(CallError::Refused {
                message: "another person has to approve this, and who asks is not known".to_owned(),
                next: "sign in, and call again".to_owned(),
            });
        }
        let memory = &self.setup().memory;
        let (store, now) = (&memory.store, self.clock().now());
        let binding = asking.question.binding.as_str();
        match store.standing(binding, now).await? {
            Some(approval) if approval.state == State::Approved => {
                let Some(used) = store.consume(&approval.id, binding, now).await? else {
                    return Err(not_yet("another call uses it at this moment"));
                };
                if let Some(level) = decided_at(&used).filter(|decided| *decided >= level)
                    && is_approved_by_one_of(asking.approvers, &used, call)
                {
                    let approver = used.decided.and_then(|decision| decision.approver);
                    let approver = approver.map(|who| who.name().to_owned());
                    let approval = Some(used.id);
                    return Ok(Asked::Yes(Confirmed::By {
                        level,
                        approval,
                        approver,
                        waited: false,
                    }));
                }
            }
            Some(approval) if approval.state == State::Declined => {
                return Err(CallError::NotConfirmed("the person declined"));
            }
            _ => {}
        }
        if let Some(named) = &call.approval
            && self.approval_of(call, named).await?.state == State::Consumed
        {
            return Err(not_yet("it was used already"));
        }
        let approval = self.open_approval(call, asking, level, now).await?;
        let place = memory.approvers.place(&approval).await;
        Ok(Asked::Waits(waiting(&approval, asking.approvers, &place)))
    }

    async fn open_approval(
        &self,
        call: &Call,
        asking: &Asking<'_>,
        level: Level,
        now: jiff::Timestamp,
    ) -> Result<Approval, CallError> {
        let memory = &self.setup().memory;
        let id = memory.id();
        let args = serde_json::to_vec(&call.args).unwrap_or_default();
        let context = &call.context;
        let new = NewApproval {
            binding: asking.question.binding.clone(),
            tool: call.tool.name.to_owned(),
            effect: asking.question.effect.as_str().to_owned(),
            level: level.as_str().to_owned(),
            summary: asking.summary.to_owned(),
            question: asking.question.text.clone(),
            principal: context.principal.clone(),
            asker: context.person.clone(),
            approvers: serde_json::to_string(asking.approvers)
                .ok()
                .filter(|_| !asking.approvers.is_anybody()),
            org: context.org.clone(),
            profile: context.profile.clone(),
            client: context.client.clone(),
            call_id: call.id.clone(),
            sealed: memory.seal.seal(KIND, &id, &args)?,
            expires: now.checked_add(OPEN).unwrap_or(now),
            id: id.clone(),
        };
        let approval = memory.store.open(new, now).await?;
        if approval.id == id {
            let mut row = Row::new("approval.requested");
            row.set("call", call.id.as_str());
            row.set("approval", approval.id.as_str());
            row.set("level", approval.level.as_str());
            if !asking.approvers.is_anybody() {
                row.set("may_approve", json!(asking.approvers));
            }
            row.set("binding", approval.binding.as_str());
            row.set("expires", approval.expires.to_string());
            self.keep(row);
        }
        Ok(approval)
    }

    /// Where an approval stands, for the one who asked.
    pub(crate) async fn approval_status(&self, call: &Call, id: &str) -> Result<Value, CallError> {
        let approval = self.approval_of(call, id).await?;
        let mut told = json!({
            "approval_id": approval.id,
            "status": approval.state.as_str(),
            "summary": approval.summary,
            "expires_at": approval.expires.to_string(),
        });
        if let (Some(decision), Value::Object(told)) = (&approval.decided, &mut told) {
            told.insert("decided_at".to_owned(), json!(decision.at.to_string()));
            told.insert("level".to_owned(), json!(decision.level));
            if let Some(approver) = &decision.approver {
                told.insert("approver".to_owned(), json!(approver.name()));
            }
        }
        Ok(told)
    }

    /// The tool and arguments that an approval was asked for.
    pub(crate) async fn approved_call(
        &self,
        call: &Call,
        id: &str,
    ) -> Result<(String, okta_catalog::Args), CallError> {
        let approval = self.approval_of(call, id).await?;
        match approval.state {
            State::Approved => {}
            State::Pending => return Err(not_yet("nobody decided yet")),
            State::Declined => return Err(CallError::NotConfirmed("the person declined")),
            State::Consumed => return Err(not_yet("it was used already")),
            State::Withdrawn => return Err(not_yet("it was taken back")),
            State::Expired => return Err(not_yet("it expired")),
        }
        let plain = self.setup().memory.seal.open(KIND, &approval.id, &approval.sealed)?;
        let args = serde_json::from_slice(&plain).map_err(|error| {
            CallError::Storage(format!("the approved call cannot be read: {error}"))
        })?;
        Ok((approval.tool, args))
    }

    /// An approval of this caller.
    async fn approval_of(&self, call: &Call, id: &str) -> Result<Approval, CallError> {
        let found = self.setup().memory.store.approval(id, self.clock().now()).await?;
        let context = &call.context;
        found
            .filter(|found| found.principal == context.principal && found.org == context.org)
            .ok_or_else(|| CallError::unknown("approval", id))
    }
}

/// The level at which a person decided.
fn decided_at(approval: &Approval) -> Option<Level> {
    approval.decided.as_ref().and_then(|decision| decision.level.parse().ok())
}

/// True where whoever decided is one of those who may by now: the policy may be another than when the
/// approval was asked for.
fn is_approved_by_one_of(approvers: &MayApprove, approval: &Approval, call: &Call) -> bool {
    if approvers.is_anybody() {
        return true;
    }
    let who = approval.decided.as_ref().and_then(|decision| decision.approver.as_ref());
    who.is_some_and(|who| {
        let person = Candidate { id: &who.id, login: who.login.as_deref() };
        approvers.check(person, call.context.person.as_deref()).is_ok()
    })
}

fn not_yet(why: &str) -> CallError {
    CallError::Refused {
        message: format!("the call is not approved: {why}"),
        next: "make the call itself again: it tells where a person decides".to_owned(),
    }
}

/// What a client is told while a person decides elsewhere.
fn waiting(approval: &Approval, approvers: &MayApprove, place: &str) -> Value {
    let mut told = json!({
        "approval_required": {
            "approval_id": approval.id,
            "status": approval.state.as_str(),
            "level": approval.level,
            "summary": approval.summary,
            "where": place,
            "expires_at": approval.expires.to_string(),
        },
        "notes": [
            "Nothing is changed yet: a person decides there. Once approved, run_approved with the \
             approval_id, or the same call again, makes the change."
        ],
    });
    if !approvers.is_anybody()
        && let Some(Value::Object(required)) = told.get_mut("approval_required")
    {
        required.insert("approvers".to_owned(), json!(approvers.to_string()));
    }
    told
}

/// What an answer other than yes comes to.
fn refusal(verdict: Verdict) -> CallError {
    match verdict {
        Verdict::Cancelled => CallError::NotConfirmed("the person cancelled"),
        Verdict::TimedOut => CallError::NotConfirmed("nobody answered in time"),
        Verdict::Failed(why) => CallError::AskFailed(why),
        Verdict::Yes { .. } => CallError::NotConfirmed("the answer is not sure enough"),
        Verdict::Declined | Verdict::Later => CallError::NotConfirmed("the person declined"),
    }
}
