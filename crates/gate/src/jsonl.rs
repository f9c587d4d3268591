//! The trail as a file of JSON lines, one file per process.

use std::{
    io::{self, Write as _},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use cap_std::{
    ambient_authority,
    fs::{Dir, File, OpenOptions},
};
use okta_client::Clock;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use crate::{
    private,
    record::{Recorded, Recorder, Row, TrailError},
    text::to_text,
};

/// Writes the trail to `<folder>/<start>-<process>.jsonl`, mode 0600. The file is made with the
/// first row.
pub struct JsonLines {
    folder: PathBuf,
    name: String,
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    seq: u64,
    file: Option<File>,
}

impl JsonLines {
    /// A trail in `folder`, which is made where it is missing. `process` tells this process'
    /// file from others that start in the same second.
    pub fn new(folder: &Path, process: &str, clock: Arc<dyn Clock>) -> Self {
        let start = clock.now().strftime("%Y%m%dT%H%M%SZ");
        let name = format!("{start}-{process}.jsonl");
        Self { folder: folder.to_owned(), name, clock, state: Mutex::default() }
    }

    fn open(&self) -> io::Result<File> {
        private::create_folder(&self.folder)?;
        let folder = Dir::open_ambient_dir(&self.folder, ambient_authority())?;
        let mut options = OpenOptions::new();
        options.append(true).create_new(true);
        private::only_owner(&mut options);
        folder.open_with(&self.name, &options)
    }

    fn append(&self, row: Row, durable: bool) -> io::Result<Recorded> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let State { seq, file } = &mut *state;
        let number = *seq + 1;
        let mut kept = Map::new();
        kept.insert("seq".to_owned(), number.into());
        kept.insert("time".to_owned(), format!("{:.3}", self.clock.now()).into());
        kept.extend(row.into_json());
        let mut line = to_text(&Value::Object(kept)).into_bytes();
        let hash = Sha256::digest(&line).into();
        line.push(b'\n');
        let file = match file {
            Some(file) => file,
            None => file.insert(self.open()?),
        };
        file.write_all(&line)?;
        *seq = number;
        if durable {
            file.sync_data()?;
        }
        Ok(Recorded { seq: number, hash })
    }
}

impl Recorder for JsonLines {
    fn record(&self, row: Row, durable: bool) -> Result<Recorded, TrailError> {
        self.append(row, durable).map_err(|cause| TrailError::Write {
            place: self.folder.join(&self.name).display().to_string(),
            cause,
        })
    }
}
