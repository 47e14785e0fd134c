//! An endpoint as a tower service, which our own server serves, and which can be nested in another
//! server.

use std::{
    convert::Infallible,
    fmt,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use http::{Method, Request, Response, header::STRICT_TRANSPORT_SECURITY};
use http_body::Body as HttpBody;
use tower_service::Service;

use super::{gate::Gate, observed::Observed};
use crate::{
    body::{self, Body},
    dashboard::Served,
    error::BoxError,
    error_page::{Kept, Pages},
    force_ssl::Passage,
    handle::Handle,
    hidden::HiddenInDebug,
    live_reload::LiveReload,
    pipeline::{Answering, BoxResponse, Pipeline, contained},
    plug::forbid_caching,
    telemetry::meters::RequestMeter,
    transport::Dispatcher,
};

/// The sockets of an endpoint, as far as it needs them to answer requests.
pub(crate) trait Sockets: Send + Sync + 'static {
    /// Takes a request for a socket, and answers it. Other requests stay as they are.
    fn dispatch(&self, request: &mut Option<Request<Body>>) -> Option<BoxResponse>;

    /// Whether a WebSocket is opened at this path.
    fn opens(&self, path: &str) -> bool {
        let _ = path;
        false
    }

    /// What is logged in place of a path that may hold a secret.
    fn shown_path(&self, path: &str) -> Option<&'static str> {
        let _ = path;
        None
    }
}

impl Sockets for Dispatcher {
    fn dispatch(&self, request: &mut Option<Request<Body>>) -> Option<BoxResponse> {
        Dispatcher::dispatch(self, request)
    }

    fn opens(&self, path: &str) -> bool {
        Dispatcher::opens(self, path)
    }

    fn shown_path(&self, path: &str) -> Option<&'static str> {
        Dispatcher::shown_path(self, path)
    }
}

/// An endpoint as a tower service: its sockets, then its plugs, then its service.
///
/// It takes any request body, is always ready, and never fails. Inside axum, nest it:
/// `Router::new().nest_service("/rt", service)` or `.fallback_service(service)`.
#[derive(Clone)]
pub struct EndpointService(Arc<HiddenInDebug<Parts>>);

struct Parts {
    handle: Handle,
    sockets: Box<dyn Sockets>,
    pipeline: Pipeline,
    /// `None` if the endpoint declares neither `force_ssl` nor `rewrite_on`.
    gate: Option<Gate>,
    pages: Pages,
    dashboard: Option<Served>,
    live_reload: Option<LiveReload>,
}

impl EndpointService {
    pub(super) fn new(
        handle: Handle,
        sockets: impl Sockets,
        pipeline: Pipeline,
        gate: Option<Gate>,
        pages: Pages,
        (dashboard, live_reload): (Option<Served>, Option<LiveReload>),
    ) -> Self {
        EndpointService(Arc::new(Parts {
            handle,
            sockets: Box::new(sockets),
            pipeline,
            gate,
            pages,
            dashboard,
            live_reload,
        }))
    }

    /// The endpoint that this service belongs to.
    pub fn handle(&self) -> &Handle {
        &self.0.handle
    }

    /// The error pages, which the server renders its refusals with.
    pub(super) fn pages(&self) -> Pages {
        self.0.pages.clone()
    }

    /// Whether a WebSocket is opened at this path.
    pub(crate) fn opens(&self, path: &str) -> bool {
        self.0.sockets.opens(path)
    }

    /// The request is there, and is taken. It is large: it moves only once, to who answers it.
    fn answer(&self, request: &mut Option<Request<Body>>) -> EndpointFuture {
        let kept = request
            .as_ref()
            .map_or_else(Kept::default, |request| self.0.pages.keep(request));
        let meter = RequestMeter::begin(self.0.handle.name());
        let observed = request.as_ref().and_then(|request| {
            Observed::begin(self.0.handle.name(), request, |path| {
                self.0.sockets.shown_path(path)
            })
        });
        let within = observed.as_ref().map(|observed| observed.span.enter());
        let passed = self.pass(request);
        drop(within);
        EndpointFuture {
            kept,
            observed,
            meter,
            ..passed
        }
    }

    fn pass(&self, request: &mut Option<Request<Body>>) -> EndpointFuture {
        let passage = match (&self.0.gate, request.as_mut()) {
            (Some(gate), Some(request)) => gate.pass(request, &self.0.handle),
            _ => Passage::Free,
        };
        match passage {
            Passage::Free => self.dispatch(request),
            Passage::Secure => EndpointFuture {
                marked: Some(self.0.clone()),
                ..self.dispatch(request)
            },
            Passage::Redirected(response) => EndpointFuture::ready(response),
        }
    }

    #[expect(
        clippy::result_large_err,
        reason = "a request that is not taken comes back as it was"
    )]
    fn dispatch(&self, request: &mut Option<Request<Body>>) -> EndpointFuture {
        if let Some(dashboard) = &self.0.dashboard
            && let Some(page) = take(request, |request| dashboard.take(request))
        {
            return EndpointFuture::ready(page);
        }
        let Some(live) = &self.0.live_reload else {
            return self.dispatch_on(request);
        };
        if let Some(page) = take(request, |request| live.take(request)) {
            return EndpointFuture::ready(page);
        }
        let is_head = |request: &Request<Body>| request.method() == Method::HEAD;
        EndpointFuture {
            reloads: (!request.as_ref().is_some_and(is_head)).then(|| self.0.clone()),
            ..self.dispatch_on(request)
        }
    }

    fn dispatch_on(&self, request: &mut Option<Request<Body>>) -> EndpointFuture {
        let answered = match contained(|| self.0.sockets.dispatch(request)) {
            Ok(answered) => answered,
            Err(panicked) => return EndpointFuture::new(panicked.into(), true),
        };
        if let Some(response) = answered {
            return EndpointFuture::new(Answering::new(response), true);
        }
        if let Some(request) = request {
            request.extensions_mut().insert(self.0.handle.clone());
        }
        EndpointFuture::new(self.0.pipeline.run(request), false)
    }
}

/// Gives a request to who may answer it. It is put back if it comes back.
fn take(
    request: &mut Option<Request<Body>>,
    by: impl FnOnce(Request<Body>) -> Result<Response<Body>, Request<Body>>,
) -> Option<Response<Body>> {
    match by(request.take()?) {
        Ok(response) => Some(response),
        Err(back) => {
            *request = Some(back);
            None
        }
    }
}

impl fmt::Debug for EndpointService {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("EndpointService")
            .field(&self.0.handle)
            .finish()
    }
}

impl<B> Service<Request<B>> for EndpointService
where
    B: HttpBody<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = EndpointFuture;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> EndpointFuture {
        body::with_request(request, |request| self.answer(request))
    }
}

/// The future of an endpoint's response.
pub struct EndpointFuture {
    answer: Answering,
    socket: bool,
    /// Adds the header `strict-transport-security` to the response.
    marked: Option<Arc<HiddenInDebug<Parts>>>,
    kept: Kept,
    /// `None` if nobody listens to requests.
    observed: Option<Box<Observed>>,
    meter: RequestMeter,
    /// Puts the frame of live reload into the response.
    reloads: Option<Arc<HiddenInDebug<Parts>>>,
}

impl EndpointFuture {
    fn new(answer: Answering, socket: bool) -> Self {
        EndpointFuture {
            answer,
            socket,
            marked: None,
            kept: Kept::default(),
            observed: None,
            meter: RequestMeter::begin(""),
            reloads: None,
        }
    }

    fn ready(response: Response<Body>) -> Self {
        let answer = Answering::new(Box::pin(std::future::ready(Ok(response))));
        EndpointFuture::new(answer, false)
    }

    fn finish(&mut self, response: &mut Response<Body>) {
        let live = self
            .reloads
            .as_ref()
            .and_then(|parts| parts.live_reload.as_ref());
        if let Some(live) = live {
            live.inject(response);
        }
        if self.socket {
            forbid_caching(response);
        }
        let gate = self.marked.as_ref().and_then(|parts| parts.gate.as_ref());
        if let Some(header) = gate.and_then(Gate::hsts) {
            response
                .headers_mut()
                .insert(STRICT_TRANSPORT_SECURITY, header.clone());
        }
        self.meter.answered(response.status().as_u16());
        if let Some(observed) = self.observed.take() {
            observed.end(response);
        }
    }
}

impl Future for EndpointFuture {
    type Output = Result<Response<Body>, Infallible>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        let mut answered = None;
        let within = this.observed.as_ref().map(|seen| seen.span.enter());
        ready!(this.answer.poll_into(cx, &mut answered));
        // It is large: what follows changes it in its place.
        if let Some(response) = &mut answered {
            this.kept.finish(response);
            drop(within);
            this.finish(response);
        }
        answered.map_or(Poll::Pending, |response| Poll::Ready(Ok(response)))
    }
}

impl fmt::Debug for EndpointFuture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EndpointFuture")
    }
}

#[cfg(test)]
mod tests;
