//! What depends on the operating system.

use std::{
    fs::File,
    io::{self, Write as _},
    path::Path,
};

use tempfile::TempDir;

/// Who may read a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Readers {
    /// Its owner (mode 0600, where the system has modes).
    Owner,
    /// Everyone (mode 0644).
    Everyone,
}

/// Writes a file that must not exist yet.
pub(crate) fn create(path: &Path, content: &str, readers: Readers) -> io::Result<()> {
    let mut file = create_file(path, readers)?;
    file.write_all(content.as_bytes())?;
    file.sync_all()
}

/// Makes a file that must not exist yet.
pub(crate) fn create_file(path: &Path, readers: Readers) -> io::Result<fs_err::File> {
    let mut options = fs_err::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use fs_err::os::unix::fs::OpenOptionsExt as _;
        options.mode(if readers == Readers::Owner { 0o600 } else { 0o644 });
    }
    #[cfg(not(unix))]
    let _ = readers;
    options.open(path)
}

/// Makes a folder among the temporary ones that only its owner may enter (mode 0700, where the
/// system has modes); it is removed when dropped.
pub(crate) fn private_folder(prefix: &str) -> io::Result<TempDir> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(prefix);
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
    builder.tempdir()
}

/// The terminal that controls this process: what is typed there, and what is shown there,
/// whatever standard input and output are.
#[cfg(unix)]
pub(crate) fn controlling_terminal() -> io::Result<(File, File)> {
    let terminal = File::options().read(true).write(true).open("/dev/tty")?;
    Ok((terminal.try_clone()?, terminal))
}

/// The console of this process: what is typed there, and what is shown there, whatever standard
/// input and output are.
#[cfg(windows)]
pub(crate) fn controlling_terminal() -> io::Result<(File, File)> {
    let input = File::options().read(true).write(true).open("CONIN$")?;
    let output = File::options().read(true).write(true).open("CONOUT$")?;
    Ok((input, output))
}

/// Hears when this process is told to stop: Ctrl-C, and SIGTERM where there is one. From the moment
/// it is made, so that nothing told in between is missed.
#[cfg(unix)]
pub(crate) struct Stop {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Stop {
    pub(crate) fn new() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        let interrupt = signal(SignalKind::interrupt())?;
        Ok(Self { interrupt, terminate: signal(SignalKind::terminate())? })
    }

    /// Waits until it is told.
    pub(crate) async fn told(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

/// Hears when this process is told to stop: Ctrl-C. From the moment it is made, so that nothing
/// told in between is missed.
#[cfg(windows)]
pub(crate) struct Stop(tokio::signal::windows::CtrlC);

#[cfg(windows)]
impl Stop {
    pub(crate) fn new() -> io::Result<Self> {
        tokio::signal::windows::ctrl_c().map(Self)
    }

    /// Waits until it is told.
    pub(crate) async fn told(&mut self) {
        self.0.recv().await;
    }
}
