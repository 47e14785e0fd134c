//! The service at the end of a pipeline as an event.

use std::{
    fmt,
    future::Future,
    pin::Pin,
    task::{Context, Poll, ready},
};

use http::Request;
use pin_project_lite::pin_project;
use tower_service::Service;

use crate::{
    handle::Handle,
    instrumenter::{Mark, here},
};

/// A service whose calls are the event `phoenix_controller_call`. [`endpoint!`](crate::endpoint!)
/// puts it around `service(..)` where there are instrumenters.
#[doc(hidden)]
#[derive(Clone)]
pub struct Called<S> {
    handle: Handle,
    inner: S,
}

impl<S> Called<S> {
    pub fn new(handle: &Handle, inner: S) -> Self {
        Called {
            handle: handle.clone(),
            inner,
        }
    }
}

impl<S, B> Service<Request<B>> for Called<S>
where
    S: Service<Request<B>>,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = CalledFuture<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let (parts, body) = request.into_parts();
        let mark = self
            .handle
            .begin("phoenix_controller_call", here!(), &[&parts]);
        CalledFuture {
            inner: self.inner.call(Request::from_parts(parts, body)),
            mark: Some(mark),
        }
    }
}

impl<S> fmt::Debug for Called<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Called")
    }
}

pin_project! {
    #[doc(hidden)]
    pub struct CalledFuture<F> {
        #[pin]
        inner: F,
        mark: Option<Mark>,
    }
}

impl<F: Future> Future for CalledFuture<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let output = ready!(this.inner.poll(cx));
        if let Some(mark) = this.mark.take() {
            mark.end(true);
        }
        Poll::Ready(output)
    }
}

impl<F> fmt::Debug for CalledFuture<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CalledFuture")
    }
}
