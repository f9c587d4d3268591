//! `okta-mcp audit verify`: is the trail as it was written?

use std::path::Path;

use okta_gate::escaped;
use okta_trail::{Checkpoint, End, KeyFile, PUBLIC_KEY_FILE, PublicKey, Report, SigningKey as _};
use serde_json::json;

use super::{Desk, date, members};
use crate::{cli::VerifyArgs, failure::Failure, printer, table};

/// What to do where something is wrong.
const NEXT: &str = "keep a copy as it is; Okta's System Log and checkpoints that were sent away \
                    tell what is missing";

/// How many segments a table shows.
const SHOWN: usize = 20;

/// Verifies the trail of this machine.
pub(super) fn run(desk: &Desk, args: &VerifyArgs) -> Result<(), Failure> {
    // First: what a crash left behind is looked after with it.
    desk.tell("audit.read", members(json!({ "command": "verify" })));
    let own = KeyFile::read(&desk.state).map_err(|error| desk.failed(&error))?;
    let own = own.map(|key| key.public());
    let key = given_key(args)?.or(own);
    let report = verify(&desk.folder, key, args)?;
    if report.segments.is_empty() && own.is_some() {
        // The key is made with the first row, and old segments leave rows in younger ones.
        return Err(Failure::Failed {
            message: format!(
                "the audit trail in {} is gone: only its key is there",
                desk.folder.display()
            ),
            next: Some(NEXT.to_owned()),
        });
    }
    let found = json!({ "whole": report.is_whole(), "problems": report.problems.len() });
    desk.tell("audit.verified", members(found));
    show(&report, &desk.folder, args)
}

/// Verifies the trail in another folder, and leaves it as it is.
pub(super) fn elsewhere(folder: &Path, args: &VerifyArgs) -> Result<(), Failure> {
    if !folder.is_dir() {
        return Err(Failure::usage(format!("--folder: {} is no folder", folder.display())));
    }
    let key = given_key(args)?;
    if key.is_none() {
        printer::note(&format!(
            "The key that lies there is believed; --key names the one that you know ({PUBLIC_KEY_FILE})"
        ));
    }
    show(&verify(folder, key, args)?, folder, args)
}

fn given_key(args: &VerifyArgs) -> Result<Option<PublicKey>, Failure> {
    let Some(path) = &args.key else { return Ok(None) };
    let wrong = |problem: &str| Failure::usage(format!("--key: {problem}"));
    let text = fs_err::read_to_string(path).map_err(|error| wrong(&error.to_string()))?;
    let key = PublicKey::parse(&text);
    let none = || wrong(&format!("{} holds no Ed25519 public key (PEM or hex)", path.display()));
    key.ok_or_else(none).map(Some)
}

fn verify(folder: &Path, key: Option<PublicKey>, args: &VerifyArgs) -> Result<Report, Failure> {
    let checkpoints = match (&args.checkpoints, key) {
        (None, _) => Vec::new(),
        (Some(_), None) => {
            return Err(Failure::usage("--checkpoints takes --key: the key that signed them"));
        }
        (Some(path), Some(key)) => checkpoints(path, &key)?,
    };
    okta_trail::verify(folder, key.as_ref(), &checkpoints)
        .map_err(|error| Failure::unexpected(format!("{}: {error}", folder.display())))
}

/// The checkpoints in a file, such as a log: other lines do not matter, but one that has none at
/// all is no file of them.
fn checkpoints(path: &Path, key: &PublicKey) -> Result<Vec<Checkpoint>, Failure> {
    let wrong = |problem: &str| Failure::usage(format!("--checkpoints: {problem}"));
    let text = fs_err::read_to_string(path).map_err(|error| wrong(&error.to_string()))?;
    let found: Vec<Checkpoint> =
        text.lines().filter_map(|line| Checkpoint::parse(line, key)).collect();
    if found.is_empty() {
        return Err(wrong(&format!("{} holds none that the key signed", path.display())));
    }
    Ok(found)
}

fn show(report: &Report, folder: &Path, args: &VerifyArgs) -> Result<(), Failure> {
    if args.json || !printer::on_terminal() {
        let mut told = serde_json::to_value(report).map_err(Failure::unexpected)?;
        if let Some(told) = told.as_object_mut() {
            told.shift_insert(0, "whole".to_owned(), report.is_whole().into());
        }
        printer::trail_json(&told)?;
    } else if !report.segments.is_empty() {
        printer::data(&segments(report))?;
        if let Some(more) = report.segments.len().checked_sub(SHOWN).filter(|more| *more > 0) {
            printer::note(&format!("{more} earlier segments are not shown: --json has all"));
        }
    }
    let counts = format!(
        "{} rows in {} segments, {} good checkpoints",
        report.rows(),
        report.segments.len(),
        report.checkpoints()
    );
    if report.is_whole() {
        printer::note(&format!("Whole: {counts}"));
        return Ok(());
    }
    let problems: Vec<String> = report
        .problems
        .iter()
        .map(|problem| format!("  {}", escaped(&problem.to_string())))
        .collect();
    Err(Failure::Failed {
        message: format!(
            "the audit trail in {} is not as it was written: {counts}\n{}",
            folder.display(),
            problems.join("\n")
        ),
        next: Some(NEXT.to_owned()),
    })
}

fn segments(report: &Report) -> String {
    let headings = ["segment", "rows", "first", "last", "checkpoints", "end"].map(str::to_owned);
    let earlier = report.segments.len().saturating_sub(SHOWN);
    let rows = report.segments.iter().skip(earlier).map(|segment| {
        let time = |time: &Option<String>| time.as_deref().map(date).unwrap_or_default();
        let end = match segment.end {
            End::Live => "being written",
            End::Closed => "closed",
            End::Recovered => "crashed, completed",
            End::Crashed => "crashed",
        };
        vec![
            segment.segment.clone(),
            segment.rows.to_string(),
            time(&segment.first),
            time(&segment.last),
            segment.checkpoints.to_string(),
            end.to_owned(),
        ]
    });
    table::render(&headings, rows)
}
