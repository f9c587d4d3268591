//! How every page of ours looks, and the headers that keep it from being anything else.

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest as _, Sha256};

/// The style of every page.
pub(crate) const STYLE: &str = include_str!("style.css");

/// A page that leads on to `url`, with a word for it. Without a script, and no redirect: one that
/// answers a form is held up by our policy for forms wherever it leads on from there, and one that
/// comes from another site does not bring our cookie along.
pub(crate) fn leading(url: &str, word: &str) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta http-equiv="refresh" content={ "0; url=" (url) };
                title { "On to " (word) " · okta-mcp" }
                style { (PreEscaped(STYLE)) }
            }
            body { main {
                h1 { "On to " (word) }
                p { "If nothing happens: " a href=(url) { "go on" } "." }
            } }
        }
    }
}

/// The style as a content security policy names it.
fn style_hash() -> String {
    format!("sha256-{}", BASE64_STANDARD.encode(Sha256::digest(STYLE)))
}

/// The headers of every answer: no script, no frame, nothing kept, nothing from elsewhere.
pub(crate) fn headers() -> HeaderMap {
    let policy = format!(
        "default-src 'none'; style-src '{}'; form-action 'self'; frame-ancestors 'none'; \
         base-uri 'none'",
        style_hash()
    );
    let mut headers = HeaderMap::new();
    if let Ok(policy) = HeaderValue::try_from(policy) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    for (name, value) in [
        (header::X_FRAME_OPTIONS, "DENY"),
        // Not no-referrer: browsers would then send `Origin: null` with the form (Fetch standard,
        // "append a request `Origin` header"). There is no link to anywhere else.
        (header::REFERRER_POLICY, "same-origin"),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers
}
