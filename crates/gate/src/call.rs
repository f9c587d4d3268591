//! One call, and what is recorded of it.

use std::{
    sync::{Arc, Mutex, OnceLock, PoisonError},
    time::Duration,
};

use okta_catalog::ToolDef;
use okta_client::Grant;
use okta_trail::to_text;
use serde_json::{Value, json};

use crate::{
    Gate,
    context::Context,
    envelope::CallError,
    exchanges::Exchanges,
    record::{Recorded, Row, TrailError},
    reply::Shaped,
};

/// A call that has begun: who, what, and the id that its requests carry.
pub(crate) struct Call {
    pub(crate) context: Context,
    pub(crate) tool: &'static ToolDef,
    pub(crate) args: Value,
    pub(crate) id: String,
    /// What it sent to Okta.
    pub(crate) exchanges: Exchanges,
    pub(crate) started: jiff::Timestamp,
    /// The approval that it is to use, where it was named.
    pub(crate) approval: Option<String>,
}

impl Gate {
    /// The last row of a call.
    pub(crate) fn outcome(&self, call: &Call, word: &str, shaped: &Shaped) -> Row {
        let took = self.clock().now().duration_since(call.started);
        let took = Duration::try_from(took).unwrap_or_default();
        let mut row = Row::new("outcome");
        row.set("call", call.id.as_str());
        row.set("outcome", word);
        call.exchanges.tell(&mut row);
        row.set("ms", u64::try_from(took.as_millis()).unwrap_or(u64::MAX));
        row.set("rows", shaped.rows);
        row.set("bytes", shaped.text.len());
        if shaped.redactions > 0 {
            row.set("redactions", shaped.redactions);
        }
        row
    }

    /// Keeps a row that may be lost with the machine.
    pub(crate) fn keep(&self, row: Row) {
        if let Err(error) = self.setup().recorder.record(row, false) {
            tracing::error!(error = %chain(&error), "a row of the audit trail is lost");
        }
    }

    /// Keeps a row that must not be lost.
    pub(crate) async fn durable(&self, row: Row) -> Result<Recorded, TrailError> {
        let recorder = Arc::clone(&self.setup().recorder);
        let task = tokio::task::spawn_blocking(move || recorder.record(row, true));
        task.await.unwrap_or_else(|error| {
            Err(TrailError::Write {
                place: "this process".to_owned(),
                cause: std::io::Error::other(error),
            })
        })
    }

    /// Records the policy that calls are judged by, before the first row that needs it.
    pub(crate) fn tell_policy(&self) {
        if self.begun().policy.set(()).is_err() {
            return;
        }
        let setup = self.setup();
        let mut row = Row::new("policy");
        row.set("policy", setup.policy.version());
        row.set("rules", serde_json::to_value(setup.policy.source()).unwrap_or_default());
        self.keep(row);
    }

    /// Records what Okta granted and to whom, when it is first known and when it changes.
    pub fn tell_grant(&self, context: &Context, grant: &Grant) {
        let granted = (context.principal.clone(), grant.clone());
        let mut last = self.begun().grant.lock().unwrap_or_else(PoisonError::into_inner);
        if last.as_ref() == Some(&granted) {
            return;
        }
        *last = Some(granted);
        drop(last);
        let mut row = Row::new("sign_in");
        row.set("principal", context.principal.as_str());
        row.set("org", context.org.as_str());
        row.set("profile", context.profile.as_str());
        row.set(
            "granted",
            match grant {
                Grant::Scopes(scopes) => json!(scopes),
                Grant::Unlimited => json!("the rights of the admin behind the API token"),
            },
        );
        self.keep(row);
    }
}

/// What is recorded once, or when it changes.
#[derive(Debug, Default)]
pub(crate) struct Begun {
    policy: OnceLock<()>,
    /// To whom, and what.
    grant: Mutex<Option<(String, Grant)>>,
}

/// A call whose end is not recorded yet. Dropped so, it was cancelled: that is recorded too.
pub(crate) struct Open<'a> {
    pub(crate) gate: &'a Gate,
    pub(crate) call: Option<Arc<Call>>,
}

impl Open<'_> {
    /// Records how the call ended.
    pub(crate) fn close(mut self, word: &str, shaped: &Shaped) {
        if let Some(call) = self.call.take() {
            self.gate.keep(self.gate.outcome(&call, word, shaped));
        }
    }

    /// Records that the call was refused, or failed; a refusal is a row too.
    pub(crate) fn refused(mut self, error: CallError) -> CallError {
        if let Some(call) = self.call.take() {
            let mut row = self.gate.outcome(&call, error.kind(), &told(&error));
            let mut ids = call.exchanges.request_ids();
            // A sign-in that failed has request ids, too, and is no exchange of the call.
            let new = error.request_ids().iter().filter(|id| !ids.contains(id));
            let new: Vec<String> = new.cloned().collect();
            ids.extend(new);
            row.set("okta_request_ids", ids);
            row.set("message", error.to_string());
            self.gate.keep(row);
        }
        error
    }

    /// Leaves the recording to somebody else.
    pub(crate) fn hand_over(mut self) {
        self.call = None;
    }
}

impl Drop for Open<'_> {
    fn drop(&mut self) {
        if let Some(call) = self.call.take() {
            let nothing = Shaped { text: String::new(), rows: 0, redactions: 0 };
            self.gate.keep(self.gate.outcome(&call, "cancelled", &nothing));
        }
    }
}

/// What a client is told of an error, as an answer.
pub(crate) fn told(error: &CallError) -> Shaped {
    let text = to_text(&error.envelope());
    Shaped { text, rows: 0, redactions: 0 }
}

/// An error with its causes, for the log.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_gets_an_error_with_its_causes() {
        let cause = std::io::Error::other("the disk is full");
        let error = TrailError::Write { place: "here".to_owned(), cause };
        let text = chain(&error);
        assert!(text.starts_with(&error.to_string()), "{text}");
        assert!(text.ends_with(": the disk is full"), "{text}");
    }
}
