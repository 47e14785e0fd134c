//! Responses to requests that the application does not answer.

mod not_found;

use http::{HeaderValue, Response, StatusCode, header};

pub use self::not_found::NotFound;
use crate::body::{Body, respond};

/// A response of this status, with the status's name as text.
pub(crate) fn plain(status: StatusCode) -> Response<Body> {
    let mut response = respond(status, status.canonical_reason().unwrap_or_default());
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/plain; charset=utf-8"),
    );
    response
}

/// Forbids caches to keep a response, unless the response itself says how it may be cached.
pub(crate) fn forbid_caching(response: &mut Response<Body>) {
    response
        .headers_mut()
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static(
            "max-age=0, private, must-revalidate",
        ));
}
