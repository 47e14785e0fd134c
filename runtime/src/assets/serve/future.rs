//! The future of a response.

use std::{
    fmt,
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};

use bytes::Bytes;
use http::Response;
use http_body::Body as HttpBody;
use pin_project_lite::pin_project;

use crate::{body::Body, error::BoxError};

/// Looks for a file, and calls the inner service if there is none.
type Looking<E> = Pin<Box<dyn Future<Output = Result<Response<Body>, E>> + Send>>;

pin_project! {
    /// The response of a [`StaticService`](crate::assets::StaticService): `F` is the future of the
    /// inner service, and `E` its error.
    pub struct StaticFuture<F, E> {
        #[pin]
        state: State<F, E>,
    }
}

pin_project! {
    #[project = StateProjection]
    enum State<F, E> {
        Passed {
            #[pin]
            inner: F,
        },
        Looking {
            future: Looking<E>,
        },
    }
}

impl<F, E> StaticFuture<F, E> {
    /// The request is not for a file: the inner service was called. Nothing is allocated.
    pub(super) fn passed(inner: F) -> Self {
        StaticFuture {
            state: State::Passed { inner },
        }
    }

    /// A file is looked for. The future is boxed: compared to the disk, that costs nothing.
    pub(super) fn looking(
        future: impl Future<Output = Result<Response<Body>, E>> + Send + 'static,
    ) -> Self {
        let future: Looking<E> = Box::pin(future);
        StaticFuture {
            state: State::Looking { future },
        }
    }
}

impl<F, E, R> Future for StaticFuture<F, E>
where
    F: Future<Output = Result<Response<R>, E>>,
    R: HttpBody<Data = Bytes> + Send + 'static,
    R::Error: Into<BoxError>,
{
    type Output = Result<Response<Body>, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match self.project().state.project() {
            StateProjection::Passed { inner } => {
                inner.poll(cx).map_ok(|response| response.map(Body::new))
            }
            StateProjection::Looking { future } => future.as_mut().poll(cx),
        }
    }
}

impl<F, E> fmt::Debug for StaticFuture<F, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StaticFuture").finish_non_exhaustive()
    }
}
