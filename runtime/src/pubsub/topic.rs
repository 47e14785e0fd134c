//! The members of one topic.

use std::sync::Arc;

use super::{
    Form,
    run::Run,
    subscriber::{Recipient, Subscriber, SubscriberId},
};
use crate::{contain, escape::shown};

/// A subscription in a topic.
#[derive(Clone)]
pub(super) enum Entry {
    Deliver(Arc<dyn Subscriber>),
    Forward(Arc<dyn Recipient>, Form),
}

impl Entry {
    pub(super) fn id(&self) -> SubscriberId {
        match self {
            Entry::Deliver(subscriber) => subscriber.id(),
            Entry::Forward(recipient, _) => recipient.id(),
        }
    }

    /// Clients are told by their channels.
    pub(super) fn gap(&self, topic: &str) {
        if let Entry::Deliver(subscriber) = self {
            tell_gap(&**subscriber, topic);
        }
    }

    pub(super) fn receive(&self, run: &Run) {
        match self {
            Entry::Deliver(subscriber) => run.deliver_to(&**subscriber),
            Entry::Forward(recipient, form) => run.forward_to(&**recipient, form),
        }
    }
}

/// The handle of a subscription, by which it can be ended.
#[derive(Debug)]
#[must_use = "a subscription that nobody ends stays for ever"]
pub(crate) struct Membership {
    pub(super) topic: Arc<str>,
    pub(super) shard: u32,
    pub(super) wants: Wants,
    pub(super) place: usize,
}

/// What a subscription wants of other nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wants {
    /// What they publish to the topic.
    Everything,
    /// What they send to this node by `direct_broadcast`.
    Direct,
    /// To be told of gaps. It is in no shard.
    Gaps,
}

impl Membership {
    pub(crate) fn topic(&self) -> &str {
        &self.topic
    }
}

/// Tells a subscriber that broadcasts of other nodes may be lost. It may run a conversion of the
/// application's.
pub(super) fn tell_gap(subscriber: &dyn Subscriber, topic: &str) {
    if let Err(panic) = contain::call(|| subscriber.gap(topic)) {
        tracing::error!(topic = %shown(topic), "telling of lost broadcasts panicked: {panic}");
    }
}
