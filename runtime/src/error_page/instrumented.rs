//! Pages as events of the endpoint's instrumenters.

use std::{error::Error, fmt, sync::Arc};

use http::{HeaderMap, Method, StatusCode};

use super::{ErrorPage, ErrorView, request::Shown};
use crate::{
    body::Body,
    contain::{self, Panic},
    error::BoxError,
    failure::{Cause, FailureKind},
    instrumenter::here,
};

/// `phoenix_error_render`: which error is rendered, and for which request. It stands beside a
/// [`ControllerRender`], too.
pub struct ErrorRender {
    status: StatusCode,
    cause: Arc<Cause>,
    request: Shown,
}

impl ErrorRender {
    /// The status of the answer.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// What kind of failure this is.
    pub fn kind(&self) -> FailureKind {
        self.cause.kind
    }

    /// The error, for [`FailureKind::Error`].
    pub fn error(&self) -> Option<&(dyn Error + 'static)> {
        self.cause.chain().next()
    }

    /// The message of the panic, for [`FailureKind::Panic`].
    pub fn panic(&self) -> Option<&str> {
        self.cause.panic.as_ref().map(|panic| &*panic.message)
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

    /// The request's headers. Values that may be secret are replaced by `[FILTERED]`.
    pub fn headers(&self) -> &HeaderMap {
        &self.request.headers
    }
}

impl fmt::Debug for ErrorRender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ErrorRender")
            .field("status", &self.status)
            .field("kind", &self.kind())
            .finish_non_exhaustive()
    }
}

/// `phoenix_controller_render`: what is rendered. Beside it stands the [`ErrorRender`] that it
/// belongs to.
#[derive(Debug)]
pub struct ControllerRender {
    view: &'static str,
    template: String,
    format: &'static str,
}

impl ControllerRender {
    /// The [name](ErrorView::name) of the view, such as `shop::pages::ErrorHtml`.
    pub fn view(&self) -> &'static str {
        self.view
    }

    /// The status and the format, such as `404.html`.
    pub fn template(&self) -> &str {
        &self.template
    }

    /// The format, such as `html`.
    pub fn format(&self) -> &'static str {
        self.format
    }
}

/// Calls a view.
pub(super) fn call(
    view: &dyn ErrorView,
    page: &ErrorPage<'_>,
    cause: &Arc<Cause>,
) -> Result<Result<Body, BoxError>, Panic> {
    let call = || contain::call(|| view.render(page));
    let handle = page.handle;
    if !handle.instrumenters().any() {
        return call();
    }
    let error = ErrorRender {
        status: page.status,
        cause: cause.clone(),
        request: page.request.clone(),
    };
    let render = ControllerRender {
        view: view.name(),
        template: format!("{}.{}", page.status.as_u16(), page.format),
        format: page.format,
    };
    let outer = handle.begin("phoenix_error_render", here!(), &[&error]);
    let inner = handle.begin("phoenix_controller_render", here!(), &[&render, &error]);
    let rendered = call();
    inner.end(rendered.is_ok());
    outer.end(rendered.is_ok());
    rendered
}
