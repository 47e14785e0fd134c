//! Plugs: `tower` layers around what answers an application's requests.
//!
//! [`Health`](crate::endpoint::Health), [`Static`](crate::assets::Static) and
//! [`Sessions`](crate::session) are plugs, too.

mod head;
mod log;
mod method_override;
mod not_found;
mod request_id;

use http::{HeaderValue, Response, StatusCode, header};

pub use self::{
    head::{Head, HeadFuture, HeadService},
    log::{Log, LogFuture, LogService, RequestLevel},
    method_override::{MethodOverride, MethodOverrideService},
    not_found::NotFound,
    request_id::{RequestId, RequestIdFuture, RequestIdService, RequestIdValue},
};
use crate::{body::Body, failure::Cause};

/// A response of this status, with the status's name as text, until the endpoint renders it.
pub(crate) fn plain(status: StatusCode) -> Response<Body> {
    Cause::refused(status).into_response()
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
