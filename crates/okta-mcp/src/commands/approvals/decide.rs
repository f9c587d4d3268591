//! Approving and declining, on the terminal that controls this process.

use okta_mcp_server::approvals::{Judged, Refused, takes_passphrase};
use okta_storage::{Approval, State};

use super::{BY, Desk, failed, page, show};
use crate::{failure::Failure, org::Given, printer, terminal::Dialogue};

/// A no was said.
pub(super) const DECLINED: &str = "Declined: nothing is changed";

/// Shows what waits, and decides by what suffices for it: the passphrase, else a sign-in to Okta.
pub(super) async fn run(
    desk: &Desk,
    id: &str,
    approve: bool,
    given: &Given,
) -> Result<(), Failure> {
    let approval = desk.find(id).await?;
    if approval.state != State::Pending {
        return Err(over(id, approval.state));
    }
    if !takes_passphrase(&approval) {
        return page::run(desk, &approval, given).await;
    }
    let mut dialogue = Dialogue::open("deciding")?;
    if !desk.approvals.is_set_up().await.map_err(failed)? {
        return Err(refused(&Refused::NotSet));
    }
    dialogue.say(&show::text(&approval))?;
    let verb = if approve { "approve" } else { "decline" };
    let passphrase = dialogue.secret(&format!("\nApproval passphrase, to {verb} this: ")).await?;
    match desk.approvals.decide(id, passphrase, approve, BY).await.map_err(failed)? {
        Judged::Approved => printer::data(&approved(&approval)),
        Judged::Declined => printer::data(DECLINED),
        Judged::NotPending(state) => Err(over(id, state)),
        Judged::Expired => Err(over(id, State::Expired)),
        Judged::Unknown => Err(over(id, State::Withdrawn)),
        Judged::TooLow { needed } => Err(too_low(&needed)),
        Judged::Refused(why) => Err(refused(&why)),
    }
}

pub(super) fn approved(approval: &Approval) -> String {
    let approver = approval.decided.as_ref().and_then(|decision| decision.approver.as_ref());
    let by = approver.map(|who| format!(" by {}", okta_gate::escaped(who.name())));
    let until = show::date(approval.expires);
    format!("Approved{} until {until}: the client can go on", by.unwrap_or_default())
}

pub(super) fn over(id: &str, state: State) -> Failure {
    let (message, next) = match state {
        State::Expired => ("has expired", Some("let the client ask again")),
        State::Pending => ("is not decided", Some("try again")),
        State::Approved => ("is approved already", None),
        State::Declined => ("is declined already", None),
        State::Consumed => ("was approved and used already", None),
        State::Withdrawn => ("was taken back", None),
    };
    Failure::Failed { message: format!("{id} {message}"), next: next.map(str::to_owned) }
}

fn too_low(needed: &str) -> Failure {
    let needed = okta_gate::escaped(needed);
    Failure::Failed {
        message: format!("this takes the level {needed:?}, which cannot be had on a terminal"),
        next: None,
    }
}

/// Why the passphrase does not count.
pub(super) fn refused(why: &Refused) -> Failure {
    Failure::Failed { message: why.to_string(), next: None }
}
