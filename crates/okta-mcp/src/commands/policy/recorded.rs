//! The calls of the audit trail, as a policy is asked about them.

use std::{io, path::Path};

use jiff::Timestamp;
use okta_catalog::REDACTED;
use okta_policy::{Decision, Operation, Recorded};
use okta_trail::{Call, Calls, Entry, Item, Rows};
use serde_json::Value;

/// What was found in the trail.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// The calls that a policy was asked about, in the order of their times.
    pub(super) calls: Vec<Recorded>,
    /// Calls that ended before a policy was asked, or beside it.
    pub(super) beside: u64,
    /// Calls of other profiles.
    pub(super) elsewhere: u64,
    /// Lines that are no rows.
    pub(super) unread: u64,
}

/// Reads the calls of a profile since a time.
pub(super) fn read(folder: &Path, profile: &str, since: Option<Timestamp>) -> io::Result<Found> {
    let mut found = Found::default();
    let mut rows = Rows::open(folder, since, None)?;
    for item in Calls::new(rows.by_ref()) {
        let Item::Call(call) = item? else { continue };
        // Of a call that began before there is no more than its end.
        let Some((first, at)) = call.of_kind("call").and_then(|row| Some((row, row.time()?)))
        else {
            continue;
        };
        if first.text("profile").is_some_and(|other| other != profile) {
            found.elsewhere += 1;
            continue;
        }
        match recorded(&call, first, at) {
            Some(call) => found.calls.push(call),
            None => found.beside += 1,
        }
    }
    // They come in the order of their ends.
    found.calls.sort_by(|a, b| a.at.cmp(&b.at).then_with(|| a.id.cmp(&b.id)));
    found.unread = rows.unreadable();
    Ok(found)
}

/// The call, where a policy was asked about it.
fn recorded(call: &Call, first: &Entry, at: Timestamp) -> Option<Recorded> {
    let text = |name: &str| first.text(name).unwrap_or_default().to_owned();
    let tool = okta_catalog::find(first.text("tool")?)?;
    let read = was_read(call, first);
    let decision = decision(call, read)?;
    let intent = call.of_kind("intent");
    let declared = super::declared(tool);
    let effect = intent.and_then(|row| row.text("effect")?.parse().ok());
    let operations = intent.map(operations).filter(|sent| !sent.is_empty());
    let args = first.row.get("args").cloned().unwrap_or_default();
    let redacted = first.row.contains_key("redactions") || is_redacted(&args);
    let client = first.row.get("client").and_then(|client| client.get("name")?.as_str());
    Some(Recorded {
        id: call.id(),
        at,
        tool: tool.name.to_owned(),
        toolset: declared.toolset,
        effect: effect.unwrap_or(declared.effect),
        prepared: intent.is_some(),
        operations: operations.unwrap_or(declared.operations),
        args,
        redacted,
        principal: text("principal"),
        client: client.unwrap_or_default().to_owned(),
        profile: text("profile"),
        org: text("org"),
        decision: Some(decision),
        // What a person is told besides comes from protected objects alone.
        raised: call.member("notes").is_some(),
        sent: intent.is_some() || read,
    })
}

/// True for a call that only reads, and did so, whatever Okta said.
fn was_read(call: &Call, first: &Entry) -> bool {
    let done = call.member("okta").is_some() || call.outcome() == "success";
    first.text("effect") == Some("read") && done
}

/// What the policy said, from the row that tells it, or from how the call ended.
fn decision(call: &Call, read: bool) -> Option<Decision> {
    let told = call.rows().iter().find_map(|row| row.text("decision")?.parse().ok());
    told.or_else(|| match call.outcome() {
        _ if read => Some(Decision::Allow),
        "success" => Some(Decision::Allow),
        "denied" => Some(Decision::Deny),
        "asked" | "not_confirmed" | "confirmation_unavailable" | "approval_required" => {
            Some(Decision::Confirm)
        }
        _ => None,
    })
}

/// What was sent, as an intent tells it.
fn operations(intent: &Entry) -> Vec<Operation> {
    let requests = intent.row.get("requests").and_then(Value::as_array);
    let sent = requests.into_iter().flatten().filter_map(|request| {
        let (method, path) = request.get("request")?.as_str()?.split_once(' ')?;
        Some(Operation::sent(method, request.get("operation")?.as_str()?, path))
    });
    sent.collect()
}

/// True where a secret was dropped, or a person has a pseudonym.
fn is_redacted(value: &Value) -> bool {
    match value {
        Value::String(text) => text == REDACTED || has_pseudonym(text),
        Value::Array(items) => items.iter().any(is_redacted),
        Value::Object(fields) => fields.values().any(is_redacted),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

/// A pseudonym of the trail: `p:` and 20 hex digits.
fn has_pseudonym(text: &str) -> bool {
    text.split("p:").skip(1).any(|after| {
        after.get(..20).is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
    })
}
