//! The files that tools may read, and nothing beside them.

use std::{
    io::{self, Read as _},
    path::{Component, Path, PathBuf},
};

use cap_std::{ambient_authority, fs::Dir};
use okta_catalog::{Failure, KEY_VARIABLE, KeyPlace};
use okta_client::SecretString;

/// No key and its certificates are larger, in bytes.
const LARGEST_KEY: u64 = 64 * 1024;

/// How much of a path an error repeats, in characters.
const SHOWN: usize = 200;

/// Where tools read files from: folders that whoever runs the server names.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    /// The folders of images for uploads.
    pub uploads: Vec<PathBuf>,
    /// The folders of private keys. Without one no key is read from a file.
    pub keys: Vec<PathBuf>,
    /// The private key of a certificate, from [`KEY_VARIABLE`].
    pub key: Option<SecretString>,
}

impl Sources {
    /// An image: in a folder for uploads, or in one for keys, which Okta's own server takes for
    /// both. A file of `below` bytes or more is refused.
    pub(crate) fn upload(&self, path: &str, below: u64) -> Result<Vec<u8>, Failure> {
        let folders: Vec<&Path> =
            self.uploads.iter().chain(&self.keys).map(PathBuf::as_path).collect();
        read(path, &folders, below, "OKTA_MCP_UPLOAD_DIRS")
    }

    /// The text that holds a private key.
    pub(crate) fn private_key(&self, place: KeyPlace<'_>) -> Result<SecretString, Failure> {
        let path = match place {
            KeyPlace::Variable => {
                let missing =
                    || Failure::File(format!("{KEY_VARIABLE} is not set for this server"));
                return self.key.clone().ok_or_else(missing);
            }
            KeyPlace::File(path) => path,
        };
        let folders: Vec<&Path> = self.keys.iter().map(PathBuf::as_path).collect();
        let bytes = read(path, &folders, LARGEST_KEY, "OKTA_MCP_ALLOWED_KEY_DIRS")?;
        let text = String::from_utf8(bytes);
        text.map(SecretString::from).map_err(|_| problem(path, "it holds no text"))
    }
}

/// The whole file at `path`: relative to one of `folders`, or inside one. `..` is refused here,
/// links that lead outside by the directory's capability.
fn read(path: &str, folders: &[&Path], below: u64, variable: &str) -> Result<Vec<u8>, Failure> {
    let mut inside_one = false;
    for folder in folders {
        let Some(inside) = inside(path, folder) else { continue };
        inside_one = true;
        let Ok(dir) = Dir::open_ambient_dir(folder, ambient_authority()) else { continue };
        match open(&dir, &inside, below) {
            Ok(bytes) => return Ok(bytes),
            Err(Trouble::Missing) => {}
            Err(Trouble::Problem(why)) => return Err(problem(path, &why)),
        }
    }
    let names: Vec<String> = folders.iter().map(|folder| folder.display().to_string()).collect();
    Err(problem(
        path,
        &match (inside_one, names.is_empty()) {
            (true, _) => format!("there is no such file in {}", names.join(", ")),
            (false, false) => format!("files are read from {} only ({variable})", names.join(", ")),
            (false, true) => {
                format!("no folder is set that such files are read from: {variable} names some")
            }
        },
    ))
}

/// The path inside `folder`; `None` where it is no plain path inside it.
fn inside(path: &str, folder: &Path) -> Option<PathBuf> {
    let given = Path::new(path);
    let inside = if given.is_absolute() {
        let real = folder.canonicalize().ok();
        let of_real = || given.strip_prefix(real.as_deref()?).ok();
        given.strip_prefix(folder).ok().or_else(of_real)?
    } else {
        given
    };
    let plain: PathBuf = inside
        .components()
        .filter(|part| !matches!(part, Component::CurDir))
        .map(|part| matches!(part, Component::Normal(_)).then_some(part))
        .collect::<Option<_>>()?;
    (!plain.as_os_str().is_empty()).then_some(plain)
}

enum Trouble {
    Missing,
    Problem(String),
}

impl From<io::Error> for Trouble {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound => Self::Missing,
            _ => Self::Problem(error.to_string()),
        }
    }
}

fn open(dir: &Dir, path: &Path, below: u64) -> Result<Vec<u8>, Trouble> {
    // Before it is opened: opening a pipe waits for somebody who writes.
    if !dir.metadata(path)?.is_file() {
        return Err(Trouble::Problem("it is no file".to_owned()));
    }
    let file = dir.open(path)?;
    let about = file.metadata()?;
    if !about.is_file() {
        return Err(Trouble::Problem("it is no file".to_owned()));
    }
    let mut bytes = Vec::new();
    // It may grow while it is read.
    let length = file.take(below).read_to_end(&mut bytes)? as u64;
    let length = length.max(about.len());
    if length >= below {
        let much = format!("it has {length} bytes; it has to be smaller than {below}");
        return Err(Trouble::Problem(much));
    }
    Ok(bytes)
}

fn problem(path: &str, why: &str) -> Failure {
    let shown: String = path.chars().take(SHOWN).collect();
    Failure::File(format!("{shown:?} cannot be read: {why}"))
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use okta_client::ExposeSecret as _;

    use super::*;

    /// A folder of its own, `inside` with files, and one beside it.
    fn folder() -> PathBuf {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let folder =
            std::env::temp_dir().join(format!("okta-mcp-sources-{}-{number}", std::process::id()));
        std::fs::create_dir_all(folder.join("inside/deep")).unwrap();
        std::fs::write(folder.join("inside/logo.png"), b"logo").unwrap();
        std::fs::write(folder.join("inside/deep/key.pem"), b"key").unwrap();
        std::fs::write(folder.join("inside/bad.pem"), b"\xff").unwrap();
        std::fs::write(folder.join("outside.pem"), b"outside").unwrap();
        folder
    }

    fn sources(folder: &Path) -> Sources {
        let inside = folder.join("inside");
        Sources {
            uploads: vec![folder.join("none"), inside.clone()],
            keys: vec![inside],
            key: None,
        }
    }

    fn key(sources: &Sources, path: &str) -> Result<String, String> {
        let key = sources.private_key(KeyPlace::File(path));
        key.map(|key| key.expose_secret().to_owned()).map_err(|failure| failure.to_string())
    }

    #[test]
    fn what_is_inside_is_read() {
        let folder = folder();
        let sources = sources(&folder);
        let whole = folder.join("inside/logo.png").display().to_string();
        for path in ["logo.png", "./logo.png", "deep/./../logo.png", whole.as_str()] {
            let read = sources.upload(path, 100);
            assert_eq!(read.is_ok(), !path.contains(".."), "{path}: {read:?}");
        }
        assert_eq!(key(&sources, "deep/key.pem"), Ok("key".to_owned()));
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn nothing_else_is() {
        let folder = folder();
        let sources = sources(&folder);
        let outside = folder.join("outside.pem").display().to_string();
        let around = format!("{}/inside/../outside.pem", folder.display());
        for (path, why) in [
            ("../outside.pem", "read from"),
            (outside.as_str(), "read from"),
            (around.as_str(), "read from"),
            ("", "read from"),
            (".", "read from"),
            ("/", "read from"),
            ("missing.pem", "no such file"),
            ("deep", "no file"),
            ("bad.pem", "no text"),
            ("logo.png\0", "cannot be read"),
        ] {
            let told = key(&sources, path).unwrap_err();
            assert!(told.contains(why), "{path}: {told}");
        }
        let nothing = Sources::default();
        let told = key(&nothing, &outside).unwrap_err();
        assert!(told.contains("OKTA_MCP_ALLOWED_KEY_DIRS names some"), "{told}");
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    #[cfg(unix)]
    fn links_lead_nowhere_outside() {
        use std::os::unix::fs::symlink;
        let folder = folder();
        symlink("../outside.pem", folder.join("inside/relative")).unwrap();
        symlink(folder.join("outside.pem"), folder.join("inside/absolute")).unwrap();
        symlink("deep/key.pem", folder.join("inside/within")).unwrap();
        let sources = sources(&folder);
        for path in ["relative", "absolute"] {
            let told = key(&sources, path).unwrap_err();
            assert!(told.contains("cannot be read"), "{told}");
        }
        assert_eq!(key(&sources, "within"), Ok("key".to_owned()), "as secrets are mounted");
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_file_has_to_be_smaller() {
        let folder = folder();
        let sources = sources(&folder);
        assert_eq!(sources.upload("logo.png", 5).unwrap(), b"logo");
        let told = sources.upload("logo.png", 4).unwrap_err().to_string();
        assert!(told.contains("has 4 bytes; it has to be smaller than 4"), "{told}");
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn the_variable_is_used_where_it_is_set() {
        let told = Sources::default().private_key(KeyPlace::Variable).unwrap_err().to_string();
        assert_eq!(told, "OKTA_MCP_DOMAIN_KEY is not set for this server");
        let sources = Sources { key: Some("key".into()), ..Sources::default() };
        assert_eq!(sources.private_key(KeyPlace::Variable).unwrap().expose_secret(), "key");
        assert!(!format!("{sources:?}").contains("key\""), "{sources:?}");
    }
}
