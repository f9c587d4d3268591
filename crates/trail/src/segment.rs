//! One segment being written: whole rows only, each chained to the one before.

use std::{
    fs::{self, File},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use serde_json::{Map, Value};

use crate::{
    Recorded, TrailError,
    canonical::{canonical_without, sha256},
    files,
    head::{Tip, stamp},
    name::SegmentName,
    row::hex,
    surroundings::Surroundings,
    text::text_of,
};

/// The file below a segment. In tests one that fails.
pub(crate) trait Store: Send {
    /// Adds to the end.
    fn add(&mut self, bytes: &[u8]) -> io::Result<()>;
    /// Makes durable what was added.
    fn sync(&mut self) -> io::Result<()>;
    /// Cuts it to a length.
    fn cut(&mut self, length: u64) -> io::Result<()>;
    /// What is known of the file.
    fn about(&self) -> io::Result<fs::Metadata>;
}

impl Store for File {
    fn add(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.write_all(bytes)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.sync_data()
    }

    fn cut(&mut self, length: u64) -> io::Result<()> {
        self.set_len(length)
    }

    fn about(&self) -> io::Result<fs::Metadata> {
        self.metadata()
    }
}

/// How far a segment has come.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mark {
    /// The number of its last row.
    pub(crate) seq: u64,
    /// The hash of its last row.
    pub(crate) hash: [u8; 32],
    /// Its length, in bytes.
    pub(crate) size: u64,
}

/// A segment being written. Its file is locked as long as this is there.
pub(crate) struct Segment {
    name: SegmentName,
    path: PathBuf,
    store: Box<dyn Store>,
    _lock: File,
    last: Mark,
    /// There may be more in the file than the last whole row.
    torn: bool,
}

impl Segment {
    /// A segment that only we see, under a hidden name, until it is [`Self::publish`]ed: whoever
    /// finds a segment finds it locked, with its first row.
    pub(crate) fn create(
        folder: &Path,
        name: SegmentName,
        wrap: impl FnOnce(File) -> Box<dyn Store>,
    ) -> io::Result<Self> {
        let path = files::beside(&folder.join(name.as_str()), "new");
        let file = files::private().read(true).append(true).create_new(true).open(&path)?;
        let lock = files::hold(&folder.join(name.as_str()), &file)?;
        let last = Mark { seq: 0, hash: [0; 32], size: 0 };
        Ok(Self { name, path, store: wrap(file), _lock: lock, last, torn: false })
    }

    /// Gives the file its name.
    pub(crate) fn publish(&mut self, folder: &Path) -> io::Result<()> {
        let path = folder.join(self.name.as_str());
        if fs::exists(&path)? {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        fs::rename(&self.path, &path)?;
        self.path = path;
        files::sync_folder(folder)
    }

    /// Takes away a segment that nothing came of.
    pub(crate) fn discard(self) {
        if let Err(error) = fs::remove_file(&self.path) {
            tracing::warn!(%error, path = %self.path.display(), "an empty segment is left behind");
        }
    }

    /// Adds a row; what of it was written is taken back where it fails.
    pub(crate) fn append(
        &mut self,
        row: Map<String, Value>,
        around: &Surroundings,
    ) -> Result<Recorded, TrailError> {
        self.check()?;
        let now = around.now();
        let seq = self.last.seq + 1;
        let mut kept = Map::with_capacity(row.len() + 6);
        kept.insert("seq".to_owned(), seq.into());
        kept.insert("time".to_owned(), stamp(now).into());
        kept.insert("event_id".to_owned(), around.event_id(now).into());
        for (name, value) in row {
            // The chain's own members are the chain's.
            kept.entry(name).or_insert(value);
        }
        kept.insert("prev".to_owned(), hex(&self.last.hash).into());
        let hash = sha256(&canonical_without(&kept, "hash"));
        kept.insert("hash".to_owned(), hex(&hash).into());
        let line = text_of(&kept) + "\n";
        let before = self.last;
        if let Err(cause) = self.store.add(line.as_bytes()) {
            self.back_to(before);
            return Err(self.error(cause));
        }
        self.last = Mark { seq, hash, size: before.size + line.len() as u64 };
        Ok(Recorded { seq, hash })
    }

    /// Makes durable what was added.
    pub(crate) fn sync(&mut self) -> Result<(), TrailError> {
        self.store.sync().map_err(|cause| self.error(cause))
    }

    /// Takes back what was added since.
    pub(crate) fn back_to(&mut self, mark: Mark) {
        self.last = mark;
        self.torn = self.store.cut(mark.size).is_err();
    }

    /// How far it has come.
    pub(crate) fn last(&self) -> Mark {
        self.last
    }

    /// Its last row, as others name it.
    pub(crate) fn tip(&self) -> Tip {
        Tip::new(self.name.as_str(), self.last.seq, &self.last.hash)
    }

    pub(crate) fn name(&self) -> &SegmentName {
        &self.name
    }

    pub(crate) fn error(&self, cause: io::Error) -> TrailError {
        TrailError::Write { place: self.path.display().to_string(), cause }
    }

    /// The file must be ours still, and end where we left it.
    fn check(&mut self) -> Result<(), TrailError> {
        let gone = || TrailError::Removed { place: self.path.display().to_string() };
        let there = match fs::metadata(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(gone()),
            there => there.map_err(|cause| self.error(cause))?,
        };
        let open = self.store.about().map_err(|cause| self.error(cause))?;
        if !files::is_same(&there, &open) {
            return Err(gone());
        }
        if self.torn {
            self.store.cut(self.last.size).map_err(|cause| self.error(cause))?;
            self.torn = false;
        } else if there.len() != self.last.size {
            return Err(gone());
        }
        Ok(())
    }
}
