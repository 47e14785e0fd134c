//! Puts a page in place of an answer's body.

use http::{
    HeaderValue, Response,
    header::{
        ACCEPT_RANGES, CONTENT_ENCODING, CONTENT_LANGUAGE, CONTENT_LENGTH, CONTENT_RANGE,
        CONTENT_TYPE, ETAG, LAST_MODIFIED, TRANSFER_ENCODING,
    },
};

use crate::{body::Body, plug::forbid_caching};

/// Replaces the content of a response. Headers that are about the old one are removed.
pub(super) fn put(response: &mut Response<Body>, body: Body, kind: &str) {
    let headers = response.headers_mut();
    for name in [
        ACCEPT_RANGES,
        CONTENT_ENCODING,
        CONTENT_LANGUAGE,
        CONTENT_LENGTH,
        CONTENT_RANGE,
        CONTENT_TYPE,
        ETAG,
        LAST_MODIFIED,
        TRANSFER_ENCODING,
    ] {
        headers.remove(name);
    }
    if let Ok(kind) = HeaderValue::from_str(kind) {
        headers.insert(CONTENT_TYPE, kind);
    }
    forbid_caching(response);
    *response.body_mut() = body;
}
