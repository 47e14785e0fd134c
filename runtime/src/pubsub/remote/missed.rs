//! Topics that other nodes may have missed something of.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// The maximum number of topics that are told one by one.
const MOST: usize = 10_000;

/// Topics on which something was published that other nodes may not have got. Past 10,000 it is all
/// of them.
#[derive(Default)]
pub(in crate::pubsub) struct Missed(Mutex<Topics>);

#[derive(Default)]
struct Topics {
    all: bool,
    some: HashSet<Arc<str>>,
}

impl Missed {
    pub(in crate::pubsub) fn note(&self, topic: &str) {
        let mut topics = self.lock();
        if topics.all || topics.some.contains(topic) {
            return;
        }
        if topics.some.len() >= MOST {
            *topics = Topics {
                all: true,
                some: HashSet::new(),
            };
        } else {
            topics.some.insert(topic.into());
        }
    }

    /// Notes some topics, or `None` for all of them.
    pub(in crate::pubsub) fn note_all(&self, topics: Option<&[Arc<str>]>) {
        match topics {
            Some(topics) => topics.iter().for_each(|topic| self.note(topic)),
            None => self.lock().all = true,
        }
    }

    /// Takes what was noted: some topics, or `None` for all of them.
    pub(in crate::pubsub) fn take(&self) -> Vec<Option<Arc<str>>> {
        let topics = std::mem::take(&mut *self.lock());
        if topics.all {
            return vec![None];
        }
        topics.some.into_iter().map(Some).collect()
    }

    /// Notes again what could not be told.
    pub(in crate::pubsub) fn put_back(&self, topic: Option<Arc<str>>) {
        self.note_all(topic.as_ref().map(std::slice::from_ref));
    }

    fn lock(&self) -> MutexGuard<'_, Topics> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
