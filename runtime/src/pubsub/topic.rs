//! The members of one topic.

use std::sync::Arc;

use super::{Broadcast, Encoder, Run, SubscriberId};

/// What receives the broadcasts of a topic. Must not block: it runs on the shard's task.
pub(crate) trait Subscriber: Send + Sync {
    fn id(&self) -> SubscriberId;

    /// Writes a run of broadcasts to a client, in the form that the encoder gives them.
    fn forward(&self, encoder: &'static dyn Encoder, run: &Run) {
        let _ = (encoder, run);
    }

    /// Takes one broadcast as it is.
    fn deliver(&self, broadcast: &Broadcast) {
        let _ = broadcast;
    }
}

/// A subscription in a topic: forwarded if it has an encoder, delivered otherwise.
#[derive(Clone)]
pub(super) struct Entry {
    pub(super) subscriber: Arc<dyn Subscriber>,
    pub(super) encoder: Option<&'static dyn Encoder>,
}

impl Entry {
    pub(super) fn receive(&self, run: &Run) {
        match self.encoder {
            Some(encoder) => self.subscriber.forward(encoder, run),
            None => run.deliver_to(&*self.subscriber),
        }
    }
}

/// The proof of a subscription, with which it can be ended.
#[derive(Debug)]
#[must_use = "a subscription that nobody ends stays for ever"]
pub(crate) struct Membership {
    pub(super) topic: Box<str>,
    pub(super) shard: usize,
    pub(super) place: usize,
}

impl Membership {
    pub(crate) fn topic(&self) -> &str {
        &self.topic
    }
}

/// Members at fixed places: a place is free again after its member has left.
#[derive(Default)]
pub(super) struct Topic {
    places: Vec<Option<Entry>>,
    free: Vec<usize>,
}

impl Topic {
    pub(super) fn insert(&mut self, entry: Entry) -> usize {
        match self.free.pop() {
            Some(place) => {
                self.places[place] = Some(entry);
                place
            }
            None => {
                self.places.push(Some(entry));
                self.places.len() - 1
            }
        }
    }

    pub(super) fn remove(&mut self, place: usize) -> Option<Entry> {
        let gone = self.places.get_mut(place)?.take();
        if gone.is_some() {
            self.free.push(place);
        }
        gone
    }

    pub(super) fn len(&self) -> usize {
        self.places.len() - self.free.len()
    }

    /// Members at the places from `start` on, and the place after them; `None` past the end.
    pub(super) fn from_place(&self, start: usize, most: usize, out: &mut Vec<Entry>) -> Option<usize> {
        let end = self.places.len().min(start + most);
        out.extend(self.places.get(start..end)?.iter().flatten().cloned());
        (start < end).then_some(end)
    }
}
