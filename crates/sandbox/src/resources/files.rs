//! What an org serves to everybody: uploaded images, and the logo and favicon of those who have none.

use axum::body::Bytes;

use crate::{
    answer::Answer,
    call::Call,
    error::{ApiError, Result},
    route::{Route, get},
};

pub(super) const ROUTES: &[Route] = &[
    get("/bc/image/fileStoreRecord", "", uploaded).unlimited(),
    get("/assets/img/logos/{file}", "", standard).unlimited(),
    get("/favicon.ico", "", standard).unlimited(),
];

/// The path of the logo of a theme that has none of its own.
pub(super) const LOGO: &str = "/assets/img/logos/okta-logo.png";
/// The path of the favicon of a theme that has none of its own.
pub(super) const FAVICON: &str = "/favicon.ico";

/// One white pixel, PNG.
const PIXEL: &[u8] = &[
    0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00, 0x00, 0x00, 0x0d, 0x49, 0x48, 0x44, 0x52,
    0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x01, 0x08, 0x00, 0x00, 0x00, 0x00, 0x3a, 0x7e, 0x9b,
    0x55, 0x00, 0x00, 0x00, 0x0a, 0x49, 0x44, 0x41, 0x54, 0x78, 0x9c, 0x63, 0xf8, 0x0f, 0x00, 0x01,
    0x01, 0x01, 0x00, 0xb1, 0x38, 0xf6, 0x14, 0x00, 0x00, 0x00, 0x00, 0x49, 0x45, 0x4e, 0x44, 0xae,
    0x42, 0x60, 0x82,
];

fn uploaded(call: &mut Call<'_>) -> Result<Answer> {
    let id = call.query("id").unwrap_or_default();
    let file =
        call.state.files.get(id).ok_or_else(|| ApiError::not_found(id, "FileStoreRecord"))?;
    Ok(Answer::file(file.kind, file.bytes.clone()))
}

#[expect(clippy::unnecessary_wraps, reason = "a handler, like those that can refuse")]
fn standard(_: &mut Call<'_>) -> Result<Answer> {
    Ok(Answer::file("image/png", Bytes::from_static(PIXEL)))
}
