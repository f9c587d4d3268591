//! Files in arguments and requests: told by name, size and digest, never by content.

use okta_catalog::file_in;
use okta_client::{Request, Upload};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::record::hex;

/// SHA-256, in hex.
fn digest(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// The arguments with every file in them replaced by a word about it.
pub(crate) fn without_contents(args: &mut Value) {
    match args {
        Value::String(text) => {
            if let Some(file) = file_in(text) {
                *text = match file {
                    Ok(bytes) => {
                        format!("[file of {} bytes, SHA-256 {}]", bytes.len(), digest(&bytes))
                    }
                    Err(_) => format!("[file that cannot be decoded, {} characters]", text.len()),
                };
            }
        }
        Value::Array(items) => items.iter_mut().for_each(without_contents),
        Value::Object(map) => map.values_mut().for_each(without_contents),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
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
            "arguments": { "file_path": encoded, "list": ["logo.png", long] },
            "bad": "data:image/gif;base64,#",
            "name": "logo",
        });
        without_contents(&mut args);
        let told = format!("[file of 19 bytes, SHA-256 {}]", digest(image));
        assert_eq!(args["file_path"], told.as_str());
        assert_eq!(args["arguments"]["file_path"], told.as_str());
        assert_eq!(args["arguments"]["list"][0], "logo.png");
        assert!(args["arguments"]["list"][1].as_str().unwrap().starts_with("[file of 900 bytes"));
        assert_eq!(args["bad"], "[file that cannot be decoded, 23 characters]");
        assert_eq!(args["name"], "logo");
    }
}
