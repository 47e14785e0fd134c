//! The HTTP server: listeners, connections and their time limits. It knows a service, but not
//! sockets.

mod accept;
mod admission;
mod client;
mod connection;
mod deadlines;
mod framing;
mod guard;
#[cfg(unix)]
pub(crate) mod handed;
#[cfg(feature = "http2")]
mod http2;
mod io;
mod listener;
mod service;
mod several;
#[cfg(feature = "rustls")]
pub(crate) mod tls;
mod upload;
mod watch;

use std::{convert::Infallible, sync::Arc, time::Duration};

use http::{Request, Response};
use hyper::server::conn::http1;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower_service::Service;

pub(crate) use self::admission::{Admission, Admitted};
pub(crate) use self::deadlines::Lost;
pub use self::listener::Listener;
use self::{deadlines::Deadlines, framing::Limits};
pub(crate) use self::{
    listener::{Bound, Layer},
    several::Several,
};
use crate::{body::Body, config::HttpConfig, error_page::Pages};

/// A service for the server: it always answers, and its clones are cheap.
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

/// The state that all connections of a server share.
struct Server<S> {
    service: S,
    /// The pages of what is refused before it reaches the service.
    pages: Pages,
    http: http1::Builder,
    clock: Arc<Deadlines>,
    trailers: Limits,
    tracker: TaskTracker,
    #[cfg(feature = "http2")]
    tasks: TaskTracker,
    #[cfg(feature = "http2")]
    config: HttpConfig,
    admission: Admission,
    layer: Layer,
}

impl<S> Server<S> {
    /// Whether `max_connections` is reached.
    fn is_full(&self, admitted: &Admitted) -> bool {
        let most = admitted.max_connections;
        most.is_some_and(|most| self.tracker.len() >= most)
    }
}

/// What answers requests.
pub(crate) struct Front<S> {
    pub(crate) service: S,
    /// The pages of what is refused before it reaches the service.
    pub(crate) pages: Pages,
}

#[cfg(test)]
impl<S> Front<S> {
    /// Without pages.
    fn bare(service: S) -> Self {
        Front {
            service,
            pages: Pages::default(),
        }
    }
}

/// Where the tasks of a server are counted.
#[derive(Clone, Copy)]
pub(crate) struct Trackers<'a> {
    /// Connections, as `max_connections` counts them.
    pub(crate) connections: &'a TaskTracker,
    /// All other tasks.
    pub(crate) tasks: &'a TaskTracker,
}

/// How a server stops.
#[derive(Clone, Debug)]
pub(crate) struct Stop {
    /// Once it is cancelled, no connection is accepted.
    pub(crate) accepting: CancellationToken,
    /// Once both are cancelled, connections end with the request that is in flight.
    pub(crate) serving: CancellationToken,
    /// How long requests in flight may take after that.
    pub(crate) shutdown: Duration,
}

impl Stop {
    pub(crate) fn new(accepting: CancellationToken, shutdown: Duration) -> Self {
        Stop {
            accepting,
            serving: CancellationToken::new(),
            shutdown,
        }
    }

    /// Both at once.
    #[cfg(test)]
    fn cancel(&self) {
        self.accepting.cancel();
        self.serving.cancel();
    }
}

/// Serves a listener until `stop`, and then finishes requests in flight. Connections have `layer`
/// under HTTP, and `admission` limits them. Returns the counter of lost requests, which is complete
/// at the end.
pub(crate) fn serve<L: Listener, S: Serve>(
    listener: L,
    layer: Layer,
    front: Front<S>,
    config: HttpConfig,
    admission: Admission,
    trackers: Trackers<'_>,
    stop: Stop,
) -> Lost {
    let tasks = trackers.tasks;
    let server = server(front, layer, config, admission, trackers);
    // The clock stops after the last connection, once no other can come.
    let closed = CancellationToken::new();
    tasks.spawn(server.clock.clone().run(closed.clone(), stop.clone()));
    let lost = server.clock.lost();
    let closed = closed.drop_guard();
    tasks.spawn(accept::run(listener, server, stop.accepting, closed));
    lost
}

fn server<S: Serve>(
    front: Front<S>,
    layer: Layer,
    config: HttpConfig,
    admission: Admission,
    trackers: Trackers<'_>,
) -> Arc<Server<S>> {
    let http = http(&config);
    let clock = Deadlines::new(&config);
    let trailers = Limits {
        trailers: config.max_headers,
        trailer_bytes: config.max_head_bytes,
    };
    Arc::new(Server {
        service: front.service,
        pages: front.pages,
        http,
        clock,
        trailers,
        tracker: trackers.connections.clone(),
        #[cfg(feature = "http2")]
        tasks: trackers.tasks.clone(),
        #[cfg(feature = "http2")]
        config,
        admission,
        layer,
    })
}

fn http(config: &HttpConfig) -> http1::Builder {
    /// hyper keeps this number of headers on the stack. Any other number costs an allocation for
    /// each request.
    const ON_THE_STACK: usize = 100;
    /// hyper's minimum.
    const LEAST_BUFFER: usize = 8 * 1024;

    let mut http = http1::Builder::new();
    // `Deadlines` has the time limits: those of hyper would create a timer for each request.
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
