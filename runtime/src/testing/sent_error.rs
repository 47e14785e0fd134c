//! Errors that requests of a test ended in.

use std::{
    collections::HashMap,
    convert::Infallible,
    fmt,
    net::SocketAddr,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll, ready},
};

use http::{Request, StatusCode};
use tower_service::Service;

use super::response::Response;
use crate::{
    body::Body,
    endpoint::{EndpointFuture, EndpointService},
    failure::{Cause, FailureKind, Sent},
    interop,
};

/// Most errors that nobody has asked for.
const MOST: usize = 1_000;

/// The response to a request that ended in an error, and the error:
/// [`Request::assert_error_sent`](super::Request::assert_error_sent).
#[derive(Clone, Debug)]
pub struct SentError {
    response: Response,
    kind: FailureKind,
    message: String,
}

impl SentError {
    /// The response.
    pub fn response(&self) -> &Response {
        &self.response
    }

    /// What kind of failure it was: [`Panic`](FailureKind::Panic) for a handler that panicked.
    pub fn kind(&self) -> FailureKind {
        self.kind
    }

    /// The panic's message, or the error with its causes. Empty where nothing failed, as for a path
    /// that nothing serves.
    pub fn message(&self) -> &str {
        &self.message
    }
}

/// Errors by the client's address. Each request of a test has a connection of its own.
#[derive(Clone, Default)]
pub(super) struct SentErrors(Arc<Mutex<HashMap<SocketAddr, Arc<Cause>>>>);

impl SentErrors {
    fn keep(&self, peer: SocketAddr, cause: Arc<Cause>) {
        let mut causes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if causes.len() < MOST {
            causes.insert(peer, cause);
        }
    }

    pub(super) fn take(&self, peer: SocketAddr) -> Option<Arc<Cause>> {
        let mut causes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        causes.remove(&peer)
    }
}

/// The response of this status, with its error.
///
/// # Errors
/// What came instead.
pub(super) fn sent(
    status: StatusCode,
    response: Response,
    cause: Option<Arc<Cause>>,
) -> Result<SentError, String> {
    let came = response.status();
    let Some(cause) = cause else {
        let body = response.shown();
        return Err(format!("no error was sent: the response is {came} {body}"));
    };
    let (kind, message) = (cause.kind, message(&cause));
    if came != status {
        return Err(format!("it is {came}, for this {kind}: {message}"));
    }
    Ok(SentError {
        response,
        kind,
        message,
    })
}

fn message(cause: &Cause) -> String {
    if let Some(panic) = &cause.panic {
        return panic.message.clone();
    }
    let errors: Vec<String> = cause.chain().map(ToString::to_string).collect();
    errors.join(": ")
}

/// The endpoint's service, whose errors are kept.
#[derive(Clone)]
pub(super) struct Recording {
    service: EndpointService,
    errors: SentErrors,
}

impl Recording {
    pub(super) fn new(service: EndpointService, errors: SentErrors) -> Self {
        Recording { service, errors }
    }

    pub(super) fn opens(&self, path: &str) -> bool {
        self.service.opens(path)
    }
}

impl Service<Request<Body>> for Recording {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = RecordingFuture;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> RecordingFuture {
        let peer = interop::peer(request.extensions());
        RecordingFuture {
            peer,
            errors: self.errors.clone(),
            answer: self.service.call(request),
        }
    }
}

pub(super) struct RecordingFuture {
    peer: Option<SocketAddr>,
    errors: SentErrors,
    answer: EndpointFuture,
}

impl Future for RecordingFuture {
    type Output = Result<http::Response<Body>, Infallible>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let answered = ready!(Pin::new(&mut self.answer).poll(cx));
        if let (Ok(response), Some(peer)) = (&answered, self.peer)
            && let Some(Sent(cause)) = response.extensions().get()
        {
            self.errors.keep(peer, cause.clone());
        }
        Poll::Ready(answered)
    }
}

impl fmt::Debug for SentErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SentErrors").finish_non_exhaustive()
    }
}
