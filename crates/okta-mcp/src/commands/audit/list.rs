//! `okta-mcp audit tail` and `search`: a line each.

use std::collections::VecDeque;

use okta_trail::{Call, Entry, Filter, Item};
use serde_json::{Value, json};

use super::{Desk, date, members};
use crate::{
    cli::{SearchArgs, TailArgs},
    failure::Failure,
    printer, table,
};

/// The longest cell, in characters.
const CELL: usize = 60;

/// What the trail says of itself: `search` leaves it out, unless it is asked for.
const HOUSEKEEPING: &[&str] = &["segment", "checkpoint", "closed"];

/// What a row holds besides what its line says already.
const BESIDES: &[&str] =
    &["seq", "time", "event_id", "kind", "call", "prev", "hash", "okta_request_ids", "args_sha256"];

/// Prints the last rows.
pub(super) fn tail(desk: &Desk, args: &TailArgs) -> Result<(), Failure> {
    desk.tell("audit.read", members(json!({ "command": "tail", "rows": args.rows })));
    let rows = okta_trail::tail(&desk.folder, args.rows, desk.now);
    let rows = rows.map_err(|error| desk.failed(&error))?;
    if args.json || !printer::on_terminal() {
        let items: Vec<Value> = rows.into_iter().map(|row| Value::Object(row.row)).collect();
        return printer::trail_json(&json!({ "items": items }));
    }
    if rows.is_empty() {
        desk.nothing();
        return Ok(());
    }
    let headings = ["time", "kind", "call", "about"].map(str::to_owned);
    let lines = rows.iter().map(|row| {
        let own = || row.id().filter(|_| row.kind() == "call");
        let call = row.text("call").map(str::to_owned).or_else(own).unwrap_or_default();
        vec![when(row), short(row.kind()), short(&call), about(row)]
    });
    printer::data(&table::render(&headings, lines))
}

/// Prints what was found.
pub(super) fn search(desk: &Desk, args: &SearchArgs) -> Result<(), Failure> {
    let (since, until) = desk.window(&args.window)?;
    let filter = Filter {
        since,
        // Not what this command records.
        until: until.or(Some(desk.now)),
        tool: args.tool.clone(),
        principal: args.principal.clone(),
        outcome: args.outcome.clone(),
        kind: args.kind.clone(),
        call: args.call.clone(),
        request_id: args.request_id.clone(),
        text: args.text.clone(),
    };
    let told = json!({
        "command": "search", "since": args.window.since, "until": args.window.until,
        "tool": args.tool, "by": args.principal, "of_outcome": args.outcome,
        "of_kind": args.kind, "of_call": args.call, "request_id": args.request_id,
        "text": args.text,
    });
    desk.tell("audit.read", members(told));
    let (found, left_out) = found(desk, &filter, args.limit)?;
    if args.json || !printer::on_terminal() {
        let items: Vec<Value> = found.iter().map(as_json).collect();
        printer::trail_json(&json!({ "items": items, "left_out": left_out }))?;
    } else if found.is_empty() {
        desk.nothing();
    } else {
        let headings = ["time", "id", "what", "target", "outcome", "approval", "client"];
        let lines = found.iter().map(line);
        printer::data(&table::render(&headings.map(str::to_owned), lines))?;
    }
    if left_out > 0 {
        printer::note(&format!("{left_out} earlier ones are left out: see --limit, --since"));
    }
    Ok(())
}

/// The last ones that the filter takes, the earliest first; and how many more there are.
fn found(desk: &Desk, filter: &Filter, limit: usize) -> Result<(Vec<Item>, u64), Failure> {
    let (mut found, mut left_out) = (VecDeque::new(), 0);
    let asked_for = filter.kind.is_some() || filter.text.is_some();
    let items = okta_trail::search(&desk.folder, filter).map_err(|error| desk.failed(&error))?;
    for item in items {
        let item = item.map_err(|error| desk.failed(&error))?;
        if let Item::Row(row) = &item
            && !asked_for
            && HOUSEKEEPING.contains(&row.kind())
        {
            continue;
        }
        if found.len() == limit {
            found.pop_front();
            left_out += 1;
        }
        found.push_back(item);
    }
    // They come in the order of their ends.
    let mut found: Vec<Item> = found.into();
    found.sort_by_key(Item::time);
    Ok((found, left_out))
}

fn as_json(item: &Item) -> Value {
    match item {
        Item::Call(call) => serde_json::to_value(call.summary()).unwrap_or_default(),
        Item::Row(row) => Value::Object(row.row.clone()),
    }
}

fn line(item: &Item) -> Vec<String> {
    match item {
        Item::Call(call) => of_call(call),
        Item::Row(row) => {
            let empty = String::new;
            vec![when(row), empty(), short(row.kind()), about(row), empty(), empty(), empty()]
        }
    }
}

fn of_call(call: &Call) -> Vec<String> {
    let it = call.summary();
    let outcome = if it.outcome.is_empty() { "none yet" } else { &it.outcome };
    let cells = [&it.id, &it.tool, &it.target, outcome, &it.approval, &it.client];
    let mut line = vec![date(&it.time)];
    line.extend(cells.map(short));
    line
}

fn when(row: &Entry) -> String {
    date(row.text("time").unwrap_or_default())
}

/// What a row is about, in a few words.
fn about(row: &Entry) -> String {
    let text = |name: &str| row.text(name).unwrap_or_default();
    let told = match row.kind() {
        "call" => text("tool").to_owned(),
        "intent" => text("summary").to_owned(),
        "outcome" => [text("outcome"), text("message")].join(" ").trim().to_owned(),
        "segment" => format!("begun by okta-mcp {}", text("version")),
        "checkpoint" => "the rows before are signed".to_owned(),
        "policy" => text("policy").to_owned(),
        _ => {
            let rest = row.row.iter().filter(|(name, _)| !BESIDES.contains(&name.as_str()));
            let rest = rest.map(|(name, value)| match value {
                Value::String(text) => format!("{name}={text}"),
                other => format!("{name}={other}"),
            });
            rest.collect::<Vec<_>>().join(" ")
        }
    };
    short(&told)
}

/// One visible line of a few words.
pub(super) fn short(text: &str) -> String {
    table::line(text, CELL)
}
