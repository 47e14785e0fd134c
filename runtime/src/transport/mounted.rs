//! A mount in a running endpoint: what all its connections share.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use tokio_util::task::TaskTracker;

use super::{clock::Clock, mount::Mount, roster::Roster};
use crate::{handle::Handle, origin::OriginCheck, socket::WebSocket};

/// What all connections of a mount share.
pub(crate) struct Mounted {
    pub(crate) handle: Handle,
    pub(crate) mount: &'static Mount,
    pub(crate) websocket: WebSocket,
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

    /// Largest message in bytes.
    pub(crate) fn max_message_size(&self) -> usize {
        self.websocket.max_message_size.unwrap_or(self.websocket.max_frame_size)
    }

    /// Takes no connection any more, and ends those that are open. Returns how many had to be cut off.
    pub(crate) async fn drain(self: &Arc<Self>) -> usize {
        self.stopping.store(true, Ordering::Release);
        let open = self.roster.len();
        if open > 0 {
            tracing::info!(socket = self.socket(), path = self.mount.path, open, "draining sockets");
        }
        self.roster.drain(self.mount.drainer).await
    }

    pub(crate) fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::Acquire)
    }
}
