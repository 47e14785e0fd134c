//! Who is subscribed to topics, and how broadcasts reach them.

use std::sync::{
    LazyLock,
    atomic::{AtomicU64, Ordering},
};

use bytes::Bytes;

use super::Broadcast;
use crate::{message::Unsupported, random::random, watchdog::Watched};

/// The identity of a subscriber: unique among the nodes of a cluster, never used twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SubscriberId(pub(super) u64);

impl SubscriberId {
    /// No subscriber has this id; all others are greater.
    pub(crate) const LOWEST: Self = SubscriberId(0);

    pub(crate) fn new() -> Self {
        // Each process begins elsewhere, so that the numbers of two nodes do not meet.
        static NEXT: LazyLock<AtomicU64> =
            LazyLock::new(|| AtomicU64::new(1 | (u64::from_le_bytes(random()) >> 2)));
        SubscriberId(NEXT.fetch_add(1, Ordering::Relaxed))
    }
}

/// Receives the broadcasts of a topic as they are. Must not block: it runs on the shard's task.
pub(crate) trait Subscriber: Send + Sync {
    fn id(&self) -> SubscriberId;

    fn deliver(&self, broadcast: &Broadcast);

    /// Broadcasts of other nodes to this topic may be lost.
    fn gap(&self, _topic: &str) {}
}

/// A client that the broadcasts of a topic are written to. Must not block: it runs on the shard's
/// task.
pub(crate) trait Recipient: Send + Sync {
    fn id(&self) -> SubscriberId;

    /// Writes bytes that are rendered in this client's form.
    fn forward(&self, bytes: &Bytes);

    /// Watches the encoder, which is the application's.
    fn watched(&self) -> &Watched;

    /// Reports that a broadcast cannot be sent in this client's form. Called once for all clients
    /// of the form.
    fn unsendable(&self, reason: Unsendable);
}

/// Why a broadcast cannot be sent in a form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unsendable {
    /// Its payload cannot be encoded. Already logged.
    Encoding,
    /// The transport cannot carry its message.
    Framing(Unsupported),
}
