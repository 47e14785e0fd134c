//! The topics whose broadcasts go straight to a client.

use crate::pubsub::{Encoder, Membership, PubSub};

/// The topics whose broadcasts go straight to a client, each with the form in which they do.
#[derive(Default)]
pub(super) struct Forwards(Vec<Forward>);

struct Forward {
    membership: Membership,
    encoder: &'static dyn Encoder,
}

impl Forwards {
    /// The form in which a topic is forwarded; `None` if it is not.
    pub(super) fn encoder(&self, topic: &str) -> Option<&'static dyn Encoder> {
        self.0.iter().find(|forward| forward.membership.topic() == topic).map(|forward| forward.encoder)
    }

    pub(super) fn add(&mut self, membership: Membership, encoder: &'static dyn Encoder) {
        self.0.push(Forward { membership, encoder });
    }

    /// Takes those of one topic out.
    pub(super) fn remove(&mut self, topic: &str) -> Forwards {
        Forwards(self.0.extract_if(.., |forward| forward.membership.topic() == topic).collect())
    }

    /// Ends the subscriptions. Not while a lock of the subscriber is held: it may be the last reference to it.
    pub(super) fn leave(self, pubsub: &PubSub) {
        self.0.into_iter().for_each(|forward| pubsub.leave(forward.membership));
    }
}
