//! From Okta's answer to the text that a model reads.

use okta_catalog::{Answer, Plan, diff, redact, strip_links};
use okta_client::Reply;
use okta_trail::to_text;
use serde_json::{Map, Value, json};

use crate::lines;

/// What goes back to the client, and what the trail keeps of it.
#[derive(Clone, Debug)]
pub(crate) struct Shaped {
    pub(crate) text: String,
    pub(crate) rows: u64,
    pub(crate) redactions: usize,
}

/// The answer of a tool that only reads.
pub(crate) fn read(answer: Answer) -> Shaped {
    let Answer { mut value, rows, links } = answer;
    if !links {
        strip_links(&mut value);
    }
    let secrets = redact(&mut value);
    tell(&mut value, &secrets, Vec::new());
    Shaped { text: to_text(&value), rows, redactions: secrets.len() }
}

/// True for an answer that says nothing.
pub(crate) fn is_empty(body: &Value) -> bool {
    match body {
        Value::Null => true,
        Value::Object(map) => map.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::String(text) => text.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

/// The answer to a change: Okta's object with what changed, or one sentence; `note` is said beside
/// it, `undo` is what takes the change back, or why nothing does. `keep` gets the body and its
/// secrets before they are gone, and may add a note.
pub(crate) fn written(
    plan: &Plan,
    reply: Option<&Reply>,
    note: Option<String>,
    undo: Option<Result<String, String>>,
    keep: impl FnOnce(&Value, &[(String, String)]) -> Option<String>,
) -> Shaped {
    let body = reply.map(|reply| &reply.body).filter(|body| !is_empty(body));
    let (undo, lost) = match undo {
        Some(Ok(id)) => (Some(id), None),
        Some(Err(why)) => (None, Some(why)),
        None => (None, None),
    };
    let undo = undo.map(|id| ("_undo".to_owned(), Value::from(id)));
    let notes = plan.notes.iter().cloned().chain(note).chain(lost);
    let Some(body) = body else {
        let mut told = Map::from_iter([("done".to_owned(), json!(plan.done))]);
        told.extend(undo);
        let mut value = Value::Object(told);
        let notes = notes.chain(keep(&Value::Null, &[])).collect();
        tell(&mut value, &[], notes);
        return Shaped { text: to_text(&value), rows: 1, redactions: 0 };
    };
    let mut value = body.clone();
    if let (Value::Object(map), Some(target), Some(after)) = (&mut value, &plan.target, &plan.after)
        && !target.seen.is_null()
    {
        map.insert("_changed".to_owned(), Value::Array(changed(&target.seen, after, body)));
    }
    strip_links(&mut value);
    let secrets = redact(&mut value);
    if let Value::Object(map) = &mut value {
        map.extend(undo);
    }
    let notes = notes.chain(keep(body, &secrets)).collect();
    tell(&mut value, &secrets, notes);
    Shaped { text: to_text(&value), rows: 1, redactions: secrets.len() }
}

/// What Okta changed: the object before against Okta's answer. A property that the answer merely
/// does not carry, although it was to stay, did not change.
fn changed(before: &Value, wanted: &Value, answer: &Value) -> Vec<Value> {
    let (mut before, mut answer) = (before.clone(), answer.clone());
    // A secret that changed is told as a field of the answer; its values are the same marker here.
    redact(&mut before);
    redact(&mut answer);
    let mut changes = diff(&before, &answer);
    changes.retain(|change| {
        let field = change.get("field").and_then(Value::as_str).unwrap_or_default();
        let wanted = field.split('.').try_fold(wanted, |value, part| value.get(part));
        change.get("after").is_some() || wanted.is_none()
    });
    changes.into_iter().map(lines::told).collect()
}

/// Adds what there is to say to the answer, beside Okta's own properties.
fn tell(value: &mut Value, secrets: &[(String, String)], mut notes: Vec<String>) {
    if !secrets.is_empty() {
        let places: Vec<&str> = secrets.iter().map(|(place, _)| place.as_str()).take(5).collect();
        let more = secrets.len().saturating_sub(places.len());
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        notes.push(format!("Secrets are redacted: {}{more}.", places.join(", ")));
    }
    if notes.is_empty() {
        return;
    }
    if let Value::Object(map) = value {
        let listed = map.contains_key("items") && map.contains_key("total_fetched");
        let key = if listed || map.contains_key("done") { "notes" } else { "_notes" };
        match map.entry(key.to_owned()).or_insert_with(|| json!([])) {
            Value::Array(there) => there.extend(notes.into_iter().map(Value::from)),
            other => *other = json!(notes),
        }
    }
}

/// The content of a file of secrets: where each was in Okta's answer.
pub(crate) fn secret_file(reply: &Value, secrets: &[(String, String)]) -> Vec<u8> {
    let mut content = Map::new();
    if let Some(id) = reply.get("id") {
        content.insert("id".to_owned(), id.clone());
    }
    for (place, secret) in secrets {
        content.insert(place.clone(), json!(secret));
    }
    let mut text = Value::Object(content).to_string().into_bytes();
    text.push(b'\n');
    text
}
