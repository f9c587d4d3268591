//! The segment of this process: rows, checkpoints, head.

use std::{
    fs::File,
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::{
    Recorded, Row, TrailError,
    checkpoint::Checkpoint,
    files,
    head::{Head, stamp},
    key::SigningKey,
    name::SegmentName,
    others::Others,
    row::hex,
    segment::{Segment, Store},
    surroundings::Surroundings,
};

/// Puts a seam around a file.
pub(crate) type Wrap = Arc<dyn Fn(File) -> Box<dyn Store> + Send + Sync>;

/// What a segment is begun with.
pub(crate) struct Begin<'a> {
    pub(crate) folder: &'a Path,
    pub(crate) name: SegmentName,
    pub(crate) process: &'a str,
    pub(crate) key: Arc<dyn SigningKey>,
    pub(crate) around: Surroundings,
    pub(crate) others: &'a Others,
    pub(crate) wrap: &'a Wrap,
}

/// The segment of this process.
pub(crate) struct Live {
    folder: PathBuf,
    segment: Segment,
    key: Arc<dyn SigningKey>,
    around: Surroundings,
    /// When it was begun.
    pub(crate) begun: Timestamp,
    /// The last row that a checkpoint covers.
    checked: u64,
    /// The dead segments were looked after.
    pub(crate) settled: bool,
}

impl Live {
    /// Begins a segment: its first row names the other ones, and the key.
    pub(crate) fn begin(from: Begin<'_>) -> Result<Self, TrailError> {
        let Begin { folder, name, process, key, around, others, wrap } = from;
        let place = |cause: io::Error| TrailError::Write {
            place: folder.join(name.as_str()).display().to_string(),
            cause,
        };
        let mut row = Row::new("segment");
        row.set("segment", name.as_str());
        row.set("format", 1);
        row.set("version", env!("CARGO_PKG_VERSION"));
        row.set("process", process);
        row.set("public_key", key.public().to_hex());
        row.set("heads", others.heads());
        row.set("settled_before", others.settled_before(&name));
        if !others.unreadable.is_empty() {
            row.set("unreadable", others.unreadable.clone());
        }
        let segment = Segment::create(folder, name.clone(), wrap.as_ref()).map_err(place)?;
        let (folder, begun) = (folder.to_owned(), around.now());
        let mut live = Self { folder, segment, key, around, begun, checked: 0, settled: false };
        match live.publish(row) {
            Ok(()) => Ok(live),
            Err(error) => {
                live.segment.discard();
                Err(error)
            }
        }
    }

    fn publish(&mut self, row: Row) -> Result<(), TrailError> {
        self.segment.append(row.into_json(), &self.around)?;
        let head = self.head(false).write(&self.folder, self.key.as_ref(), true);
        head.and_then(|()| self.segment.publish(&self.folder))
            .map_err(|cause| self.segment.error(cause))
    }

    /// Adds a row. With `durable` it is synced, and the head is moved to it; where that fails, the
    /// row is taken back.
    pub(crate) fn append(&mut self, row: Row, durable: bool) -> Result<Recorded, TrailError> {
        self.append_and(row, durable, false)
    }

    fn append_and(
        &mut self,
        row: Row,
        durable: bool,
        closed: bool,
    ) -> Result<Recorded, TrailError> {
        let before = self.segment.last();
        let recorded = self.segment.append(row.into_json(), &self.around)?;
        if durable {
            let kept = self.segment.sync().and_then(|()| {
                self.head(closed)
                    .write(&self.folder, self.key.as_ref(), false)
                    .map_err(|cause| self.segment.error(cause))
            });
            if let Err(error) = kept {
                self.segment.back_to(before);
                return Err(error);
            }
        }
        Ok(recorded)
    }

    fn head(&self, closed: bool) -> Head {
        let time = stamp(self.around.now());
        Head { tip: self.segment.tip(), time, closed, recovered: None }
    }

    /// How many rows there are since the last checkpoint.
    pub(crate) fn unchecked(&self) -> u64 {
        self.segment.last().seq - self.checked
    }

    /// Signs the last row, and with it all before.
    pub(crate) fn checkpoint(&mut self) -> Result<Checkpoint, TrailError> {
        let checkpoint = Checkpoint::sign(self.segment.tip(), self.around.now(), self.key.as_ref())
            .map_err(|cause| self.segment.error(cause))?;
        let mut row = Row::new("checkpoint");
        row.set("checkpoint", checkpoint.signed());
        row.set("signature", hex(&checkpoint.signature));
        let recorded = self.segment.append(row.into_json(), &self.around)?;
        self.checked = recorded.seq;
        Ok(checkpoint)
    }

    /// The last row of all.
    pub(crate) fn close(&mut self, why: &str) -> Result<(), TrailError> {
        let mut row = Row::new("closed");
        row.set("why", why);
        self.append_and(row, true, true).map(drop)
    }

    /// Its size, in bytes.
    pub(crate) fn size(&self) -> u64 {
        self.segment.last().size
    }

    pub(crate) fn name(&self) -> &SegmentName {
        self.segment.name()
    }

    pub(crate) fn key(&self) -> &dyn SigningKey {
        self.key.as_ref()
    }
}

/// Puts the public key where people find it.
pub(crate) fn publish_key(folder: &Path, key: &dyn SigningKey) -> io::Result<()> {
    let path = folder.join(crate::key::PUBLIC_KEY_FILE);
    let pem = key.public().to_pem();
    match std::fs::read(&path) {
        Ok(there) if there == pem.as_bytes() => Ok(()),
        _ => files::replace(&path, pem.as_bytes(), true),
    }
}

/// A row that tells of another segment.
pub(crate) fn about(kind: &str, segment: &SegmentName, told: Value) -> Row {
    let mut row = Row::new(kind);
    row.set("segment", segment.as_str());
    if let Value::Object(told) = told {
        for (name, value) in told {
            row.set(&name, value);
        }
    }
    row
}

/// The members of an object, without those that are null.
pub(crate) fn without_nulls(object: Map<String, Value>) -> Value {
    let there = object.into_iter().filter(|(_, value)| !value.is_null());
    json!(there.collect::<Map<_, _>>())
}
