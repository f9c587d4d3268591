//! What a crash left behind: the next process to start names it, and completes the calls.

use std::{
    collections::HashMap,
    fs::File,
    io::{self, BufReader},
    path::Path,
};

use serde_json::{Map, Value, json};

use crate::{
    Row, TrailError,
    canonical::sha256,
    entry::{Entry, next_line},
    files::{self, Lock},
    head::{self, Found, Head, Recovered, Tip, stamp},
    live::{Live, about, without_nulls},
    name::SegmentName,
    row::hex,
    surroundings::Surroundings,
};

/// A call that began and has no outcome.
struct OpenCall {
    id: String,
    /// The id under which its write went to Okta, once that was recorded.
    intent: Option<String>,
}

/// What was found in a dead segment.
#[derive(Default)]
struct Remains {
    rows: u64,
    last: Option<Tip>,
    torn: Option<Value>,
    /// In the order in which they began.
    open: Vec<OpenCall>,
}

/// Looks after a segment whose process is gone: completes its calls in ours, and says how it was
/// found. Does nothing where somebody else does, or did.
pub(crate) fn recover(
    folder: &Path,
    name: &SegmentName,
    live: &mut Live,
    around: &Surroundings,
) -> Result<(), TrailError> {
    let failed = |cause: io::Error| TrailError::Write {
        place: folder.join(name.as_str()).display().to_string(),
        cause,
    };
    // Held to the end, so that of two processes that start at once only one does this.
    let dead = match files::lock(&folder.join(name.as_str())) {
        Ok(Lock::Ours(file)) => file,
        Ok(Lock::Other) => return Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(failed(error)),
    };
    let found = head::read(folder, name, &live.key().public()).map_err(failed)?;
    if found.head().and_then(Head::end).is_some() {
        return Ok(());
    }
    let remains = remains(&dead.file, name).map_err(failed)?;
    // What is named from here on must not be gone after a power cut.
    dead.file.sync_data().map_err(failed)?;
    for call in &remains.open {
        live.append(outcome(call, name), false)?;
    }
    live.append(recovered(name, &remains, &found), true)?;
    let head = head_after(name, remains.last, &found, live.name(), around);
    head.write(folder, live.key(), true).map_err(failed)?;
    drop(dead);
    Ok(())
}

/// Reads a dead segment. Lines that are no rows are left to whoever verifies.
fn remains(file: &File, name: &SegmentName) -> io::Result<Remains> {
    let mut input = BufReader::new(file);
    let mut remains = Remains::default();
    let mut open: HashMap<String, (u64, OpenCall)> = HashMap::new();
    while let Some(line) = next_line(&mut input)? {
        if !line.whole {
            let sha256 = hex(&sha256(&line.bytes));
            remains.torn = Some(json!({ "bytes": line.bytes.len(), "sha256": sha256 }));
            break;
        }
        remains.rows += 1;
        let Some(row) = Entry::parse(name.as_str(), &line.bytes) else { continue };
        if let (Some(seq), Some(hash)) = (row.seq(), row.hash()) {
            remains.last = Some(Tip::new(name.as_str(), seq, &hash));
        }
        follow(&row, remains.rows, &mut open);
    }
    let mut calls: Vec<(u64, OpenCall)> = open.into_values().collect();
    calls.sort_unstable_by_key(|(began, _)| *began);
    remains.open = calls.into_iter().map(|(_, call)| call).collect();
    Ok(remains)
}

/// Follows the calls from row to row.
fn follow(row: &Entry, number: u64, open: &mut HashMap<String, (u64, OpenCall)>) {
    let call = || row.text("call").map(str::to_owned);
    match row.kind() {
        "call" => {
            if let Some(id) = row.id() {
                open.insert(id.clone(), (number, OpenCall { id, intent: None }));
            }
        }
        "intent" => {
            if let Some(id) = call() {
                let call = OpenCall { id: id.clone(), intent: row.id() };
                open.insert(id, (number, call));
            }
        }
        // The client asks its person, and the same call comes again as another one.
        "outcome" | "asked" => {
            if let Some(id) = call() {
                open.remove(&id);
            }
        }
        _ => {}
    }
}

/// The outcome that the dead process did not record. A write that was begun may have been done.
fn outcome(call: &OpenCall, segment: &SegmentName) -> Row {
    let word = if call.intent.is_some() { "unknown" } else { "interrupted" };
    let mut row = about("outcome", segment, json!({ "call": call.id, "outcome": word }));
    if let Some(intent) = &call.intent {
        row.set("intent", intent.as_str());
    }
    row.set("recovered", true);
    row
}

/// How the segment was found.
fn recovered(name: &SegmentName, remains: &Remains, head: &Found) -> Row {
    let mut told = Map::new();
    told.insert("rows".to_owned(), remains.rows.into());
    told.insert("last".to_owned(), remains.last.as_ref().map(Tip::to_json).into());
    told.insert("torn".to_owned(), remains.torn.clone().into());
    told.insert("outcomes".to_owned(), remains.open.len().into());
    let head = match head {
        Found::Good(head) | Found::Foreign(head) => head.tip.to_json(),
        Found::Missing => json!("missing"),
        Found::Unreadable => json!("unreadable"),
        Found::BadSignature => json!("wrongly signed"),
    };
    told.insert("head".to_owned(), head);
    about("recovered", name, without_nulls(told))
}

/// The head says where the segment ends. What it said before stays, so that rows that were cut off
/// before this are still missed.
fn head_after(
    name: &SegmentName,
    last: Option<Tip>,
    found: &Found,
    by: &SegmentName,
    around: &Surroundings,
) -> Head {
    let last = last.unwrap_or_else(|| Tip::new(name.as_str(), 0, &[0; 32]));
    let recovered = Some(Recovered { by: by.to_string(), seq: last.seq, hash: last.hash.clone() });
    let tip = found.head().map_or(last, |head| head.tip.clone());
    Head { tip, time: stamp(around.now()), closed: false, recovered }
}
