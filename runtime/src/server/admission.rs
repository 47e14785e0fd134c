//! The limits of connections, which may change while a listener runs, and connections within them.

use std::net::SocketAddr;

use crate::{config::TrustedProxies, places::Place, stream::Stream};

/// The current limits of connections.
#[derive(Clone, Debug, Default)]
pub(crate) struct Admitted {
    /// At a time, of all listeners together.
    pub(crate) max_connections: Option<usize>,
    /// Of one client at a time.
    pub(crate) max_connections_per_ip: Option<usize>,
    /// The proxies whose connections `max_connections_per_ip` does not count.
    pub(crate) proxies: TrustedProxies,
}

/// A connection that is admitted.
pub(super) struct Arrival {
    pub(super) stream: Stream,
    pub(super) peer: Option<SocketAddr>,
    pub(super) place: Option<Place>,
}

/// The source of the limits. It is called for each connection.
pub(crate) struct Admission(Box<dyn Fn() -> Admitted + Send + Sync>);

impl Admission {
    pub(crate) fn new(now: impl Fn() -> Admitted + Send + Sync + 'static) -> Self {
        Admission(Box::new(now))
    }

    pub(super) fn now(&self) -> Admitted {
        (self.0)()
    }

    #[cfg(test)]
    pub(super) fn always(http: &crate::config::HttpConfig, proxies: TrustedProxies) -> Self {
        let admitted = Admitted {
            max_connections: http.max_connections,
            max_connections_per_ip: http.max_connections_per_ip,
            proxies,
        };
        Admission::new(move || admitted.clone())
    }
}
