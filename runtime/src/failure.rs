//! Why a request is answered with an error: a mark on the response, until the endpoint renders it.

use std::{error::Error, fmt, panic::Location, sync::Arc};

use http::{Extensions, HeaderValue, Response, StatusCode, header::CONTENT_TYPE};

use crate::{
    body::{Body, respond},
    causes,
    contain::{Origin, Panic},
    error::BoxError,
};

const PLAIN: &str = "text/plain; charset=utf-8";

/// An error with the status that it is answered with.
///
/// A service fails with it, or a handler returns it. The endpoint answers with the page for its
/// status (see [`error_page`](crate::error_page)), and logs it if the status is 500 or more.
///
/// ```
/// use http::StatusCode;
/// use landfall::error_page::{Failure, OrStatus};
///
/// fn page(number: &str) -> Result<String, Failure> {
///     let number: usize = number.parse().or_status(StatusCode::BAD_REQUEST)?;
///     let pages = ["one", "two"];
///     let page = pages.get(number).or_status(StatusCode::NOT_FOUND)?;
///     Ok((*page).to_owned())
/// }
/// assert_eq!(page("x").unwrap_err().status(), 400);
/// assert_eq!(page("7").unwrap_err().status(), 404);
/// ```
pub struct Failure(Box<Inner>);

struct Inner {
    status: StatusCode,
    error: Option<BoxError>,
    at: &'static Location<'static>,
}

impl Failure {
    /// An error without a cause.
    #[track_caller]
    pub fn new(status: StatusCode) -> Self {
        Failure(Box::new(Inner {
            status,
            error: None,
            at: Location::caller(),
        }))
    }

    /// Adds its cause, which clients are not shown.
    #[must_use]
    pub fn because(mut self, error: impl Into<BoxError>) -> Self {
        self.0.error = Some(error.into());
        self
    }

    /// The status of the answer.
    pub fn status(&self) -> StatusCode {
        self.0.status
    }

    /// The cause.
    pub fn error(&self) -> Option<&(dyn Error + 'static)> {
        self.0.error.as_deref().map(|error| error as _)
    }

    /// Where it was created.
    pub(crate) fn location(&self) -> &'static Location<'static> {
        self.0.at
    }

    /// The bare response, which the endpoint renders on its way out.
    pub fn into_response(self) -> Response<Body> {
        let status = self.0.status;
        Cause::failed(status, self.into()).into_response()
    }

    /// The outermost `Failure` in a chain of errors.
    pub(crate) fn within<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a Failure> {
        causes::chain(error).find_map(|error| error.downcast_ref())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.0.error, self.0.status.canonical_reason()) {
            (Some(error), _) => error.fmt(f),
            (None, Some(reason)) => f.write_str(&reason.to_lowercase()),
            (None, None) => write!(f, "status {}", self.0.status.as_u16()),
        }
    }
}

impl fmt::Debug for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Failure")
            .field("status", &self.0.status)
            .field("error", &self.0.error)
            .finish_non_exhaustive()
    }
}

impl Error for Failure {
    // `Display` shows the cause itself.
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.0.error.as_ref()?.source()
    }
}

/// Gives an error, or nothing where something was expected, a status: see [`Failure`].
pub trait OrStatus<T> {
    /// The value, or a failure with this status.
    ///
    /// # Errors
    /// When there is no value.
    fn or_status(self, status: StatusCode) -> Result<T, Failure>;
}

impl<T, E: Into<BoxError>> OrStatus<T> for Result<T, E> {
    #[track_caller]
    fn or_status(self, status: StatusCode) -> Result<T, Failure> {
        match self {
            Ok(value) => Ok(value),
            Err(error) => Err(Failure::new(status).because(error)),
        }
    }
}

impl<T> OrStatus<T> for Option<T> {
    #[track_caller]
    fn or_status(self, status: StatusCode) -> Result<T, Failure> {
        match self {
            Some(value) => Ok(value),
            None => Err(Failure::new(status)),
        }
    }
}

/// The kind of failure that a page is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FailureKind {
    /// The endpoint has nothing that answers this request.
    NoRoute,
    /// The request was refused: it is malformed, too large, late, or forged.
    Refused,
    /// A service, a plug, a handler or a socket's `connect` failed with an error.
    Error,
    /// One of them panicked.
    Panic,
}

impl fmt::Display for FailureKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            FailureKind::NoRoute => "no route",
            FailureKind::Refused => "refusal",
            FailureKind::Error => "error",
            FailureKind::Panic => "panic",
        })
    }
}

/// A panic: its message, and where it began if that is known.
#[derive(Clone, Debug)]
pub(crate) struct Panicked {
    pub(crate) message: String,
    pub(crate) origin: Option<Origin>,
}

impl From<Panic> for Panicked {
    fn from(panic: Panic) -> Self {
        Panicked {
            message: panic.message().to_owned(),
            origin: panic.origin(),
        }
    }
}

/// The reason that a request is answered with an error.
#[derive(Debug)]
pub(crate) struct Cause {
    pub(crate) kind: FailureKind,
    pub(crate) status: StatusCode,
    pub(crate) error: Option<BoxError>,
    pub(crate) panic: Option<Panicked>,
    /// Whether it has been logged.
    pub(crate) is_logged: bool,
}

/// The mark of a response that has not been rendered yet.
#[derive(Clone)]
struct Unrendered(Arc<Cause>);

/// The mark of a response that has been rendered.
#[cfg(feature = "testing")]
#[derive(Clone)]
pub(crate) struct Sent(pub(crate) Arc<Cause>);

/// What is logged in place of the path of the request, which may hold a secret.
#[derive(Clone, Copy)]
pub(crate) struct ShownPath(pub(crate) &'static str);

impl Cause {
    pub(crate) fn refused(status: StatusCode) -> Self {
        Cause {
            kind: FailureKind::Refused,
            status,
            error: None,
            panic: None,
            is_logged: false,
        }
    }

    pub(crate) fn no_route() -> Self {
        Cause {
            kind: FailureKind::NoRoute,
            ..Cause::refused(StatusCode::NOT_FOUND)
        }
    }

    pub(crate) fn failed(status: StatusCode, error: BoxError) -> Self {
        Cause {
            kind: FailureKind::Error,
            error: Some(error),
            ..Cause::refused(status)
        }
    }

    pub(crate) fn panicked(panic: Panicked) -> Self {
        Cause {
            kind: FailureKind::Panic,
            panic: Some(panic),
            ..Cause::refused(StatusCode::INTERNAL_SERVER_ERROR)
        }
    }

    /// The cause for a panic in a socket's callback.
    pub(crate) fn crashed() -> Self {
        Cause::panicked(Panicked {
            message: "a callback of the socket panicked: the log has its message".to_owned(),
            origin: None,
        })
    }

    pub(crate) fn logged(self) -> Self {
        Cause {
            is_logged: true,
            ..self
        }
    }

    /// A bare response, marked with this cause.
    pub(crate) fn into_response(self) -> Response<Body> {
        let mut response = bare(self.status);
        self.mark(&mut response);
        response
    }

    pub(crate) fn mark(self, response: &mut Response<Body>) {
        response.extensions_mut().insert(Unrendered(Arc::new(self)));
    }

    /// The error and its causes, the outermost first.
    pub(crate) fn chain(&self) -> impl Iterator<Item = &(dyn Error + 'static)> {
        let first = self
            .error
            .as_deref()
            .map(|error| error as &(dyn Error + 'static));
        first.into_iter().flat_map(causes::chain)
    }
}

/// The status's name as text.
pub(crate) fn bare(status: StatusCode) -> Response<Body> {
    let mut response = respond(status, status.canonical_reason().unwrap_or_default());
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static(PLAIN));
    response
}

/// Takes the mark off a response.
pub(crate) fn unmark(response: &mut Response<Body>) -> Option<Arc<Cause>> {
    let Unrendered(cause) = response.extensions_mut().remove()?;
    Some(cause)
}

/// Whether a response is still the bare answer. A plug may have put a page of its own in its place.
pub(crate) fn is_bare(response: &Response<Body>, cause: &Cause) -> bool {
    let kind = response.headers().get(CONTENT_TYPE);
    response.status() == cause.status && kind.is_none_or(|kind| kind == PLAIN)
}

/// Removes the mark, so that the response is not rendered.
pub(crate) fn keep_bare(extensions: &mut Extensions) {
    extensions.remove::<Unrendered>();
}
