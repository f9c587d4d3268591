//! `okta-mcp audit`: the audit trail, for people and other programs.

mod export;
mod list;
mod reconcile;
mod report;
mod show;
mod verify;

use std::{io, path::PathBuf, sync::Arc};

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use okta_client::{Clock as _, Entropy};
use okta_mcp_server::{SystemClock, SystemEntropy, trail_of};
use okta_trail::{Recorder as _, Row, Trail};
use serde_json::{Map, Value};

use crate::{
    cli::{AuditArgs, AuditCommand, WindowArgs},
    failure::Failure,
    moment,
    org::{self, Given},
    printer,
};

/// Does what is asked about the trail. But for `reconcile` it takes a state folder, and no org.
pub(crate) async fn run(args: &AuditArgs, given: &Given) -> Result<(), Failure> {
    given.start_log()?;
    if let AuditCommand::Verify(args) = &args.command
        && let Some(folder) = &args.folder
    {
        return verify::elsewhere(folder, args);
    }
    let desk = Desk::new(given)?;
    match &args.command {
        AuditCommand::Tail(args) => list::tail(&desk, args),
        AuditCommand::Search(args) => list::search(&desk, args),
        AuditCommand::Show(args) => show::run(&desk, args),
        AuditCommand::Export(args) => export::run(&desk, args),
        AuditCommand::Verify(args) => verify::run(&desk, args),
        AuditCommand::Reconcile(args) => reconcile::run(&desk, args, given).await,
        AuditCommand::Report(args) => report::run(&desk, args),
    }
}

/// The trail of this machine.
struct Desk {
    trail: Arc<Trail>,
    /// The folder of the keys.
    state: PathBuf,
    /// The folder of the segments.
    folder: PathBuf,
    /// When the command began: what it writes itself is later.
    now: Timestamp,
}

impl Desk {
    fn new(given: &Given) -> Result<Self, Failure> {
        let profile = given.profile()?;
        let state = profile.settings.state_folder(&org::environment).map_err(Failure::usage)?;
        let entropy: Arc<dyn Entropy> = Arc::new(SystemEntropy);
        let clock = Arc::new(SystemClock);
        let now = clock.now();
        let trail = trail_of(&state, &profile.audit, &(clock as _), &entropy);
        let folder = state.join("audit");
        Ok(Self { trail, state, folder, now })
    }

    /// Records that the trail is read, or handed out. Where that cannot be recorded it is told:
    /// who looks why nothing can be written must be able to read.
    fn tell(&self, kind: &str, about: Map<String, Value>) {
        // Where nothing is recorded there is nothing that could be read.
        if !self.folder.exists() {
            return;
        }
        let mut row = Row::new(kind);
        for (name, value) in about {
            if !value.is_null() {
                row.set(&name, value);
            }
        }
        let user = org::environment("USER").or_else(|| org::environment("USERNAME"));
        if let Some(user) = user {
            row.set("os_user", user);
        }
        if let Err(error) = self.trail.record(row, true) {
            printer::note(&format!("warning: this is not recorded: {error}"));
        }
    }

    /// The times of a window.
    fn window(&self, args: &WindowArgs) -> Result<(Option<Timestamp>, Option<Timestamp>), Failure> {
        let time = |flag: &str, text: &Option<String>| {
            text.as_deref().map(|text| time(flag, text, self.now)).transpose()
        };
        Ok((time("--since", &args.since)?, time("--until", &args.until)?))
    }

    /// Nothing was found.
    fn nothing(&self) {
        if self.folder.exists() {
            printer::note("Nothing was found");
        } else {
            printer::note(&format!("Nothing is recorded yet in {}", self.folder.display()));
        }
    }

    fn failed(&self, error: &io::Error) -> Failure {
        Failure::unexpected(format!("the audit trail in {}: {error}", self.folder.display()))
    }
}

/// A time as RFC 3339, a date (its beginning, UTC), or a span until now.
fn time(flag: &str, text: &str, now: Timestamp) -> Result<Timestamp, Failure> {
    let date = text.parse::<Date>().ok().filter(|_| text.len() == "2026-01-31".len());
    let begin = date.and_then(|date| date.to_zoned(TimeZone::UTC).ok());
    match begin {
        Some(begin) => Ok(begin.timestamp()),
        None => {
            moment::since(text, now).map_err(|problem| Failure::usage(format!("{flag}: {problem}")))
        }
    }
}

/// The members of a JSON object.
fn members(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}

/// A time as people read it, from one of a row.
fn date(row_time: &str) -> String {
    let time = row_time.parse::<Timestamp>();
    time.map_or_else(|_| okta_gate::escaped(row_time), |time| time.strftime("%F %T").to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_three_forms() {
        let now: Timestamp = "2026-11-21T09:30:00Z".parse().unwrap();
        let read = |text| time("--since", text, now).map(|time| time.to_string()).ok();
        for (text, wanted) in [
            ("2026-11-01", Some("2026-11-01T00:00:00Z")),
            ("2026-11-01T10:00:00+01:00", Some("2026-11-01T09:00:00Z")),
            ("2h", Some("2026-11-21T07:30:00Z")),
            ("7d", Some("2026-11-14T09:30:00Z")),
            ("2026-13-01", None),
            ("soon", None),
        ] {
            assert_eq!(read(text).as_deref(), wanted, "{text}");
        }
    }
}
