//! Verification: is the trail as it was written, and is all of it there?
//!
//! What it can know offline: rows are chained, checkpoints and heads are signed, and segments name
//! each other's last rows. What it cannot: who holds the key can write another trail, and of the
//! last segments, which nothing names yet, one can be taken away with its head. Against both help
//! checkpoints that were sent away, and Okta's own System Log.

mod chain;
mod claims;
mod report;
mod scan;

use std::{collections::BTreeMap, io, path::Path};

pub use self::report::{End, Problem, ProblemKind, Report, SegmentReport};
use self::{
    claims::{Claims, Remains},
    scan::{Scanned, scan},
};
use crate::{Checkpoint, PublicKey, key::PUBLIC_KEY_FILE, name};

/// Verifies the trail in a folder. Without a key, that of the folder is believed. `elsewhere` are
/// checkpoints that were sent away when they were made.
pub fn verify(
    folder: &Path,
    key: Option<&PublicKey>,
    elsewhere: &[Checkpoint],
) -> io::Result<Report> {
    let names = name::list(folder)?;
    if names.is_empty() && !folder.exists() {
        return Ok(Report::default());
    }
    let key = match key {
        Some(key) => *key,
        None => folder_key(folder)?,
    };
    let mut claims = Claims::collect(folder, &names, elsewhere)?;
    let mut report = Report { key: key.to_hex(), ..Report::default() };
    let mut segments = BTreeMap::new();
    for name in &names {
        if let Some(scanned) = scan(folder, name, &key, &mut claims)? {
            segments.insert(name.to_string(), scanned);
        }
    }
    for (name, scanned) in &mut segments {
        for remains in claims.recovered.get(name).into_iter().flatten() {
            recovered(scanned, remains);
        }
        torn(scanned);
    }
    report.retired = claims.retired.len();
    report.problems = missing(&claims, &segments);
    for Scanned { report: segment, problems, .. } in segments.into_values() {
        report.segments.push(segment);
        report.problems.extend(problems);
    }
    report.problems.sort_unstable();
    report.problems.dedup();
    Ok(report)
}

fn folder_key(folder: &Path) -> io::Result<PublicKey> {
    let path = folder.join(PUBLIC_KEY_FILE);
    let text = std::fs::read_to_string(&path).map_err(|error| {
        io::Error::new(error.kind(), format!("the public key {}: {error}", path.display()))
    })?;
    PublicKey::parse(&text)
        .ok_or_else(|| io::Error::other(format!("{} holds no Ed25519 key", path.display())))
}

/// A segment that crashed must be as it was found then.
fn recovered(scanned: &mut Scanned, remains: &Remains) {
    if scanned.report.end == End::Crashed {
        scanned.report.end = End::Recovered;
    }
    if remains.torn.is_some() && remains.torn == scanned.torn {
        scanned.torn = None;
    }
    let (rows, hash) = scanned.last;
    let (seq, then) = remains.last.as_ref().map_or((0, None), |tip| (tip.seq, tip.bytes()));
    let mut add = |row, kind, sentence: String| {
        let segment = scanned.report.segment.clone();
        scanned.problems.push(Problem { segment, row, kind, sentence });
    };
    if let Some(head) = &remains.head {
        let sentence =
            format!("the head file was {head} after a crash: rows after it may be missing");
        add(seq.max(1), ProblemKind::MissingHead, sentence);
    }
    if scanned.broken {
        return;
    }
    if rows > seq {
        let sentence = "it was added after the segment was found after a crash".to_owned();
        add(seq + 1, ProblemKind::Inserted, sentence);
    } else if rows < seq {
        let sentence = format!("it is missing at the end: after a crash there were {seq}");
        add(rows + 1, ProblemKind::Truncated, sentence);
    } else if seq > 0 && then != Some(hash) {
        let sentence = "it is not the row that was found after a crash".to_owned();
        add(seq, ProblemKind::Changed, sentence);
    }
}

/// A line that was not written to its end, and that nothing explains.
fn torn(scanned: &mut Scanned) {
    if let Some((bytes, _)) = &scanned.torn
        && !scanned.broken
    {
        let sentence =
            format!("it ends in the middle, after {bytes} bytes, and no later row tells of it");
        let (segment, row) = (scanned.report.segment.clone(), scanned.last.0 + 1);
        scanned.problems.push(Problem { segment, row, kind: ProblemKind::Truncated, sentence });
    }
}

/// Segments that something is said of must be there, or have been deleted for their age with all
/// their rows.
fn missing(claims: &Claims, there: &BTreeMap<String, Scanned>) -> Vec<Problem> {
    let mut problems = Vec::new();
    for name in claims.segments().into_iter().filter(|name| !there.contains_key(*name)) {
        let said = claims.of(name).pop();
        let by = said.as_ref().map_or("its head file", |claim| claim.by.as_str());
        let (row, kind, sentence) = match claims.retired.get(name) {
            None => {
                let sentence = format!("the segment is missing: {by} names it");
                (1, ProblemKind::MissingSegment, sentence)
            }
            Some(last) => {
                let rows = last.as_ref().map_or(0, |tip| tip.seq);
                let Some(claim) = said.as_ref().filter(|claim| claim.seq > rows) else { continue };
                let sentence = format!(
                    "it was missing when the segment was deleted for its age: {by} names row {}",
                    claim.seq
                );
                (rows + 1, ProblemKind::Truncated, sentence)
            }
        };
        problems.push(Problem { segment: name.clone(), row, kind, sentence });
    }
    problems
}
