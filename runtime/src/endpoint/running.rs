//! A running endpoint, as the application holds it.

use std::{fmt, ops::Deref, time::Duration};

use tokio::sync::watch;

use super::{Endpoint, EndpointHandle, EndpointService, life::End, signal::Signals};
use crate::{error::Error, handle::Handle, pubsub::adapter::Async};

/// A running endpoint. Cloning it is cheap. It dereferences to the handle that closures of its
/// declaration are given; sockets and requests get the same handle without the type.
///
/// The endpoint runs until [`shutdown`](Running::shutdown), even if this value is dropped. Any
/// number of endpoints can run in one process, also of the same type.
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

    /// The endpoint as a tower service, for another server or for a test.
    pub fn service(&self) -> EndpointService {
        self.service.clone()
    }

    /// Stops the endpoint, step by step: listeners accept no more connections, clients of sockets
    /// are told to reconnect later, requests in flight end, children are stopped. No task and no
    /// thread of the endpoint is left. `drainer(delay = ..)` of the declaration delays the first
    /// step.
    ///
    /// The shutdown goes on if the future is dropped. Any number of callers may wait for it.
    ///
    /// # Errors
    /// When connections were cut off: a callback did not return in its mount's time, a client did
    /// not read what waited for it, or a request was not answered. A client that was told to
    /// reconnect, and has received everything, does not count.
    pub async fn shutdown(&self) -> Result<(), Error> {
        self.handle().0.stop.cancel();
        self.wait().await
    }

    /// Waits until the endpoint has stopped, for any reason.
    ///
    /// # Errors
    /// When connections were cut off, or when it stopped because a child panicked too often.
    pub async fn wait(&self) -> Result<(), Error> {
        ended(self.handle(), self.end.clone()).await
    }

    /// Waits for SIGTERM or SIGINT (elsewhere: Ctrl-C), and [shuts down](Running::shutdown).
    ///
    /// A second signal ends the wait: this returns an error at once, for `main` to return. If the
    /// process is still there a second later, because a callback blocks its thread, it exits with
    /// code 1. If `main` returns all errors, the exit code is 0 after an orderly end. It is 1 when
    /// the endpoint did not start, when something was cut off, or when a second signal came.
    ///
    /// # Errors
    /// Those of [`shutdown`](Running::shutdown) and [`wait`](Running::wait); when a second signal
    /// comes; when signals cannot be listened to.
    pub async fn wait_for_signal(&self) -> Result<(), Error> {
        stopped_by_signal(self.handle(), self.end.clone()).await
    }
}

/// Waits for the end. Like what follows it is boxed here, where no type of the application is known: as a part of generic
/// futures, it would be compiled again with each program.
fn ended(handle: &Handle, mut end: watch::Receiver<Option<End>>) -> Async<'_, Result<(), Error>> {
    Box::pin(async move {
        // The sender is dropped with the endpoint's own task.
        while end.changed().await.is_ok() {}
        let tasks = &handle.0.tasks;
        tasks.close();
        tasks.wait().await;
        let end = *end.borrow();
        // If there is no result, the task was dropped with its runtime.
        end.unwrap_or(End::Done).into_result()
    })
}

fn stopped_by_signal(
    handle: &Handle,
    end: watch::Receiver<Option<End>>,
) -> Async<'_, Result<(), Error>> {
    Box::pin(async move {
        let mut signals = Signals::listen().map_err(Error::signal)?;
        let mut ended = ended(handle, end);
        tokio::select! {
            signal = signals.recv() => tracing::info!(signal, "stopping by signal"),
            ended = &mut ended => return ended,
        }
        handle.0.stop.cancel();
        tokio::select! {
            biased;
            ended = ended => ended,
            signal = signals.recv() => {
                tracing::error!(signal, "stopping by force: this is the second signal");
                exit_soon();
                Err(Error::drain(handle.stats().connections))
            }
        }
    })
}

/// How long a process may take to end by itself after a second signal.
const FORCED: Duration = Duration::from_secs(1);

/// Ends the process if it does not end by itself. The shutdown of a runtime waits for blocked
/// threads.
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
