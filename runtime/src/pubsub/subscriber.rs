//! Who is subscribed to topics, and how broadcasts reach them.

use std::{
    fmt,
    str::FromStr,
    sync::{
        LazyLock,
        atomic::{AtomicU64, Ordering},
    },
};

use bytes::Bytes;

use super::Broadcast;
use crate::{message::Unsupported, random::random, watchdog::Watched};

/// The identity of a subscriber: unique among the nodes of a cluster, never used twice.
///
/// As text, it is 16 hexadecimal digits:
///
/// ```
/// use landfall::pubsub::SubscriberId;
///
/// let id: SubscriberId = "00c0ffee00c0ffee".parse().unwrap();
/// assert_eq!(id.to_string(), "00c0ffee00c0ffee");
/// assert!("Ann".parse::<SubscriberId>().is_err());
/// ```
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

impl fmt::Display for SubscriberId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// A text is not a [`SubscriberId`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidSubscriberId(());

impl fmt::Display for InvalidSubscriberId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an id of a subscriber has 16 hexadecimal digits")
    }
}

impl std::error::Error for InvalidSubscriberId {}

impl FromStr for SubscriberId {
    type Err = InvalidSubscriberId;

    fn from_str(text: &str) -> Result<Self, InvalidSubscriberId> {
        let is_hex = text.len() == 16 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        let number = is_hex.then(|| u64::from_str_radix(text, 16).ok()).flatten();
        number.map(SubscriberId).ok_or(InvalidSubscriberId(()))
    }
}

/// Receives the broadcasts of a topic as they are. Must not block: it runs on the shard's task.
pub(crate) trait Subscriber: Send + Sync {
    fn id(&self) -> SubscriberId;

    fn deliver(&self, broadcast: &Broadcast);

    /// The events that it wants, if it does not want all. Asked once, when it subscribes. It may
    /// be handed others that leave together with these.
    fn events(&self) -> Option<&'static [&'static str]> {
        None
    }

    /// Broadcasts of other nodes to this topic may be lost.
    fn gap(&self, _topic: &str) {}
}

/// A client that the broadcasts of a topic are written to. Must not block: it runs on the shard's
/// task.
pub(crate) trait Recipient: Send + Sync {
    fn id(&self) -> SubscriberId;

    /// Writes bytes that are rendered in this client's form, unless it is one of those excepted.
    /// False if it is.
    fn forward(&self, bytes: &Bytes, excepted: &[SubscriberId]) -> bool;

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
