//! The HTTP server: listeners, connections and their time limits. It knows a service, and no socket.

mod accept;
mod connection;
mod deadlines;
mod framing;
mod guard;
mod io;
mod listener;
mod secured;
mod service;
#[cfg(feature = "rustls")]
pub(crate) mod tls;
mod upload;
mod watch;

use std::{convert::Infallible, sync::Arc};

use http::{Request, Response};
use hyper::server::conn::http1;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower_service::Service;

pub use self::listener::Listener;
pub(crate) use self::listener::{Bound, Layer};
pub(crate) use self::deadlines::Lost;
use self::{deadlines::Deadlines, framing::Limits};
use crate::{
    body::Body,
    config::{HttpConfig, TrustedProxies},
};

/// What the server serves: a service that always answers, and whose clones are cheap.
pub(crate) trait Serve:
    Service<Request<Body>, Response = Response<Body>, Error = Infallible, Future = Self::Answer>
    + Clone
    + Send
    + Sync
    + Unpin
    + 'static
{
    type Answer: Future<Output = Result<Response<Body>, Infallible>> + Send + Unpin + 'static;
}

impl<S, F> Serve for S
where
    S: Service<Request<Body>, Response = Response<Body>, Error = Infallible, Future = F>,
    S: Clone + Send + Sync + Unpin + 'static,
    F: Future<Output = Result<Response<Body>, Infallible>> + Send + Unpin + 'static,
{
    type Answer = F;
}

/// What all connections of a server share.
struct Server<S> {
    service: S,
    http: http1::Builder,
    clock: Arc<Deadlines>,
    trailers: Limits,
    tracker: TaskTracker,
    config: HttpConfig,
    proxies: TrustedProxies,
    layer: Layer,
}

/// Serves a listener, whose connections speak `layer` under HTTP, until `stop`; then finishes what is in flight. Each connection is one of `connections`, which are
/// what `max_connections` counts; all other tasks are `tasks`. Those of `proxies` do not count towards
/// `max_connections_per_ip`. Returns what will have been lost at the end.
pub(crate) fn serve<L: Listener, S: Serve>(
    listener: L,
    layer: Layer,
    service: S,
    config: HttpConfig,
    proxies: TrustedProxies,
    connections: &TaskTracker,
    tasks: &TaskTracker,
    stop: CancellationToken,
) -> Lost {
    let shutdown = config.shutdown_timeout;
    let server = server(service, layer, config, proxies, connections);
    // The clock stops after the last connection, so only once no other can come.
    let closed = CancellationToken::new();
    tasks.spawn(server.clock.clone().run(closed.clone(), shutdown));
    let lost = server.clock.lost();
    tasks.spawn(accept::run(listener, server, stop, closed.drop_guard()));
    lost
}

fn server<S: Serve>(
    service: S,
    layer: Layer,
    config: HttpConfig,
    proxies: TrustedProxies,
    tracker: &TaskTracker,
) -> Arc<Server<S>> {
    let http = http(&config);
    let clock = Deadlines::new(&config);
    let trailers = Limits {
        trailers: config.max_headers,
        trailer_bytes: config.max_head_bytes,
    };
    Arc::new(Server {
        service,
        http,
        clock,
        trailers,
        tracker: tracker.clone(),
        config,
        proxies,
        layer,
    })
}

fn http(config: &HttpConfig) -> http1::Builder {
    /// hyper keeps as many on the stack; any other number costs an allocation a request.
    const ON_THE_STACK: usize = 100;
    /// hyper's least.
    const LEAST_BUFFER: usize = 8 * 1024;

    let mut http = http1::Builder::new();
    // Time limits are the `Deadlines`'s: hyper's own would make a timer for each request.
    http.header_read_timeout(None)
        .max_header_size(config.max_head_bytes)
        .max_buf_size(config.max_head_bytes.max(LEAST_BUFFER));
    if config.max_headers != ON_THE_STACK {
        http.max_headers(config.max_headers);
    }
    http
}

#[cfg(test)]
mod tests;
