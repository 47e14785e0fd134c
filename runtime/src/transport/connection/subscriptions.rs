//! Topics whose broadcasts are forwarded straight to a client.

use crate::pubsub::{Encoding, Membership, PubSub};

/// Topics whose broadcasts are forwarded straight to a client, each with its encoding.
#[derive(Default)]
pub(super) struct Subscriptions(Vec<Subscription>);

struct Subscription {
    membership: Membership,
    encoding: Encoding,
}

impl Subscriptions {
    /// The encoding of a topic; `None` if it is not forwarded.
    pub(super) fn encoding(&self, topic: &str) -> Option<Encoding> {
        self.0
            .iter()
            .find(|subscription| subscription.membership.topic() == topic)
            .map(|subscription| subscription.encoding)
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn topics(&self) -> impl Iterator<Item = &str> {
        self.0
            .iter()
            .map(|subscription| subscription.membership.topic())
    }

    pub(super) fn add(&mut self, membership: Membership, encoding: Encoding) {
        self.0.push(Subscription {
            membership,
            encoding,
        });
    }

    /// Removes and returns the subscriptions of one topic.
    pub(super) fn remove(&mut self, topic: &str) -> Subscriptions {
        Subscriptions(
            self.0
                .extract_if(.., |subscription| subscription.membership.topic() == topic)
                .collect(),
        )
    }

    /// Ends the subscriptions. Do not hold a lock of the subscriber: this may drop its last
    /// reference.
    pub(super) fn leave(self, pubsub: &PubSub) {
        self.0
            .into_iter()
            .for_each(|subscription| pubsub.leave(subscription.membership));
    }
}
