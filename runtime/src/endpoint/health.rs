//! Tells a load balancer whether the endpoint takes requests.

use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use http::{HeaderValue, Method, Request, Response, StatusCode, header::CACHE_CONTROL};
use http_body::Body as HttpBody;
use pin_project_lite::pin_project;
use tower_layer::Layer;
use tower_service::Service;

use crate::{body::Body, error::BoxError, handle::Handle, plug::plain};

/// A plug that answers GET and HEAD at one path: `plug(Health::at("/healthz"));`.
///
/// The answer is 200 while the endpoint [is ready](Handle::is_ready), and 503 once it is told to
/// stop. With [`drainer(delay = secs(10))`](macro@crate::endpoint) it goes on accepting for 10 s,
/// so that a load balancer sees the 503 before the first connection is refused. Later plugs do not
/// run, and the answer is not cached.
///
/// `force_ssl` runs before all plugs: list the path in its `exclude_paths` if the load balancer
/// asks over `http`.
#[derive(Clone, Copy, Debug)]
pub struct Health {
    path: &'static str,
}

impl Health {
    /// A plug for this path of a request, such as `"/healthz"`, below the `path` of the configured
    /// `url`.
    ///
    /// # Panics
    /// When the path does not begin with `/`. In a constant, that is a compile error.
    #[track_caller]
    pub const fn at(path: &'static str) -> Self {
        assert!(
            matches!(path.as_bytes(), [b'/', ..]),
            "the path of `Health` begins with `/`"
        );
        Health { path }
    }

    fn answers<B>(&self, request: &Request<B>) -> bool {
        request.uri().path() == self.path && matches!(*request.method(), Method::GET | Method::HEAD)
    }
}

impl<S> Layer<S> for Health {
    type Service = HealthService<S>;

    fn layer(&self, inner: S) -> HealthService<S> {
        HealthService {
            inner,
            health: *self,
        }
    }
}

/// A service behind [`Health`].
#[derive(Clone, Debug)]
pub struct HealthService<S> {
    inner: S,
    health: Health,
}

impl<S, B, R> Service<Request<B>> for HealthService<S>
where
    S: Service<Request<B>, Response = Response<R>>,
    R: HttpBody<Data = Bytes> + Send + 'static,
    R::Error: Into<BoxError>,
{
    type Response = Response<Body>;
    type Error = S::Error;
    type Future = HealthFuture<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        if self.health.answers(&request) {
            let answer = Some(answer(request.extensions().get::<Handle>()));
            return HealthFuture {
                answer,
                inner: None,
            };
        }
        HealthFuture {
            answer: None,
            inner: Some(self.inner.call(request)),
        }
    }
}

fn answer(endpoint: Option<&Handle>) -> Response<Body> {
    let status = match endpoint {
        Some(endpoint) if endpoint.is_ready() => StatusCode::OK,
        Some(_) => StatusCode::SERVICE_UNAVAILABLE,
        None => {
            tracing::error!("`Health` answers for an endpoint: it is to be one of its plugs");
            StatusCode::INTERNAL_SERVER_ERROR
        }
    };
    let mut response = plain(status);
    response
        .headers_mut()
        .insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

pin_project! {
    /// The future of a response behind [`Health`].
    #[derive(Debug)]
    pub struct HealthFuture<F> {
        answer: Option<Response<Body>>,
        #[pin]
        inner: Option<F>,
    }
}

impl<F, R, E> Future for HealthFuture<F>
where
    F: Future<Output = Result<Response<R>, E>>,
    R: HttpBody<Data = Bytes> + Send + 'static,
    R::Error: Into<BoxError>,
{
    type Output = Result<Response<Body>, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        match this.inner.as_pin_mut() {
            Some(inner) => {
                Poll::Ready(ready!(inner.poll(cx)).map(|response| response.map(Body::new)))
            }
            None => this
                .answer
                .take()
                .map_or(Poll::Pending, |answer| Poll::Ready(Ok(answer))),
        }
    }
}
