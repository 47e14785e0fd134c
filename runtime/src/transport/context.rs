//! What all connections of a mount share that use the same transport.

use std::sync::atomic::{AtomicBool, Ordering};

use super::{
    connection::{clock::CoarseClock, registry::Connections},
    mount::Mount,
    options::TransportOptions,
};
use crate::{
    handle::{Handle, Origins},
    origin::{CheckOrigin, OriginCheck},
    socket::TransportKind,
    watchdog::Watched,
};

/// What all connections of a mount share that use the same transport.
pub(crate) struct MountContext {
    pub(crate) handle: Handle,
    pub(crate) mount: &'static Mount,
    pub(crate) kind: TransportKind,
    pub(crate) options: TransportOptions,
    pub(crate) origin: MountOrigin,
    pub(crate) connections: Connections,
    pub(crate) clock: CoarseClock,
    pub(crate) stopping: AtomicBool,
    pub(crate) watched: Watched,
}

/// Which web pages may open a socket of a mount.
#[derive(Debug)]
pub(crate) enum MountOrigin {
    /// Its declaration says it whole.
    Own(OriginCheck),
    /// Those of the host of the endpoint's `url`.
    Host,
    /// Those of the endpoint's `check_origin`.
    Configured,
}

impl MountOrigin {
    pub(crate) fn of(
        declared: Option<CheckOrigin<&'static [&'static str]>>,
    ) -> Result<Self, String> {
        Ok(match declared {
            None => MountOrigin::Configured,
            Some(CheckOrigin::Host) => MountOrigin::Host,
            Some(own) => MountOrigin::Own(OriginCheck::compile::<_, &str>(&own, None)?),
        })
    }

    /// The check of this moment.
    pub(crate) fn now<'a>(&'a self, origins: &'a Origins) -> &'a OriginCheck {
        match self {
            MountOrigin::Own(own) => own,
            MountOrigin::Host => &origins.host,
            MountOrigin::Configured => &origins.configured,
        }
    }
}

impl MountContext {
    /// The socket type's name, for logs.
    pub(crate) fn socket(&self) -> &'static str {
        self.mount.socket.name
    }

    /// Accepts no more connections, and ends those that are open.
    pub(crate) async fn drain(&self) {
        self.stopping.store(true, Ordering::Release);
        let open = self.connections.len();
        let (socket, path, transport) = (self.socket(), self.mount.path, self.kind);
        if open > 0 {
            tracing::info!(socket, path, %transport, open, "draining sockets");
        }
        let late = self.connections.drain(self.mount.drainer).await;
        if late > 0 {
            tracing::warn!(
                socket, path, %transport, late,
                "the drainer's time was over: what was left of the sockets was ended at once"
            );
        }
    }

    pub(crate) fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::Acquire)
    }
}
