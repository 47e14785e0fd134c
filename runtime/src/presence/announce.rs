//! Tells the subscribers of a topic who came and who left.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use serde::{Serialize, Serializer};
use tokio::{
    sync::Semaphore,
    time::{Instant, sleep},
};

use super::{
    callbacks::{Callbacks, PATIENCE},
    diff::{Changes, Diff},
    entry::Entry,
    link::Link,
    list::Presences,
    options::{Events, Options},
    periods::Periods,
    replication::{Outcome, Replication},
    seen::Replica,
    state::{Delta, State},
};
use crate::{
    escape::{shown, told},
    pubsub::{BroadcastError, Payload, PubSub},
};

/// How long changes are gathered before they are announced.
pub(super) const WINDOW: Duration = Duration::from_millis(10);
/// The maximum number of metas in one message.
pub(super) const PART: usize = 1024;
/// Messages before other tasks of the worker get their turn.
const STRETCH: usize = 64;
/// The maximum number of topics that wait for callbacks at the same time.
const TURNS: usize = 64;
/// The maximum number of metas that may wait for room in the queue of the topics.
pub(super) const BACKLOG: usize = 8 * PART;

/// The part that all handles share.
pub(super) struct Shared {
    pubsub: PubSub,
    runtime: tokio::runtime::Handle,
    callbacks: Callbacks,
    events: Events,
    periods: Periods,
    /// How many topics may be told with callbacks at the same time.
    turns: Semaphore,
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
    /// Topics with a task that waits for callbacks.
    busy: HashSet<Arc<str>>,
}

impl Shared {
    pub(super) fn new(
        pubsub: PubSub,
        replica: Replica,
        options: Options,
        link: Option<Link>,
    ) -> Self {
        let Options {
            callbacks,
            events,
            periods,
            ..
        } = options;
        let inner = Mutex::new(Inner {
            state: State::new(replica),
            replication: Replication::new(link.as_ref().map_or(0, Link::piece), periods),
            pending: Diff::default(),
            announcing: false,
            busy: HashSet::new(),
        });
        Shared {
            pubsub,
            runtime: tokio::runtime::Handle::current(),
            callbacks,
            events,
            periods,
            turns: Semaphore::new(TURNS),
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

    /// Something has happened that concerns the other nodes. Nothing follows from it while the node
    /// is alone.
    pub(super) fn replicate(
        self: &Arc<Self>,
        event: impl FnOnce(&mut Replication, &mut State, Duration) -> Outcome,
    ) {
        let Some(link) = &self.link else { return };
        let mut guard = self.lock();
        let inner = &mut *guard;
        let outcome = event(&mut inner.replication, &mut inner.state, link.now());
        // Under the lock, so that what happens first is told first. It never waits.
        link.send(outcome.messages);
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

    pub(super) fn link(&self) -> Option<&Link> {
        self.link.as_ref()
    }

    pub(super) fn periods(&self) -> Periods {
        self.periods
    }

    /// The event by which a client is told who is there.
    pub(super) fn state_event(&self) -> &str {
        &self.events.state
    }

    pub(super) fn callbacks(&self) -> &Callbacks {
        &self.callbacks
    }

    pub(super) fn pubsub(&self) -> &PubSub {
        &self.pubsub
    }

    /// Starts a task that ends soon after the node has left.
    pub(super) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        self.pubsub.spawn(&self.runtime, task);
    }

    /// Announces changes until none are left, or until nobody can be told any more.
    async fn announce(self: Arc<Self>) {
        loop {
            let stopped = tokio::select! {
                biased;
                () = self.pubsub.stopping().cancelled() => true,
                () = tokio::time::sleep(WINDOW) => false,
            };
            if self.callbacks.any() {
                return self.hand_out();
            }
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
            let (joins, leaves) = presences(&part);
            if let Err(BroadcastError::Overloaded) = self.tell(&topic, &joins, &leaves) {
                untold.add(topic, part);
            }
        }
        if untold.len() > BACKLOG {
            tracing::error!("dropped presence diffs: too many broadcasts wait for delivery");
            return Diff::default();
        }
        untold
    }

    /// Starts a task for each topic that has none. The others wait until theirs has ended.
    fn hand_out(self: &Arc<Self>) {
        let mut guard = self.lock();
        let inner = &mut *guard;
        inner.announcing = false;
        for (topic, changes) in inner.pending.take(|topic| !inner.busy.contains(topic)) {
            let wanted = self.callbacks.handle_metas.is_some();
            let present = wanted.then(|| inner.state.list(&topic).into_iter().collect());
            inner.busy.insert(topic.clone());
            self.spawn(self.clone().attend(topic, changes, present));
        }
    }

    /// Tells what has changed in a topic, with the application's help.
    async fn attend(
        self: Arc<Self>,
        topic: Arc<str>,
        changes: Changes,
        present: Option<Presences>,
    ) {
        tokio::select! {
            biased;
            () = self.pubsub.stopping().cancelled() => {}
            () = self.tell_with_callbacks(&topic, changes, present) => {}
        }
        let mut inner = self.lock();
        inner.busy.remove(&topic);
        self.note(inner, Diff::default());
    }

    async fn tell_with_callbacks(&self, topic: &str, changes: Changes, present: Option<Presences>) {
        if present.is_none() && self.pubsub.subscribers(topic) == 0 {
            return;
        }
        let Ok(_turn) = self.turns.acquire().await else {
            return;
        };
        let deadline = Instant::now() + PATIENCE;
        let [mut all_joins, mut all_leaves] = [Presences::default(), Presences::default()];
        for part in changes.parts(PART) {
            let (mut joins, mut leaves) = presences(&part);
            self.callbacks.fetch(topic, &mut joins, deadline).await;
            self.callbacks.fetch(topic, &mut leaves, deadline).await;
            self.tell_until(topic, &joins, &leaves, deadline).await;
            if present.is_some() {
                all_joins.append(joins);
                all_leaves.append(leaves);
            }
        }
        if let Some(present) = present {
            let changed = [&all_joins, &all_leaves];
            self.callbacks.handle_metas(topic, changed, &present).await;
        }
    }

    /// Waits for room in the queue of the topics.
    async fn tell_until(
        &self,
        topic: &str,
        joins: &Presences,
        leaves: &Presences,
        deadline: Instant,
    ) {
        while let Err(BroadcastError::Overloaded) = self.tell(topic, joins, leaves) {
            if Instant::now() > deadline {
                tracing::error!(topic = %shown(topic), "dropped a presence diff: too many broadcasts wait for delivery");
                return;
            }
            sleep(WINDOW).await;
        }
    }

    /// Tells the subscribers of this node. Other nodes tell their own.
    fn tell(
        &self,
        topic: &str,
        joins: &Presences,
        leaves: &Presences,
    ) -> Result<(), BroadcastError> {
        if self.pubsub.subscribers(topic) == 0 {
            return Ok(());
        }
        match Payload::from_json(&Told { joins, leaves }) {
            Ok(payload) => self
                .pubsub
                .local_broadcast(topic, &self.events.diff, payload),
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

/// Who joins, and who leaves.
fn presences(changes: &Changes) -> (Presences, Presences) {
    let of = |entry: &Entry| (entry.key.clone(), entry.meta.clone());
    let joins = changes.joins.values().map(of).collect();
    (joins, changes.leaves.values().map(of).collect())
}

/// The payload of a `presence_diff`.
struct Told<'a> {
    joins: &'a Presences,
    leaves: &'a Presences,
}

impl Serialize for Told<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map([("joins", self.joins), ("leaves", self.leaves)])
    }
}
