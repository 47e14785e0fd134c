//! How often something between nodes went wrong.

use std::sync::atomic::{AtomicU64, Ordering};

/// What went wrong between this node and the others since the start:
/// [`Stats::nodes`](crate::endpoint::Stats::nodes). All are 0 for an endpoint that is alone.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use landfall::pubsub::{Payload, PubSub, adapter::{InProcess, NodeOptions}};
///
/// let broker = InProcess::new();
/// let pubsub = PubSub::connect(broker.clone(), NodeOptions::new("chat")).await?;
/// broker.disconnect().await;
/// # tokio::time::sleep(std::time::Duration::from_millis(50)).await;
/// assert!(pubsub.broadcast("harbour", "arrived", Payload::EMPTY).is_err());
/// assert_eq!(pubsub.node_stats().lost, 1);
/// # Ok(()) }
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct NodeStats {
    /// Messages of this node that others may not have got: the broker was away, or more waited for
    /// it than may wait, or the connection was lost before the broker had taken them. Of the last,
    /// NATS knows only the topics: each of them counts once.
    pub lost: u64,
    /// How often messages of other nodes were lost on the way to subscribers of this one, because
    /// more waited here than may wait. What is lost together may count once.
    pub missed: u64,
    /// Messages of other nodes that were skipped: of a later version of this library, or of a kind
    /// that this one does not know.
    pub skipped: u64,
    /// Messages of other nodes that were skipped because they are malformed, or larger than
    /// `max_message`.
    pub malformed: u64,
    /// How often the broker has refused something that it was asked for while the connection
    /// stood, such as a subject that the node's user may not publish to.
    pub refused: u64,
}

/// The figures, as they grow.
#[derive(Debug, Default)]
pub(in crate::pubsub) struct Counts {
    lost: AtomicU64,
    missed: AtomicU64,
    skipped: AtomicU64,
    malformed: AtomicU64,
    refused: AtomicU64,
}

impl Counts {
    pub(in crate::pubsub) fn count_lost(&self, messages: usize) {
        self.lost.fetch_add(messages as u64, Ordering::Relaxed);
    }

    pub(in crate::pubsub) fn count_missed(&self) {
        self.missed.fetch_add(1, Ordering::Relaxed);
    }

    pub(in crate::pubsub) fn count_skipped(&self) {
        self.skipped.fetch_add(1, Ordering::Relaxed);
    }

    pub(in crate::pubsub) fn count_malformed(&self) {
        self.malformed.fetch_add(1, Ordering::Relaxed);
    }

    pub(in crate::pubsub) fn count_refused(&self) {
        self.refused.fetch_add(1, Ordering::Relaxed);
    }

    pub(in crate::pubsub) fn stats(&self) -> NodeStats {
        let now = |count: &AtomicU64| count.load(Ordering::Relaxed);
        NodeStats {
            lost: now(&self.lost),
            missed: now(&self.missed),
            skipped: now(&self.skipped),
            malformed: now(&self.malformed),
            refused: now(&self.refused),
        }
    }
}
