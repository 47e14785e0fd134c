//! The input of a view.

use std::{error::Error, fmt};

use http::{HeaderMap, Method, StatusCode};

use super::request::Shown;
use crate::{
    failure::{Cause, FailureKind},
    handle::Handle,
};

/// An error page that is about to be rendered: what failed, and for which request.
///
/// Clients read the page. If an error is not about the client, render no more than the status.
pub struct ErrorPage<'a> {
    pub(super) status: StatusCode,
    pub(super) format: &'static str,
    pub(super) cause: &'a Cause,
    pub(super) request: &'a Shown,
    pub(super) handle: &'a Handle,
}

impl ErrorPage<'_> {
    /// The status of the answer.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The name of the status, such as `Not Found`.
    pub fn reason(&self) -> &'static str {
        self.status.canonical_reason().unwrap_or("Error")
    }

    /// What kind of failure this is.
    pub fn kind(&self) -> FailureKind {
        self.cause.kind
    }

    /// The error, for [`FailureKind::Error`]. It may be a [`Failure`](super::Failure).
    pub fn error(&self) -> Option<&(dyn Error + 'static)> {
        self.cause.chain().next()
    }

    /// The message of the panic, for [`FailureKind::Panic`].
    pub fn panic(&self) -> Option<&str> {
        self.cause.panic.as_ref().map(|panic| &*panic.message)
    }

    /// The name of the format, such as `"html"`.
    pub fn format(&self) -> &'static str {
        self.format
    }

    /// The request's method.
    pub fn method(&self) -> &Method {
        &self.request.method
    }

    /// The request's path, unchanged.
    pub fn path(&self) -> &str {
        &self.request.path
    }

    /// The request's query. Values that may be secret are replaced by `[FILTERED]`.
    pub fn query(&self) -> Option<&str> {
        self.request.query.as_deref()
    }

    /// The request's headers. Values that may be secret, such as cookies, are replaced by
    /// `[FILTERED]`.
    pub fn headers(&self) -> &HeaderMap {
        &self.request.headers
    }

    /// The endpoint. [`EndpointHandle::of`](crate::EndpointHandle::of) gives its type back, and
    /// with it the application's state.
    pub fn handle(&self) -> &Handle {
        self.handle
    }
}

impl fmt::Debug for ErrorPage<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ErrorPage")
            .field("status", &self.status)
            .field("kind", &self.kind())
            .field("format", &self.format)
            .finish_non_exhaustive()
    }
}
