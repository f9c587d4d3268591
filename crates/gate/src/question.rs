//! What a person is shown before a change, made from what Okta said.

use okta_catalog::{Plan, Target, diff, redact, remarkable};
use okta_trail::{escaped, to_text};
use serde_json::{Value, json};

use crate::{
    ask::Question,
    call::Call,
    change::Change,
    envelope::CallError,
    files, lines,
    record::digest,
    shown::{self, Lines},
};

/// How much is shown of a value that is to go, in characters.
const BEFORE: usize = 200;

/// How much is shown of an object that is not replaced, in characters.
const CONTEXT: usize = 2000;

/// The question that stands for this change, and for no other. `notes` is what the policy found.
/// A change that is too large to be read is refused.
pub(crate) fn question(
    call: &Call,
    change: &Change,
    notes: &[String],
) -> Result<Question, CallError> {
    let plan = &change.plan;
    let lines = shown::fitted(|longest| {
        let mut lines = vec![format!("{}?", plan.summary)];
        lines.extend(plan.loss.iter().cloned());
        lines.extend(changes(plan, longest));
        if let Some((raised, why)) = &plan.raised {
            lines.push(format!("This counts as {}: {why}.", raised.as_str()));
        }
        lines.extend(notes.iter().cloned());
        for request in &plan.requests {
            let file = files::line(request);
            lines.push(format!("Sends {} {}{file}", request.method(), request.path()));
        }
        lines.push(asked_by(call));
        lines
    })?;
    let text = text(&lines);
    Ok(Question { effect: change.effect, binding: binding(call, &text, Some(plan)), text })
}

/// The question before a call that only reads.
pub(crate) fn question_of_read(call: &Call, notes: &[String]) -> Result<Question, CallError> {
    let lines = shown::fitted(|longest| {
        let mut lines = vec![format!("{}?", call.tool.title)];
        let mut args = call.args.clone();
        redact(&mut args);
        lines.push(format!("Arguments: {}", shown::value(&args, longest)));
        lines.extend(notes.iter().cloned());
        lines.push(asked_by(call));
        lines
    })?;
    let text = text(&lines);
    Ok(Question { effect: call.tool.effect(), binding: binding(call, &text, None), text })
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
fn changes(plan: &Plan, longest: usize) -> Lines {
    if let (Some(target), Some(after)) = (&plan.target, &plan.after)
        && !target.seen.is_null()
    {
        return differences(target, after, longest);
    }
    // Something new: what will be sent is the difference. A switch: what is switched.
    let bodies = plan.requests.iter().filter_map(okta_client::Request::json);
    let mut lines: Lines = bodies.flat_map(|body| sent(body, longest)).collect();
    if lines.is_empty() && plan.loss.is_empty() {
        lines.extend(plan.target.as_ref().map(|target| {
            let mut seen = remarkable(&target.seen);
            redact(&mut seen);
            shown::cut(&to_text(&seen), CONTEXT)
        }));
    }
    lines
}

fn differences(target: &Target, after: &Value, longest: usize) -> Lines {
    let lines: Lines =
        diff(&target.seen, after).iter().flat_map(|change| difference(change, longest)).collect();
    if lines.is_empty() { vec!["Nothing would differ.".to_owned()] } else { lines }
}

/// One field. Of a list, what joins it and what leaves it; of a text of several lines too.
fn difference(change: &Value, longest: usize) -> Lines {
    let field = change.get("field").and_then(Value::as_str).unwrap_or("?");
    // The value goes under its field's name, so that a secret is known by it.
    let open = |value: &Value| {
        let name = field.rsplit('.').next().unwrap_or(field);
        let mut named = json!({ name: value });
        redact(&mut named);
        named.get(name).cloned().unwrap_or_default()
    };
    let side = |key: &str| change.get(key).map(open);
    let (before, after) = (side("before"), side("after"));
    if let Some(Value::String(after)) = &after {
        let before = before.as_ref().and_then(Value::as_str).unwrap_or_default();
        if lines::by_line(before, after) {
            return lines::difference(field, before, after, longest);
        }
    }
    if let (Some(Value::Array(before)), Some(Value::Array(after))) = (&before, &after) {
        let only = |these: &[Value], those: &[Value], word: &str| -> Lines {
            let items = these.iter().filter(|item| !those.contains(item));
            items.map(|item| format!("{field}: {word} {}", shown::value(item, longest))).collect()
        };
        let lines = [only(before, after, "without"), only(after, before, "with")].concat();
        if !lines.is_empty() {
            // What stays may stand elsewhere, or more than once: the list is then told whole.
            let stays = |these: &[Value], those: &[Value]| -> Vec<Value> {
                these.iter().filter(|item| those.contains(item)).cloned().collect()
            };
            let moved = stays(before, after) != stays(after, before);
            let whole = || {
                format!("{field}: in another order, now {}", shown::value(&json!(after), longest))
            };
            return [lines, moved.then(whole).into_iter().collect()].concat();
        }
    }
    let none = || "(none)".to_owned();
    let before = before.map_or_else(none, |value| shown::cut(&to_text(&value), BEFORE));
    let Some(mut after) = after else { return vec![format!("{field}: {before} → (none)")] };
    let texts = lines::take_out(&mut after);
    let changed = format!("{field}: {before} → {}", shown::value(&after, longest));
    let texts = texts.into_iter().map(|(path, text)| (format!("{field}.{path}"), text));
    [vec![changed], new(texts, longest)].concat()
}

/// What is sent, secrets out.
fn sent(body: &Value, longest: usize) -> Lines {
    let mut body = body.clone();
    redact(&mut body);
    let texts = lines::take_out(&mut body);
    [vec![shown::value(&body, longest)], new(texts.into_iter(), longest)].concat()
}

/// New texts of several lines, by their paths.
fn new(texts: impl Iterator<Item = (String, String)>, longest: usize) -> Lines {
    texts.flat_map(|(path, text)| lines::difference(&path, "", &text, longest)).collect()
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
                files::unseen(request),
            ])
        })
        .collect();
    let seen = plan.target.as_ref().map(|target| remarkable(&target.seen));
    digest(&json!([about, requests, seen]))
}
