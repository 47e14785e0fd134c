//! The channels of a connection.

use std::{collections::HashMap, sync::Arc};

use super::{client::Client, conversation::Conversation, slot::Slot};
use crate::slab::Slab;

/// So many channels are looked through one by one. That takes less memory than a table of topics,
/// and most clients have no more.
const FEW: usize = 8;

/// The channels of a connection. The first join makes it.
pub(super) struct Table {
    pub(super) client: Arc<Client>,
    slots: Slab<Slot>,
    /// The index of each topic's slot, once there are more than [`FEW`]; `None` until then.
    #[expect(clippy::box_collection, reason = "most connections are smaller by it")]
    places: Option<Box<HashMap<Arc<str>, usize>>>,
    /// The index that was looked up last.
    latest: usize,
    /// Conversations that have ended while a callback ran. It may still run.
    lingering: Vec<Arc<Conversation>>,
}

impl Table {
    pub(super) fn new(client: Arc<Client>) -> Box<Self> {
        let (slots, places, lingering) = Default::default();
        Box::new(Table {
            client,
            slots,
            places,
            latest: 0,
            lingering,
        })
    }

    pub(super) fn len(&self) -> usize {
        self.slots.len()
    }

    pub(super) fn get(&mut self, topic: &str) -> Option<&mut Slot> {
        // Most messages are for the same channel as the message before.
        let latest = self.slots.get(self.latest);
        if latest.is_none_or(|slot| slot.conversation.topic() != topic) {
            self.latest = self.place(topic)?;
        }
        self.slots.get_mut(self.latest)
    }

    /// The index of a topic's slot.
    fn place(&self, topic: &str) -> Option<usize> {
        match &self.places {
            None => self
                .slots
                .position(|slot| slot.conversation.topic() == topic),
            Some(places) => places.get(topic).copied(),
        }
    }

    /// The slot of this conversation.
    pub(super) fn current(&mut self, conversation: &Arc<Conversation>) -> Option<&mut Slot> {
        let slot = self.slots.get_mut(conversation.slot());
        slot.filter(|slot| Arc::ptr_eq(&slot.conversation, conversation))
    }

    /// Makes the slot of a topic that has none. `make` is given its index.
    pub(super) fn insert(&mut self, make: impl FnOnce(usize) -> Slot) -> &mut Slot {
        if self.places.is_none() && self.slots.len() == FEW {
            self.places = Some(Box::new(self.slots.values().map(named).collect()));
        }
        let slot = self.slots.insert_with(make);
        self.latest = slot.conversation.slot();
        if let Some(places) = &mut self.places {
            places.extend([named(slot)]);
        }
        slot
    }

    pub(super) fn remove(&mut self, topic: &str) -> Option<Slot> {
        let slot = self.slots.remove(self.place(topic)?)?;
        if let Some(places) = &mut self.places {
            places.remove(topic);
            if places.is_empty() {
                self.places = None;
            }
        }
        if slot.conversation.is_running() {
            self.lingering.push(slot.conversation.clone());
        }
        Some(slot)
    }

    /// Takes out all slots.
    pub(super) fn clear(&mut self) -> impl Iterator<Item = Slot> + use<> {
        self.places = None;
        std::mem::take(&mut self.slots).into_values()
    }

    /// The number of channels, and of running callbacks of channels that have ended.
    pub(super) fn live(&mut self) -> usize {
        self.lingering
            .retain(|conversation| conversation.is_running());
        self.slots.len() + self.lingering.len()
    }

    /// The conversation whose callback a join of this topic has to wait for, so that at most `most`
    /// are live: the oldest of those that have ended, or the earlier join of the topic.
    pub(super) fn in_the_way(&mut self, topic: &str, most: usize) -> Option<Arc<Conversation>> {
        if self.live() < most {
            return None;
        }
        let earlier = self.get(topic)?.conversation.clone();
        if !earlier.is_running() {
            return None;
        }
        Some(self.lingering.first().unwrap_or(&earlier).clone())
    }
}

/// The topic of a slot, and its index.
fn named(slot: &Slot) -> (Arc<str>, usize) {
    (slot.conversation.shared_topic(), slot.conversation.slot())
}
