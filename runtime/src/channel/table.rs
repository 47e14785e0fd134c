//! The channels of a connection.

use std::{collections::HashMap, sync::Arc};

use super::{client::Client, entry::Entry, member::Member};

/// The channels of a client, from its first join on.
pub(super) struct Table {
    pub(super) client: Arc<Client>,
    entries: HashMap<Arc<str>, Entry>,
    /// Channels that have ended while a callback ran: it goes on for a while.
    lingering: Vec<Arc<Member>>,
}

impl Table {
    pub(super) fn new(client: Arc<Client>) -> Box<Self> {
        Box::new(Table { client, entries: HashMap::new(), lingering: Vec::new() })
    }

    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(super) fn get(&mut self, topic: &str) -> Option<&mut Entry> {
        self.entries.get_mut(topic)
    }

    pub(super) fn insert(&mut self, entry: Entry) {
        self.entries.insert(entry.member.shared_topic(), entry);
    }

    pub(super) fn remove(&mut self, topic: &str) -> Option<Entry> {
        let entry = self.entries.remove(topic)?;
        if entry.member.is_running() {
            self.lingering.push(entry.member.clone());
        }
        Some(entry)
    }

    /// Takes out all entries.
    pub(super) fn clear(&mut self) -> impl Iterator<Item = Entry> + use<> {
        std::mem::take(&mut self.entries).into_values()
    }

    /// Channels, and callbacks of channels that have ended.
    pub(super) fn live(&mut self) -> usize {
        self.lingering.retain(|member| member.is_running());
        self.entries.len() + self.lingering.len()
    }

    /// The callback that a join of this topic has to wait for, so that no more than `most` are live: the oldest of those
    /// whose channel has ended, or that of the earlier join.
    pub(super) fn in_the_way(&mut self, topic: &str, most: usize) -> Option<Arc<Member>> {
        let live = self.live();
        let earlier = &self.entries.get(topic)?.member;
        if !earlier.is_running() || live < most {
            return None;
        }
        Some(self.lingering.first().unwrap_or(earlier).clone())
    }
}
