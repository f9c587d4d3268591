//! The audit trail of a state folder, for the server and for commands that need no org.

use std::{path::Path, sync::Arc};

use okta_client::{Clock, Entropy};
use okta_gate::{JsonLines, Recorder, Row};

use crate::approvals::Tell;

/// The trail in `<state>/audit`. Its file is made with the first row.
pub(crate) fn of(state: &Path, clock: &Arc<dyn Clock>, entropy: &dyn Entropy) -> Arc<dyn Recorder> {
    let mut process = [0; 4];
    entropy.fill(&mut process);
    let process = format!("{:08x}", u32::from_be_bytes(process));
    Arc::new(JsonLines::new(&state.join("audit"), &process, Arc::clone(clock)))
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
