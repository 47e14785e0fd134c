//! A running endpoint from its start to its end: one task that holds everything together.

use std::{
    future::Future,
    pin::Pin,
    time::{Duration, Instant},
};

use tokio::{
    sync::watch,
    task::JoinHandle,
    time::{sleep, timeout},
};

use super::{
    children::{Failed, Supervisor},
    log,
    service_manager::ServiceManager,
};
use crate::{
    contain,
    error::Error,
    handle::Handle,
    pubsub::adapter::Async,
    server::{Lost, Stop},
    task::boxed,
    transport::Dispatcher,
    watchdog::Watcher,
    watchers::Watchers,
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
    /// Ends the listeners, and then their connections.
    pub(super) stop: Stop,
    /// How long the listeners stay open once the endpoint is told to stop.
    pub(super) delay: Duration,
    /// How long the slowest mount may take to drain.
    pub(super) drain_timeout: Duration,
    /// One for each listener.
    pub(super) lost_requests: Vec<Lost>,
    /// Whether the endpoint closes its PubSub. A shared one stays open.
    pub(super) owns_pubsub: bool,
    /// `None` if its thread could not be started.
    pub(super) watchdog: Option<Watcher>,
    /// `None` if the endpoint does not listen.
    pub(super) watchers: Option<Watchers>,
}

/// Waits for the signal. A panic counts as the signal, since the signal can no longer come.
async fn contained(signal: ShutdownFuture) {
    if let Err(panic) = contain::run(signal).await {
        tracing::error!(
            "the future given to `shutdown_on` panicked, and the endpoint stops: {panic}"
        );
    }
}

impl Life {
    /// Starts the task that looks after the sockets' clients.
    pub(super) fn sweep(mounts: &Dispatcher, handle: &Handle) -> JoinHandle<()> {
        tokio::spawn(handle.0.tasks.track_future(boxed(mounts.clone().sweep())))
    }

    /// Starts the endpoint's own task.
    pub(super) fn start(self, signal: ShutdownFuture, end: watch::Sender<Option<End>>) {
        let tasks = self.handle.0.tasks.clone();
        tasks.spawn(boxed(self.run(signal, end)));
    }

    /// Runs until the endpoint is told to stop or a child fails, and then stops it.
    async fn run(self, signal: ShutdownFuture, end: watch::Sender<Option<End>>) {
        let manager = ServiceManager::of_process();
        let kept_alive = async {
            match &manager {
                Some(manager) => manager.keep_alive().await,
                None => std::future::pending().await,
            }
        };
        let ended = tokio::select! {
            biased;
            ended = self.live(signal, manager.as_ref()) => ended,
            never = kept_alive => match never {},
        };
        end.send_replace(Some(ended));
    }

    async fn live(mut self, signal: ShutdownFuture, manager: Option<&ServiceManager>) -> End {
        let (name, stop) = (self.handle.name(), self.handle.0.stop.clone());
        manager.inspect(|manager| manager.ready());
        let mut failed = tokio::select! {
            () = stop.cancelled() => None,
            () = contained(signal) => None,
            failed = self.children.supervise() => Some(failed),
        };
        stop.cancel();
        manager.inspect(|manager| manager.stopping());
        let began = Instant::now();
        log::stopping(name);
        if failed.is_none() && !self.delay.is_zero() {
            tracing::info!("{name} goes on accepting for {:?}", self.delay);
            failed = tokio::select! {
                () = sleep(self.delay) => None,
                failed = self.children.supervise() => Some(failed),
            };
        }
        let cut = self.end().await;
        log::stopped(name, cut, began.elapsed());
        match (failed, cut) {
            (Some(failed), _) => End::Failed(failed),
            (None, 0) => End::Done,
            (None, cut) => End::Cut(cut),
        }
    }

    /// Ends listeners and watchers, sockets, requests and children, one after the other. Returns the number of
    /// sockets and requests that had to be cut off. It does not log the stop, since the endpoint
    /// may never have run.
    pub(super) fn end(self) -> Async<'static, usize> {
        Box::pin(self.end_all())
    }

    async fn end_all(mut self) -> usize {
        self.stop.accepting.cancel();
        let watchers = self.watchers.take();
        let stopped = async {
            if let Some(watchers) = watchers {
                watchers.stop().await;
            }
        };
        let (sockets, ()) = tokio::join!(self.drain_sockets(), stopped);
        self.stop.serving.cancel();
        self.finish_requests().await;
        let cut = sockets + self.lost_requests.iter().map(Lost::count).sum::<usize>();
        self.sweeper.abort();
        let _ = self.sweeper.await;
        self.children.stop().await;
        if self.owns_pubsub {
            self.handle.pubsub().close().await;
        }
        if let Some(watchdog) = self.watchdog {
            watchdog.stop().await;
        }
        cut
    }

    /// Drains the sockets, and answers requests for new ones with 503. Sockets whose callbacks
    /// block their threads are not waited for.
    async fn drain_sockets(&self) -> usize {
        let _ = timeout(
            self.drain_timeout.saturating_add(GRACE),
            self.mounts.drain(),
        )
        .await;
        self.mounts.cut_off()
    }

    /// Waits for requests in flight. At their deadline, the server cuts off the rest and counts
    /// them.
    async fn finish_requests(&self) {
        let connections = &self.handle.0.connections;
        connections.close();
        // Without listeners, another server has the requests.
        let time = if !self.lost_requests.is_empty() {
            self.stop.shutdown
        } else {
            Duration::ZERO
        };
        if timeout(time.saturating_add(GRACE), connections.wait())
            .await
            .is_err()
        {
            tracing::error!(
                left = connections.len(),
                "connections did not end, though they were cut off"
            );
        }
    }
}
