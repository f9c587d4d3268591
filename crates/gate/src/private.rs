//! Files and folders that only their owner may read: what depends on the operating system.

use std::{io, path::Path};

use cap_std::fs::OpenOptions;

/// Gives a file that is made mode 0600, where the system has modes.
pub(crate) fn only_owner(options: &mut OpenOptions) {
    #[cfg(unix)]
    {
        use cap_std::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    #[cfg(not(unix))]
    let _ = options;
}

/// Makes a folder, and those above it, with mode 0700, where the system has modes.
pub(crate) fn create_folder(path: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt as _;
        builder.mode(0o700);
    }
    builder.create(path)
}
