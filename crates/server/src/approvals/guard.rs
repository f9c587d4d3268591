//! Who may talk to the page: this machine's browser, about this page, by its own form.

use aws_lc_rs::hmac;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Uri, header};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use okta_client::Entropy;

/// The guard of one page, which listens on one port.
#[derive(Debug)]
pub(super) struct Guard {
    host: String,
    origin: String,
    cookie: String,
    key: hmac::Key,
}

impl Guard {
    /// A guard with a key of its own: nothing of an earlier page is taken.
    pub(super) fn new(port: u16, entropy: &dyn Entropy) -> Self {
        let mut key = [0; 32];
        entropy.fill(&mut key);
        let host = format!("127.0.0.1:{port}");
        Self {
            origin: format!("http://{host}"),
            host,
            // Cookies do not keep ports apart: another page of ours must not undo this one's.
            cookie: format!("okta_mcp_{port}"),
            key: hmac::Key::new(hmac::HMAC_SHA256, &key),
        }
    }

    /// The address of the page: `http://127.0.0.1:49152`.
    pub(super) fn origin(&self) -> &str {
        &self.origin
    }

    /// True if the browser means this page by its address, and not by a name that somebody lets
    /// point here (DNS rebinding).
    pub(super) fn is_meant(&self, uri: &Uri, headers: &HeaderMap) -> bool {
        let named = uri.authority().is_none_or(|authority| authority.as_str() == self.host);
        named && only(headers, &header::HOST) == Some(self.host.as_bytes())
    }

    /// True if the form that was sent stood on this page.
    pub(super) fn is_own_form(&self, headers: &HeaderMap) -> bool {
        only(headers, &header::ORIGIN) == Some(self.origin.as_bytes())
    }

    /// The session that the browser names.
    pub(super) fn session(&self, headers: &HeaderMap) -> Option<String> {
        headers
            .get_all(header::COOKIE)
            .iter()
            .filter_map(|line| line.to_str().ok())
            .flat_map(|line| line.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .find(|(name, _)| *name == self.cookie)
            .map(|(_, value)| value.to_owned())
            .filter(|value| BASE64_URL_SAFE_NO_PAD.decode(value).is_ok_and(|id| id.len() == 32))
    }

    /// A new session, and the header that gives it to the browser.
    pub(super) fn new_session(&self, entropy: &dyn Entropy) -> (String, Option<HeaderValue>) {
        let mut id = [0; 32];
        entropy.fill(&mut id);
        let session = BASE64_URL_SAFE_NO_PAD.encode(id);
        let cookie = format!("{}={session}; Path=/; HttpOnly; SameSite=Strict", self.cookie);
        (session, HeaderValue::try_from(cookie).ok())
    }

    /// The token of the form about one approval in one session.
    pub(super) fn token(&self, session: &str, id: &str) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(hmac::sign(&self.key, &about(session, id)))
    }

    /// True if the token was made for that approval and session by this page.
    pub(super) fn is_token(&self, token: &str, session: &str, id: &str) -> bool {
        BASE64_URL_SAFE_NO_PAD
            .decode(token)
            .is_ok_and(|token| hmac::verify(&self.key, &about(session, id), &token).is_ok())
    }
}

/// The session has a fixed length, so that no other pair comes to the same.
fn about(session: &str, id: &str) -> Vec<u8> {
    [session.as_bytes(), b"\0", id.as_bytes()].concat()
}

/// The value of a header that is there exactly once.
fn only<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a [u8]> {
    let mut all = headers.get_all(name).iter();
    let first = all.next()?;
    all.next().is_none().then(|| first.as_bytes())
}
