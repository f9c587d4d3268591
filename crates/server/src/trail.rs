//! The audit trail of a state folder, for the server and for commands that need no org.

use std::{path::Path, sync::Arc};

use okta_client::{Clock, Entropy};
use okta_gate::{Recorder, Row};
use okta_trail::{Settings, Surroundings, Syslog, Trail};

use crate::{
    approvals::Tell,
    config::{AuditSettings, SyslogTo},
};

/// The trail in `<state>/audit`, as it is configured. Its file is made with the first row.
pub fn of(
    state: &Path,
    audit: &AuditSettings,
    clock: &Arc<dyn Clock>,
    entropy: &Arc<dyn Entropy>,
) -> Arc<Trail> {
    let (clock, entropy) = (Arc::clone(clock), Arc::clone(entropy));
    let around = Surroundings {
        clock: Arc::new(move || clock.now()),
        random: Arc::new(move |bytes: &mut [u8]| entropy.fill(bytes)),
    };
    let settings = Settings {
        rotate_bytes: u64::from(audit.rotate_mib.get()) * 1024 * 1024,
        retention_days: audit.retention_days,
        checkpoint_rows: audit.checkpoint_rows,
        pseudonymise: audit.pseudonymise,
        syslog: audit.syslog.as_ref().map(|to| match to {
            SyslogTo::Unix(path) => Syslog::Unix(path.clone()),
            SyslogTo::Udp(place) => Syslog::Udp(place.clone()),
            SyslogTo::Tcp(place) => Syslog::Tcp(place.clone()),
        }),
        command: audit.command.as_ref().map(|command| command.0.clone()),
        ..Settings::new(state)
    };
    Arc::new(Trail::new(settings, around))
}

/// Keeps the rows of decisions in the trail.
pub(crate) fn tell(recorder: Arc<dyn Recorder>) -> Tell {
    Arc::new(move |kind, values| {
        let mut row = Row::new(kind);
        for (name, value) in values.as_object().into_iter().flatten() {
            row.set(name, value.clone());
        }
        if let Err(error) = recorder.record(row, true) {
            tracing::error!(%error, "a decision is not in the audit trail");
        }
    })
}
