//! `okta-mcp audit show`: all rows of one call.

use okta_gate::escaped;
use okta_trail::{Call, Entry, Rows};
use serde_json::{Value, json};

use super::{Desk, date, members};
use crate::{cli::ShowArgs, failure::Failure, printer};

/// What each row has, and nobody asks for here.
const CHAIN: &[&str] = &["seq", "time", "event_id", "kind", "call", "prev", "hash"];

/// Prints the rows of a call.
pub(super) fn run(desk: &Desk, args: &ShowArgs) -> Result<(), Failure> {
    desk.tell("audit.read", members(json!({ "command": "show", "of_call": args.id })));
    let rows = || Rows::open(&desk.folder, None, None);
    let call = Call::find(&args.id, rows).map_err(|error| desk.failed(&error))?;
    let Some(call) = call else {
        return Err(Failure::Failed {
            message: format!("there is no call {:?} in the audit trail", args.id),
            next: Some("`okta-mcp audit search` shows the ids of calls".to_owned()),
        });
    };
    if args.json || !printer::on_terminal() {
        let rows: Vec<&_> = call.rows().iter().map(|row| &row.row).collect();
        return printer::trail_json(&json!({ "call": call.id(), "rows": rows }));
    }
    let rows: Vec<String> = call.rows().iter().map(shown).collect();
    printer::data(&rows.join("\n\n"))
}

/// A row with its members, a line each at least.
fn shown(row: &Entry) -> String {
    let time = date(row.text("time").unwrap_or_default());
    let place = format!("{} row {}", row.segment, row.seq().unwrap_or_default());
    let mut text = format!(
        "{}  {time} UTC  {}",
        printer::strong(&escaped(row.kind())),
        printer::weak(&escaped(&place))
    );
    for (name, value) in row.row.iter().filter(|(name, _)| !CHAIN.contains(&name.as_str())) {
        let value = match value {
            Value::String(text) => text.replace('\n', " "),
            Value::Object(_) | Value::Array(_) => format!("{value:#}").replace('\n', "\n  "),
            other => other.to_string(),
        };
        text = format!("{text}\n  {}: {}", escaped(name), escaped(&value));
    }
    text
}
