//! `okta-mcp audit report`: the evidence pack.

use std::io::{self, BufWriter};

use okta_trail::{KeyFile, Window, evidence_pack};
use serde_json::json;

use super::{Desk, members, time};
use crate::{
    cli::ReportArgs,
    failure::Failure,
    os::{self, Readers},
    printer,
};

/// Writes the evidence pack of a window.
pub(super) fn run(desk: &Desk, args: &ReportArgs) -> Result<(), Failure> {
    let since = time("--since", &args.since, desk.now)?;
    let until = args.until.as_deref().map(|until| time("--until", until, desk.now)).transpose()?;
    let until = until.unwrap_or(desk.now);
    if since >= until {
        return Err(Failure::usage("--since is not before --until"));
    }
    let told = json!({
        "format": "report", "since": since.to_string(), "until": until.to_string(),
        "out": args.out.display().to_string(),
    });
    // First: what a crash left behind is looked after with it, and there is a key.
    desk.tell("audit.exported", members(told));
    let key = KeyFile::read(&desk.state).map_err(|error| desk.failed(&error))?;
    let Some(key) = key else {
        return Err(Failure::Failed {
            message: format!("nothing is recorded yet in {}", desk.folder.display()),
            next: None,
        });
    };
    let wrong =
        |error: io::Error| Failure::usage(format!("--out: {}: {error}", args.out.display()));
    let file = os::create_file(&args.out, Readers::Owner).map_err(wrong)?;
    let mut writer = BufWriter::new(file);
    let window = Window { folder: &desk.folder, since, until };
    let pack = evidence_pack(window, &key, desk.now, &mut writer);
    let pack = pack.map_err(|error| desk.failed(&error))?;
    let file = writer.into_inner().map_err(|error| wrong(error.into_error()))?;
    file.sync_all().map_err(wrong)?;
    printer::note(&format!(
        "{} rows and {} calls are in {}",
        pack.rows,
        pack.calls,
        args.out.display()
    ));
    if !pack.report.is_whole() {
        printer::note(&format!(
            "warning: the audit trail is not as it was written ({} problems): the pack says so; \
             see `okta-mcp audit verify`",
            pack.report.problems.len()
        ));
    }
    Ok(())
}
