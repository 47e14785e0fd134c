//! The figures of an endpoint.

use std::sync::atomic::Ordering;

use super::Handle;
use crate::pubsub::NodeStats;

/// Figures of a running endpoint: see [`Handle::stats`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stats {
    /// Open sockets.
    pub connections: usize,
    /// Live tasks, including those that deliver broadcasts.
    pub tasks: usize,
    /// Broadcasts that were dropped since the start because a client did not read.
    pub dropped_broadcasts: u64,
    /// Broadcasts since the start that clients of channels could not be sent, such as a list or
    /// plain text. A broadcast counts once for each serializer that cannot encode it; the log names
    /// the serializer.
    pub unsendable_broadcasts: u64,
    /// Callbacks since the start that blocked for 50 ms: see [what may
    /// block](macro@crate::socket#blocking).
    pub blocked_callbacks: u64,
    /// What went wrong between this node and the others of its cluster.
    pub nodes: NodeStats,
}

impl Handle {
    /// The current figures.
    pub fn stats(&self) -> Stats {
        Stats {
            connections: self.0.sockets.load(Ordering::Relaxed),
            tasks: self.0.connections.len() + self.0.tasks.len() + self.0.pubsub.tasks(),
            dropped_broadcasts: self.0.dropped.load(Ordering::Relaxed),
            unsendable_broadcasts: self.0.unsendable.load(Ordering::Relaxed),
            blocked_callbacks: self.0.watchdog.blocked(),
            nodes: self.0.pubsub.node_stats(),
        }
    }

    pub(crate) fn count_unsendable(&self) {
        self.0.unsendable.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn count_dropped(&self, count: usize) {
        self.0.dropped.fetch_add(count as u64, Ordering::Relaxed);
    }

    pub(crate) fn socket_opened(&self) {
        self.0.sockets.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn socket_closed(&self) {
        self.0.sockets.fetch_sub(1, Ordering::Relaxed);
    }
}
