//! A folder of the state: files in it that only their owner may read.

use std::{
    io::{self, Read as _, Write as _},
    path::{Path, PathBuf},
};

use fs_err::{File, OpenOptions};

use crate::Error;

/// Locked while a file is made or brought up to date, so that only one process does.
const LOCK: &str = "store.lock";

/// A folder of private files, mode 0700; it is made when it is first needed.
#[derive(Clone, Debug)]
pub struct Folder(PathBuf);

impl Folder {
    /// The folder there.
    pub fn new(path: &Path) -> Self {
        Self(path.to_owned())
    }

    /// Where a file of it is.
    pub fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// The names of its files; none where there is no folder.
    pub fn names(&self) -> Result<Vec<String>, Error> {
        let names = || -> io::Result<Vec<String>> {
            let entries = fs_err::read_dir(&self.0)?;
            entries.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned())).collect()
        };
        match names() {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
            names => names.map_err(|source| failed(&self.0, source)),
        }
    }

    /// Waits until no other process makes files here. The lock goes when the answer is dropped, or
    /// with the process.
    pub(crate) fn lock(&self) -> Result<File, Error> {
        let file = self.lock_file(LOCK)?;
        file.lock().map_err(|source| failed(&self.file(LOCK), source))?;
        Ok(file)
    }

    /// Takes the lock of that name; `None` while another holds it, here or in another process. It
    /// goes when the answer is dropped, or with the process.
    pub fn try_lock(&self, name: &str) -> Result<Option<File>, Error> {
        let file = self.lock_file(name)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(file)),
            Err(std::fs::TryLockError::WouldBlock) => Ok(None),
            Err(std::fs::TryLockError::Error(source)) => Err(failed(&self.file(name), source)),
        }
    }

    fn lock_file(&self, name: &str) -> Result<File, Error> {
        self.create()?;
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true);
        let place = self.file(name);
        only_owner(&mut options).open(&place).map_err(|source| failed(&place, source))
    }

    fn create(&self) -> Result<(), Error> {
        create_folder(&self.0).map_err(|source| failed(&self.0, source))
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
    pub fn read(&self, name: &str) -> Result<Option<Vec<u8>>, Error> {
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

    /// Writes a file that is either there whole or not at all, in place of one that was. Only one
    /// may do that at a time: see [`Folder::try_lock`].
    pub fn write(&self, name: &str, content: &[u8]) -> Result<(), Error> {
        self.create()?;
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

    /// Removes a file, where there is one.
    pub fn remove(&self, name: &str) -> Result<(), Error> {
        match fs_err::remove_file(self.file(name)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(failed(&self.file(name), error))
            }
            _ => Ok(()),
        }
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
