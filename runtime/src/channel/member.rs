//! A channel as its socket and others see it: where it is, and how to reach its client.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicBool, Ordering},
};

use tokio::sync::Notify;

use super::{NameRef, Outlet, Ref, Reply, SendError, Serializer, ServerMessage, signal::Signal};
use crate::{
    handle::Handle,
    pubsub::{BroadcastError, Membership, Payload, SubscriberId},
    socket::{Link, Mailbox},
};

/// One join of one client to one topic.
pub(super) struct Member {
    topic: Box<str>,
    /// What the client named its join; V1 clients name it only by the message itself.
    join_ref: Ref,
    serializer: &'static dyn Serializer,
    link: Arc<dyn Link>,
    mailbox: Mailbox<Signal>,
    left: AtomicBool,
    gone: Notify,
    memberships: Mutex<Vec<Membership>>,
}

impl Member {
    pub(super) fn new(
        topic: &str,
        join_ref: Ref,
        serializer: &'static dyn Serializer,
        link: Arc<dyn Link>,
        mailbox: Mailbox<Signal>,
    ) -> Arc<Self> {
        Arc::new(Member {
            topic: topic.into(),
            join_ref,
            serializer,
            link,
            mailbox,
            left: AtomicBool::new(false),
            gone: Notify::new(),
            memberships: Mutex::default(),
        })
    }

    pub(super) fn topic(&self) -> &str {
        &self.topic
    }

    pub(super) fn join_ref(&self) -> &Ref {
        &self.join_ref
    }

    pub(super) fn id(&self) -> SubscriberId {
        self.link.id()
    }

    pub(super) fn handle(&self) -> &Handle {
        self.link.handle()
    }

    pub(super) fn mailbox(&self) -> &Mailbox<Signal> {
        &self.mailbox
    }

    pub(super) fn outlet(self: &Arc<Self>, reference: Ref) -> Outlet {
        Outlet::new(self.clone(), reference)
    }

    pub(super) fn push(&self, event: &str, payload: &Payload) -> Result<(), SendError> {
        let (join_ref, reference) = (&self.join_ref, &Ref::NULL);
        self.send(&ServerMessage::Push { join_ref, reference, topic: &self.topic, event, payload })
    }

    pub(super) fn reply(&self, reference: &Ref, reply: &Reply) -> Result<(), SendError> {
        self.send(&ServerMessage::Reply {
            join_ref: &self.join_ref,
            reference,
            topic: NameRef::Text(&self.topic),
            status: reply.status(),
            payload: reply.payload(),
        })
    }

    fn send(&self, message: &ServerMessage<'_>) -> Result<(), SendError> {
        if self.has_left() {
            return Err(SendError::Left);
        }
        let message = self.serializer.encode(message).map_err(SendError::Unencodable)?;
        self.link.push(message).map_err(SendError::Unsupported)
    }

    pub(super) fn broadcast(&self, event: &str, payload: Payload) -> Result<(), BroadcastError> {
        self.link.broadcast(&self.topic, event, payload)
    }

    pub(super) fn has_left(&self) -> bool {
        self.left.load(Ordering::Acquire)
    }

    /// Ends all subscriptions, and lets nothing more through to the client.
    pub(super) fn leave(&self) {
        self.left.store(true, Ordering::Release);
        self.gone.notify_waiters();
        self.link.unsubscribe(&self.topic);
        let memberships =
            std::mem::take(&mut *self.memberships.lock().unwrap_or_else(PoisonError::into_inner));
        memberships.into_iter().for_each(|membership| self.handle().pubsub().leave(membership));
    }

    /// Waits until the client has left.
    pub(super) async fn gone(&self) {
        loop {
            let gone = self.gone.notified();
            if self.has_left() {
                return;
            }
            gone.await;
        }
    }

    /// Keeps a subscription for as long as the client is joined.
    pub(super) fn keep(&self, membership: Membership) {
        let mut memberships = self.memberships.lock().unwrap_or_else(PoisonError::into_inner);
        if self.has_left() {
            drop(memberships);
            self.handle().pubsub().leave(membership);
        } else {
            memberships.push(membership);
        }
    }

    /// Ends the subscriptions to a topic.
    pub(super) fn forget(&self, topic: &str) {
        let mut memberships = self.memberships.lock().unwrap_or_else(PoisonError::into_inner);
        let gone: Vec<_> = memberships.extract_if(.., |membership| membership.topic() == topic).collect();
        drop(memberships);
        gone.into_iter().for_each(|membership| self.handle().pubsub().leave(membership));
    }
}
