//! Ids of what is stored.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};

/// An id of 22 characters (base64url, RFC 4648 section 5) from 128 random bits: nobody guesses it.
pub fn new_id(random: [u8; 16]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(random)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_has_22_characters_that_need_no_escape() {
        assert_eq!(new_id([0xff; 16]), "_____________________w");
        assert_eq!(new_id([0; 16]).len(), 22);
    }
}
