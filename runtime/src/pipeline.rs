//! What requests run through that no socket takes: plugs around a service, as one value without
//! type parameters.

mod called;

use std::{
    fmt,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, Waker, ready},
};

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body::Body as HttpBody;
use pin_project_lite::pin_project;
use tower_layer::Layer;
use tower_service::Service;

pub use self::called::Called;
use crate::{
    body::{self, Body},
    contain,
    error::BoxError,
    failure::{Cause, Failure, Panicked},
    plug::NotFound,
};

/// Takes the request.
type Run = dyn Fn(&mut Option<Request<Body>>) -> BoxResponse + Send + Sync;

/// Plugs and the service they end in, whatever their types. Cloning it is cheap.
#[derive(Clone)]
pub struct Pipeline(Arc<Run>);

impl Pipeline {
    /// Each request is served by a clone of the service, once that is ready.
    pub fn new<S, B>(service: S) -> Self
    where
        S: Service<Request<Body>, Response = Response<B>> + Clone + Send + Sync + 'static,
        S::Error: Into<BoxError>,
        S::Future: Send,
        B: HttpBody<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        Pipeline(Arc::new(move |request| {
            let mut service = service.clone();
            // Most are ready at once. Their futures need no room for the request.
            match service.poll_ready(&mut Context::from_waker(Waker::noop())) {
                Poll::Ready(Ok(())) => match request.take() {
                    Some(request) => Box::pin(Answered {
                        future: service.call(request),
                    }),
                    None => once(),
                },
                Poll::Ready(Err(error)) => {
                    let error = error.into();
                    Box::pin(async { Err(error) })
                }
                Poll::Pending => match request.take() {
                    Some(request) => Box::pin(async move {
                        std::future::poll_fn(|cx| service.poll_ready(cx))
                            .await
                            .map_err(Into::into)?;
                        let future = service.call(request);
                        Answered { future }.await
                    }),
                    None => once(),
                },
            }
        }))
    }

    /// Answers every request with 404.
    pub fn not_found() -> Self {
        Pipeline::new(NotFound)
    }

    /// The answer to a request; it is 500 if the service fails or panics.
    pub(crate) fn run(&self, request: &mut Option<Request<Body>>) -> Answering {
        contained(|| (self.0)(request)).map_or_else(Answering::from, Answering::new)
    }
}

impl fmt::Debug for Pipeline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pipeline")
    }
}

/// There is no request any more.
#[cold]
fn once() -> BoxResponse {
    Box::pin(async { Err("a request is answered once".into()) })
}

/// What `plug(..)` takes: every [`Layer`]. A trait of its own says so in the words of a declaration.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is neither a plug nor a `tower::Layer`",
    label = "not a plug",
    note = "a plug is a `tower::Layer` around what is written after it, such as `RequestId::new()`"
)]
pub trait Plug<S> {
    /// The service with the plug around it.
    type Service;

    /// Puts the plug around a service.
    fn around(&self, service: S) -> Self::Service;
}

#[diagnostic::do_not_recommend]
impl<L: Layer<S>, S> Plug<S> for L {
    type Service = L::Service;

    fn around(&self, service: S) -> L::Service {
        self.layer(service)
    }
}

/// Puts a plug around a service.
pub fn plug<P: Plug<S>, S>(plug: P, service: S) -> P::Service {
    plug.around(service)
}

pin_project! {
    /// What a service answers, with the body and the error of every service.
    struct Answered<F> {
        #[pin]
        future: F,
    }
}

impl<F, B, E> Future for Answered<F>
where
    F: Future<Output = Result<Response<B>, E>>,
    B: HttpBody<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
    E: Into<BoxError>,
{
    type Output = Result<Response<Body>, BoxError>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let response = ready!(self.project().future.poll(cx)).map_err(Into::into)?;
        Poll::Ready(Ok(body::response(response)))
    }
}

pub(crate) type BoxResponse =
    Pin<Box<dyn Future<Output = Result<Response<Body>, BoxError>> + Send>>;

/// The future of a response. An error or a panic becomes a 500, and has no effect on anything else.
/// The response bears the error, which nobody has logged yet.
pub(crate) struct Answering(Result<BoxResponse, Option<Box<Panicked>>>);

impl Answering {
    pub(crate) fn new(response: BoxResponse) -> Self {
        Answering(Ok(response))
    }

    /// Polls the answer. The response comes where the caller has a place for it: it is large.
    pub(crate) fn poll_into(
        &mut self,
        cx: &mut Context<'_>,
        place: &mut Option<Response<Body>>,
    ) -> Poll<()> {
        let mut future = match std::mem::replace(&mut self.0, Err(None)) {
            Ok(future) => future,
            Err(panicked) => {
                *place = Some(match panicked {
                    Some(panicked) => Cause::panicked(*panicked).into_response(),
                    None => failed("polled after completion".into()),
                });
                return Poll::Ready(());
            }
        };
        let polled = contained(|| {
            future.as_mut().poll(cx).map(|answered| match answered {
                Ok(response) => *place = Some(response),
                Err(error) => *place = Some(failed(error)),
            })
        });
        match polled {
            Ok(Poll::Ready(())) => {}
            Ok(Poll::Pending) => {
                self.0 = Ok(future);
                return Poll::Pending;
            }
            Err(panicked) => {
                // It is not polled again. A second panic does no harm.
                let _ = contained(|| drop(future));
                *place = Some(Cause::panicked(panicked).into_response());
            }
        }
        Poll::Ready(())
    }
}

#[cfg(any(test, feature = "testing"))]
impl Answering {
    pub(crate) async fn answer(mut self) -> Response<Body> {
        let mut place = None;
        std::future::poll_fn(|cx| self.poll_into(cx, &mut place)).await;
        place.unwrap_or_default()
    }
}

impl From<Panicked> for Answering {
    fn from(panicked: Panicked) -> Self {
        Answering(Err(Some(Box::new(panicked))))
    }
}

/// The status is that of the [`Failure`] in the chain of errors, if there is one.
fn failed(error: BoxError) -> Response<Body> {
    let status = Failure::within(&*error).map(Failure::status);
    Cause::failed(status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), error).into_response()
}

/// Calls the application. A panic is logged.
pub(crate) fn contained<T>(f: impl FnOnce() -> T) -> Result<T, Panicked> {
    contain::call(f).map_err(|panic| {
        tracing::error!("a service panicked: {panic}");
        Panicked::from(panic)
    })
}

#[cfg(test)]
mod tests;
