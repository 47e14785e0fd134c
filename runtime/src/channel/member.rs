//! A channel as its socket and others see it: where it is, and how to reach its client.

use std::sync::{
    Arc, Mutex, OnceLock, PoisonError,
    atomic::{AtomicBool, Ordering},
};

use tokio::sync::Notify;

use super::{
    NameRef, Outlet, Ref, Reply, SendError, Serializer, ServerMessage, signal::Signal, work::Outcome,
};
use crate::{
    handle::Handle,
    pubsub::{BroadcastError, Membership, Payload, SubscriberId},
    socket::{Link, Mailbox, Reason},
    watchdog::Watched,
};

/// One join of one client to one topic.
pub(super) struct Member {
    topic: Box<str>,
    /// What the client named its join; V1 clients name it only by the message itself.
    join_ref: Ref,
    serializer: &'static dyn Serializer,
    link: Arc<dyn Link>,
    mailbox: Mailbox<Signal>,
    /// Why it ended, once it has.
    ended: OnceLock<Reason>,
    /// The client waits for its end.
    leaving: AtomicBool,
    hurry: Notify,
    /// What a callback came to that went on in a task of its own.
    returned: Mutex<Option<Box<Outcome>>>,
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
            ended: OnceLock::new(),
            leaving: AtomicBool::new(false),
            hurry: Notify::new(),
            returned: Mutex::default(),
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

    pub(super) fn watched(&self) -> &Watched {
        self.link.watched()
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
        self.ended.get().is_some()
    }

    /// Ends all subscriptions, and lets nothing more through to the client. What a callback came to meanwhile is
    /// discarded.
    pub(super) fn leave(&self, reason: &Reason) {
        let _ = self.ended.set(reason.clone());
        self.hurry();
        self.link.unsubscribe(&self.topic);
        if let Some(outcome) = self.take_returned() {
            outcome.discard(reason.clone());
        }
        let memberships =
            std::mem::take(&mut *self.memberships.lock().unwrap_or_else(PoisonError::into_inner));
        memberships.into_iter().for_each(|membership| self.handle().pubsub().leave(membership));
    }

    /// The client wants to leave: a callback that runs has little time left.
    pub(super) fn hurry(&self) {
        self.leaving.store(true, Ordering::Release);
        self.hurry.notify_waiters();
    }

    /// Waits until the client wants to leave, or has left.
    pub(super) async fn leaving(&self) {
        loop {
            let hurry = self.hurry.notified();
            if self.leaving.load(Ordering::Acquire) {
                return;
            }
            hurry.await;
        }
    }

    /// Gives its socket what a callback came to. After the end nobody waits for it.
    pub(super) fn give_back(self: &Arc<Self>, outcome: Outcome) {
        let mut returned = self.returned.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(reason) = self.ended.get() {
            drop(returned);
            return outcome.discard(reason.clone());
        }
        *returned = Some(Box::new(outcome));
        drop(returned);
        // If the connection has ended, the outcome is found when the channel is closed.
        let _ = self.mailbox.send_beyond(Signal::returned(self.clone()));
    }

    pub(super) fn take_returned(&self) -> Option<Box<Outcome>> {
        self.returned.lock().unwrap_or_else(PoisonError::into_inner).take()
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
