//! What a change did to the lists that clients know.

use std::{collections::BTreeMap, sync::Arc};

use super::{entry::Entry, seen::Dot};

/// Changes by topic.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Diff(BTreeMap<Arc<str>, Changes>);

/// Who joined a topic and who left it. No dot is in both.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Changes {
    pub(super) joins: BTreeMap<Dot, Entry>,
    pub(super) leaves: BTreeMap<Dot, Entry>,
}

impl Diff {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn join(&mut self, dot: Dot, entry: Entry) {
        self.0
            .entry(entry.topic.clone())
            .or_default()
            .joins
            .insert(dot, entry);
    }

    pub(super) fn leave(&mut self, dot: Dot, entry: Entry) {
        self.0
            .entry(entry.topic.clone())
            .or_default()
            .leaves
            .insert(dot, entry);
    }

    /// Adds later changes. The last change of each dot is kept, even if the dot came and went in
    /// between: a list that was taken in that time contains it.
    pub(super) fn absorb(&mut self, later: Diff) {
        for (topic, changes) in later.0 {
            self.add(topic, changes);
        }
    }

    /// Adds later changes to one topic.
    pub(super) fn add(&mut self, topic: Arc<str>, changes: Changes) {
        self.0.entry(topic).or_default().absorb(changes);
    }

    /// Takes out the topics that are ready.
    pub(super) fn take(
        &mut self,
        ready: impl Fn(&Arc<str>) -> bool,
    ) -> BTreeMap<Arc<str>, Changes> {
        let mut taken = BTreeMap::new();
        for (topic, changes) in std::mem::take(&mut self.0) {
            let to = if ready(&topic) {
                &mut taken
            } else {
                &mut self.0
            };
            to.insert(topic, changes);
        }
        taken
    }

    /// Topic by topic in parts of at most `size` metas; but what concerns one key of a topic stays
    /// together.
    pub(super) fn parts(self, size: usize) -> impl Iterator<Item = (Arc<str>, Changes)> {
        self.0.into_iter().flat_map(move |(topic, changes)| {
            changes
                .parts(size)
                .into_iter()
                .map(move |part| (topic.clone(), part))
        })
    }

    /// The number of metas in it.
    pub(super) fn len(&self) -> usize {
        self.0.values().map(Changes::len).sum()
    }

    #[cfg(test)]
    pub(super) fn changes(&self, topic: &str) -> Changes {
        self.0.get(topic).cloned().unwrap_or_default()
    }
}

impl Changes {
    fn len(&self) -> usize {
        self.joins.len() + self.leaves.len()
    }

    fn absorb(&mut self, later: Changes) {
        for (dot, entry) in later.leaves {
            self.joins.remove(&dot);
            self.leaves.insert(dot, entry);
        }
        for (dot, entry) in later.joins {
            self.leaves.remove(&dot);
            self.joins.insert(dot, entry);
        }
    }

    /// In parts of at most `size` metas; but what concerns one key stays together.
    pub(super) fn parts(self, size: usize) -> Vec<Changes> {
        let mut keys: BTreeMap<Arc<str>, Changes> = BTreeMap::new();
        for (dot, entry) in self.joins {
            keys.entry(entry.key.clone())
                .or_default()
                .joins
                .insert(dot, entry);
        }
        for (dot, entry) in self.leaves {
            keys.entry(entry.key.clone())
                .or_default()
                .leaves
                .insert(dot, entry);
        }
        let mut parts: Vec<Changes> = Vec::new();
        for changes in keys.into_values() {
            match parts.last_mut() {
                Some(part) if part.len() + changes.len() <= size => {
                    // Few at a time: `append` would build the whole map anew for each key.
                    part.joins.extend(changes.joins);
                    part.leaves.extend(changes.leaves);
                }
                _ => parts.push(changes),
            }
        }
        parts
    }
}
