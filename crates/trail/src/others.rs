//! The other segments of the folder, as the first row of a new one names them.

use std::{io, path::Path};

use serde_json::Value;

use crate::{
    entry::{Entry, first_row, last_row},
    files,
    head::{self, Found, Head, Tip},
    key::PublicKey,
    name::{self, SegmentName},
};

/// The other segments, as far as they must be named.
#[derive(Debug, Default)]
pub(crate) struct Others {
    heads: Vec<Tip>,
    /// Those whose process is gone without having closed them.
    pub(crate) dead: Vec<SegmentName>,
    /// Those that could not be read.
    pub(crate) unreadable: Vec<String>,
    /// The oldest to which rows may still be added.
    open: Option<SegmentName>,
    /// The latest of all.
    pub(crate) last: Option<SegmentName>,
}

/// How it stands with another segment.
enum State {
    /// Nothing will be added any more.
    Ended(Tip),
    /// Its process lives.
    Live(Tip),
    /// Its process is gone, and nobody looked after it yet.
    Dead(Option<Tip>),
}

impl Others {
    /// Looks at the other segments of the folder. Those that somebody has already named with their
    /// last row need not be named again: a segment says before which name all are such, so that
    /// the effort does not grow with the folder.
    pub(crate) fn look(folder: &Path, key: &PublicKey) -> io::Result<Self> {
        let names = name::list(folder)?;
        let settled = names.iter().rev().find_map(|name| settled_before(folder, name, key));
        let mut others = Self { last: names.last().cloned(), ..Self::default() };
        for name in names {
            if settled.as_deref().is_some_and(|settled| name.as_str() < settled) {
                continue;
            }
            match state(folder, &name, key) {
                Ok(State::Ended(tip)) => others.heads.push(tip),
                Ok(State::Live(tip)) => {
                    others.heads.push(tip);
                    others.open.get_or_insert(name);
                }
                Ok(State::Dead(tip)) => {
                    others.heads.extend(tip);
                    others.open.get_or_insert(name.clone());
                    others.dead.push(name);
                }
                // Retired meanwhile.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => {
                    tracing::warn!(%error, segment = %name, "a segment cannot be read");
                    others.unreadable.push(name.to_string());
                    others.open.get_or_insert(name);
                }
            }
        }
        Ok(others)
    }

    /// The last known row of each.
    pub(crate) fn heads(&self) -> Value {
        self.heads.iter().map(Tip::to_json).collect()
    }

    /// The name before which every segment has been named with its last row, once `ours` is
    /// written.
    pub(crate) fn settled_before(&self, ours: &SegmentName) -> String {
        self.open.as_ref().unwrap_or(ours).to_string()
    }
}

/// What a segment says is settled; only one whose head the key signed is believed.
fn settled_before(folder: &Path, name: &SegmentName, key: &PublicKey) -> Option<String> {
    let Ok(Found::Good(_)) = head::read(folder, name, key) else { return None };
    let first = first_row(&folder.join(name.as_str()), name.as_str()).ok()??;
    first.text("settled_before").map(str::to_owned)
}

/// Of a living process the head file tells, which names synced rows only: a row that is not
/// synced may be gone after a power cut, and would be missed.
fn state(folder: &Path, name: &SegmentName, key: &PublicKey) -> io::Result<State> {
    let path = folder.join(name.as_str());
    let found = head::read(folder, name, key)?;
    let head = found.head();
    if let Some(end) = head.and_then(Head::end) {
        // There must be a file; what is wrong with it finds whoever verifies.
        std::fs::metadata(&path)?;
        return Ok(State::Ended(end));
    }
    let live = files::is_held(&path)?;
    if let (Some(head), true) = (head, live) {
        return Ok(State::Live(head.tip.clone()));
    }
    let tip = last_row(&path, name.as_str())?.and_then(|row| tip(&row));
    match tip {
        Some(tip) if live => Ok(State::Live(tip)),
        tip => Ok(State::Dead(tip)),
    }
}

fn tip(row: &Entry) -> Option<Tip> {
    Some(Tip::new(&row.segment, row.seq()?, &row.hash()?))
}
