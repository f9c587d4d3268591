//! What a tool asks of the pipeline itself.

use std::sync::Arc;

use okta_catalog::{Args, Control, Prepared, ToolDef, diff, redact};
use okta_client::{BoxFuture, Request};
use okta_trail::to_text;
use serde_json::{Map, Value, json};

use crate::{
    Client, Gate,
    call::{Call, Open},
    change::Change,
    envelope::CallError,
    files,
    gate::Called,
    lines,
    reply::Shaped,
    ruling::Ruled,
};

/// A call that was approved.
struct Approved {
    approval: String,
    tool: String,
    args: Args,
}

impl Gate {
    /// Does what the tool asks.
    pub(crate) async fn control(
        &self,
        call: &Arc<Call>,
        control: Control,
        client: &dyn Client,
        open: Open<'_>,
    ) -> Result<Option<String>, CallError> {
        let told = match control {
            Control::Preview { tool, arguments } => {
                self.preview(call, &tool, arguments, client).await
            }
            Control::Status { approval } => self.approval_status(call, &approval).await,
            Control::Run { approval } => {
                return match self.approved_call(call, &approval).await {
                    Ok((tool, args)) => {
                        let approved = Approved { approval, tool, args };
                        self.run_approved(call, approved, client, open).await
                    }
                    Err(error) => Err(open.refused(error)),
                };
            }
            Control::Undo { change } => {
                return match self.undoing(call, &change).await {
                    Ok(change) => self.change(call, change, client, open).await,
                    Err(error) => Err(open.refused(error)),
                };
            }
        };
        match told {
            Ok(value) => {
                let shaped = Shaped { text: to_text(&value), rows: 1, redactions: 0 };
                open.close("success", &shaped);
                Ok(Some(shaped.text))
            }
            Err(error) => Err(open.refused(error)),
        }
    }

    /// Makes the call that was approved, as a call of its own. Boxed: a call within a call.
    fn run_approved<'a>(
        &'a self,
        call: &'a Call,
        approved: Approved,
        client: &'a dyn Client,
        open: Open<'a>,
    ) -> BoxFuture<'a, Result<Option<String>, CallError>> {
        let shaped = Shaped { text: String::new(), rows: 0, redactions: 0 };
        open.close("handed_over", &shaped);
        Box::pin(async move {
            let Approved { approval, tool, args } = approved;
            match self.call_with(Some(approval), &call.context, &tool, args, client).await {
                Called::Done(text) => Ok(Some(text)),
                Called::Asked => Ok(None),
                Called::Failed(error) => Err(error),
                Called::Unknown => Err(CallError::unknown("tool", &tool)),
            }
        })
    }

    /// What a call would send and change. Nothing is sent but what it reads.
    async fn preview(
        &self,
        call: &Call,
        name: &str,
        args: Args,
        client: &dyn Client,
    ) -> Result<Value, CallError> {
        let tool = okta_catalog::find(name)
            .ok_or_else(|| CallError::Arguments(format!("`tool`: there is no tool {name:?}")))?;
        let nothing = || CallError::Arguments(format!("`tool`: {name} changes nothing: call it"));
        if tool.operation.is_none() {
            return Err(nothing());
        }
        tool.check(args.clone())?;
        let rights = self.allow(call, tool).await?;
        let desk = self.desk(call, tool, rights, client);
        let meant = Value::Object(args.clone());
        match tool.prepare(args, &desk).await.map_err(|failure| failed(failure, tool))? {
            Prepared::Plan(plan) => {
                let change = Change::of_tool(tool, &meant, *plan, &desk)?;
                let mut told = shown(&change);
                let ruled = self.rule_change(call, &change).await;
                told.insert("decision".to_owned(), Ruled::told(&ruled));
                Ok(Value::Object(told))
            }
            Prepared::Answer(_) | Prepared::Control(_) => Err(nothing()),
        }
    }
}

fn failed(failure: okta_catalog::Failure, tool: &ToolDef) -> CallError {
    CallError::from(failure).about(tool)
}

/// What would be sent, and what would differ.
fn shown(change: &Change) -> Map<String, Value> {
    let plan = &change.plan;
    let mut told = Map::new();
    told.insert("would".to_owned(), json!(plan.summary));
    told.insert("effect".to_owned(), json!(change.effect));
    if let Some((_, why)) = &plan.raised {
        told.insert("because".to_owned(), json!(why));
    }
    let requests: Vec<Value> = plan.requests.iter().map(request).collect();
    told.insert("requests".to_owned(), json!(requests));
    if let (Some(target), Some(after)) = (&plan.target, &plan.after)
        && !target.seen.is_null()
    {
        let (mut before, mut after) = (target.seen.clone(), after.clone());
        redact(&mut before);
        redact(&mut after);
        let changes: Vec<Value> = diff(&before, &after).into_iter().map(lines::told).collect();
        told.insert("changes".to_owned(), json!(changes));
    }
    for (key, lines) in [("loss", &plan.loss), ("notes", &plan.notes)] {
        if !lines.is_empty() {
            told.insert(key.to_owned(), json!(lines));
        }
    }
    let reversible = !plan.undo.is_empty() || plan.created.is_some();
    told.insert("can_be_undone".to_owned(), json!(reversible));
    told
}

fn request(request: &Request) -> Value {
    let mut told = Map::new();
    told.insert("send".to_owned(), json!(format!("{} {}", request.method(), request.path())));
    if !request.query_pairs().is_empty() {
        let query: Map<String, Value> = request
            .query_pairs()
            .iter()
            .map(|(name, value)| (name.clone(), json!(value)))
            .collect();
        told.insert("query".to_owned(), Value::Object(query));
    }
    if let Some(body) = request.json() {
        let mut body = body.clone();
        redact(&mut body);
        told.insert("body".to_owned(), body);
    }
    if let Some(file) = request.file() {
        told.insert("file".to_owned(), files::told(file));
    }
    Value::Object(told)
}
