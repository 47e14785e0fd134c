//! Who subscribes to topics.

use std::sync::Arc;

use super::{
    Form, Membership, PubSub, Recipient, Subscriber, SubscriberId, Subscription, topic::Entry,
};

impl PubSub {
    /// The topic as a stream of broadcasts, for any task. Dropping the stream ends the
    /// subscription.
    ///
    /// At most 1,024 broadcasts wait, and no more bytes than the queue of all broadcasts may have.
    /// A slower receiver is told how many it missed.
    pub fn subscribe(&self, topic: &str) -> Subscription {
        Subscription::new(Arc::clone(&self.0), topic)
    }

    /// Writes the topic's broadcasts to a connection, in this form.
    pub(crate) fn forward(
        &self,
        topic: &str,
        recipient: Arc<dyn Recipient>,
        form: Form,
    ) -> Membership {
        self.0.join(topic, Entry::Forward(recipient, form))
    }

    /// Hands the topic's broadcasts to a subscriber as they are.
    pub(crate) fn deliver(&self, topic: &str, subscriber: Arc<dyn Subscriber>) -> Membership {
        self.0.join(topic, Entry::deliver(subscriber))
    }

    /// Tells a subscriber when broadcasts of other nodes may be lost, and nothing else. `None` for
    /// a node that is alone.
    pub(crate) fn watch_gaps(
        &self,
        topic: &str,
        watcher: Arc<dyn Subscriber>,
    ) -> Option<Membership> {
        self.0.watch(topic, watcher)
    }

    /// Like [`subscribe`](PubSub::subscribe), to a topic that other nodes publish to by
    /// `direct_broadcast` only.
    pub(crate) fn subscribe_here(&self, topic: &str) -> Subscription {
        Subscription::here(Arc::clone(&self.0), topic)
    }

    /// Like `deliver`, from a topic that other nodes publish to by `direct_broadcast` only.
    pub(crate) fn deliver_here(&self, topic: &str, subscriber: Arc<dyn Subscriber>) -> Membership {
        self.0.join_here(topic, Entry::deliver(subscriber))
    }

    pub(crate) fn leave(&self, membership: Membership) {
        self.0.leave(membership);
    }

    /// The first topics of this node by name, after this name, with how many subscriptions each
    /// has.
    pub(crate) fn topics(&self, after: &str, most: usize) -> Vec<(String, usize)> {
        self.0.topics(after, most)
    }

    /// Subscribers of a topic on this node, from a place in a shard on, and where the next are.
    pub(crate) fn member_ids(
        &self,
        topic: &str,
        from: (usize, usize),
        most: usize,
    ) -> (Vec<SubscriberId>, Option<(usize, usize)>) {
        self.0.member_ids(topic, from, most)
    }

    /// How many subscriptions a topic has.
    pub fn subscribers(&self, topic: &str) -> usize {
        self.0.members(topic)
    }
}
