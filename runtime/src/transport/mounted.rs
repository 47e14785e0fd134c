//! A transport of a mount in a running endpoint: what all its connections share.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use tokio_util::task::TaskTracker;

use super::{clock::Clock, mount::Mount, options::TransportOptions, roster::Roster};
use crate::{handle::Handle, origin::OriginCheck, socket::TransportKind};

/// What all connections of a mount share that came by one transport.
pub(crate) struct Mounted {
    pub(crate) handle: Handle,
    pub(crate) mount: &'static Mount,
    pub(crate) kind: TransportKind,
    pub(crate) options: TransportOptions,
    pub(crate) origin: OriginCheck,
    pub(crate) roster: Roster,
    pub(crate) clock: Clock,
    pub(crate) tasks: TaskTracker,
    pub(crate) stopping: AtomicBool,
}

impl Mounted {
    /// The socket type's name, for logs.
    pub(crate) fn socket(&self) -> &'static str {
        self.mount.socket.name
    }

    /// Takes no connection any more, and ends those that are open. Returns how many had to be cut off.
    pub(crate) async fn drain(self: &Arc<Self>) -> usize {
        self.stopping.store(true, Ordering::Release);
        let open = self.roster.len();
        if open > 0 {
            tracing::info!(
                socket = self.socket(),
                path = self.mount.path,
                transport = %self.kind,
                open,
                "draining sockets"
            );
        }
        self.roster.drain(self.mount.drainer).await
    }

    pub(crate) fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::Acquire)
    }
}
