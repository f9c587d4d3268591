//! `okta-mcp audit reconcile`: the trail beside Okta's own System Log.

mod event;
mod facts;
mod log;
mod show;

use jiff::{SignedDuration, Timestamp};
use okta_mcp_server::App;
use okta_trail::{KeyFile, Question, Reconciled, Report, SigningKey as _};
use serde_json::json;

use super::{Desk, members, time};
use crate::{
    cli::ReconcileArgs,
    failure::Failure,
    org::{self, Given},
    printer,
};

/// How long Okta keeps its System Log.
const OKTA_KEEPS: SignedDuration = SignedDuration::from_hours(90 * 24);

/// What is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Window {
    since: Timestamp,
    until: Timestamp,
}

/// All that is told.
struct Told {
    window: Window,
    /// The host of the org.
    org: String,
    /// Who is responsible for our calls.
    principal: String,
    /// Whose events were read: the id of the app, of the admin, or of the person.
    actor: String,
    /// The verification of the trail.
    verified: Report,
    found: Reconciled,
}

/// Compares, and tells.
pub(super) async fn run(desk: &Desk, args: &ReconcileArgs, given: &Given) -> Result<(), Failure> {
    if given.sandbox {
        return Err(Failure::usage(
            "--sandbox does not go with reconcile: an org in memory knows nothing of what was done \
             before",
        ));
    }
    let window = Window::of(args, desk.now, kept_days(given)?)?;
    let told = json!({
        "command": "reconcile",
        "since": window.since.to_string(), "until": window.until.to_string(),
    });
    // First: what a crash left behind is looked after with it.
    desk.tell("audit.read", members(told));
    let verified = verify(desk)?;
    let org = org::connect(given, App::for_one_call).await?;
    // The log before the trail: of each event that is there now the row was written before.
    let log = log::read(&org, window).await?;
    let question = Question {
        since: window.since,
        until: window.until,
        read: log.read,
        org: &org.host,
        principal: &log.principal,
        silent: &facts::silent,
    };
    let found = okta_trail::reconcile(&desk.folder, question, &log.events);
    let found = found.map_err(|error| desk.failed(&error))?;
    let told = json!({
        "matches": found.matches(), "whole": verified.is_whole(), "missing": found.missing.len(),
        "contradicted": found.contradicted.len(), "unexplained": found.unexplained.len(),
    });
    desk.tell("audit.reconciled", members(told));
    let (org, principal, actor) = (org.host, log.principal, log.actor);
    Told { window, org, principal, actor, verified, found }.show(args)
}

/// How many days rows are kept; 0: for ever.
fn kept_days(given: &Given) -> Result<u32, Failure> {
    Ok(given.profile()?.audit.retention_days)
}

impl Window {
    fn of(args: &ReconcileArgs, now: Timestamp, kept_days: u32) -> Result<Self, Failure> {
        let mut since = time("--since", &args.since, now)?;
        let until = args.until.as_deref().map(|until| time("--until", until, now)).transpose()?;
        let until = until.map_or(now, |until| until.min(now));
        if now.duration_since(since) > OKTA_KEEPS {
            return Err(Failure::usage(
                "--since: Okta keeps its System Log for 90 days, and nothing earlier can be compared",
            ));
        }
        let kept = SignedDuration::from_hours(i64::from(kept_days) * 24);
        if let Ok(kept) = now.checked_sub(kept)
            && kept_days > 0
            && since < kept
        {
            printer::note(&format!("retention_days is {kept_days}: what is older is left out"));
            since = kept;
        }
        if since >= until {
            return Err(Failure::usage("--since is not before --until"));
        }
        Ok(Self { since, until })
    }
}

/// Verifies the trail with the key of this machine.
fn verify(desk: &Desk) -> Result<Report, Failure> {
    let key = KeyFile::read(&desk.state).map_err(|error| desk.failed(&error))?;
    let key = key.map(|key| key.public());
    okta_trail::verify(&desk.folder, key.as_ref(), &[]).map_err(|error| desk.failed(&error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_lies_within_what_is_kept() {
        let now: Timestamp = "2026-11-21T09:30:00Z".parse().unwrap();
        let window = |since: &str, until: Option<&str>, days| {
            let (since, until) = (since.to_owned(), until.map(str::to_owned));
            let window = Window::of(&ReconcileArgs { since, until, json: false }, now, days);
            window.map(|Window { since, until }| format!("{since} {until}")).ok()
        };
        let all = "2026-11-20T09:30:00Z 2026-11-21T09:30:00Z";
        assert_eq!(window("24h", None, 400).as_deref(), Some(all));
        assert_eq!(window("24h", Some("2027-01-01"), 0).as_deref(), Some(all));
        assert_eq!(window("7d", None, 1).as_deref(), Some(all));
        let part = "2026-11-01T00:00:00Z 2026-11-02T00:00:00Z";
        assert_eq!(window("2026-11-01", Some("2026-11-02"), 400).as_deref(), Some(part));
        for (since, until) in [("91d", None), ("1h", Some("2h")), ("x", None), ("1h", Some("x"))] {
            assert_eq!(window(since, until, 400), None, "{since}");
        }
        assert_eq!(window("7d", Some("2d"), 1), None);
    }
}
