//! The members of one topic.

use std::sync::Arc;

use super::{Broadcast, Form, Run, SubscriberId};

/// What receives the broadcasts of a topic. Must not block: it runs on the shard's task.
pub(crate) trait Subscriber: Send + Sync {
    fn id(&self) -> SubscriberId;

    /// Writes a run of broadcasts to a client, in this form.
    fn forward(&self, form: Form, run: &Run) {
        let _ = (form, run);
    }

    /// Takes one broadcast as it is.
    fn deliver(&self, broadcast: &Broadcast) {
        let _ = broadcast;
    }
}

/// A subscription in a topic: forwarded if it has a form, delivered otherwise.
#[derive(Clone)]
pub(super) struct Entry {
    pub(super) subscriber: Arc<dyn Subscriber>,
    pub(super) form: Option<Form>,
}

impl Entry {
    pub(super) fn receive(&self, run: &Run) {
        match self.form {
            Some(form) => self.subscriber.forward(form, run),
            None => run.deliver_to(&*self.subscriber),
        }
    }
}

/// The proof of a subscription, with which it can be ended.
#[derive(Debug)]
#[must_use = "a subscription that nobody ends stays for ever"]
pub(crate) struct Membership {
    pub(super) topic: Box<str>,
    pub(super) shard: usize,
    pub(super) place: usize,
}

impl Membership {
    pub(crate) fn topic(&self) -> &str {
        &self.topic
    }
}
