//! HEAD, answered by what answers GET.

use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use http::{
    HeaderValue, Method, Request, Response,
    header::{CONTENT_LENGTH, TRANSFER_ENCODING},
};
use http_body::Body as HttpBody;
use pin_project_lite::pin_project;
use tower_layer::Layer;
use tower_service::Service;

use crate::{body::Body, error::BoxError};

/// A plug that has HEAD answered by what answers GET, without the body: `plug(Head);`. It is
/// Phoenix's `Plug.Head`.
///
/// Later plugs and the service see a GET. The response keeps its headers, and has the length of the
/// body as `content-length` where that is known. The body is dropped unread.
///
/// axum's routers, [`Static`](crate::assets::Static) and [`Health`](crate::endpoint::Health) answer
/// HEAD by themselves.
///
/// ```
/// # #[tokio::main(flavor = "current_thread", start_paused = true)] async fn main() {
/// # #[cfg(feature = "testing")] {
/// use http::{Method, Request, Response, StatusCode};
/// use landfall::{plug::Head, prelude::*, testing};
///
/// async fn page(request: Request<Body>) -> Result<Response<Body>, std::convert::Infallible> {
///     assert_eq!(request.method(), Method::GET);
///     Ok(Response::new(Body::from("hello")))
/// }
///
/// endpoint! {
///     struct Web;
///     plug(Head);
///     service(tower::service_fn(page));
/// }
///
/// let site = testing::start::<Web>().await;
/// let head = site.request(Method::HEAD, "/").await;
/// assert_eq!((head.header("content-length"), head.text()), (Some("5"), ""));
/// # } }
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Head;

impl<S> Layer<S> for Head {
    type Service = HeadService<S>;

    fn layer(&self, inner: S) -> HeadService<S> {
        HeadService { inner }
    }
}

/// A service behind [`Head`].
#[derive(Clone, Debug)]
pub struct HeadService<S> {
    inner: S,
}

impl<S, B, R> Service<Request<B>> for HeadService<S>
where
    S: Service<Request<B>, Response = Response<R>>,
    R: HttpBody<Data = Bytes> + Send + 'static,
    R::Error: Into<BoxError>,
{
    type Response = Response<Body>;
    type Error = S::Error;
    type Future = HeadFuture<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<B>) -> Self::Future {
        let head = request.method() == Method::HEAD;
        if head {
            *request.method_mut() = Method::GET;
        }
        let inner = self.inner.call(request);
        HeadFuture { head, inner }
    }
}

pin_project! {
    /// The future of a response behind [`Head`].
    #[derive(Debug)]
    pub struct HeadFuture<F> {
        head: bool,
        #[pin]
        inner: F,
    }
}

impl<F, R, E> Future for HeadFuture<F>
where
    F: Future<Output = Result<Response<R>, E>>,
    R: HttpBody<Data = Bytes> + Send + 'static,
    R::Error: Into<BoxError>,
{
    type Output = Result<Response<Body>, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let response = ready!(this.inner.poll(cx))?;
        Poll::Ready(Ok(match this.head {
            true => without_body(response),
            false => response.map(Body::new),
        }))
    }
}

fn without_body<R: HttpBody>(response: Response<R>) -> Response<Body> {
    let (mut parts, body) = response.into_parts();
    if let (Some(length), false) = (
        body.size_hint().exact(),
        parts.headers.contains_key(TRANSFER_ENCODING),
    ) {
        let length = HeaderValue::from(length);
        parts.headers.entry(CONTENT_LENGTH).or_insert(length);
    }
    Response::from_parts(parts, Body::empty())
}
