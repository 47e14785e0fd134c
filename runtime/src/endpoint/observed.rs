//! A request that somebody listens to: its span, and the events of its start and its end.

use std::time::{Duration, Instant};

use http::{Request, Response};
use http_body::Body as _;
use tracing::{Level, Span};

use crate::{
    body::Body,
    escape::shown,
    interop,
    telemetry::{self, Took, list::REQUEST, traceparent},
};

/// A request, from its arrival to its response.
pub(super) struct Observed {
    pub(super) span: Span,
    endpoint: &'static str,
    method: String,
    path: String,
    began: Instant,
}

impl Observed {
    /// `None` if nobody listens: that costs one comparison.
    /// `instead` is what is shown in place of a path that may hold a secret.
    pub(super) fn begin(
        endpoint: &'static str,
        request: &Request<Body>,
        instead: impl FnOnce(&str) -> Option<&'static str>,
    ) -> Option<Box<Self>> {
        telemetry::listens!(REQUEST_START, Level::DEBUG)
            .then(|| Observed::of(endpoint, request, instead(request.uri().path())))
    }

    #[cold]
    fn of(
        endpoint: &'static str,
        request: &Request<Body>,
        instead: Option<&'static str>,
    ) -> Box<Self> {
        let uri = interop::full(request.uri(), request.extensions());
        let method = shown(request.method().as_str()).to_string();
        let path = shown(instead.unwrap_or(uri.path())).to_string();
        let traceparent = traceparent(request.headers());
        let span = tracing::debug_span!(
            target: REQUEST, "landfall.request", endpoint,
            http.request.method = %method, url.path = %path, traceparent,
            http.response.status_code = tracing::field::Empty
        );
        let version = format!("{:?}", request.version());
        let version = version.trim_start_matches("HTTP/").trim_end_matches(".0");
        span.in_scope(|| {
            telemetry::event!(
                REQUEST_START, Level::DEBUG, endpoint,
                http.request.method = %method, url.path = %path,
                network.protocol.version = version, traceparent, "{method} {path}"
            );
        });
        Box::new(Observed {
            span,
            endpoint,
            method,
            path,
            began: Instant::now(),
        })
    }

    /// The response is about to be sent.
    pub(super) fn end(self, response: &Response<Body>) {
        let duration = self.began.elapsed();
        let status = response.status().as_u16();
        self.span.record("http.response.status_code", status);
        self.span
            .in_scope(|| self.tell(status, response.body().size_hint().exact(), duration));
    }

    fn tell(&self, status: u16, size: Option<u64>, duration: Duration) {
        let Observed {
            endpoint,
            method,
            path,
            ..
        } = self;
        let took = Took(duration);
        telemetry::event!(
            REQUEST_STOP, Level::DEBUG, endpoint,
            http.request.method = %method, url.path = %path,
            http.response.status_code = status, http.response.body.size = size, ?duration,
            "answered {method} {path} with {status} in {took}"
        );
    }
}
