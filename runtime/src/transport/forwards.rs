//! The topics whose broadcasts go straight to a client.

use crate::pubsub::{Form, Membership, PubSub};

/// The topics whose broadcasts go straight to a client, each with the form in which they do.
#[derive(Default)]
pub(super) struct Forwards(Vec<Forward>);

struct Forward {
    membership: Membership,
    form: Form,
}

impl Forwards {
    /// The form in which a topic is forwarded; `None` if it is not.
    pub(super) fn form(&self, topic: &str) -> Option<Form> {
        self.0.iter().find(|forward| forward.membership.topic() == topic).map(|forward| forward.form)
    }

    pub(super) fn add(&mut self, membership: Membership, form: Form) {
        self.0.push(Forward { membership, form });
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
