//! All members, spread over shards, and what is published to them.

use std::sync::{Arc, OnceLock};

use tokio::runtime::Handle;
use tokio_util::{
    sync::{CancellationToken, DropGuard},
    task::TaskTracker,
};

use super::{
    Broadcast, BroadcastError,
    budget::Budget,
    remote::Remote,
    run::{Except, Publication},
    shard::Shard,
    subscriber::{Subscriber, SubscriberId},
    topic::{Entry, Membership, Wants, tell_gap},
};
use crate::task::boxed;

pub(super) struct Shards {
    shards: Box<[Arc<Shard>]>,
    budget: Arc<Budget>,
    stop: CancellationToken,
    tasks: TaskTracker,
    /// `None` for a node that is alone.
    remote: OnceLock<Attached>,
}

/// The way to other nodes. The node leaves when it is dropped.
struct Attached(Arc<Remote>, #[expect(dead_code, reason = "held")] DropGuard);

impl Shards {
    /// Starts a shard for each worker thread.
    pub(super) fn start(queue: usize, queue_bytes: usize) -> Arc<Self> {
        let workers = Handle::current().metrics().num_workers();
        let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
        let shards = (0..workers)
            .map(|_| Shard::start(queue, &tasks, &stop))
            .collect();
        Arc::new(Shards {
            shards,
            budget: Budget::new(queue_bytes),
            stop,
            tasks,
            remote: OnceLock::new(),
        })
    }

    /// Makes these the shards of a node of a cluster. Nobody has joined yet.
    pub(super) fn attach(&self, remote: Arc<Remote>) {
        let stop = remote.stop.clone().drop_guard();
        let _ = self.remote.set(Attached(remote, stop));
    }

    /// The way to other nodes, if the node is not alone.
    pub(super) fn remote(&self) -> Option<&Arc<Remote>> {
        self.remote.get().map(|Attached(remote, _)| remote)
    }

    pub(super) fn count(&self) -> usize {
        self.shards.len()
    }

    pub(super) fn join(&self, topic: &str, entry: Entry) -> Membership {
        let (membership, first) = self.enter(topic, entry, Wants::Everything);
        if first && let Some(remote) = self.remote() {
            remote.interest.enter(&membership.topic);
        }
        membership
    }

    /// Joins a topic that other nodes publish to by
    /// [`direct_broadcast`](super::PubSub::direct_broadcast) only: the broker hears nothing of it.
    /// All members of the topic have to join in this way.
    pub(super) fn join_here(&self, topic: &str, entry: Entry) -> Membership {
        self.enter(topic, entry, Wants::Direct).0
    }

    fn enter(&self, topic: &str, entry: Entry, wants: Wants) -> (Membership, bool) {
        let shard = (entry.id().0 % self.shards.len() as u64) as u32;
        self.shards[shard as usize].join(shard, topic, entry, wants)
    }

    pub(super) fn leave(&self, membership: Membership) {
        let (topic, place) = (membership.topic(), membership.place);
        let Some(remote) = self.remote() else {
            self.shards[membership.shard as usize].leave(&membership);
            return;
        };
        if membership.wants == Wants::Gaps {
            return remote.watchers.leave(topic, place);
        }
        let last = self.shards[membership.shard as usize].leave(&membership);
        if last && membership.wants == Wants::Everything {
            remote.interest.leave(topic);
        }
    }

    /// Has a watcher told when broadcasts of other nodes may be lost. `None` for a node that is
    /// alone.
    pub(super) fn watch(&self, topic: &str, watcher: Arc<dyn Subscriber>) -> Option<Membership> {
        let place = self.remote()?.watchers.enter(topic, watcher);
        Some(Membership {
            topic: topic.into(),
            shard: 0,
            wants: Wants::Gaps,
            place,
        })
    }

    /// Tells the subscribers of a topic that broadcasts of other nodes may be lost.
    pub(super) async fn gap(&self, topic: &str) {
        for shard in &self.shards {
            shard.gap(topic).await;
        }
        let watchers = self.remote().map(|remote| remote.watchers.of(topic));
        for watcher in watchers.into_iter().flatten() {
            tell_gap(&*watcher, topic);
        }
    }

    pub(super) fn members(&self, topic: &str) -> usize {
        self.shards.iter().map(|shard| shard.members(topic)).sum()
    }

    /// The first topics by name, after this name, with how many members each has.
    pub(super) fn topics(&self, after: &str, most: usize) -> Vec<(String, usize)> {
        let mut first = Vec::new();
        for shard in &self.shards {
            shard.first_topics(after, most, &mut first);
        }
        let topics = first.into_iter();
        topics
            .map(|(topic, members)| (topic.to_string(), members))
            .collect()
    }

    /// Members of a topic from a place in a shard on, and where the next are.
    pub(super) fn member_ids(
        &self,
        topic: &str,
        (shard, mut place): (usize, usize),
        most: usize,
    ) -> (Vec<SubscriberId>, Option<(usize, usize)>) {
        let mut ids = Vec::new();
        for (number, shard) in self.shards.iter().enumerate().skip(shard) {
            while let Some(next) = shard.member_ids(topic, place, most - ids.len(), &mut ids) {
                place = next;
                if ids.len() >= most {
                    return (ids, Some((number, place)));
                }
            }
            place = 0;
        }
        (ids, None)
    }

    pub(super) fn publication(&self, broadcast: Broadcast, except: Except) -> Arc<Publication> {
        Arc::new(Publication::new(broadcast, except, self.budget.share()))
    }

    /// Publishes on all nodes.
    pub(super) fn publish(&self, publication: Arc<Publication>) -> Result<(), BroadcastError> {
        match self.remote() {
            None => self.publish_here(publication),
            Some(remote) => {
                let (broadcast, except) = publication.told_others();
                let checked = remote.check(broadcast, None)?;
                self.publish_here(publication)?;
                remote.publish(checked, except)
            }
        }
    }

    /// Publishes on this node. Places are reserved in every shard first, so that a refused
    /// broadcast reaches nobody.
    pub(super) fn publish_here(&self, publication: Arc<Publication>) -> Result<(), BroadcastError> {
        let mut places = Vec::with_capacity(self.shards.len());
        for shard in &self.shards {
            if let Some(place) = shard.reserve(publication.topic())? {
                places.push(place);
            }
        }
        if places.is_empty() {
            return if self.stop.is_cancelled() {
                Err(BroadcastError::Closed)
            } else {
                Ok(())
            };
        }
        if !publication.fits() {
            return Err(BroadcastError::Overloaded);
        }
        places
            .into_iter()
            .for_each(|place| place.send(publication.clone()));
        Ok(())
    }

    /// The maximum number of bytes that wait.
    pub(super) fn most_bytes(&self) -> usize {
        self.budget.limit()
    }

    /// Starts a task that `close` waits for.
    pub(super) fn spawn(&self, runtime: &Handle, task: impl Future<Output = ()> + Send + 'static) {
        self.tasks.spawn_on(boxed(task), runtime);
    }

    /// The number of tasks that deliver.
    #[cfg(feature = "metrics")]
    pub(super) fn figures(&self) -> (usize, usize) {
        let topics = self.shards.iter().map(|shard| shard.topics()).sum();
        (topics, self.budget.taken())
    }

    pub(super) fn tasks(&self) -> usize {
        self.tasks.len()
    }

    /// Accepts nothing more, delivers the rest, and waits until no task is left.
    pub(super) async fn close(&self) {
        self.stop.cancel();
        if let Some(remote) = self.remote() {
            remote.services.leave();
            remote.stop.cancel();
        }
        self.tasks.close();
        self.delivered().await;
    }

    /// Cancelled when nothing is accepted any more.
    pub(super) fn stopping(&self) -> &CancellationToken {
        &self.stop
    }

    /// Completes when nothing is delivered any more.
    pub(super) async fn delivered(&self) {
        self.tasks.wait().await;
    }
}
