//! A name for each request, by which its log lines are found.

use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll, ready},
};

use http::{HeaderName, HeaderValue, Request, Response};
use pin_project_lite::pin_project;
use tower_layer::Layer;
use tower_service::Service;
use tracing::Span;

use crate::random::random;

/// The header, and a request's name: what handlers take from a request's extensions.
///
/// ```
/// use http::Request;
/// use landfall::plug::RequestIdValue;
///
/// fn name<B>(request: &Request<B>) -> Option<&str> {
///     Some(request.extensions().get::<RequestIdValue>()?.as_str())
/// }
/// # let _ = name::<()>;
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestIdValue(HeaderValue);

impl RequestIdValue {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        self.0.to_str().unwrap_or_default()
    }
}

/// A plug that names each request: `plug(RequestId::new());`.
///
/// The name is that of the request's header `x-request-id` if it has 20 to 200 visible characters
/// of ASCII, and 128 random bits otherwise. It is in the header of the response, in a
/// [`RequestIdValue`] in the request's extensions, and as `request_id` on the span
/// `landfall.request.id`, which is around all later plugs and the service.
///
/// ```
/// use landfall::{plug::RequestId, prelude::*};
///
/// endpoint! {
///     struct Web;
///     plug(RequestId::new());
/// }
/// ```
#[derive(Clone, Debug)]
pub struct RequestId {
    header: HeaderName,
}

impl RequestId {
    /// With the header `x-request-id`.
    pub fn new() -> Self {
        RequestId::header(HeaderName::from_static("x-request-id"))
    }

    /// With another header.
    pub fn header(header: HeaderName) -> Self {
        RequestId { header }
    }

    fn value<B>(&self, request: &Request<B>) -> HeaderValue {
        let mut given = request.headers().get_all(&self.header).iter();
        match (given.next(), given.next()) {
            (Some(only), None) if is_fit(only) => only.clone(),
            _ => fresh(),
        }
    }
}

impl Default for RequestId {
    fn default() -> Self {
        RequestId::new()
    }
}

fn is_fit(value: &HeaderValue) -> bool {
    (20..=200).contains(&value.len()) && value.as_bytes().iter().all(u8::is_ascii_graphic)
}

fn fresh() -> HeaderValue {
    let text = data_encoding::BASE64URL_NOPAD.encode(&random::<16>());
    HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static(""))
}

impl<S> Layer<S> for RequestId {
    type Service = RequestIdService<S>;

    fn layer(&self, inner: S) -> RequestIdService<S> {
        RequestIdService {
            inner,
            plug: self.clone(),
        }
    }
}

/// A service behind [`RequestId`].
#[derive(Clone, Debug)]
pub struct RequestIdService<S> {
    inner: S,
    plug: RequestId,
}

impl<S, B, R> Service<Request<B>> for RequestIdService<S>
where
    S: Service<Request<B>, Response = Response<R>>,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = RequestIdFuture<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<B>) -> Self::Future {
        let id = RequestIdValue(self.plug.value(&request));
        let span = tracing::info_span!(
            target: "landfall::request", "landfall.request.id", request_id = id.as_str()
        );
        let named = Some((self.plug.header.clone(), id.0.clone()));
        request.extensions_mut().insert(id);
        let inner = span.in_scope(|| self.inner.call(request));
        RequestIdFuture { named, span, inner }
    }
}

pin_project! {
    /// The future of a response behind [`RequestId`].
    #[derive(Debug)]
    pub struct RequestIdFuture<F> {
        named: Option<(HeaderName, HeaderValue)>,
        span: Span,
        #[pin]
        inner: F,
    }
}

impl<F, R, E> Future for RequestIdFuture<F>
where
    F: Future<Output = Result<Response<R>, E>>,
{
    type Output = Result<Response<R>, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let mut response = ready!(this.span.in_scope(|| this.inner.poll(cx)))?;
        if let Some((header, id)) = this.named.take() {
            response.headers_mut().insert(header, id);
        }
        Poll::Ready(Ok(response))
    }
}
