//! A client's conversation on a topic, shared by its socket, its channel and other tasks: how to
//! reach the client, what waits, and whether it has ended.

use std::sync::{
    Arc, Mutex, OnceLock, PoisonError,
    atomic::{AtomicBool, AtomicU8, AtomicUsize, Ordering},
};

use tokio::{sync::Notify, time::sleep};

use super::{NameRef, Ref, Reply, ServerMessage, client::Client, terms::Terms};
use crate::{
    handle::Handle,
    message::PushError,
    pubsub::{BroadcastError, Membership, Payload, SubscriberId},
    socket::{Reason, Timeout},
    watchdog::Watched,
};

/// Messages of other tasks that may wait for one channel's callback.
const WAITING: usize = 256;

/// A callback may go on.
const STAYS: u8 = 0;
/// A callback has the channel's `shutdown` left, because the client waits for its end.
const LEAVES: u8 = 1;
/// A callback is dropped.
const CUT: u8 = 2;

/// One join of one client to one topic.
pub(super) struct Conversation {
    topic: Arc<str>,
    /// The index of its slot in the table of the connection.
    slot: usize,
    /// The `join_ref` of the client. For a V1 client it is the `ref` of the message that joined.
    join_ref: Ref,
    pub(super) client: Arc<Client>,
    pub(super) terms: &'static Terms,
    /// Why it ended, once it has. Boxed, since most have not.
    ended: OnceLock<Box<Reason>>,
    /// How long its callback may go on.
    stage: AtomicU8,
    /// A callback runs in a task of its own.
    running: AtomicBool,
    /// Notified when `stage` or `running` changes.
    changed: Notify,
    memberships: Mutex<Vec<Membership>>,
    /// Messages of other tasks that wait for a callback or are being handled.
    waiting: AtomicUsize,
    /// Its socket has been told that too many broadcasts wait.
    overflowed: AtomicBool,
    /// Its channel is about to be told that broadcasts may be lost.
    gap: AtomicBool,
}

impl Conversation {
    pub(super) fn new(
        topic: &str,
        join_ref: Ref,
        client: Arc<Client>,
        terms: &'static Terms,
        slot: usize,
    ) -> Arc<Self> {
        Arc::new(Conversation {
            topic: topic.into(),
            slot,
            join_ref,
            client,
            terms,
            ended: OnceLock::new(),
            stage: AtomicU8::new(STAYS),
            running: AtomicBool::new(false),
            changed: Notify::new(),
            memberships: Mutex::default(),
            waiting: AtomicUsize::new(0),
            overflowed: AtomicBool::new(false),
            gap: AtomicBool::new(false),
        })
    }

    pub(super) fn topic(&self) -> &str {
        &self.topic
    }

    pub(super) fn shared_topic(&self) -> Arc<str> {
        self.topic.clone()
    }

    pub(super) fn slot(&self) -> usize {
        self.slot
    }

    pub(super) fn join_ref(&self) -> &Ref {
        &self.join_ref
    }

    pub(super) fn id(&self) -> SubscriberId {
        self.client.link.id()
    }

    pub(super) fn handle(&self) -> &Handle {
        self.client.link.handle()
    }

    pub(super) fn watched(&self) -> &Watched {
        self.client.link.watched()
    }

    pub(super) fn push(&self, event: &str, payload: &Payload) -> Result<(), PushError> {
        let (join_ref, reference) = (&self.join_ref, &Ref::NULL);
        self.send(&ServerMessage::Push {
            join_ref,
            reference,
            topic: &self.topic,
            event,
            payload,
        })
    }

    pub(super) fn reply(&self, reference: &Ref, reply: &Reply) -> Result<(), PushError> {
        self.send(&ServerMessage::Reply {
            join_ref: &self.join_ref,
            reference,
            topic: NameRef::Text(&self.topic),
            status: reply.status(),
            payload: reply.payload(),
        })
    }

    fn send(&self, message: &ServerMessage<'_>) -> Result<(), PushError> {
        if self.has_left() {
            Err(PushError::Left)
        } else {
            self.client.send(message)
        }
    }

    /// Broadcasts to the topic, unless no client could get it. Intercepted events go to channels,
    /// which take any payload.
    pub(super) fn broadcast(&self, event: &str, payload: Payload) -> Result<(), BroadcastError> {
        self.check_broadcast(event, &payload)?;
        self.client.link.broadcast(&self.topic, event, payload)
    }

    pub(super) fn check_broadcast(
        &self,
        event: &str,
        payload: &Payload,
    ) -> Result<(), BroadcastError> {
        if self.terms.intercept.contains(&event) {
            return Ok(());
        }
        Ok(self.client.check_broadcast(&self.topic, event, payload)?)
    }

    pub(super) fn has_left(&self) -> bool {
        self.ended.get().is_some()
    }

    /// Why a channel ends whose callback is dropped before it is done.
    pub(super) fn fate(&self) -> Reason {
        match self.ended.get() {
            Some(reason) => Reason::clone(reason),
            None if self.is_hurried() => Reason::Left,
            None => Reason::Shutdown,
        }
    }

    /// Ends all subscriptions, and lets nothing more through to the client.
    pub(super) fn leave(&self, reason: &Reason) {
        let _ = self.ended.set(Box::new(reason.clone()));
        self.hurry();
        self.client.link.unsubscribe(&self.topic);
        let memberships = std::mem::take(
            &mut *self
                .memberships
                .lock()
                .unwrap_or_else(PoisonError::into_inner),
        );
        memberships
            .into_iter()
            .for_each(|membership| self.handle().pubsub().leave(membership));
    }

    /// The client wants to leave: a running callback has the channel's `shutdown` left.
    pub(super) fn hurry(&self) {
        self.stage.fetch_max(LEAVES, Ordering::AcqRel);
        self.changed.notify_waiters();
    }

    fn is_hurried(&self) -> bool {
        self.stage.load(Ordering::Acquire) >= LEAVES
    }

    /// Drops the running callback because the client has joined again, and waits until it is gone.
    pub(super) async fn cut(&self) {
        self.leave(&Reason::Rejoined);
        self.stage.store(CUT, Ordering::Release);
        self.changed.notify_waiters();
        self.until(|| !self.is_running()).await;
    }

    /// Waits until the running callback is to be dropped.
    pub(super) async fn overdue(&self) {
        self.until(|| self.is_hurried()).await;
        tokio::select! {
            () = pause(self.terms.shutdown) => {}
            () = self.until(|| self.stage.load(Ordering::Acquire) == CUT) => {}
        }
    }

    async fn until(&self, holds: impl Fn() -> bool) {
        loop {
            let changed = self.changed.notified();
            if holds() {
                return;
            }
            changed.await;
        }
    }

    /// A callback runs in a task of its own, until the returned guard is dropped.
    pub(super) fn detach(self: &Arc<Self>) -> Detached {
        self.running.store(true, Ordering::Release);
        Detached(self.clone())
    }

    pub(super) fn is_running(&self) -> bool {
        self.running.load(Ordering::Acquire)
    }

    /// A place for a message of another task that holds `bytes` bytes of a broadcast. `None` if too
    /// much waits.
    pub(super) fn place(self: &Arc<Self>, bytes: usize) -> Option<Place> {
        if self.waiting.fetch_add(1, Ordering::AcqRel) < WAITING
            && self.client.hold_broadcast(bytes)
        {
            return Some(Place {
                conversation: self.clone(),
                bytes,
            });
        }
        self.waiting.fetch_sub(1, Ordering::AcqRel);
        None
    }

    /// Notes that the channel is too slow for the broadcasts of its topic. True the first time: the
    /// caller tells its socket.
    pub(super) fn overflows(&self) -> bool {
        !self.overflowed.swap(true, Ordering::AcqRel)
    }

    /// Notes that broadcasts of other nodes may be lost. True if the channel has been told of the
    /// last ones: the caller tells its socket.
    pub(super) fn gap(&self) -> bool {
        !self.gap.swap(true, Ordering::AcqRel)
    }

    /// The channel is told now.
    pub(super) fn tells_gap(&self) {
        self.gap.store(false, Ordering::Release);
    }

    /// Keeps a subscription for as long as the client is joined.
    pub(super) fn keep(&self, membership: Membership) {
        let mut memberships = self
            .memberships
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if self.has_left() {
            drop(memberships);
            self.handle().pubsub().leave(membership);
        } else {
            if memberships.is_empty() {
                // Most channels have one.
                memberships.reserve_exact(1);
            }
            memberships.push(membership);
        }
    }

    /// Ends the subscriptions to a topic.
    pub(super) fn forget(&self, topic: &str) {
        let mut memberships = self
            .memberships
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let gone: Vec<_> = memberships
            .extract_if(.., |membership| membership.topic() == topic)
            .collect();
        drop(memberships);
        gone.into_iter()
            .for_each(|membership| self.handle().pubsub().leave(membership));
    }
}

async fn pause(timeout: Timeout) {
    match timeout {
        Timeout::After(time) => sleep(time).await,
        Timeout::Never => std::future::pending().await,
    }
}

/// A callback that runs in a task of its own.
pub(super) struct Detached(Arc<Conversation>);

impl Drop for Detached {
    fn drop(&mut self) {
        self.0.running.store(false, Ordering::Release);
        self.0.changed.notify_waiters();
    }
}

/// The place of a message of another task, until the callback that handles it is done.
pub(super) struct Place {
    pub(super) conversation: Arc<Conversation>,
    bytes: usize,
}

impl Drop for Place {
    fn drop(&mut self) {
        self.conversation.waiting.fetch_sub(1, Ordering::AcqRel);
        self.conversation.client.release_broadcast(self.bytes);
    }
}
