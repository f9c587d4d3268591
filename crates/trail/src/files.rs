//! Files and folders that only their owner may read: what depends on the operating system.

use std::{
    fs::{self, File, Metadata, OpenOptions},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

/// Options for a file that only its owner may read (mode 0600, where the system has modes).
pub(crate) fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options
}

/// Makes a folder, and those above it, with mode 0700, where the system has modes.
pub(crate) fn create_folder(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt as _;
        builder.mode(0o700);
    }
    builder.create(path)
}

/// Waits until no other process begins a segment in the folder. Its turn ends when the file is
/// dropped, or with the process.
pub(crate) fn turn(folder: &Path) -> io::Result<File> {
    let file =
        private().write(true).create(true).truncate(false).open(folder.join("begin.lock"))?;
    file.lock()?;
    Ok(file)
}

/// Makes it durable which files a folder has.
pub(crate) fn sync_folder(path: &Path) -> io::Result<()> {
    #[cfg(unix)]
    File::open(path)?.sync_all()?;
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}

/// True where the path still leads to the open file.
pub(crate) fn is_same(there: &Metadata, open: &Metadata) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        there.dev() == open.dev() && there.ino() == open.ino()
    }
    #[cfg(not(unix))]
    {
        let _ = open;
        there.is_file()
    }
}

/// True where others than the owner may read the file.
pub(crate) fn is_open_to_others(about: &Metadata) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        about.permissions().mode() & 0o077 != 0
    }
    #[cfg(not(unix))]
    {
        let _ = about;
        false
    }
}

/// Puts a file in the place of one that may be there, at once: whoever reads finds the one or the
/// other whole. With `durable`, its content survives a power cut.
pub(crate) fn replace(path: &Path, content: &[u8], durable: bool) -> io::Result<()> {
    let fresh = beside(path, "new");
    let mut file = private().write(true).create(true).truncate(true).open(&fresh)?;
    file.write_all(content)?;
    if durable {
        file.sync_data()?;
    }
    fs::rename(&fresh, path)
}

/// A hidden file beside another.
pub(crate) fn beside(path: &Path, ending: &str) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!(".{name}.{ending}"))
}

/// Who holds a segment.
#[derive(Debug)]
pub(crate) enum Lock {
    /// A process that lives.
    Other,
    /// Nobody did; now we.
    Ours(Held),
}

/// A segment that we hold as long as this is there.
#[derive(Debug)]
pub(crate) struct Held {
    /// The segment, to read.
    pub(crate) file: File,
    _lock: File,
}

/// The file whose lock says that a segment is held. On Windows a lock keeps others from reading:
/// there it is one beside the segment.
pub(crate) fn lock_file(segment: &Path) -> PathBuf {
    if cfg!(windows) { beside(segment, "lock") } else { segment.to_owned() }
}

fn open_lock(segment: &Path) -> io::Result<File> {
    let path = lock_file(segment);
    if cfg!(windows) {
        private().write(true).create(true).truncate(false).open(path)
    } else {
        File::open(path)
    }
}

/// Holds a segment that is being made: `file` will be at `path`. What is given back must live as
/// long.
pub(crate) fn hold(path: &Path, file: &File) -> io::Result<File> {
    let lock = if cfg!(windows) { open_lock(path)? } else { file.try_clone()? };
    lock.lock()?;
    Ok(lock)
}

/// Tries to take a segment for oneself.
pub(crate) fn lock(path: &Path) -> io::Result<Lock> {
    let file = File::open(path)?;
    let lock = if cfg!(windows) { open_lock(path)? } else { file.try_clone()? };
    match lock.try_lock() {
        Ok(()) => Ok(Lock::Ours(Held { file, _lock: lock })),
        Err(fs::TryLockError::WouldBlock) => Ok(Lock::Other),
        Err(fs::TryLockError::Error(error)) => Err(error),
    }
}

/// True where a living process holds the segment.
pub(crate) fn is_held(path: &Path) -> io::Result<bool> {
    let file = File::open(path)?;
    let lock = match File::open(lock_file(path)) {
        // Its process closed it, or it was copied here.
        Err(error) if error.kind() == io::ErrorKind::NotFound => file,
        lock => lock?,
    };
    match lock.try_lock_shared() {
        Ok(()) => Ok(false),
        Err(fs::TryLockError::WouldBlock) => Ok(true),
        Err(fs::TryLockError::Error(error)) => Err(error),
    }
}

/// The secret in a file; where there is none yet, `make`'s, which is then kept there. Of two
/// processes that make one at once, one wins, and both get the same.
pub(crate) fn secret(path: &Path, make: impl FnOnce() -> Vec<u8>) -> io::Result<Vec<u8>> {
    match fs::read(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        found => {
            if fs::metadata(path).is_ok_and(|about| is_open_to_others(&about)) {
                tracing::warn!(path = %path.display(), "others may read this key: chmod 600");
            }
            return found;
        }
    }
    let folder = path.parent().unwrap_or(Path::new("."));
    create_folder(folder)?;
    let content = make();
    let mut fresh = tempfile::Builder::new().prefix(".key-").tempfile_in(folder)?;
    fresh.write_all(&content)?;
    fresh.as_file().sync_all()?;
    match fresh.persist_noclobber(path) {
        Ok(_) => {
            sync_folder(folder)?;
            Ok(content)
        }
        Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => fs::read(path),
        Err(error) => Err(error.error),
    }
}
