//! The HTTP server: listeners, connections and their time limits. It knows a service, and no socket.

mod accept;
mod connection;
mod framing;
mod guard;
mod io;
mod listener;
mod service;
mod upload;
mod watch;

use std::{convert::Infallible, sync::Arc, time::Duration};

use http::{Request, Response};
use hyper::server::conn::http1;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower_service::Service;

pub use self::listener::Listener;
pub(crate) use self::listener::{Accept, Bound};
pub(crate) use self::watch::Lost;
use self::{framing::Limits, watch::Clock};
use crate::{body::Body, proxies::TrustedProxies};

/// Limits of a server.
#[derive(Clone, Debug)]
pub(crate) struct ServerOptions {
    /// How long a client may take to send a request's head, and its first byte.
    pub(crate) header_timeout: Duration,
    /// How long a connection may wait for its next request.
    pub(crate) idle_timeout: Duration,
    /// How long requests in flight may take once the server stops.
    pub(crate) shutdown_timeout: Duration,
    pub(crate) max_headers: usize,
    /// Request line and headers.
    pub(crate) max_head_bytes: usize,
    /// Connections over it are answered 503; counted are the tasks of the server's tracker.
    pub(crate) max_connections: Option<usize>,
    /// Connections of one client over it are answered 429. Those of proxies are not counted.
    pub(crate) max_connections_per_ip: Option<usize>,
    pub(crate) trusted_proxies: TrustedProxies,
}

impl Default for ServerOptions {
    fn default() -> Self {
        ServerOptions {
            header_timeout: Duration::from_secs(15),
            idle_timeout: Duration::from_secs(60),
            shutdown_timeout: Duration::from_secs(15),
            max_headers: 100,
            max_head_bytes: 64 * 1024,
            max_connections: None,
            max_connections_per_ip: None,
            trusted_proxies: TrustedProxies::none(),
        }
    }
}

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
    clock: Arc<Clock>,
    trailers: Limits,
    tracker: TaskTracker,
    options: ServerOptions,
}

/// Serves a listener until `stop`; then finishes what is in flight. Each connection is one of `connections`, which are
/// what `max_connections` counts; all other tasks are `tasks`. Returns what will have been lost at the end.
pub(crate) fn serve<L: Accept, S: Serve>(
    listener: L,
    service: S,
    options: ServerOptions,
    connections: &TaskTracker,
    tasks: &TaskTracker,
    stop: CancellationToken,
) -> Lost {
    let shutdown = options.shutdown_timeout;
    let server = server(service, options, connections);
    // The clock stops after the last connection, so only once no other can come.
    let closed = CancellationToken::new();
    tasks.spawn(server.clock.clone().run(closed.clone(), shutdown));
    let lost = server.clock.lost();
    tasks.spawn(accept::run(listener, server, stop, closed.drop_guard()));
    lost
}

fn server<S: Serve>(service: S, options: ServerOptions, tracker: &TaskTracker) -> Arc<Server<S>> {
    let (http, clock) = (http(&options), Clock::new(&options));
    let trailers = Limits { trailers: options.max_headers, trailer_bytes: options.max_head_bytes };
    Arc::new(Server { service, http, clock, trailers, tracker: tracker.clone(), options })
}

fn http(options: &ServerOptions) -> http1::Builder {
    /// hyper keeps as many on the stack; any other number costs an allocation a request.
    const ON_THE_STACK: usize = 100;
    /// hyper's least.
    const LEAST_BUFFER: usize = 8 * 1024;

    let mut http = http1::Builder::new();
    // Time limits are the `Clock`'s: hyper's own would make a timer for each request.
    http.header_read_timeout(None)
        .max_header_size(options.max_head_bytes)
        .max_buf_size(options.max_head_bytes.max(LEAST_BUFFER));
    if options.max_headers != ON_THE_STACK {
        http.max_headers(options.max_headers);
    }
    http
}

#[cfg(test)]
mod tests;
