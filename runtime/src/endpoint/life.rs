//! A running endpoint from its start to its end: one task that holds everything together.

use std::{future::Future, pin::Pin, time::Duration};

use tokio::{
    sync::watch,
    task::JoinHandle,
    time::{Instant, timeout, timeout_at},
};
use tokio_util::sync::CancellationToken;

use super::children::{Failed, Supervisor};
use crate::{
    contain, error::Error, handle::Handle, server::Lost, transport::Dispatcher, watchdog::Watcher,
};

/// How long to wait beyond a deadline before giving up.
const GRACE: Duration = Duration::from_secs(5);

/// Ends the endpoint when it ends.
pub(super) type ShutdownFuture = Pin<Box<dyn Future<Output = ()> + Send>>;

/// How an endpoint ended.
#[derive(Clone, Copy, Debug)]
pub(super) enum End {
    Done,
    Failed(Failed),
    /// N connections had to be cut off.
    Cut(usize),
}

impl End {
    pub(super) fn into_result(self) -> Result<(), Error> {
        match self {
            End::Done => Ok(()),
            End::Failed(Failed { socket, child }) => Err(Error::child(socket, child)),
            End::Cut(connections) => Err(Error::drain(connections)),
        }
    }
}

/// Everything that runs in an endpoint.
pub(super) struct Life {
    pub(super) handle: Handle,
    pub(super) mounts: Dispatcher,
    pub(super) children: Supervisor,
    pub(super) sweeper: JoinHandle<()>,
    /// Cancelling it ends the listeners.
    pub(super) listening: CancellationToken,
    /// How long the slowest mount may take to drain.
    pub(super) drain_timeout: Duration,
    /// How long requests in flight may take; `None` if another server serves them.
    pub(super) http_timeout: Option<Duration>,
    pub(super) lost_requests: Vec<Lost>,
    /// Whether the endpoint closes its PubSub. A shared one stays open.
    pub(super) owns_pubsub: bool,
    /// `None` if its thread could not be started.
    pub(super) watcher: Option<Watcher>,
}

/// Waits for the signal. A panic counts as the signal: it can no longer come.
async fn contained(signal: ShutdownFuture) {
    if let Err(panic) = contain::run(signal).await {
        tracing::error!(
            "the future given to `shutdown_on` panicked, and the endpoint stops: {panic}"
        );
    }
}

impl Life {
    /// Runs until the endpoint is told to stop or a child fails, and then stops it.
    pub(super) async fn run(mut self, signal: ShutdownFuture, end: watch::Sender<Option<End>>) {
        let stop = self.handle.0.stop.clone();
        let failed = tokio::select! {
            () = stop.cancelled() => None,
            () = contained(signal) => None,
            failed = self.children.supervise() => Some(failed),
        };
        stop.cancel();
        let cut = self.stop().await;
        end.send_replace(Some(match (failed, cut) {
            (Some(failed), _) => End::Failed(failed),
            (None, 0) => End::Done,
            (None, cut) => End::Cut(cut),
        }));
    }

    /// Returns how many sockets and requests had to be cut off.
    async fn stop(self) -> usize {
        let name = self.handle.name();
        tracing::info!("stopping {name}");
        let cut = self.end().await;
        tracing::info!(cut, "stopped {name}");
        cut
    }

    /// Ends what has started. Logs nothing by itself, since the endpoint may never have run.
    pub(super) async fn end(self) -> usize {
        let http_deadline = self.http_timeout.map(|timeout| Instant::now() + timeout);
        self.listening.cancel();
        let (sockets, ()) = tokio::join!(self.drain_sockets(), self.finish_requests(http_deadline));
        let connections = &self.handle.0.connections;
        if timeout(GRACE, connections.wait()).await.is_err() {
            tracing::error!(
                left = connections.len(),
                "connections did not end, though they were cut off"
            );
        }
        let cut = sockets + self.lost_requests.iter().map(Lost::count).sum::<usize>();
        self.sweeper.abort();
        let _ = self.sweeper.await;
        self.children.stop().await;
        if self.owns_pubsub {
            self.handle.pubsub().close().await;
        }
        if let Some(watcher) = self.watcher {
            watcher.stop().await;
        }
        cut
    }

    /// From here on, requests for sockets are answered 503. Sockets whose callbacks block their threads are left.
    async fn drain_sockets(&self) -> usize {
        let _ = timeout(
            self.drain_timeout.saturating_add(GRACE),
            self.mounts.drain(),
        )
        .await;
        self.mounts.cut_off()
    }

    /// At the deadline, the server itself cuts off the requests that are left, and counts them.
    async fn finish_requests(&self, deadline: Option<Instant>) {
        let connections = &self.handle.0.connections;
        connections.close();
        if let Some(deadline) = deadline {
            let _ = timeout_at(deadline, connections.wait()).await;
        }
    }
}
