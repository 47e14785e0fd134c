//! What is answered where no application answers.

mod not_found;

use http::{HeaderValue, Response, StatusCode, header};

pub use self::not_found::NotFound;
use crate::body::Body;

/// A status and its name as text.
pub(crate) fn plain(status: StatusCode) -> Response<Body> {
    let mut response = Response::new(Body::from(status.canonical_reason().unwrap_or_default()));
    *response.status_mut() = status;
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/plain; charset=utf-8"),
    );
    response
}

/// Nothing that is answered without a service may be kept by a cache, unless it says so.
pub(crate) fn forbid_caching(response: &mut Response<Body>) {
    response
        .headers_mut()
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static(
            "max-age=0, private, must-revalidate",
        ));
}
