//! What a person is shown before a change, made from what Okta said.

use okta_catalog::{Plan, diff, redact, remarkable};
use serde_json::{Value, json};

use crate::{
    ask::Question,
    call::Call,
    change::Change,
    record::digest,
    text::{escaped, to_text},
};

/// How many differences are shown one by one.
const SHOWN: usize = 20;

/// How much of a value is shown, in characters.
const VALUE: usize = 200;

/// How much of an object is shown, in characters.
const BODY: usize = 2000;

/// The question that stands for this change, and for no other. `notes` is what the policy found.
pub(crate) fn question(call: &Call, change: &Change, notes: &[String]) -> Question {
    let plan = &change.plan;
    let mut lines = vec![format!("{}?", plan.summary)];
    lines.extend(plan.loss.iter().cloned());
    lines.extend(changes(plan));
    if let Some((raised, why)) = &plan.raised {
        lines.push(format!("This counts as {}: {why}.", raised.as_str()));
    }
    lines.extend(notes.iter().cloned());
    lines.push(asked_by(call));
    let text = text(&lines);
    Question { effect: change.effect, binding: binding(call, &text, Some(plan)), text }
}

/// The question before a call that only reads.
pub(crate) fn question_of_read(call: &Call, notes: &[String]) -> Question {
    let mut lines = vec![format!("{}?", call.tool.title)];
    lines.push(format!("Arguments: {}", shown(&call.args)));
    lines.extend(notes.iter().cloned());
    lines.push(asked_by(call));
    let text = text(&lines);
    Question { effect: call.tool.effect(), binding: binding(call, &text, None), text }
}

/// The lines as they are shown. A line break in a name would forge a line of the question.
fn text(lines: &[String]) -> String {
    let lines: Vec<String> = lines.iter().map(|line| escaped(line).replace('\n', "\\n")).collect();
    lines.join("\n")
}

fn asked_by(call: &Call) -> String {
    let context = &call.context;
    format!("Org {}, asked by {} through {}.", context.org, context.client, call.tool.name)
}

/// What will differ: the plan's differences, secrets out.
fn changes(plan: &Plan) -> Vec<String> {
    let (Some(target), Some(after)) = (&plan.target, &plan.after) else {
        // Something new: what will be sent is the difference. A switch: what is switched.
        let sent: Vec<String> =
            plan.requests.iter().filter_map(|request| request.json().map(shown)).collect();
        let switched = plan.target.as_ref().filter(|_| sent.is_empty() && plan.loss.is_empty());
        return sent
            .into_iter()
            .chain(switched.map(|target| shown(&remarkable(&target.seen))))
            .collect();
    };
    let changes = diff(&target.seen, after);
    let more = changes.len().saturating_sub(SHOWN);
    let mut lines: Vec<String> =
        changes.into_iter().take(SHOWN).map(|change| line(&change)).collect();
    if more > 0 {
        lines.push(format!("and {more} more differences"));
    }
    if lines.is_empty() {
        lines.push("Nothing would differ.".to_owned());
    }
    lines
}

fn line(change: &Value) -> String {
    let field = change.get("field").and_then(Value::as_str).unwrap_or("?");
    // The value goes under its field's name, so that a secret is known by it.
    let side = |key: &str| {
        change.get(key).map_or("(none)".to_owned(), |value| {
            let name = field.rsplit('.').next().unwrap_or(field);
            let mut named = json!({ name: value });
            redact(&mut named);
            cut(&to_text(named.get(name).unwrap_or(&Value::Null)), VALUE)
        })
    };
    format!("{field}: {} → {}", side("before"), side("after"))
}

fn shown(body: &Value) -> String {
    let mut body = body.clone();
    redact(&mut body);
    cut(&to_text(&body), BODY)
}

fn cut(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

/// Names the call, the words that a person reads, and the state it starts from. Properties that
/// change by themselves do not count, so that a person has time to read.
fn binding(call: &Call, text: &str, plan: Option<&Plan>) -> String {
    let context = &call.context;
    let (description, schema) = call.tool.describe();
    let about = json!([
        call.tool.name,
        [description, digest(&Value::Object(schema))],
        call.args,
        context.principal,
        context.client,
        context.org,
        context.profile,
        text,
    ]);
    let Some(plan) = plan else { return digest(&about) };
    let requests: Vec<Value> = plan
        .requests
        .iter()
        .map(|request| {
            json!([
                request.method().as_str(),
                request.path(),
                request.query_pairs(),
                request.json(),
            ])
        })
        .collect();
    let seen = plan.target.as_ref().map(|target| remarkable(&target.seen));
    digest(&json!([about, requests, seen]))
}
