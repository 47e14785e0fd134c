//! Which topics a node wants of the broker.

use std::{
    collections::{HashMap, VecDeque},
    pin::pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{sync::Notify, time::Instant};

/// How long a topic stays subscribed when nobody here wants it any more.
const GRACE: Duration = Duration::from_secs(5);
/// How long to wait at least before a topic is looked at again.
const PATIENCE: Duration = Duration::from_millis(500);

/// Which topics a node wants of the broker, and which of them stand.
#[derive(Default)]
pub(in crate::pubsub) struct Interest {
    state: Mutex<State>,
    /// Notified when there is something to do.
    pub(in crate::pubsub) changed: Notify,
}

#[derive(Default)]
struct State {
    topics: HashMap<Arc<str>, Topic>,
    /// Topics that the broker is to be asked for.
    wanted: Vec<Arc<str>>,
    /// Topics that nobody wants, the earliest first. Each stands here once.
    leaving: VecDeque<(Arc<str>, Instant)>,
    /// When those in `leaving` were last left.
    left: HashMap<Arc<str>, Instant>,
    connected: bool,
}

struct Topic {
    /// Shards that have members of it. Below 0 while one leaves that has not been counted.
    shards: i32,
    status: Status,
    /// Its members may have missed something.
    gap: bool,
    /// Notified when it stands.
    waiting: Option<Arc<Notify>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Status {
    Wanted,
    /// The broker was asked for it.
    Asked,
    /// The broker has confirmed it.
    Standing,
    /// The broker does not let this node subscribe it.
    Forbidden,
}

/// Keeps a topic subscribed.
pub(in crate::pubsub) struct Hold<'a> {
    interest: &'a Interest,
    topic: &'a str,
}

impl Drop for Hold<'_> {
    fn drop(&mut self) {
        self.interest.leave(self.topic);
    }
}

impl Interest {
    /// A shard has its first member of a topic.
    pub(in crate::pubsub) fn enter(&self, topic: &Arc<str>) {
        self.count(topic, 1, || topic.clone());
    }

    /// A shard has lost its last member of a topic.
    pub(in crate::pubsub) fn leave(&self, topic: &str) {
        self.count(topic, -1, || topic.into());
    }

    fn count(&self, topic: &str, change: i32, shared: impl FnOnce() -> Arc<str>) {
        if self.lock().count(topic, change, shared) {
            self.changed.notify_one();
        }
    }

    pub(in crate::pubsub) fn hold<'a>(&'a self, topic: &'a str) -> Hold<'a> {
        self.count(topic, 1, || topic.into());
        Hold {
            interest: self,
            topic,
        }
    }

    /// Completes when the topic stands, or nobody wants it: true. False once the broker forbids it.
    pub(in crate::pubsub) async fn confirmed(&self, topic: &str) -> bool {
        loop {
            let waiting = match self.lock().outcome(topic) {
                Ok(confirmed) => return confirmed,
                Err(waiting) => waiting,
            };
            let mut notified = pin!(waiting.notified());
            notified.as_mut().enable();
            // It may have come to stand in between.
            if let Ok(confirmed) = self.lock().outcome(topic) {
                return confirmed;
            }
            notified.await;
        }
    }

    /// The next topics to subscribe, at most so many.
    pub(in crate::pubsub) fn to_subscribe(&self, most: usize) -> Vec<Arc<str>> {
        self.lock().next_to_subscribe(most)
    }

    /// The topics to unsubscribe now, at most so many, and when to ask again.
    pub(in crate::pubsub) fn to_unsubscribe(
        &self,
        most: usize,
    ) -> (Vec<Arc<str>>, Option<Instant>) {
        self.lock().next_to_unsubscribe(most, Instant::now())
    }

    pub(in crate::pubsub) fn connected(&self) {
        self.lock().connected = true;
        self.changed.notify_one();
    }

    /// Every subscription is gone.
    pub(in crate::pubsub) fn disconnected(&self) {
        self.lock().disconnect();
    }

    /// The broker has confirmed topics. Returns those whose members may have missed something.
    pub(in crate::pubsub) fn subscribed(&self, topics: &[Arc<str>]) -> Vec<Arc<str>> {
        let mut state = self.lock();
        let stands = |topic: &&Arc<str>| state.stands(topic);
        topics.iter().filter(stands).cloned().collect()
    }

    /// The broker has ended the subscription of topics.
    pub(in crate::pubsub) fn unsubscribed(&self, topics: &[Arc<str>]) {
        let mut state = self.lock();
        topics.iter().for_each(|topic| state.falls(topic));
        drop(state);
        self.changed.notify_one();
    }

    /// The broker does not let this node subscribe topics. They are asked for again with the next
    /// connection, or when they were left for the time of grace.
    pub(in crate::pubsub) fn forbidden(&self, topics: &[Arc<str>]) {
        let mut state = self.lock();
        topics.iter().for_each(|topic| state.is_forbidden(topic));
    }

    /// All topics that have members here.
    pub(in crate::pubsub) fn topics(&self) -> Vec<Arc<str>> {
        let state = self.lock();
        let wanted = state.topics.iter().filter(|(_, topic)| topic.shards > 0);
        wanted.map(|(name, _)| name.clone()).collect()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// True if there is something to do, now or later, where there was nothing. `shared` is the
    /// name, for a topic that is not known.
    fn count(&mut self, name: &str, change: i32, shared: impl FnOnce() -> Arc<str>) -> bool {
        let Some(topic) = self.topics.get_mut(name) else {
            self.add(shared(), change);
            return true;
        };
        topic.shards += change;
        if topic.shards > 0 {
            return false;
        }
        self.leave(name, Instant::now())
    }

    fn leave(&mut self, name: &str, now: Instant) -> bool {
        if let Some(left) = self.left.get_mut(name) {
            *left = now;
            return false;
        }
        let Some((name, _)) = self.topics.get_key_value(name) else {
            return false;
        };
        let idle = self.leaving.is_empty();
        self.left.insert(name.clone(), now);
        self.leaving.push_back((name.clone(), now + GRACE));
        idle
    }

    fn add(&mut self, name: Arc<str>, shards: i32) {
        let topic = Topic {
            shards,
            status: Status::Wanted,
            gap: false,
            waiting: None,
        };
        self.topics.insert(name.clone(), topic);
        self.wanted.push(name);
    }

    /// Whether the topic is confirmed, or what is notified when that is known. Of a topic that
    /// nobody wants there is nothing to confirm.
    fn outcome(&mut self, name: &str) -> Result<bool, Arc<Notify>> {
        let Some(topic) = self.topics.get_mut(name) else {
            return Ok(true);
        };
        match topic.status {
            Status::Standing => Ok(true),
            Status::Forbidden => Ok(false),
            Status::Wanted | Status::Asked => Err(topic.waiting.get_or_insert_default().clone()),
        }
    }

    fn next_to_subscribe(&mut self, most: usize) -> Vec<Arc<str>> {
        if !self.connected {
            return Vec::new();
        }
        let mut asked = Vec::new();
        while asked.len() < most
            && let Some(name) = self.wanted.pop()
        {
            if let Some(topic) = self.topics.get_mut(&name)
                && topic.status == Status::Wanted
            {
                topic.status = Status::Asked;
                asked.push(name);
            }
        }
        if self.wanted.is_empty() {
            self.wanted = Vec::new();
        }
        asked
    }

    fn next_to_unsubscribe(
        &mut self,
        most: usize,
        now: Instant,
    ) -> (Vec<Arc<str>>, Option<Instant>) {
        let mut gone = Vec::new();
        while gone.len() < most {
            let Some((name, until)) = self.leaving.front() else {
                (self.leaving, self.left) = Default::default();
                return (gone, None);
            };
            if *until > now {
                return (gone, Some(*until));
            }
            let name = name.clone();
            self.leaving.pop_front();
            if self.leaves_now(&name, now) {
                gone.push(name);
            }
        }
        (gone, Some(now))
    }

    /// Forgets a topic whose time of grace is over. True if the broker has to be told.
    fn leaves_now(&mut self, name: &Arc<str>, now: Instant) -> bool {
        let left = self.left.remove(name);
        let Some(topic) = self.topics.get(name).filter(|topic| topic.shards <= 0) else {
            return false;
        };
        let left = left.unwrap_or(now);
        let until = left + GRACE;
        if until > now || topic.status == Status::Asked {
            // It was wanted again in between, or the broker's answer is on its way.
            self.left.insert(name.clone(), left);
            let again = until.max(now + PATIENCE);
            self.leaving.push_back((name.clone(), again));
            return false;
        }
        let stands = topic.status == Status::Standing;
        self.topics.remove(name);
        stands
    }

    fn disconnect(&mut self) {
        self.connected = false;
        self.topics.retain(|_, topic| topic.shards > 0);
        let stays = |name: &Arc<str>| self.topics.contains_key(name);
        self.leaving.retain(|(name, _)| stays(name));
        self.left.retain(|name, _| stays(name));
        for topic in self.topics.values_mut() {
            topic.gap |= topic.status == Status::Standing;
            topic.status = Status::Wanted;
        }
        self.wanted = self.topics.keys().cloned().collect();
    }

    /// A topic stands no longer, and is wanted again.
    fn falls(&mut self, name: &Arc<str>) {
        if let Some(topic) = self.topics.get_mut(name)
            && topic.status == Status::Standing
        {
            topic.status = Status::Wanted;
            topic.gap = true;
            self.wanted.push(name.clone());
        }
    }

    fn is_forbidden(&mut self, name: &str) {
        if let Some(topic) = self.topics.get_mut(name)
            && topic.status != Status::Wanted
        {
            topic.status = Status::Forbidden;
            if let Some(waiting) = topic.waiting.take() {
                waiting.notify_waiters();
            }
        }
    }

    /// The broker has confirmed a topic. True if its members may have missed something.
    fn stands(&mut self, name: &str) -> bool {
        let Some(topic) = self.topics.get_mut(name) else {
            return false;
        };
        if topic.status != Status::Asked {
            return false;
        }
        topic.status = Status::Standing;
        if let Some(waiting) = topic.waiting.take() {
            waiting.notify_waiters();
        }
        std::mem::take(&mut topic.gap)
    }
}
