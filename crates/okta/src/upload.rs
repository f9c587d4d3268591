//! What goes out with a request and is no plain JSON: files, and texts that nobody may see.

use std::fmt;

use secrecy::{ExposeSecret as _, SecretString};

/// The name of the one part that Okta's uploads have.
const PART: &str = "file";

/// A file that is sent as the part `file` of a form (`multipart/form-data`, RFC 7578).
#[derive(Clone, PartialEq, Eq)]
pub struct Upload {
    name: String,
    media_type: &'static str,
    bytes: Vec<u8>,
}

impl Upload {
    /// A file called `name`, of the type `media_type` (such as `image/png`).
    pub fn new(name: impl Into<String>, media_type: &'static str, bytes: Vec<u8>) -> Self {
        Self { name: name.into(), media_type, bytes }
    }

    /// The file's name, as Okta is told it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The media type.
    pub const fn media_type(&self) -> &'static str {
        self.media_type
    }

    /// The content.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The form as it goes out: the value of `Content-Type`, and the body.
    pub(crate) fn form(&self) -> (String, Vec<u8>) {
        let boundary = self.boundary();
        // RFC 7578 section 4.2 leaves it to HTML, which escapes these three.
        let name = self.name.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A");
        let mut body = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"{PART}\"; filename=\"{name}\"\r\n\
             Content-Type: {}\r\n\r\n",
            self.media_type
        )
        .into_bytes();
        body.extend_from_slice(&self.bytes);
        body.extend_from_slice(format!("\r\n--{boundary}--\r\n").as_bytes());
        (format!("multipart/form-data; boundary={boundary}"), body)
    }

    /// A boundary that does not occur in the file (RFC 2046 section 5.1.1).
    fn boundary(&self) -> String {
        let mut number = 0_u64;
        loop {
            let boundary = format!("okta-mcp-form-{number:016x}");
            if !self.bytes.windows(boundary.len()).any(|window| window == boundary.as_bytes()) {
                return boundary;
            }
            number += 1;
        }
    }
}

impl fmt::Debug for Upload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Upload")
            .field("name", &self.name)
            .field("media_type", &self.media_type)
            .field("bytes", &self.bytes.len())
            .finish()
    }
}

/// A text that is put into the body when it goes out, and is shown nowhere.
#[derive(Clone, Debug)]
pub(crate) struct Hidden {
    /// Where in the body: a JSON pointer (RFC 6901).
    pub(crate) place: &'static str,
    pub(crate) text: SecretString,
}

impl PartialEq for Hidden {
    fn eq(&self, other: &Self) -> bool {
        self.place == other.place && self.text.expose_secret() == other.text.expose_secret()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn whole(upload: &Upload) -> (String, String) {
        let (kind, body) = upload.form();
        (kind, String::from_utf8(body).unwrap())
    }

    #[test]
    fn a_file_is_one_part_of_a_form() {
        let (kind, body) = whole(&Upload::new("logo.png", "image/png", b"bytes".to_vec()));
        assert_eq!(kind, "multipart/form-data; boundary=okta-mcp-form-0000000000000000");
        assert_eq!(
            body,
            "--okta-mcp-form-0000000000000000\r\n\
             Content-Disposition: form-data; name=\"file\"; filename=\"logo.png\"\r\n\
             Content-Type: image/png\r\n\r\n\
             bytes\r\n--okta-mcp-form-0000000000000000--\r\n"
        );
    }

    #[test]
    fn a_file_that_holds_the_boundary_gets_another() {
        let content = b"--okta-mcp-form-0000000000000000--".to_vec();
        let (kind, _) = whole(&Upload::new("a", "image/gif", content));
        assert!(kind.ends_with("okta-mcp-form-0000000000000001"), "{kind}");
    }

    #[test]
    fn its_content_is_not_printed() {
        let printed = format!("{:?}", Upload::new("a.png", "image/png", b"content".to_vec()));
        assert_eq!(printed, "Upload { name: \"a.png\", media_type: \"image/png\", bytes: 7 }");
    }

    proptest! {
        #[test]
        fn no_name_leaves_its_line(name in "[ -~\r\n\"]{0,20}") {
            let (_, body) = whole(&Upload::new(name, "image/png", Vec::new()));
            prop_assert_eq!(body.matches("\r\n").count(), 6, "{}", body);
            let line = body.lines().nth(1).unwrap();
            prop_assert_eq!(line.matches('"').count(), 4, "{}", line);
        }
    }
}
