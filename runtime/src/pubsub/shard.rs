//! A part of all members, and the task that serves them.

use std::{
    collections::HashMap,
    pin::pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::mpsc::{self, Sender, error::TrySendError};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{
    BroadcastError,
    roster::{Roster, Stretch},
    run::{Publication, Run},
    subscriber::SubscriberId,
    topic::{Entry, Membership, Wants},
};
use crate::task::boxed;

/// The maximum number of publications taken from the queue at once. Those of one topic leave in one
/// write for each member.
const BATCH: usize = 64;

pub(super) struct Shard {
    topics: Mutex<HashMap<Arc<str>, Members>>,
    queue: Sender<Arc<Publication>>,
}

/// The members of a topic.
struct Members {
    /// The topic. It is looked up once to be known and to be shared.
    topic: Arc<str>,
    entries: Roster<Entry>,
}

/// A place in a shard's queue.
pub(super) type Permit<'a> = mpsc::Permit<'a, Arc<Publication>>;

impl Shard {
    pub(super) fn start(queue: usize, tasks: &TaskTracker, stop: &CancellationToken) -> Arc<Self> {
        let (sender, receiver) = mpsc::channel(queue);
        let shard = Arc::new(Shard {
            topics: Mutex::default(),
            queue: sender,
        });
        // The task must not keep the queue's sender alive: it ends with the last handle.
        let members = Arc::downgrade(&shard);
        let stop = stop.clone();
        tasks.spawn(boxed(async move {
            let mut receiver = receiver;
            let mut stopped = pin!(stop.cancelled());
            let mut batch = Vec::with_capacity(BATCH);
            loop {
                tokio::select! {
                    biased;
                    // What was accepted is still delivered.
                    () = &mut stopped, if !receiver.is_closed() => receiver.close(),
                    count = receiver.recv_many(&mut batch, BATCH) => if count == 0 { return },
                }
                for run in Run::split(batch.drain(..)) {
                    let Some(shard) = members.upgrade() else {
                        return;
                    };
                    shard.serve(run).await;
                }
            }
        }));
        shard
    }

    /// Reserves a place in the queue, if anybody in this shard listens to the topic.
    pub(super) fn reserve(&self, topic: &str) -> Result<Option<Permit<'_>>, BroadcastError> {
        if !self.lock().contains_key(topic) {
            return Ok(None);
        }
        match self.queue.try_reserve() {
            Ok(place) => Ok(Some(place)),
            Err(TrySendError::Full(())) => Err(BroadcastError::Overloaded),
            Err(TrySendError::Closed(())) => Err(BroadcastError::Closed),
        }
    }

    /// True if the topic had no member.
    pub(super) fn join(
        &self,
        shard: u32,
        topic: &str,
        entry: Entry,
        wants: Wants,
    ) -> (Membership, bool) {
        let mut topics = self.lock();
        let enter = |members: &mut Members, entry| Membership {
            place: members.entries.insert(entry),
            topic: members.topic.clone(),
            shard,
            wants,
        };
        if let Some(members) = topics.get_mut(topic) {
            return (enter(members, entry), false);
        }
        let topic: Arc<str> = topic.into();
        let mut members = Members {
            topic: topic.clone(),
            entries: Roster::default(),
        };
        let membership = enter(&mut members, entry);
        topics.insert(topic, members);
        (membership, true)
    }

    #[cfg(feature = "metrics")]
    pub(super) fn topics(&self) -> usize {
        self.lock().len()
    }

    /// True if the topic has no member any more.
    pub(super) fn leave(&self, membership: &Membership) -> bool {
        let mut topics = self.lock();
        let Some(members) = topics.get_mut(&membership.topic) else {
            return false;
        };
        let gone = members.entries.remove(membership.place);
        let last = members.entries.len() == 0;
        if last {
            topics.remove(&membership.topic);
        }
        drop(topics);
        // Dropped outside the lock: it may be the last reference to a connection.
        drop(gone);
        last
    }

    pub(super) fn members(&self, topic: &str) -> usize {
        self.lock()
            .get(topic)
            .map_or(0, |members| members.entries.len())
    }

    /// Adds the topics of this shard, and keeps the first of all by name. Those that are kept at the
    /// end were kept all along, so their members of all shards are counted.
    pub(super) fn first_topics(
        &self,
        after: &str,
        most: usize,
        first: &mut Vec<(Arc<str>, usize)>,
    ) {
        for (topic, members) in &*self.lock() {
            if **topic <= *after {
                continue;
            }
            let members = members.entries.len();
            match first.binary_search_by(|(other, _)| other.cmp(topic)) {
                Ok(at) => first[at].1 += members,
                Err(at) if at >= most => {}
                Err(at) => {
                    first.insert(at, (topic.clone(), members));
                    first.truncate(most);
                }
            }
        }
    }

    /// Collects the ids of the members at the next `most` places; `None` past the end.
    pub(super) fn member_ids(
        &self,
        topic: &str,
        place: usize,
        most: usize,
        ids: &mut Vec<SubscriberId>,
    ) -> Option<usize> {
        let mut entries = Vec::new();
        let next = self
            .lock()
            .get(topic)?
            .entries
            .copy_from_place(place, most, &mut entries);
        ids.extend(entries.iter().map(Entry::id));
        next
    }

    /// Hands a run to every member. The lock is released before anything is written.
    async fn serve(&self, run: Run) {
        let mut place = 0;
        while let Some((members, next)) =
            self.stretch(run.topic(), place, |entry| entry.wants(&run))
        {
            members.for_each(|entry| entry.receive(&run));
            drop(members);
            place = next;
            tokio::task::yield_now().await;
        }
    }

    /// Tells every member of a topic that broadcasts of other nodes may be lost.
    pub(super) async fn gap(&self, topic: &str) {
        let mut place = 0;
        while let Some((members, next)) = self.stretch(topic, place, |_| true) {
            members.for_each(|entry| entry.gap(topic));
            drop(members);
            place = next;
            tokio::task::yield_now().await;
        }
    }

    /// The members of the stretch of a topic that begins at a place, and the place behind it;
    /// `None` past the end. Those for whom this does not hold may be missing.
    fn stretch(
        &self,
        topic: &str,
        place: usize,
        holds: impl Fn(&Entry) -> bool,
    ) -> Option<(Stretch<Entry>, usize)> {
        self.lock().get(topic)?.entries.stretch(place, holds)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Arc<str>, Members>> {
        self.topics.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
