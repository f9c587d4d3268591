//! Who can read the key of a trail can write another one.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use jiff::{SignedDuration, Timestamp};
use okta_client::{Clock as _, Entropy as _};
use okta_mcp_server::{SystemClock, SystemEntropy};
use okta_trail::{Entry, Recorder as _, Row, Settings, Surroundings, Trail};
use serde_json::Value;

use super::world::World;

/// What the other trail says.
#[derive(Clone, Copy)]
pub(super) enum Lie<'a> {
    /// That call was never made.
    Without(&'a str),
    /// This came of that call.
    Outcome(&'a str, &'a str),
    /// What was written first was written again, so many minutes ago.
    Copied { minutes: i64 },
}

/// What the trail itself puts on each row, and rows that it writes by itself.
const CHAIN: &[&str] = &["seq", "time", "event_id", "kind", "prev", "hash"];
const OWN: &[&str] = &["segment", "checkpoint", "closed"];

/// Writes the trail again, as the lie wants it: chained, with checkpoints and heads, signed with
/// its own key.
pub(super) fn forge(world: &World, lie: Lie<'_>) {
    let all = okta_trail::Rows::open(&world.folder(), None, None).unwrap().map(Result::unwrap);
    let mut rows: Vec<Entry> = all.filter(|row| !OWN.contains(&row.kind())).collect();
    match lie {
        Lie::Without(call) => rows.retain(|row| !is_of(row, call)),
        Lie::Outcome(call, outcome) => {
            let last = rows.iter_mut().find(|row| row.kind() == "outcome" && is_of(row, call));
            last.unwrap().row.insert("outcome".to_owned(), outcome.into());
        }
        Lie::Copied { minutes } => copy_first(&mut rows, minutes),
    }
    fs_err::remove_dir_all(world.folder()).unwrap();
    write(world, rows);
}

/// True for a row of that call.
fn is_of(row: &Entry, call: &str) -> bool {
    row.text("call") == Some(call) || (row.kind() == "call" && row.id().as_deref() == Some(call))
}

fn copy_first(rows: &mut Vec<Entry>, minutes: i64) {
    let written = rows.iter().find(|row| row.kind() == "intent").unwrap();
    let call = written.text("call").unwrap().to_owned();
    let then = SystemClock.now().checked_sub(SignedDuration::from_mins(minutes)).unwrap();
    let mut copies: Vec<Entry> = rows.iter().filter(|row| is_of(row, &call)).cloned().collect();
    for copy in &mut copies {
        copy.row.insert("time".to_owned(), format!("{then:.3}").into());
        if copy.kind() == "outcome" {
            let id = format!("made-up-{minutes}");
            copy.row.insert("okta_request_ids".to_owned(), Value::from(vec![id]));
        }
    }
    rows.extend(copies);
    rows.sort_by_key(Entry::time);
}

/// Writes the rows, each at its time, with the ids that calls have then.
fn write(world: &World, rows: Vec<Entry>) {
    let now = Arc::new(Mutex::new(rows.first().and_then(Entry::time).unwrap()));
    let clock = Arc::clone(&now);
    let around = Surroundings {
        clock: Arc::new(move || -> Timestamp { *clock.lock().unwrap() }),
        random: Arc::new(|bytes: &mut [u8]| SystemEntropy.fill(bytes)),
    };
    let trail = Trail::new(Settings::new(&world.state()), around);
    let mut ids: HashMap<String, String> = HashMap::new();
    for old in rows {
        *now.lock().unwrap() = old.time().unwrap();
        let mut row = Row::new(old.kind());
        for (name, value) in old.row.iter().filter(|(name, _)| !CHAIN.contains(&name.as_str())) {
            let known = value.as_str().and_then(|id| ids.get(id)).filter(|_| name == "call");
            row.set(name, known.map_or_else(|| value.clone(), |id| Value::from(id.as_str())));
        }
        let recorded = trail.record(row, true).unwrap();
        if old.kind() == "call" {
            ids.insert(old.id().unwrap(), recorded.call_id());
        }
    }
    trail.close().unwrap();
}
