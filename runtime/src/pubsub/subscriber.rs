//! Who is subscribed to topics, and how broadcasts reach them.

use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;

use super::Broadcast;
use crate::{message::Unsupported, watchdog::Watched};

/// The identity of a subscriber: unique in the process, never used twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SubscriberId(pub(super) u64);

impl SubscriberId {
    /// No subscriber has this id; all others are greater.
    pub(crate) const LOWEST: Self = SubscriberId(0);

    pub(crate) fn new() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        SubscriberId(NEXT.fetch_add(1, Ordering::Relaxed))
    }
}

/// Receives the broadcasts of a topic as they are. Must not block: it runs on the shard's task.
pub(crate) trait Subscriber: Send + Sync {
    fn id(&self) -> SubscriberId;

    fn deliver(&self, broadcast: &Broadcast);
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
