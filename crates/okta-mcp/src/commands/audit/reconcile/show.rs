//! What was found, for people and for programs.

use okta_gate::escaped;
use okta_trail::{Account, Beside, Event, MARGIN, Settled, Unexplained, Verdict, Why};
use serde_json::{Map, Value, json};

use super::{Told, Window};
use crate::{cli::ReconcileArgs, commands::audit::list::short, failure::Failure, printer, table};

/// What rows of a segment say that was chained anew.
const GONE: &str = "A request names the row that was written before it, by number and hash. Where \
                    the trail does not have that row, it was changed or removed, or another \
                    okta-mcp with a trail of its own uses this credential.";

impl Told {
    /// Prints it; fails where something does not match.
    pub(super) fn show(&self, args: &ReconcileArgs) -> Result<(), Failure> {
        if args.json || !printer::on_terminal() {
            printer::trail_json(&self.json()?)?;
        } else {
            printer::data(&self.text())?;
        }
        let Told { verified, found, .. } = self;
        for (count, what) in [
            (found.elsewhere, "writes to other orgs or by other principals"),
            (found.unreadable, "lines of the trail that are no rows (see `okta-mcp audit verify`)"),
        ] {
            if count > 0 {
                printer::note(&format!("Left out are {what}: {count}"));
            }
        }
        if found.matches() && verified.is_whole() {
            printer::note("The trail and Okta's System Log match");
            return Ok(());
        }
        Err(Failure::Failed { message: self.differences(), next: Some(self.next().to_owned()) })
    }

    /// All of it, as JSON.
    fn json(&self) -> Result<Value, Failure> {
        let Told { window, org, principal, actor, verified, found } = self;
        let head = json!({
            "matches": found.matches() && verified.is_whole(),
            "since": window.since, "until": window.until,
            "org": org, "principal": principal, "actor": actor,
            "verify": {
                "whole": verified.is_whole(), "rows": verified.rows(),
                "segments": verified.segments.len(), "problems": verified.problems,
            },
        });
        let found = serde_json::to_value(found).map_err(Failure::unexpected)?;
        let parts = [head, found].into_iter().filter_map(|part| match part {
            Value::Object(members) => Some(members),
            _ => None,
        });
        Ok(Value::Object(parts.flatten().collect::<Map<_, _>>()))
    }

    /// All of it, as people read it.
    fn text(&self) -> String {
        let Told { window: Window { since, until }, org, principal, verified, found, .. } = self;
        let state = if verified.is_whole() { "whole" } else { "not as it was written" };
        let mut text = format!(
            "Window   {} to {} UTC\nWho      {} in {}\nTrail    {state}: {} rows in {} segments\n\
             Writes   {}, of which Okta knows {}\n\
             Events   {}, of which the trail explains {} and need not explain {}",
            since.strftime("%F %T"),
            until.strftime("%F %T"),
            escaped(principal),
            escaped(org),
            verified.rows(),
            verified.segments.len(),
            found.writes,
            found.witnessed,
            found.events,
            found.explained,
            found.aside,
        );
        for section in self.sections() {
            if let Some(section) = section.text() {
                text = format!("{text}\n\n{section}");
            }
        }
        text
    }

    fn sections(&self) -> Vec<Section> {
        let found = &self.found;
        let minutes = MARGIN.as_mins();
        let mut problems = Section::new("What is wrong with the trail itself", &["row", "what"]);
        problems.add(self.verified.problems.iter().map(|problem| {
            let row = format!("{} row {}", problem.segment, problem.row);
            vec![row, problem.sentence.clone()]
        }));
        let mut missing = Section::new("Done by the trail, and unknown to Okta", WRITE);
        missing.add(found.missing.iter().map(write));
        let mut contradicted = Section::new(
            "The trail and Okta say the opposite",
            &["time", "call", "tool", "trail", "Okta"],
        );
        contradicted.add(found.contradicted.iter().map(pair));
        let mut unexplained = Section::new(
            "Known to Okta, and not explained by the trail",
            &["time", "event", "result", "target", "user agent", "from", "why"],
        );
        unexplained.add(found.unexplained.iter().map(stray));
        if found.unexplained.iter().any(|it| matches!(it.why, Why::RowGone { .. })) {
            GONE.clone_into(&mut unexplained.note);
        }
        let mut late = Section::new("Done by the trail, and not in Okta's log yet", WRITE);
        late.add(found.late.iter().map(write));
        late.note = format!("Events can arrive late: run this again in {minutes} minutes.");
        let mut silent = Section::new("Cannot be witnessed", &["time", "call", "request", "why"]);
        silent.add(found.silent.iter().map(|silent| {
            let call = &silent.call;
            vec![time(call), call.call.clone(), requests(call), silent.why.to_owned()]
        }));
        let mut settled = Section::new(
            "Of unknown outcome in the trail",
            &["time", "call", "tool", "request", "Okta"],
        );
        settled.add(found.settled.iter().map(outcome));
        let mut refused = Section::new("Refused", &["time", "call", "tool", "trail", "Okta"]);
        refused.add(found.refused.iter().map(pair));
        vec![problems, missing, contradicted, unexplained, late, silent, settled, refused]
    }

    /// What does not match, in a sentence.
    fn differences(&self) -> String {
        let found = &self.found;
        let mut parts = Vec::new();
        for (count, one, many) in [
            (
                self.verified.problems.len(),
                "problem of the trail itself",
                "problems of the trail itself",
            ),
            (found.missing.len(), "write unknown to Okta", "writes unknown to Okta"),
            (
                found.contradicted.len(),
                "write of which Okta says the opposite",
                "writes of which Okta says the opposite",
            ),
            (
                found.unexplained.len(),
                "event not explained by the trail",
                "events not explained by the trail",
            ),
        ] {
            match count {
                0 => {}
                1 => parts.push(format!("1 {one}")),
                _ => parts.push(format!("{count} {many}")),
            }
        }
        format!("the trail and Okta's System Log do not match: {}", parts.join(", "))
    }

    fn next(&self) -> &'static str {
        if self.verified.is_whole() {
            "keep a copy of the trail as it is; if nobody you know did this, revoke the credential \
             in Okta"
        } else {
            "keep a copy of the trail as it is; `okta-mcp audit verify` tells more"
        }
    }
}

/// The columns of a write.
const WRITE: &[&str] = &["time", "call", "tool", "request", "request ids"];

/// A table with a title; nothing where it has no rows.
struct Section {
    title: &'static str,
    headings: &'static [&'static str],
    rows: Vec<Vec<String>>,
    note: String,
}

impl Section {
    const fn new(title: &'static str, headings: &'static [&'static str]) -> Self {
        Self { title, headings, rows: Vec::new(), note: String::new() }
    }

    fn add(&mut self, rows: impl Iterator<Item = Vec<String>>) {
        self.rows.extend(rows);
    }

    fn text(self) -> Option<String> {
        if self.rows.is_empty() {
            return None;
        }
        let headings: Vec<String> = self.headings.iter().map(ToString::to_string).collect();
        let rows = self.rows.into_iter().map(|row| row.iter().map(|cell| short(cell)).collect());
        let title = printer::strong(self.title);
        let table = table::render(&headings, rows);
        let note = if self.note.is_empty() { String::new() } else { format!("\n{}", self.note) };
        Some(format!("{title}\n{table}{note}"))
    }
}

fn time(call: &Account) -> String {
    call.time.strftime("%F %T").to_string()
}

fn requests(call: &Account) -> String {
    call.requests.join(", ")
}

fn write(call: &Account) -> Vec<String> {
    let ids = call.request_ids.join(" ");
    vec![time(call), call.call.clone(), call.tool.clone(), requests(call), ids]
}

fn happened(event: &Event) -> String {
    format!("{} {}", event.kind, event.result)
}

/// A call and its events, side by side.
fn pair(pair: &Beside) -> Vec<String> {
    let mut events: Vec<String> = pair.events.iter().map(happened).collect();
    events.dedup();
    let okta = if events.is_empty() { "nothing".to_owned() } else { events.join(", ") };
    let Some(call) = &pair.call else {
        let time = pair.events.first().map(|event| event.time.strftime("%F %T").to_string());
        let nothing = String::new;
        return vec![time.unwrap_or_default(), nothing(), nothing(), "nothing".to_owned(), okta];
    };
    vec![time(call), call.call.clone(), call.tool.clone(), call.outcome.clone(), okta]
}

fn stray(stray: &Unexplained) -> Vec<String> {
    let Unexplained { why, event } = stray;
    let named = event.call.as_deref().unwrap_or_default();
    let row = named.split('-').next().unwrap_or_default();
    let why = match why {
        Why::Foreign => "not sent by this okta-mcp".to_owned(),
        Why::RowGone { recorded: None } => format!("row {row} is gone"),
        Why::RowGone { recorded: Some(call) } => {
            format!("row {row} was rewritten: now {call}")
        }
        Why::Borrowed => format!("call {named} sent another request"),
    };
    vec![
        event.time.strftime("%F %T").to_string(),
        event.kind.clone(),
        event.result.clone(),
        event.targets.join(", "),
        event.agent.clone(),
        event.address.clone(),
        why,
    ]
}

fn outcome(settled: &Settled) -> Vec<String> {
    let call = &settled.call;
    let okta = match settled.verdict {
        Verdict::Done => "it was done",
        Verdict::Refused => "it was refused",
        Verdict::Nothing => "no event: by the log it was not done",
        Verdict::Silent => "no event, and it may have been done",
        Verdict::Late => "no event yet: run this again later",
    };
    vec![time(call), call.call.clone(), call.tool.clone(), requests(call), okta.to_owned()]
}

#[cfg(test)]
mod tests;
