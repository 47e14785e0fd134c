//! The signals that end a process, and SIGHUP, which reloads the configuration.

use std::io;

use crate::handle::Handle;
use crate::task::boxed;

/// Listens to SIGHUP from its creation on.
#[cfg(unix)]
pub(super) struct Hangups(tokio::signal::unix::Signal);

#[cfg(unix)]
impl Hangups {
    pub(super) fn listen() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        signal(SignalKind::hangup()).map(Hangups)
    }

    async fn recv(&mut self) {
        if self.0.recv().await.is_none() {
            std::future::pending::<()>().await;
        }
    }
}

/// This system does not have SIGHUP. The check of the configuration reports that.
#[cfg(not(unix))]
pub(super) struct Hangups(());

#[cfg(not(unix))]
impl Hangups {
    pub(super) fn listen() -> io::Result<Self> {
        Ok(Hangups(()))
    }

    async fn recv(&mut self) {
        std::future::pending().await
    }
}

/// Starts to reload an endpoint at each signal, until it stops. All signals during a reload cause one more.
pub(super) fn start_reloading(handle: &Handle, hangups: Hangups) {
    handle.0.tasks.spawn(boxed(reload(handle.clone(), hangups)));
}

async fn reload(handle: Handle, mut hangups: Hangups) {
    let stop = handle.0.stop.clone();
    loop {
        tokio::select! {
            biased;
            () = stop.cancelled() => return,
            () = hangups.recv() => {}
        }
        let reloaded = tokio::select! {
            biased;
            () = stop.cancelled() => return,
            reloaded = handle.reload() => reloaded,
        };
        match reloaded {
            Ok(()) => tracing::info!("reloaded {} by SIGHUP", handle.name()),
            Err(error) => tracing::error!("SIGHUP changes nothing: {error}"),
        }
    }
}

/// Listens to SIGTERM and SIGINT from its creation on. A signal between two calls of
/// [`Signals::recv`] is not lost.
pub(super) struct Signals {
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    pub(super) fn listen() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Signals {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    /// The name of the next signal.
    pub(super) async fn recv(&mut self) -> &'static str {
        tokio::select! {
            _ = self.terminate.recv() => "SIGTERM",
            _ = self.interrupt.recv() => "SIGINT",
        }
    }
}

#[cfg(not(unix))]
impl Signals {
    pub(super) fn listen() -> io::Result<Self> {
        Ok(Signals {})
    }

    /// The name of the next signal.
    pub(super) async fn recv(&mut self) -> &'static str {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
        "Ctrl-C"
    }
}
