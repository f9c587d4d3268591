//! Facts about Okta that lie outside the repository. Where they are not there, the tests that
//! compare with them pass.

use std::{io::Read, path::PathBuf};

use serde_json::Value;

/// The folder of facts; `None` where there is none.
pub(crate) fn folder() -> Option<PathBuf> {
    #[expect(clippy::disallowed_methods, reason = "tests find their data by it")]
    let named = std::env::var_os("OKTA_MCP_SHARED").map(PathBuf::from);
    let beside = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    let folder = named.unwrap_or(beside).join("okta");
    folder.is_dir().then_some(folder)
}

/// A file of JSON.
pub(crate) fn json(name: &str) -> Option<Value> {
    let text = fs_err::read_to_string(folder()?.join(name)).unwrap();
    Some(serde_json::from_str(&text).unwrap())
}

/// A file of JSON lines.
pub(crate) fn lines(name: &str) -> Option<Vec<Value>> {
    let bytes = fs_err::read(folder()?.join(name)).unwrap();
    let mut text = String::new();
    // The magic number of RFC 1952.
    if bytes.starts_with(&[0x1f, 0x8b]) {
        flate2::read::GzDecoder::new(bytes.as_slice()).read_to_string(&mut text).unwrap();
    } else {
        text = String::from_utf8(bytes).unwrap();
    }
    Some(text.lines().map(|line| serde_json::from_str(line).unwrap()).collect())
}
