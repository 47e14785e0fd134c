//! What all connections of a server share.

use std::sync::Arc;

use hyper::server::conn::http1;
use tokio_util::task::TaskTracker;

use super::{
    admission::{Admission, Admitted},
    deadlines::Deadlines,
    framing::Limits,
    listener::Layer,
};
use crate::{config::HttpConfig, error_page::Pages};

/// Whether a service opens a WebSocket at this path, and takes the connection over by a
/// [`TakeoverSlot`](crate::stream::TakeoverSlot).
pub(crate) type Opens<S> = fn(&S, &str) -> bool;

/// What answers requests.
pub(crate) struct Front<S> {
    pub(crate) service: S,
    pub(crate) opens: Opens<S>,
    /// The pages of what is refused before it reaches the service.
    pub(crate) pages: Pages,
}

#[cfg(test)]
impl<S> Front<S> {
    /// Without pages.
    pub(super) fn bare(service: S) -> Self {
        Front {
            service,
            opens: |_, _| false,
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

/// The state that all connections of a server share.
pub(super) struct Server<S> {
    pub(super) service: S,
    pub(super) opens: Opens<S>,
    /// The pages of what is refused before it reaches the service.
    pub(super) pages: Pages,
    pub(super) http: http1::Builder,
    pub(super) deadlines: Arc<Deadlines>,
    pub(super) limits: Limits,
    pub(super) tracker: TaskTracker,
    #[cfg(feature = "http2")]
    pub(super) tasks: TaskTracker,
    #[cfg(feature = "http2")]
    pub(super) config: HttpConfig,
    pub(super) admission: Admission,
    pub(super) layer: Layer,
}

impl<S> Server<S> {
    pub(super) fn new(
        front: Front<S>,
        layer: Layer,
        config: HttpConfig,
        admission: Admission,
        trackers: Trackers<'_>,
    ) -> Arc<Self> {
        let http = http(&config);
        let deadlines = Deadlines::new(&config);
        let limits = Limits {
            headers: config.max_headers,
            bytes: config.max_head_bytes,
        };
        Arc::new(Server {
            service: front.service,
            opens: front.opens,
            pages: front.pages,
            http,
            deadlines,
            limits,
            tracker: trackers.connections.clone(),
            #[cfg(feature = "http2")]
            tasks: trackers.tasks.clone(),
            #[cfg(feature = "http2")]
            config,
            admission,
            layer,
        })
    }

    /// Whether `max_connections` is reached.
    pub(super) fn is_full(&self, admitted: &Admitted) -> bool {
        let most = admitted.max_connections;
        most.is_some_and(|most| self.tracker.len() >= most)
    }
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
