//! Plugs: `tower` layers around what answers an application's requests.
//!
//! `plug(layer);` in [`endpoint!`](macro@crate::endpoint) puts one around all plugs that follow it,
//! and around the service. So the first one sees a request first, and its answer last. Sockets do
//! not go through plugs.
//!
//! ```
//! use landfall::{
//!     endpoint::Health,
//!     plug::{Log, RequestId},
//!     prelude::*,
//! };
//!
//! endpoint! {
//!     struct Web;
//!     plug(Health::at("/healthz")); // before the log, which does not tell of it
//!     plug(RequestId::new());
//!     plug(Log::new());
//! }
//! ```
//!
//! | plug | what it does |
//! | --- | --- |
//! | [`Head`] | has HEAD answered by what answers GET |
//! | [`Health`](crate::endpoint::Health) | tells balancers whether the endpoint takes requests |
//! | [`Log`] | tells of each request and its answer |
//! | [`MethodOverride`] | lets forms ask for PUT, PATCH and DELETE |
//! | [`ProtectFromForgery`](crate::session::ProtectFromForgery) | refuses requests that another site made a browser send |
//! | [`RequestId`] | names each request |
//! | [`SecureHeaders`](crate::security::SecureHeaders) | tells browsers to restrict what a page can do |
//! | [`Sessions`](crate::session::Sessions) | reads and writes the cookie of a session |
//! | [`Static`](crate::assets::Static) | serves files |
//!
//! Any other layer of tower is a plug if its service takes `http::Request<Body>`.

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
