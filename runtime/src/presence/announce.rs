//! Tells the subscribers of a topic who came and who left.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use serde::{Serialize, Serializer};

use super::{
    diff::{Changes, Diff},
    entry::Entry,
    list::{Fetch, Presences},
    state::State,
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
    inner: Mutex<Inner>,
}

struct Inner {
    state: State,
    /// Changes that have not been announced.
    pending: Diff,
    /// A task is about to announce them.
    announcing: bool,
}

impl Shared {
    pub(super) fn new(pubsub: PubSub, state: State, fetch: Option<Box<Fetch>>) -> Self {
        let inner = Mutex::new(Inner {
            state,
            pending: Diff::default(),
            announcing: false,
        });
        Shared {
            pubsub,
            runtime: tokio::runtime::Handle::current(),
            fetch,
            inner,
        }
    }

    pub(super) fn read<T>(&self, read: impl FnOnce(&State) -> T) -> T {
        read(&self.lock().state)
    }

    /// Changes the state, and makes sure that subscribers are told.
    pub(super) fn change<T>(self: &Arc<Self>, change: impl FnOnce(&mut State) -> (Diff, T)) -> T {
        let mut inner = self.lock();
        let (diff, value) = change(&mut inner.state);
        inner.pending.absorb(diff);
        let start = !inner.announcing && !inner.pending.is_empty();
        inner.announcing |= start;
        drop(inner);
        if start {
            self.pubsub.spawn(&self.runtime, self.clone().announce());
        }
        value
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
                () = self.pubsub.stopped() => true,
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
