//! The state folder: files in it that only their owner may read.

use std::{
    io::{self, Read as _, Write as _},
    path::{Path, PathBuf},
};

use fs_err::{File, OpenOptions};

use crate::Error;

/// Locked while a file is made or brought up to date, so that only one process does.
const LOCK: &str = "store.lock";

/// The state folder.
#[derive(Clone, Debug)]
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new(path: &Path) -> Self {
        Self(path.to_owned())
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// Waits until no other process makes files here. The lock goes when the answer is dropped, or
    /// with the process.
    pub(crate) fn lock(&self) -> Result<File, Error> {
        create_folder(&self.0).map_err(|source| failed(&self.0, source))?;
        let place = self.file(LOCK);
        let lock = || -> io::Result<File> {
            let mut options = OpenOptions::new();
            options.read(true).write(true).create(true);
            let file = only_owner(&mut options).open(&place)?;
            file.lock()?;
            Ok(file)
        };
        lock().map_err(|source| failed(&place, source))
    }

    /// Makes an empty file where there is none.
    pub(crate) fn touch(&self, name: &str) -> Result<PathBuf, Error> {
        let place = self.file(name);
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true);
        let file =
            only_owner(&mut options).open(&place).map_err(|source| failed(&place, source))?;
        private(&file, &place)?;
        Ok(place)
    }

    /// What a file holds; `None` where there is none.
    pub(crate) fn read(&self, name: &str) -> Result<Option<Vec<u8>>, Error> {
        let place = self.file(name);
        let mut file = match File::open(&place) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(failed(&place, source)),
        };
        private(&file, &place)?;
        let mut content = Vec::new();
        file.read_to_end(&mut content).map_err(|source| failed(&place, source))?;
        Ok(Some(content))
    }

    /// Makes a file that is either there whole or not at all. The folder must be locked.
    pub(crate) fn write_new(&self, name: &str, content: &[u8]) -> Result<(), Error> {
        let place = self.file(name);
        let write = || -> io::Result<()> {
            // One that a crash left is written over.
            let unfinished = self.file(&format!("{name}.new"));
            let mut options = OpenOptions::new();
            options.write(true).create(true).truncate(true);
            let mut file = only_owner(&mut options).open(&unfinished)?;
            file.write_all(content)?;
            file.sync_all()?;
            fs_err::rename(&unfinished, &place)?;
            sync_folder(&self.0)
        };
        write().map_err(|source| failed(&place, source))
    }
}

/// Refuses a file that other accounts may read or write, where the system has modes.
fn private(file: &File, place: &Path) -> Result<(), Error> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        let about = file.metadata().map_err(|source| failed(place, source))?;
        if about.mode() & 0o077 != 0 {
            return Err(Error::Exposed { place: place.display().to_string() });
        }
    }
    #[cfg(not(unix))]
    let _ = (file, place);
    Ok(())
}

fn failed(place: &Path, source: io::Error) -> Error {
    Error::File { place: place.display().to_string(), source }
}

/// Gives a file that is made mode 0600, where the system has modes.
fn only_owner(options: &mut OpenOptions) -> &mut OpenOptions {
    #[cfg(unix)]
    {
        use fs_err::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options
}

/// Makes a folder, and those above it, with mode 0700, where the system has modes.
fn create_folder(path: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt as _;
        builder.mode(0o700);
    }
    builder.create(path)
}

/// Makes a renamed file survive a power cut.
fn sync_folder(path: &Path) -> io::Result<()> {
    #[cfg(unix)]
    File::open(path)?.sync_all()?;
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}
