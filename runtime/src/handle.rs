//! The running endpoint, as everything that runs in it sees it.

use std::{fmt, sync::Arc};

use crate::pubsub::{BroadcastError, Payload, PubSub, SubscriberId};

/// A running endpoint: its configuration, its URLs, and its topics. Cloning it is cheap.
#[derive(Clone)]
pub struct Handle(pub(crate) Arc<Shared>);

pub(crate) struct Shared {
    pub(crate) name: &'static str,
    pub(crate) pubsub: PubSub,
}

impl Handle {
    /// The topics of this endpoint.
    pub fn pubsub(&self) -> &PubSub {
        &self.0.pubsub
    }

    pub(crate) fn count_dropped(&self, _count: usize) {}

    /// Broadcasts to all subscribers of a topic.
    ///
    /// # Errors
    /// When more broadcasts wait than may.
    pub fn broadcast(
        &self,
        topic: &str,
        event: &str,
        payload: impl Into<Payload>,
    ) -> Result<(), BroadcastError> {
        self.0.pubsub.broadcast(topic, event, payload)
    }

    /// Broadcasts to all subscribers of a topic but one.
    ///
    /// # Errors
    /// When more broadcasts wait than may.
    pub fn broadcast_from(
        &self,
        from: SubscriberId,
        topic: &str,
        event: &str,
        payload: impl Into<Payload>,
    ) -> Result<(), BroadcastError> {
        self.0.pubsub.broadcast_from(from, topic, event, payload)
    }
}

impl fmt::Debug for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Handle").field(&self.0.name).finish()
    }
}
