//! The topics whose broadcasts go straight to a client.

use crate::pubsub::{Encoding, Membership, PubSub};

/// The topics whose broadcasts go straight to a client, each with how they are encoded.
#[derive(Default)]
pub(super) struct Subscriptions(Vec<Subscription>);

struct Subscription {
    membership: Membership,
    encoding: Encoding,
}

impl Subscriptions {
    /// How a topic is encoded; `None` if it is not forwarded.
    pub(super) fn encoding(&self, topic: &str) -> Option<Encoding> {
        self.0
            .iter()
            .find(|subscription| subscription.membership.topic() == topic)
            .map(|subscription| subscription.encoding)
    }

    pub(super) fn add(&mut self, membership: Membership, encoding: Encoding) {
        self.0.push(Subscription {
            membership,
            encoding,
        });
    }

    /// Takes those of one topic out.
    pub(super) fn remove(&mut self, topic: &str) -> Subscriptions {
        Subscriptions(
            self.0
                .extract_if(.., |subscription| subscription.membership.topic() == topic)
                .collect(),
        )
    }

    /// Ends the subscriptions. Not while a lock of the subscriber is held: it may be the last reference to it.
    pub(super) fn leave(self, pubsub: &PubSub) {
        self.0
            .into_iter()
            .for_each(|subscription| pubsub.leave(subscription.membership));
    }
}
