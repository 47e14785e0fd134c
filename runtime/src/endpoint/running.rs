//! A running endpoint, as the application holds it.

use std::{fmt, ops::Deref, time::Duration};

use tokio::sync::watch;

use super::{Endpoint, EndpointHandle, EndpointService, life::End, signal::Signals};
use crate::error::Error;

/// A running endpoint. Cloning it is cheap; what it dereferences to is what closures of its
/// declaration are given, and, without the type, sockets and requests.
///
/// It runs until [`shutdown`](Running::shutdown), whether or not anybody holds it. Any number run
/// side by side in one process, also of the same type.
pub struct Running<E: Endpoint> {
    edge: EndpointHandle<E>,
    service: EndpointService,
    end: watch::Receiver<Option<End>>,
}

impl<E: Endpoint> Running<E> {
    pub(super) fn new(
        edge: EndpointHandle<E>,
        service: EndpointService,
        end: watch::Receiver<Option<End>>,
    ) -> Self {
        Running { edge, service, end }
    }

    /// The endpoint as a tower service: in a foreign server, or in a test.
    pub fn service(&self) -> EndpointService {
        self.service.clone()
    }

    /// Stops, one after the other: listeners take no connections any more, clients of sockets are
    /// told to come back later, requests in flight end, children are stopped. Of the endpoint, no task
    /// and no thread is left. `drainer(delay = ..)` of the declaration has it wait before all that.
    ///
    /// The shutdown goes on when the future is dropped. Any number of callers may wait for it.
    ///
    /// # Errors
    /// When connections were cut off: a callback had not returned in its mount's time, or a client
    /// had not taken what waited for it, or a request was not answered. A client that was told to
    /// come back, and has received everything, does not count.
    pub async fn shutdown(&self) -> Result<(), Error> {
        self.handle().0.stop.cancel();
        self.wait().await
    }

    /// Waits until the endpoint has stopped, for whatever reason.
    ///
    /// # Errors
    /// When connections were cut off, or when it stopped because a child panicked too often.
    pub async fn wait(&self) -> Result<(), Error> {
        let mut end = self.end.clone();
        // The sender is dropped with the endpoint's own task.
        while end.changed().await.is_ok() {}
        let tasks = &self.handle().0.tasks;
        tasks.close();
        tasks.wait().await;
        let end = *end.borrow();
        // Without an end, the task was dropped with its runtime.
        end.unwrap_or(End::Done).into_result()
    }

    /// Waits for SIGTERM or SIGINT (elsewhere: Ctrl-C), and [shuts down](Running::shutdown).
    ///
    /// A second signal does not wait for that. Its error is returned at once, for `main` to return;
    /// if the process is still there a second later, because a callback blocks its thread, it exits
    /// with code 1. So the exit code of a `main` that returns all errors is 0 after an orderly end,
    /// and 1 when the endpoint did not start, when something was cut off, or when it was forced.
    ///
    /// # Errors
    /// Those of [`shutdown`](Running::shutdown) and [`wait`](Running::wait); a second signal;
    /// signals can't be waited for.
    pub async fn wait_for_signal(&self) -> Result<(), Error> {
        let mut signals = Signals::listen().map_err(Error::signal)?;
        tokio::select! {
            signal = signals.recv() => tracing::info!(signal, "stopping by signal"),
            ended = self.wait() => return ended,
        }
        tokio::select! {
            biased;
            ended = self.shutdown() => ended,
            signal = signals.recv() => {
                tracing::error!(signal, "stopping by force: this is the second signal");
                exit_soon();
                Err(Error::drain(self.stats().connections))
            }
        }
    }
}

/// How long a process may take to end by itself after a second signal.
const FORCED: Duration = Duration::from_secs(1);

/// Ends the process if it does not end by itself: the end of a runtime waits for threads that block.
fn exit_soon() {
    let exit = || {
        std::thread::sleep(FORCED);
        std::process::exit(1);
    };
    let started = std::thread::Builder::new().spawn(exit);
    if started.is_err() {
        std::process::exit(1);
    }
}

impl<E: Endpoint> Clone for Running<E> {
    fn clone(&self) -> Self {
        Running {
            edge: self.edge.clone(),
            service: self.service.clone(),
            end: self.end.clone(),
        }
    }
}

impl<E: Endpoint> Deref for Running<E> {
    type Target = EndpointHandle<E>;

    fn deref(&self) -> &EndpointHandle<E> {
        &self.edge
    }
}

impl<E: Endpoint> fmt::Debug for Running<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Running").field(&self.name()).finish()
    }
}
