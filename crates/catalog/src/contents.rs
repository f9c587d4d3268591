//! Arguments that hold a whole file: in base64 (RFC 4648), alone or in a `data:` URI (RFC 2397).

use base64::{
    Engine as _, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};

use crate::{desk::Failure, image};

/// No path is longer, in bytes: what is longer is a file in base64.
const LONGEST_PATH: usize = 1000;

/// Padding may be left out, as many models do.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The arguments that may hold a whole file: an image where a path is expected, or, by mistake, a
/// private key where a certificate or a path is.
pub const FILE_ARGUMENTS: [&str; 4] =
    ["certificate", "certificate_chain", "file_path", "private_key_file_path"];

/// What an argument says where a file is.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Given<'a> {
    /// At this path.
    Path(&'a str),
    /// Here.
    Content(Vec<u8>),
}

impl<'a> Given<'a> {
    /// Reads the argument `name`.
    pub(crate) fn read(name: &str, text: &'a str) -> Result<Self, Failure> {
        let wrong = |why: &str| Err(Failure::Arguments(format!("`{name}`: {why}")));
        if let Some(file) = data_uri(text) {
            return match file {
                Ok(bytes) => Ok(Self::Content(bytes)),
                Err(Undecodable) => wrong("the data: URI holds no valid base64"),
            };
        }
        match decoded(text) {
            Ok(bytes) if image::is_image(&bytes) => return Ok(Self::Content(bytes)),
            _ => {}
        }
        if text.len() > LONGEST_PATH {
            return wrong("this is neither a path nor an image in base64");
        }
        Ok(Self::Path(text))
    }
}

/// A text that stands for a file and is no base64.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Undecodable;

/// A file in an argument, for whoever keeps or shows arguments. `None` for any other text.
pub fn file_in(text: &str) -> Option<Result<Vec<u8>, Undecodable>> {
    if let Some(file) = data_uri(text) {
        return Some(file);
    }
    let bytes = decoded(text);
    let is_file = text.len() > LONGEST_PATH && text.bytes().all(is_base64)
        || bytes.as_deref().is_ok_and(image::is_image);
    is_file.then_some(bytes)
}

/// What a `data:` URI holds. `None` for any other text.
fn data_uri(text: &str) -> Option<Result<Vec<u8>, Undecodable>> {
    let (scheme, rest) = text.trim_start().split_once(':')?;
    if !scheme.eq_ignore_ascii_case("data") {
        return None;
    }
    let (about, data) = rest.split_once(',').unwrap_or((rest, ""));
    let is_base64 = about.rsplit(';').next().is_some_and(|it| it.eq_ignore_ascii_case("base64"));
    Some(if is_base64 { decoded(data) } else { Err(Undecodable) })
}

/// The bytes; line ends and spaces are passed over.
fn decoded(text: &str) -> Result<Vec<u8>, Undecodable> {
    let plain: Vec<u8> = text.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    BASE64.decode(plain).map_err(|_| Undecodable)
}

const fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || byte.is_ascii_whitespace()
        || matches!(byte, b'+' | b'/' | b'=' | b'-' | b'_')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::image::tests::png;

    fn read(text: &str) -> Result<Given<'_>, String> {
        Given::read("file_path", text).map_err(|failure| failure.to_string())
    }

    #[test]
    fn a_path_is_a_path() {
        for path in ["logo.png", "/srv/logos/logo.png", "C:\\logo.png", "/9j/AAAA", "a/b", ""] {
            assert_eq!(read(path), Ok(Given::Path(path)));
            assert_eq!(file_in(path), None, "{path}");
        }
    }

    #[test]
    fn base64_is_a_file() {
        let bytes = png(300, 50);
        let plain = BASE64.encode(&bytes);
        let wrapped = format!("{}\n  {}", &plain[..8], &plain[8..]);
        let unpadded = plain.trim_end_matches('=').to_owned();
        let uri = format!("data:image/png;base64,{plain}");
        let other = format!("DATA:;BASE64,{plain}");
        for text in [plain, wrapped, unpadded, uri, other] {
            assert_eq!(read(&text), Ok(Given::Content(bytes.clone())), "{text}");
            assert_eq!(file_in(&text), Some(Ok(bytes.clone())));
        }
    }

    #[test]
    fn what_is_neither_is_refused_and_not_echoed() {
        let long = "x".repeat(LONGEST_PATH + 1);
        for text in ["data:image/png,%89PNG", "data:;base64,###", "data:", long.as_str()] {
            let told = read(text).unwrap_err();
            assert!(told.starts_with("`file_path`: "), "{told}");
            assert!(!told.contains("PNG") && told.len() < 100, "{told}");
            assert!(file_in(text).is_some(), "{told}");
        }
        assert_eq!(file_in("data:;base64,###"), Some(Err(Undecodable)));
        let page = format!("<p>{}</p>", "word ".repeat(1000));
        assert_eq!(file_in(&page), None, "a long text is no file");
    }

    proptest! {
        #[test]
        fn what_is_read_as_content_is_known_as_a_file(text in "(data:[a-z/]{0,9};base64,)?[A-Za-z0-9+/=]{0,40}") {
            if let Ok(Given::Content(bytes)) = Given::read("file_path", &text) {
                prop_assert_eq!(file_in(&text), Some(Ok(bytes)));
            }
        }
    }
}
