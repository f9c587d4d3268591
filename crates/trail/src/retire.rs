//! Old segments go, and the trail says which.

use std::{
    fs,
    io::{self, Read as _},
    path::Path,
};

use aws_lc_rs::digest;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::{
    TrailError,
    canonical::finished,
    entry::last_row,
    files::{self, Held, Lock},
    head::{self, Head, Tip},
    live::{Live, about},
    name::{self, SegmentName},
    row::hex,
};

/// A segment that is at its end.
struct Old {
    name: SegmentName,
    last: Timestamp,
    /// Held, so that of two processes only one retires it.
    held: Held,
}

/// Deletes the segments whose last row is older than so many days, each after a row that names it.
/// A segment stays as long as one that was begun in its time does: that one may name segments
/// whose end this one tells of.
pub(crate) fn retire(folder: &Path, days: u32, now: Timestamp, live: &mut Live) -> io::Result<()> {
    let Ok(cutoff) = now.checked_sub(SignedDuration::from_hours(i64::from(days) * 24)) else {
        return Ok(());
    };
    let mut old = Vec::new();
    let mut first_kept: Option<Timestamp> = None;
    for name in name::list(folder)? {
        // Names are in the order of their starts: from here on nothing is old.
        if name.start() >= cutoff {
            first_kept = Some(first_kept.unwrap_or(name.start()));
            break;
        }
        match candidate(folder, &name, live)? {
            Some(found) if found.last < cutoff => old.push(found),
            _ => first_kept = Some(first_kept.unwrap_or(name.start())),
        }
    }
    old.retain(|old| first_kept.is_none_or(|kept| kept > old.last));
    for old in &old {
        let row = told(folder, old)?;
        live.append(about("retired", &old.name, row), true).map_err(into_io)?;
    }
    for Old { name, .. } in old {
        let path = folder.join(name.as_str());
        for path in [files::lock_file(&path), path, head::path(folder, &name)] {
            match fs::remove_file(path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
    }
    Ok(())
}

/// A segment that is at its end and held by nobody.
fn candidate(folder: &Path, name: &SegmentName, live: &Live) -> io::Result<Option<Old>> {
    let found = head::read(folder, name, &live.key().public())?;
    if found.head().and_then(Head::end).is_none() {
        return Ok(None);
    }
    let path = folder.join(name.as_str());
    let Lock::Ours(held) = files::lock(&path)? else { return Ok(None) };
    let row = last_row(&path, name.as_str())?;
    // One without a row that can be read is as old as its name.
    let last = row.and_then(|row| row.time()).unwrap_or_else(|| name.start());
    Ok(Some(Old { name: name.clone(), last, held }))
}

/// What remains of a segment: its end, and what its file was.
fn told(folder: &Path, old: &Old) -> io::Result<Value> {
    let mut hasher = digest::Context::new(&digest::SHA256);
    let mut block = vec![0; 64 * 1024];
    let (mut bytes, mut rows) = (0_u64, 0_u64);
    let mut file = &old.held.file;
    loop {
        let length = file.read(&mut block)?;
        let read = block.get(..length).unwrap_or_default();
        if read.is_empty() {
            break;
        }
        hasher.update(read);
        bytes += read.len() as u64;
        rows += read.iter().map(|byte| u64::from(*byte == b'\n')).sum::<u64>();
    }
    let row = last_row(&folder.join(old.name.as_str()), old.name.as_str())?;
    let tip = row.and_then(|row| Some(Tip::new(&row.segment, row.seq()?, &row.hash()?)));
    let sha256 = hex(&finished(hasher.finish()));
    Ok(json!({
        "last": tip.as_ref().map(Tip::to_json), "rows": rows, "bytes": bytes, "sha256": sha256,
    }))
}

fn into_io(error: TrailError) -> io::Error {
    match error {
        TrailError::Write { cause, .. } => cause,
        TrailError::Removed { .. } => io::Error::other(error),
    }
}
