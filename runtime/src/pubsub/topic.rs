//! The members of one topic.

use std::sync::Arc;

use bytes::Bytes;

use super::{Broadcast, Form, Run, SubscriberId};
use crate::{message::Unsupported, watchdog::Watched};

/// Receives the broadcasts of a topic as they are. Must not block: it runs on the shard's task.
pub(crate) trait Subscriber: Send + Sync {
    fn id(&self) -> SubscriberId;

    fn deliver(&self, broadcast: &Broadcast);
}

/// A client that the broadcasts of a topic are written to. Must not block: it runs on the shard's
/// task.
pub(crate) trait Recipient: Send + Sync {
    fn id(&self) -> SubscriberId;

    /// Writes bytes that are rendered in this client's form.
    fn forward(&self, bytes: &Bytes);

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
    pub(super) topic: Box<str>,
    pub(super) shard: usize,
    pub(super) place: usize,
}

impl Membership {
    pub(crate) fn topic(&self) -> &str {
        &self.topic
    }
}
