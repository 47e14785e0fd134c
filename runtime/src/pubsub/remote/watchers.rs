//! Who is told of lost broadcasts besides the members of a topic.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use crate::{pubsub::subscriber::Subscriber, slab::Slab};

type Topics = HashMap<Box<str>, Slab<Arc<dyn Subscriber>>>;

/// Channels whose clients get the broadcasts of a topic without them.
#[derive(Default)]
pub(in crate::pubsub) struct Watchers(Mutex<Topics>);

impl Watchers {
    /// Returns the place of the watcher.
    pub(in crate::pubsub) fn enter(&self, topic: &str, watcher: Arc<dyn Subscriber>) -> usize {
        let mut topics = self.lock();
        match topics.get_mut(topic) {
            Some(watchers) => watchers.insert(watcher),
            None => topics.entry(topic.into()).or_default().insert(watcher),
        }
    }

    pub(in crate::pubsub) fn leave(&self, topic: &str, place: usize) {
        let mut topics = self.lock();
        let Some(watchers) = topics.get_mut(topic) else {
            return;
        };
        let gone = watchers.remove(place);
        if watchers.len() == 0 {
            topics.remove(topic);
        }
        drop(topics);
        // Dropped outside the lock: it may be the last reference to a connection.
        drop(gone);
    }

    pub(in crate::pubsub) fn of(&self, topic: &str) -> Vec<Arc<dyn Subscriber>> {
        let (topics, mut watchers) = (self.lock(), Vec::new());
        if let Some(slab) = topics.get(topic) {
            slab.copy_from_place(0, usize::MAX, &mut watchers);
        }
        watchers
    }

    fn lock(&self) -> MutexGuard<'_, Topics> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
