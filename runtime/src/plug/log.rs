//! Log lines of requests: one when a request comes, and one when it is answered.

use std::{
    fmt,
    future::Future,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Instant,
};

use http::{Method, Request, Response};
use http_body::Body as HttpBody;
use pin_project_lite::pin_project;
use tower_layer::Layer;
use tower_service::Service;
use tracing::Level;

use crate::{
    contain,
    escape::shown,
    telemetry::{self, Log as At, Took},
};

/// Chooses the level of a request's lines.
pub type RequestLevel = fn(&Method, &str) -> Option<Level>;

/// A plug that logs each request that reaches it: `plug(Log::new());`.
///
/// It logs `GET /path`, and `Sent 200 in 12ms` when the response's head is ready: `Chunked 200 in
/// 12ms` if the length of the body is not known by then. These are the [events](crate::telemetry)
/// `landfall.request.received` and `landfall.request.sent`. Queries are not logged. Requests for
/// sockets do not reach plugs, and have lines of their own.
///
/// ```
/// use http::Method;
/// use landfall::{plug::Log, prelude::*};
/// use tracing::Level;
///
/// endpoint! {
///     struct Web;
///     plug(Log::by(level_of));
/// }
///
/// /// A load balancer asks too often.
/// fn level_of(_: &Method, path: &str) -> Option<Level> {
///     (path != "/healthz").then_some(Level::INFO)
/// }
/// ```
#[derive(Clone, Copy)]
pub struct Log(At<RequestLevel>);

impl Log {
    /// At level `info`.
    pub const fn new() -> Self {
        Log::at(Level::INFO)
    }

    /// At this level.
    pub const fn at(level: Level) -> Self {
        Log(At::At(level))
    }

    /// At the level that a function of the request's method and path returns. `None` is silent.
    pub const fn by(choose: RequestLevel) -> Self {
        Log(At::By(choose))
    }

    fn level<B>(&self, request: &Request<B>) -> Option<Level> {
        let level = match self.0 {
            At::Off => None,
            At::At(level) => Some(level),
            // A cheap question first: a subscriber without any level wants nothing.
            At::By(_) if !telemetry::wants(Level::ERROR) => None,
            At::By(choose) => contain::call(|| choose(request.method(), request.uri().path()))
                .unwrap_or_else(|panic| {
                    tracing::error!("the function of a level of `Log` panicked: {panic}");
                    None
                }),
        };
        level.filter(|level| telemetry::listens!(REQUEST_RECEIVED, *level))
    }
}

impl Default for Log {
    fn default() -> Self {
        Log::new()
    }
}

impl fmt::Debug for Log {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Log").field(&self.0).finish()
    }
}

impl<S> Layer<S> for Log {
    type Service = LogService<S>;

    fn layer(&self, inner: S) -> LogService<S> {
        LogService { inner, log: *self }
    }
}

/// A service behind [`Log`].
#[derive(Clone, Debug)]
pub struct LogService<S> {
    inner: S,
    log: Log,
}

impl<S, B, R> Service<Request<B>> for LogService<S>
where
    S: Service<Request<B>, Response = Response<R>>,
    R: HttpBody,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = LogFuture<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let logged = self.log.level(&request).map(|level| {
            let (method, path) = (
                shown(request.method().as_str()),
                shown(request.uri().path()),
            );
            telemetry::event!(
                REQUEST_RECEIVED, level, { http.request.method = %method, url.path = %path }, "{method} {path}"
            );
            (level, Instant::now())
        });
        LogFuture {
            logged,
            inner: self.inner.call(request),
        }
    }
}

pin_project! {
    /// The future of a response behind [`Log`].
    #[derive(Debug)]
    pub struct LogFuture<F> {
        logged: Option<(Level, Instant)>,
        #[pin]
        inner: F,
    }
}

impl<F, R, E> Future for LogFuture<F>
where
    F: Future<Output = Result<Response<R>, E>>,
    R: HttpBody,
{
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let answered = ready!(this.inner.poll(cx));
        if let (Ok(response), Some((level, began))) = (&answered, this.logged.take()) {
            let (status, duration) = (response.status().as_u16(), began.elapsed());
            let size = response.body().size_hint().exact();
            let sent = if size.is_some() { "Sent" } else { "Chunked" };
            telemetry::event!(
                REQUEST_SENT, level,
                { http.response.status_code = status, http.response.body.size = size, ?duration },
                "{sent} {status} in {}",
                Took(duration)
            );
        }
        Poll::Ready(answered)
    }
}
