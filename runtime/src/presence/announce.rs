//! Tells the subscribers of a topic who came and who left.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use serde::{Serialize, Serializer};
use tokio::sync::Notify;

use super::{
    diff::{Changes, Diff},
    entry::Entry,
    link::Link,
    list::{Fetch, Presences},
    replication::{Outcome, PIECE, Replication},
    seen::Replica,
    state::{Delta, State},
};
use crate::{
    contain,
    escape::{shown, told},
    pubsub::{BroadcastError, Payload, PubSub},
};

/// How long changes are gathered before they are announced.
pub(super) const WINDOW: Duration = Duration::from_millis(10);
/// The maximum number of metas in one message.
pub(super) const PART: usize = 1024;
/// Messages before other tasks of the worker get their turn.
const STRETCH: usize = 64;
/// The maximum number of metas that may wait for room in the queue of the topics.
pub(super) const BACKLOG: usize = 8 * PART;

/// The part that all handles share.
pub(super) struct Shared {
    pubsub: PubSub,
    runtime: tokio::runtime::Handle,
    fetch: Option<Box<Fetch>>,
    link: Option<Link>,
    inner: Mutex<Inner>,
}

struct Inner {
    state: State,
    /// Unused while the node is alone.
    replication: Replication,
    /// Changes that have not been announced.
    pending: Diff,
    /// A task is about to announce them.
    announcing: bool,
}

impl Shared {
    pub(super) fn new(
        pubsub: PubSub,
        replica: Replica,
        fetch: Option<Box<Fetch>>,
        link: Option<Link>,
    ) -> Self {
        let inner = Mutex::new(Inner {
            state: State::new(replica),
            replication: Replication::new(PIECE),
            pending: Diff::default(),
            announcing: false,
        });
        Shared {
            pubsub,
            runtime: tokio::runtime::Handle::current(),
            fetch,
            link,
            inner,
        }
    }

    pub(super) fn read<T>(&self, read: impl FnOnce(&State) -> T) -> T {
        read(&self.lock().state)
    }

    /// Changes what is tracked here, and makes sure that subscribers and other nodes are told.
    pub(super) fn change_own<T>(
        self: &Arc<Self>,
        change: impl FnOnce(&State) -> (Option<Delta>, T),
    ) -> T {
        let mut inner = self.lock();
        let (delta, value) = change(&inner.state);
        if let Some(delta) = delta {
            let diff = inner.state.merge(&delta);
            if let Some(link) = &self.link {
                inner.replication.changed(delta);
                link.changed.notify_one();
            }
            self.note(inner, diff);
        }
        value
    }

    /// Another node has said something.
    pub(super) fn hear(self: &Arc<Self>, node: &Arc<str>, bytes: &[u8]) {
        let Some(link) = &self.link else { return };
        let Some((replica, message)) = link.read(bytes) else {
            return;
        };
        self.replicate(|replication, state| {
            replication.hear(state, link.now(), (node, replica), message)
        });
    }

    /// Another node cannot be reached, or has stopped.
    pub(super) fn node_down(self: &Arc<Self>, node: &str) {
        self.replicate(|replication, state| replication.node_down(state, node));
    }

    /// Time has passed, or something has changed here.
    pub(super) fn tick(self: &Arc<Self>) {
        let Some(link) = &self.link else { return };
        self.replicate(|replication, state| replication.tick(state, link.now()));
    }

    /// Tells the other nodes that nothing is tracked here any more.
    pub(super) fn leave(&self) {
        if let Some(link) = &self.link {
            link.leave();
        }
    }

    /// Notified when something has changed here. `None` for a node that is alone.
    pub(super) fn changed(&self) -> Option<Arc<Notify>> {
        self.link.as_ref().map(|link| link.changed.clone())
    }

    fn replicate(self: &Arc<Self>, event: impl FnOnce(&mut Replication, &mut State) -> Outcome) {
        let mut guard = self.lock();
        let inner = &mut *guard;
        let outcome = event(&mut inner.replication, &mut inner.state);
        if let Some(link) = &self.link {
            // Under the lock, so that what happens first is told first. It never waits.
            link.send(outcome.messages);
        }
        self.note(guard, outcome.diff);
    }

    /// Makes sure that subscribers are told what has changed.
    fn note(self: &Arc<Self>, mut inner: MutexGuard<'_, Inner>, diff: Diff) {
        inner.pending.absorb(diff);
        let start = !inner.announcing && !inner.pending.is_empty();
        inner.announcing |= start;
        drop(inner);
        if start {
            self.spawn(self.clone().announce());
        }
    }

    pub(super) fn pubsub(&self) -> &PubSub {
        &self.pubsub
    }

    /// Starts a task that ends soon after the node has left.
    pub(super) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        self.pubsub.spawn(&self.runtime, task);
    }

    /// Runs the application's `fetch` function on these presences.
    pub(super) fn fetch(&self, topic: &str, presences: &mut Presences) {
        let Some(fetch) = &self.fetch else { return };
        if presences.is_empty() {
            return;
        }
        if let Err(panic) = contain::call(|| fetch(topic, presences)) {
            tracing::error!(topic = %shown(topic), "fetching what belongs to presences panicked: {panic}");
            presences.clear_fields();
        }
    }

    /// Announces changes until none are left, or until nobody can be told any more.
    async fn announce(self: Arc<Self>) {
        loop {
            let stopped = tokio::select! {
                biased;
                () = self.pubsub.stopping().cancelled() => true,
                () = tokio::time::sleep(WINDOW) => false,
            };
            let changes = std::mem::take(&mut self.lock().pending);
            let mut untold = self.tell_all(changes).await;
            let mut inner = self.lock();
            untold.absorb(std::mem::take(&mut inner.pending));
            if stopped || untold.is_empty() {
                inner.announcing = false;
                return;
            }
            inner.pending = untold;
        }
    }

    /// Returns the changes that found no room in the queue of the topics, unless they are too many.
    async fn tell_all(&self, diff: Diff) -> Diff {
        let mut untold = Diff::default();
        for (told, (topic, part)) in diff.parts(PART).enumerate() {
            if told % STRETCH == STRETCH - 1 {
                tokio::task::yield_now().await;
            }
            if let Err(BroadcastError::Overloaded) = self.tell(&topic, &part) {
                untold.add(topic, part);
            }
        }
        if untold.len() > BACKLOG {
            tracing::error!("dropped presence diffs: too many broadcasts wait for delivery");
            return Diff::default();
        }
        untold
    }

    /// Tells the subscribers of this node. Other nodes tell their own.
    fn tell(&self, topic: &str, changes: &Changes) -> Result<(), BroadcastError> {
        if self.pubsub.subscribers(topic) == 0 {
            return Ok(());
        }
        let of = |entry: &Entry| (entry.key.clone(), entry.meta.clone());
        let mut joins: Presences = changes.joins.values().map(of).collect();
        let mut leaves: Presences = changes.leaves.values().map(of).collect();
        self.fetch(topic, &mut joins);
        self.fetch(topic, &mut leaves);
        match Payload::from_json(&Told { joins, leaves }) {
            Ok(payload) => self.pubsub.local_broadcast(topic, "presence_diff", payload),
            Err(error) => {
                tracing::error!(topic = %shown(topic), "presences cannot be JSON: {}", told(&error));
                Ok(())
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The payload of a `presence_diff`.
struct Told {
    joins: Presences,
    leaves: Presences,
}

impl Serialize for Told {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map([("joins", &self.joins), ("leaves", &self.leaves)])
    }
}
