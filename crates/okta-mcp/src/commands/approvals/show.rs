//! What waits, and what is known of it.

use jiff::Timestamp;
use okta_gate::{escaped, to_text};
use okta_mcp_server::approvals::who_may;
use okta_storage::{Approval, State, Which};
use serde_json::{Value, json};

use super::{Desk, failed};
use crate::{cli::ListArgs, failure::Failure, printer, table};

/// How many are listed at most.
const MOST: u32 = 1_000;

/// The longest summary in a list, in characters.
const SUMMARY: usize = 60;

/// Prints what waits, or all that is kept.
pub(super) async fn list(desk: &Desk, args: &ListArgs) -> Result<(), Failure> {
    let which = if args.all { Which::All } else { Which::Pending };
    let approvals = desk.approvals.list(which, MOST).await.map_err(failed)?;
    if args.json {
        let all: Vec<Value> = approvals.iter().map(as_json).collect();
        let all = json!({ "approvals": all });
        let text =
            if printer::on_terminal() { escaped(&format!("{all:#}")) } else { to_text(&all) };
        return printer::data(&text);
    }
    if approvals.is_empty() {
        printer::note(if args.all { "There is no approval" } else { "Nothing waits" });
        return Ok(());
    }
    let headings = ["id", "state", "until", "tool", "org", "summary"].map(str::to_owned);
    let rows = approvals.iter().map(|approval| {
        vec![
            approval.id.clone(),
            approval.state.as_str().to_owned(),
            date(approval.expires),
            escaped(&approval.tool),
            escaped(&approval.org),
            table::line(&approval.summary, SUMMARY),
        ]
    });
    printer::data(&table::render(&headings, rows))
}

/// Prints one with all that a person would be shown.
pub(super) async fn one(desk: &Desk, id: &str) -> Result<(), Failure> {
    let approval = desk.find(id).await?;
    printer::data(&text(&approval))?;
    if approval.state == State::Pending {
        printer::note(&format!(
            "\n`okta-mcp approvals approve {id}` or `okta-mcp approvals deny {id}` decides"
        ));
    }
    Ok(())
}

/// What the person is shown, and what is known besides.
pub(super) fn text(approval: &Approval) -> String {
    let question =
        if approval.question.is_empty() { &approval.summary } else { &approval.question };
    // Set in: a name of others that holds a line of its own must not look like a fact below.
    let lines: Vec<String> = question.lines().map(|line| format!("  {}", escaped(line))).collect();
    let mut text = format!("{}\n", lines.join("\n"));
    let mut facts = vec![
        ("Org", approval.org.clone()),
        ("Tool", format!("{} ({})", approval.tool, approval.effect)),
        ("Asked through", format!("{}, in the name of {}", approval.client, approval.principal)),
        ("Profile", approval.profile.clone()),
        ("Level", approval.level.clone()),
        ("Open until", date(approval.expires)),
        ("State", approval.state.as_str().to_owned()),
    ];
    if let Some(who) = who_may(approval) {
        facts.push(("Approvers", who));
    }
    if let Some(decision) = &approval.decided {
        let at = date(decision.at);
        facts.push(("Decided", format!("{at}, {}, level {}", decision.by, decision.level)));
        if let Some(who) = &decision.approver {
            let acr = who.acr.as_ref().map(|acr| format!(", {acr}")).unwrap_or_default();
            let signed_in = date(who.signed_in);
            facts.push(("By", format!("{} ({}), signed in {signed_in}{acr}", who.name(), who.id)));
        }
    }
    for (name, value) in facts {
        let value = escaped(&value.replace('\n', " "));
        text = format!("{text}\n{:15}{value}", format!("{name}:"));
    }
    text
}

/// A time for people.
pub(super) fn date(time: Timestamp) -> String {
    time.strftime("%F %T UTC").to_string()
}

/// Who may approve, as the policy has it.
fn may_approve(written: &str) -> Value {
    serde_json::from_str(written).unwrap_or_else(|_| written.into())
}

/// All but what is sealed.
fn as_json(approval: &Approval) -> Value {
    json!({
        "id": approval.id,
        "state": approval.state.as_str(),
        "tool": approval.tool,
        "effect": approval.effect,
        "level": approval.level,
        "summary": approval.summary,
        "question": approval.question,
        "org": approval.org,
        "principal": approval.principal,
        "asker": approval.asker,
        "may_approve": approval.approvers.as_deref().map(may_approve),
        "profile": approval.profile,
        "client": approval.client,
        "call_id": approval.call_id,
        "created": approval.created.to_string(),
        "expires": approval.expires.to_string(),
        "decided": approval.decided.as_ref().map(|decision| json!({
            "at": decision.at.to_string(),
            "by": decision.by,
            "level": decision.level,
            "approver": decision.approver.as_ref().map(|who| json!({
                "id": who.id,
                "login": who.login,
                "signed_in": who.signed_in.to_string(),
                "acr": who.acr,
                "amr": who.amr,
            })),
        })),
    })
}
