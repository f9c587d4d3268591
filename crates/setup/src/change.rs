//! A change of a file that belongs to a person: shown first, then written whole, with a copy of what
//! was there.

use std::{
    fmt,
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use jiff::Timestamp;

/// How many copies of one second may lie beside a file.
const COPIES: u32 = 100;

/// A file as it is, and as it would be.
#[derive(Clone)]
pub struct Change {
    /// Where it is, links resolved: a file that a link stands for is changed where it lies.
    path: PathBuf,
    before: Option<String>,
    after: String,
}

/// Why a file is left alone.
#[derive(Debug, thiserror::Error)]
pub enum ChangeError {
    /// It cannot be read.
    #[error("{path} cannot be read: {source}")]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// It holds something that the change cannot go into.
    #[error("{path}: {why}: it is left as it is; mend it, and try again")]
    Content {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// It was changed after it was shown.
    #[error("{0} was changed meanwhile: it is left as it is; try again")]
    Meanwhile(PathBuf),
    /// It cannot be written.
    #[error("{path} cannot be written: {source}")]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

impl fmt::Debug for Change {
    /// Without the texts, which may hold secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Change").field("path", &self.path).finish_non_exhaustive()
    }
}

impl Change {
    /// The change that `edit` makes of the text of a file; of an empty one where there is no file.
    pub fn of<E: fmt::Display>(
        path: &Path,
        edit: impl FnOnce(&str) -> Result<String, E>,
    ) -> Result<Self, ChangeError> {
        let path = real(path).map_err(|source| unread(path, source))?;
        let before = read(&path).map_err(|source| unread(&path, source))?;
        match edit(before.as_deref().unwrap_or_default()) {
            Ok(after) => Ok(Self { path, before, after }),
            Err(why) => Err(ChangeError::Content { path, why: why.to_string() }),
        }
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The text that is there; empty where there is no file.
    pub fn before(&self) -> &str {
        self.before.as_deref().unwrap_or_default()
    }

    /// The text that would be there.
    pub fn after(&self) -> &str {
        &self.after
    }

    /// True where the file is as it would be.
    pub fn is_none(&self) -> bool {
        self.before.as_deref() == Some(&self.after)
    }

    /// Writes the file, in place of what is there, of which a copy is kept that only its owner may
    /// read: the copy's path. The file's mode stays; that of a new one is 0600.
    pub fn write(&self, now: Timestamp) -> Result<Option<PathBuf>, ChangeError> {
        let there = read(&self.path).map_err(|source| unread(&self.path, source))?;
        if there != self.before {
            return Err(ChangeError::Meanwhile(self.path.clone()));
        }
        let write = || -> io::Result<Option<PathBuf>> {
            let folder = self.path.parent().unwrap_or(Path::new("."));
            make_folder(folder)?;
            let copy = self.before.as_deref().map(|text| self.copy(text, now)).transpose()?;
            replace(&self.path, &self.after)?;
            Ok(copy)
        };
        write().map_err(|source| ChangeError::Write { path: self.path.clone(), source })
    }

    /// Keeps a copy beside the file; one that is there is never written over.
    fn copy(&self, text: &str, now: Timestamp) -> io::Result<PathBuf> {
        let name = self.path.file_name().unwrap_or_default().to_string_lossy();
        let stamp = now.strftime("%Y%m%dT%H%M%SZ");
        for number in 1..=COPIES {
            let more = if number == 1 { String::new() } else { format!("-{number}") };
            let copy = self.path.with_file_name(format!("{name}.{stamp}{more}.bak"));
            match create(&copy, text) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                done => return done.map(|()| copy),
            }
        }
        Err(io::Error::other(format!("there are {COPIES} copies of it from this second")))
    }
}

/// Writes a file whole or not at all, in place of what is there, whose mode stays; that of a new one
/// is 0600.
pub fn replace(path: &Path, text: &str) -> io::Result<()> {
    let mut file = tempfile::NamedTempFile::new_in(path.parent().unwrap_or(Path::new(".")))?;
    file.write_all(text.as_bytes())?;
    match fs_err::metadata(path) {
        Ok(about) => file.as_file().set_permissions(about.permissions())?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    file.as_file().sync_all()?;
    file.persist(path)?;
    Ok(())
}

/// Writes a file that must not exist yet and that only its owner may read.
pub fn create(path: &Path, text: &str) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        make_folder(folder)?;
    }
    let mut options = fs_err::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use fs_err::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    let mut file = options.open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

/// Makes a folder that only its owner may enter, where there is none.
fn make_folder(folder: &Path) -> io::Result<()> {
    if folder.as_os_str().is_empty() || folder.is_dir() {
        return Ok(());
    }
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt as _;
        builder.mode(0o700);
    }
    builder.create(folder)
}

/// The path without links; where there is no file, the path itself.
fn real(path: &Path) -> io::Result<PathBuf> {
    match fs_err::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => std::path::absolute(path),
        Err(error) => Err(error),
        // A link to nowhere is an error here: where it leads is not ours to make.
        Ok(_) => fs_err::canonicalize(path),
    }
}

fn read(path: &Path) -> io::Result<Option<String>> {
    match fs_err::metadata(path) {
        Ok(about) if about.is_file() => {}
        Ok(_) => return Err(io::Error::other("it is no file")),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    }
    fs_err::read_to_string(path).map(Some).map_err(|error| match error.kind() {
        io::ErrorKind::InvalidData => io::Error::other("it is no text in UTF-8"),
        _ => error,
    })
}

fn unread(path: &Path, source: io::Error) -> ChangeError {
    ChangeError::Read { path: path.to_owned(), source }
}
