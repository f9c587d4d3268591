//! A secret in a variable, or in a file that a variable names.

use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret as _, SecretString};

use crate::config::{At, ConfigError, reason};

/// The largest file that can be a key: the largest RSA key in a JWK is a tenth of it.
const LARGEST: u64 = 64 * 1024;

/// The text of a key file. It must be inside one of `allowed`, links resolved, where there are
/// any.
pub(crate) fn read(at: &At, path: &Path, allowed: &[PathBuf]) -> Result<SecretString, ConfigError> {
    let fail = |problem: String| {
        let (by, path) = (at.to_string(), path.to_owned());
        ConfigError::File { by, path, problem }
    };
    let real = path.canonicalize().map_err(|error| fail(reason(&error)))?;
    let inside =
        |folder: &PathBuf| folder.canonicalize().is_ok_and(|folder| real.starts_with(folder));
    if !allowed.is_empty() && !allowed.iter().any(inside) {
        return Err(fail("it is in none of the folders of OKTA_MCP_ALLOWED_KEY_DIRS".to_owned()));
    }
    let about = fs_err::metadata(&real).map_err(|error| fail(reason(&error)))?;
    if !about.is_file() {
        return Err(fail("it is no file".to_owned()));
    }
    if about.len() > LARGEST {
        return Err(fail("it is too large for a key".to_owned()));
    }
    let text = fs_err::read_to_string(&real).map_err(|error| fail(reason(&error)))?;
    let text = SecretString::from(text.trim().to_owned());
    if text.expose_secret().is_empty() {
        return Err(fail("it is empty".to_owned()));
    }
    Ok(text)
}

/// True for text that can only be a path: no PEM, no JSON, no base64 of one of them.
pub fn is_path(text: &str) -> bool {
    let text = text.trim();
    let separators = text.starts_with(['/', '~', '.']) || text.contains('\\');
    let inline = text.contains("-----BEGIN") || text.starts_with('{');
    !inline && text.len() < 1024 && (separators || has_key_ending(text) || windows_drive(text))
}

fn has_key_ending(text: &str) -> bool {
    [".pem", ".key", ".jwk", ".json", ".p8"].iter().any(|ending| {
        text.get(text.len().saturating_sub(ending.len())..)
            .is_some_and(|end| end.eq_ignore_ascii_case(ending))
    })
}

fn windows_drive(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next().is_some_and(|c| c.is_ascii_alphabetic()) && chars.next() == Some(':')
}
