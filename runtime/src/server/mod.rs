//! The HTTP server: listeners, connections and their time limits. It knows a service, but not
//! sockets.

mod accept;
mod admission;
#[cfg(unix)]
mod claim;
mod client;
mod clock;
mod connection;
mod deadlines;
mod farewell;
mod framing;
mod guard;
#[cfg(unix)]
pub(crate) mod handed;
#[cfg(feature = "http2")]
mod http2;
mod io;
mod listener;
mod opening;
mod service;
mod several;
mod shared;
mod stop;
mod task;
#[cfg(feature = "rustls")]
pub(crate) mod tls;
mod upload;
mod watch;

use tokio_util::sync::CancellationToken;

pub use self::listener::Listener;
use self::shared::Server;
pub(crate) use self::{
    admission::{Admission, Admitted},
    clock::Lost,
    listener::{Bound, Layer},
    service::Serve,
    several::Several,
    shared::{Front, Opens, Trackers},
    stop::Stop,
};
use crate::config::HttpConfig;
use crate::task::boxed;

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
    let server = Server::new(front, layer, config, admission, trackers);
    // The clock stops after the last connection, once no other can come.
    let closed = CancellationToken::new();
    let clock = server.deadlines.clone().run(closed.clone(), stop.clone());
    tasks.spawn(boxed(clock));
    let lost = server.deadlines.clock.lost();
    let closed = closed.drop_guard();
    tasks.spawn(boxed(accept::run(listener, server, stop.accepting, closed)));
    lost
}

#[cfg(test)]
mod tests;
