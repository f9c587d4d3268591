//! Files in a request: `multipart/form-data` (RFC 7578).

use axum::{body::Bytes, http::header};
use futures::{FutureExt as _, stream};

use crate::{
    call::Call,
    error::{ApiError, Result},
};

/// The bytes of the part `name`: 415 E0000021 where the body is no form, 400 E0000003 where it is
/// broken, 400 E0000001 where the part is missing.
pub(crate) fn part(call: &Call<'_>, name: &str) -> Result<Bytes> {
    let kind = call.header(header::CONTENT_TYPE.as_str()).unwrap_or_default();
    let boundary = multer::parse_boundary(kind).map_err(|_| ApiError::wrong_type())?;
    let body = call.body.clone();
    let body = stream::once(async move { Ok::<_, std::convert::Infallible>(body) });
    let mut form = multer::Multipart::new(body, boundary);
    // The whole body is there: nothing has to be waited for.
    let found = async {
        while let Some(field) = form.next_field().await? {
            if field.name() == Some(name) {
                return field.bytes().await.map(Some);
            }
        }
        Ok::<_, multer::Error>(None)
    };
    match found.now_or_never() {
        Some(Ok(Some(bytes))) if !bytes.is_empty() => Ok(bytes),
        Some(Ok(_)) => Err(ApiError::blank(name)),
        Some(Err(_)) | None => Err(ApiError::malformed()),
    }
}
