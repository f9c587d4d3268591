//! What a person sees. All that others wrote is text, with what is invisible in it shown.

use jiff::Timestamp;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use okta_gate::escaped;
use okta_storage::{Approval, State};

use super::{Refused, clock_time, person::who_may};
use crate::page_style::STYLE;

/// How a person can decide.
#[derive(Clone, Copy)]
pub(super) enum Way<'a> {
    /// With this form.
    Form {
        /// Its token.
        token: &'a str,
        /// The org that one can sign in to for it.
        org: Option<&'a str>,
        /// The passphrase suffices, and is set.
        passphrase: bool,
        /// Why the last answer did not count.
        refused: Option<&'a Refused>,
    },
    /// Once a passphrase is set.
    NotSetUp,
    /// Not here.
    TooLow,
}

/// What waits for a decision.
pub(super) fn pending(approval: &Approval, now: Timestamp, way: Way<'_>) -> Markup {
    let mut lines = approval.question.lines();
    let first = lines.next().unwrap_or(&approval.summary);
    let body = html! {
        p .quiet { "okta-mcp asks before it changes something in Okta" }
        h1 dir="auto" { (escaped(first)) }
        @if approval.question.lines().nth(1).is_some() {
            div .lines {
                @for line in lines {
                    p .line dir="auto" { (escaped(line)) }
                }
            }
        }
        h2 { "What is asked" }
        dl { (facts(approval, now)) }
        @match way {
            Way::Form { refused: Some(refused), org: None, .. } if refused.locks() => p .alert role="alert" {
                (refused) ". Then open the link again or, where it is too late for this one, let \
                your client ask again."
            },
            Way::Form { token, org, passphrase, refused } => {
                @if let Some(refused) = refused {
                    p #refused .alert role="alert" dir="auto" { (escaped(&refused.to_string())) "." }
                }
                @if let Some(org) = org { (sign_in_form(&approval.id, token, org)) }
                @if passphrase && !refused.is_some_and(Refused::locks) {
                    @if org.is_some() { h2 { "Or with the passphrase" } }
                    (form(&approval.id, token, refused))
                }
            }
            Way::NotSetUp => p .alert role="alert" { (Refused::NotSet) ", then load this page again." },
            Way::TooLow => p .alert role="alert" {
                "This takes the level " strong { (escaped(&approval.level)) }
                ", which cannot be had on this page: let your client ask again, and open the link \
                that it shows then. Nothing is changed until then."
            },
        }
    };
    document("Approve this change?", &body)
}

fn facts(approval: &Approval, now: Timestamp) -> Markup {
    let left = approval.expires.duration_since(now).as_secs().max(0);
    let left = if left < 60 { format!("{left} s") } else { format!("{} min", left / 60) };
    let row = |name: &str, value: &str| {
        html! {
            dt { (name) }
            dd tabindex=[is_long(value).then_some("0")] dir="auto" { (escaped(value)) }
        }
    };
    html! {
        (row("Org", &approval.org))
        (row("Tool", &approval.tool))
        (row("Gravity", &approval.effect))
        (row("Asked through", &approval.client))
        (row("In the name of", &approval.principal))
        @if approval.profile != "default" { (row("Profile", &approval.profile)) }
        (row("Level", &approval.level))
        @if let Some(who) = who_may(approval) { (row("To be approved by", &who)) }
        (row("Open until", &format!("{} (another {left})", clock_time(approval.expires))))
        (row("Approval", &approval.id))
    }
}

/// True where it may not fit its box, which then scrolls: a keyboard must reach it.
const fn is_long(text: &str) -> bool {
    text.len() > 400
}

/// Where forms go: the page itself may be the way back from a sign-in.
fn action(id: &str) -> String {
    format!("/approvals/{id}")
}

/// A sign-in for this very decision: the button says which.
fn sign_in_form(id: &str, token: &str, org: &str) -> Markup {
    html! {
        h2 { "Decide by signing in" }
        form method="post" action=(action(id)) autocomplete="off" {
            input type="hidden" name="csrf" value=(token);
            p .quiet {
                "Either button takes you to " strong { (escaped(org)) } ", where you sign in for this \
                decision alone, whoever you are signed in as. Then it is done."
            }
            div .buttons {
                button type="submit" name="decision" value="decline" { "Sign in and decline" }
                button type="submit" name="decision" value="approve" { "Sign in and approve" }
            }
        }
    }
}

fn form(id: &str, token: &str, refused: Option<&Refused>) -> Markup {
    let wrong = matches!(refused, Some(Refused::Wrong { .. }));
    html! {
        form method="post" action=(action(id)) autocomplete="off" {
            // The first button is what the Enter key presses: this one does nothing.
            button type="submit" disabled hidden {}
            input type="hidden" name="csrf" value=(token);
            label for="passphrase" { "Approval passphrase" }
            input #passphrase type="password" name="passphrase" required autocomplete="off"
                autocapitalize="off" spellcheck="false" aria-describedby="about"
                aria-invalid=[wrong.then_some("true")] autofocus[wrong];
            p #about .quiet {
                "The one you set with " code { "okta-mcp approvals setup" }
                ". No AI client needs it: never type it into a chat."
            }
            div .buttons {
                button type="submit" name="decision" value="decline" { "Decline" }
                button type="submit" name="decision" value="approve" { "Approve" }
            }
        }
    }
}

/// What is no longer to be decided.
pub(super) fn over(state: State, approval: &Approval) -> Markup {
    let until = clock_time(approval.expires);
    let (what, next) = match state {
        State::Approved => (
            "Approved",
            &*format!("Your client can go on, until {until}: tell it to. You can close this page."),
        ),
        State::Declined => ("Declined", "Nothing is changed. You can close this page."),
        State::Consumed => {
            ("Approved and done", "This approval was used. You can close this page.")
        }
        State::Withdrawn => ("Taken back", "It is no longer asked for. You can close this page."),
        State::Expired => {
            ("Too late", "Nothing is changed. If it is still wanted, let your client ask again.")
        }
        State::Pending => ("Not decided", "Open the link again and decide there."),
    };
    document(
        what,
        &html! {
            h1 { (what) }
            p .line dir="auto" { (escaped(&approval.summary)) }
            @if let Some(who) = decided_by(approval) { p dir="auto" { "Decided by " (escaped(who)) "." } }
            p { (next) }
        },
    )
}

/// Who signed in to decide.
fn decided_by(approval: &Approval) -> Option<&str> {
    Some(approval.decided.as_ref()?.approver.as_ref()?.name())
}

/// Why there is nothing to see, and how to go on.
pub(super) fn refusal(what: &str, next: &str) -> Markup {
    document(
        what,
        &html! {
            h1 { (what) }
            @if !next.is_empty() { p { (next) "." } }
        },
    )
}

fn document(title: &str, body: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) " · okta-mcp" }
                style { (PreEscaped(STYLE)) }
            }
            body { main { (body) } }
        }
    }
}
