//! Files in arguments and requests: told by name, size and digest, never by content.

use okta_catalog::{FILE_ARGUMENTS, file_in};
use okta_client::{Request, Upload};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::record::hex;

/// SHA-256, in hex.
fn digest(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// The arguments with every file in them replaced by a word about it; arguments within arguments,
/// as a preview has them, too. Texts elsewhere stay as they are, however much they look like files.
pub(crate) fn without_contents(args: &mut Value) {
    match args {
        Value::Array(items) => items.iter_mut().for_each(without_contents),
        Value::Object(map) => {
            for (name, value) in map {
                match value {
                    Value::String(text) if FILE_ARGUMENTS.contains(&name.as_str()) => tell(text),
                    value => without_contents(value),
                }
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Puts a word about a file in its place. A path stays.
fn tell(text: &mut String) {
    *text = match file_in(text) {
        None => return,
        Some(Ok(bytes)) => format!("[file of {} bytes, SHA-256 {}]", bytes.len(), digest(&bytes)),
        Some(Err(_)) => format!("[file that cannot be decoded, {} characters]", text.len()),
    };
}

/// What there is to tell of the file that a request sends.
pub(crate) fn told(file: &Upload) -> Value {
    json!({
        "name": file.name(),
        "type": file.media_type(),
        "bytes": file.bytes().len(),
        "sha256": digest(file.bytes()),
    })
}

/// The same as a person reads it, after the request; empty where it sends no file.
pub(crate) fn line(request: &Request) -> String {
    request.file().map_or_else(String::new, |file| {
        let (name, kind, bytes) = (file.name(), file.media_type(), file.bytes());
        format!(" with {name} ({kind}, {} bytes, SHA-256 {})", bytes.len(), digest(bytes))
    })
}

/// What stands for everything that a request sends and nobody is shown: a file, what is hidden.
/// Null where there is nothing such.
pub(crate) fn unseen(request: &Request) -> Value {
    let file = request.file().map(|file| digest(file.bytes()));
    let hidden = request.hidden_digest().map(|digest| hex(&digest));
    if file.is_none() && hidden.is_none() { Value::Null } else { json!([file, hidden]) }
}

#[cfg(test)]
mod tests {
    use base64::{Engine as _, engine::general_purpose::STANDARD};

    use super::*;

    #[test]
    fn a_file_in_an_argument_is_told_and_not_kept() {
        let image = b"GIF89a\x01\x00\x01\x00 and more";
        let encoded = STANDARD.encode(image);
        let long = "A".repeat(1200);
        let mut args = json!({
            "file_path": format!("data:image/gif;base64,{encoded}"),
            "arguments": { "file_path": encoded, "x5c": [long] },
            "more": [{ "file_path": "data:image/gif;base64,#" }, { "file_path": "logo.png" }],
            "name": encoded,
        });
        without_contents(&mut args);
        let told = format!("[file of 19 bytes, SHA-256 {}]", digest(image));
        assert_eq!(args["file_path"], told.as_str());
        assert_eq!(args["arguments"]["file_path"], told.as_str());
        assert_eq!(args["arguments"]["x5c"][0], long);
        assert_eq!(args["more"][0]["file_path"], "[file that cannot be decoded, 23 characters]");
        assert_eq!(args["more"][1]["file_path"], "logo.png");
        assert_eq!(args["name"], encoded);
    }
}
