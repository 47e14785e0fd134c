//! Who is where, as a set that replicas merge: additions win over removals that did not see them.
//!
//! Each addition has a [`Dot`]. A state is its entries, and the dots that it has seen. If an entry
//! of one state is missing in another, it was removed there if the other has seen its dot, and is
//! new otherwise. So no trace of removed entries is kept, and states can be merged in any order,
//! any number of times.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use super::{
    diff::Diff,
    entry::{Entry, Tracker},
    limits::{MAX_ENTRIES, MAX_RANGES},
    meta::Meta,
    seen::{Dot, Replica, Seen},
};
use crate::pubsub::SubscriberId;

/// Changes of one replica, on their way to others.
///
/// Deltas may arrive in any order, and more than once.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Delta {
    /// The dots that the delta covers. Those that are not in `entries` are gone.
    pub(super) known: Seen,
    pub(super) entries: BTreeMap<Dot, Entry>,
}

impl Delta {
    /// Covers this dot too: the number of the change.
    pub(super) fn and(mut self, dot: Dot) -> Self {
        self.known.insert(dot);
        self
    }

    /// Adds what happened after it.
    pub(super) fn append(&mut self, later: Delta) {
        let later_ranges = later.known.ranges();
        let again: Vec<Dot> = later_ranges
            .flat_map(|(first, last)| self.entries.range(first..=Dot::new(first.replica, last)))
            .map(|(dot, _)| *dot)
            .collect();
        again.iter().for_each(|dot| drop(self.entries.remove(dot)));
        self.known.union(&later.known);
        // Often a few to many: `append` would build the whole map anew.
        self.entries.extend(later.entries);
    }

    /// About how many bytes it takes between nodes, how many entries it has, and how many ranges.
    pub(super) fn size(&self) -> (usize, usize, usize) {
        let entries: usize = self.entries.values().map(Entry::bytes).sum();
        let ranges = self.known.ranges().count();
        (entries + 4 * ranges, self.entries.len(), ranges)
    }

    pub(super) fn add(mut self, dot: Dot, entry: Entry) -> Self {
        self.known.insert(dot);
        self.entries.insert(dot, entry);
        self
    }
}

/// The state of one replica. Entries are ordered by dot: those of one replica in the order in which
/// they came.
#[derive(Clone, Debug)]
pub(super) struct State {
    replica: Replica,
    known: Seen,
    entries: BTreeMap<Dot, Entry>,
    topics: HashMap<Arc<str>, BTreeSet<MemberKey>>,
    trackers: BTreeSet<(Tracker, Dot)>,
    /// Replicas that are down, sorted. Their entries are kept, but not shown.
    down: Vec<Replica>,
}

/// A member of a topic. Members are ordered by key.
type MemberKey = (Arc<str>, Tracker, Dot);

impl State {
    pub(super) fn new(replica: Replica) -> Self {
        State {
            replica,
            known: Seen::new(),
            entries: BTreeMap::new(),
            topics: HashMap::new(),
            trackers: BTreeSet::new(),
            down: Vec::new(),
        }
    }

    pub(super) fn replica(&self) -> Replica {
        self.replica
    }

    /// A subscriber of this replica.
    pub(super) fn tracker(&self, id: SubscriberId) -> Tracker {
        Tracker {
            replica: self.replica,
            id,
        }
    }

    pub(super) fn seen(&self) -> &Seen {
        &self.known
    }

    /// The next dot here: of an addition, or of a removal, which has one too, so that others notice
    /// if they lack it.
    pub(super) fn next(&self) -> Dot {
        self.next_after(&Delta::default())
    }

    /// The next dot after those of a delta. An addition and a removal never share one: that an
    /// addition is gone does not mean that what was told with it is known.
    pub(super) fn next_after(&self, delta: &Delta) -> Dot {
        let last = [&self.known, &delta.known].map(|seen| seen.last(self.replica));
        Dot::new(self.replica, last[0].max(last[1]) + 1)
    }

    /// The topic's name, shared by all entries in it.
    pub(super) fn name(&self, topic: &str) -> Arc<str> {
        self.topics
            .get_key_value(topic)
            .map_or_else(|| topic.into(), |(name, _)| name.clone())
    }

    pub(super) fn entry(&self, dot: Dot) -> Option<&Entry> {
        self.entries.get(&dot)
    }

    /// The dots by which something is tracked under a key: more than one only if replicas added it
    /// independently.
    pub(super) fn find(&self, topic: &str, key: &str, by: Tracker) -> Vec<Dot> {
        let Some(members) = self.topics.get(topic) else {
            return Vec::new();
        };
        let key: Arc<str> = key.into();
        members
            .range((key.clone(), by, Dot::LOWEST)..=(key, by, Dot::HIGHEST))
            .map(|(_, _, dot)| *dot)
            .collect()
    }

    pub(super) fn tracked_by(&self, by: Tracker) -> Vec<Dot> {
        self.trackers
            .range((by, Dot::LOWEST)..=(by, Dot::HIGHEST))
            .map(|(_, dot)| *dot)
            .collect()
    }

    /// What takes these dots away, wherever it is merged.
    pub(super) fn removal(dots: &[Dot]) -> Delta {
        let mut delta = Delta::default();
        dots.iter().for_each(|dot| delta.known.insert(*dot));
        delta
    }

    /// Takes in what another state, or this one, has to say, and tells what that changed for those
    /// who look.
    pub(super) fn merge(&mut self, delta: &Delta) -> Diff {
        let mut diff = Diff::default();
        for dot in self.gone(delta) {
            if let Some(entry) = self.take(dot)
                && self.shows(dot)
            {
                diff.leave(dot, entry);
            }
        }
        for (dot, entry) in &delta.entries {
            if self.known.contains(*dot) {
                continue;
            }
            let topic = self.name(&entry.topic);
            self.put(
                *dot,
                Entry {
                    topic,
                    ..entry.clone()
                },
            );
            if self.shows(*dot) {
                diff.join(*dot, entry.clone());
            }
        }
        self.known.union(&delta.known);
        diff
    }

    /// What somebody who has seen `since` lacks. What is known of replicas that are down is left
    /// out: they, or others that are nearer to them, know better.
    #[cfg(test)]
    pub(super) fn delta(&self, since: &Seen) -> Delta {
        let mut delta = Delta {
            known: self.known.clone(),
            entries: BTreeMap::new(),
        };
        self.down
            .iter()
            .for_each(|replica| delta.known.forget(*replica));
        for (dot, entry) in self.entries.iter().filter(|(dot, _)| self.shows(**dot)) {
            if since.contains(*dot) {
                delta.known.remove(*dot);
            } else {
                delta.entries.insert(*dot, entry.clone());
            }
        }
        delta
    }

    /// A piece of what is tracked here, for one who has seen `since`: of the additions from `from`
    /// to `until`, about so many bytes. Where the next piece begins, if there is one.
    pub(super) fn piece(
        &self,
        since: &Seen,
        (from, until): (u64, u64),
        most: usize,
    ) -> (Delta, Option<u64>) {
        let mut delta = Delta::default();
        if from > until {
            return (delta, None);
        }
        let (mut end, mut bytes, mut seen) = (until, 0, Vec::new());
        let [first, last] = [from, until].map(|counter| Dot::new(self.replica, counter));
        for (dot, entry) in self.entries.range(first..=last) {
            let full = delta.entries.len() == MAX_ENTRIES || seen.len() == MAX_RANGES - 1;
            if full || bytes >= most {
                end = dot.counter - 1;
                break;
            }
            if since.contains(*dot) {
                seen.push(*dot);
                bytes += 4;
            } else {
                delta.entries.insert(*dot, entry.clone());
                bytes += entry.bytes();
            }
        }
        delta.known.insert_range(first, end);
        seen.into_iter().for_each(|dot| delta.known.remove(dot));
        (delta, (end < until).then_some(end + 1))
    }

    /// A replica went away: what it tracks is not shown until it comes back. This one never goes.
    pub(super) fn down(&mut self, replica: Replica) -> Diff {
        let mut diff = Diff::default();
        if replica == self.replica {
            return diff;
        }
        if let Err(place) = self.down.binary_search(&replica) {
            self.down.insert(place, replica);
            self.of(replica)
                .for_each(|(dot, entry)| diff.leave(*dot, entry.clone()));
        }
        diff
    }

    /// A replica came back.
    pub(super) fn up(&mut self, replica: Replica) -> Diff {
        let mut diff = Diff::default();
        if let Ok(place) = self.down.binary_search(&replica) {
            self.down.remove(place);
            self.of(replica)
                .for_each(|(dot, entry)| diff.join(*dot, entry.clone()));
        }
        diff
    }

    /// A replica will never come back: nothing is kept of it, as if it had never been heard of.
    pub(super) fn forget(&mut self, replica: Replica) -> Diff {
        let diff = self.down(replica);
        if replica != self.replica {
            let dots: Vec<Dot> = self.of(replica).map(|(dot, _)| *dot).collect();
            dots.into_iter().for_each(|dot| drop(self.take(dot)));
            self.known.forget(replica);
            self.down.retain(|other| *other != replica);
        }
        diff
    }

    /// What is shown of a topic, by key, then in the order of dots.
    pub(super) fn list(&self, topic: &str) -> Vec<(Arc<str>, Meta)> {
        self.topics
            .get(topic)
            .map_or_else(Vec::new, |members| self.metas(members.iter()))
    }

    /// The first topics by name, after this name, in which something is shown, and how much.
    #[cfg(feature = "dashboard")]
    pub(super) fn topics(&self, after: &str, most: usize) -> Vec<(String, usize)> {
        let mut first = BTreeMap::new();
        for (topic, members) in self.topics.iter().filter(|(topic, _)| ***topic > *after) {
            let is_full = first.len() >= most;
            if is_full
                && first
                    .last_key_value()
                    .is_some_and(|(last, _)| *last < topic)
            {
                continue;
            }
            let shown = members.iter().filter(|(.., dot)| self.shows(*dot)).count();
            if shown > 0 {
                first.insert(topic, shown);
            }
            if first.len() > most {
                first.pop_last();
            }
        }
        let topics = first.into_iter();
        topics
            .map(|(topic, shown)| (topic.to_string(), shown))
            .collect()
    }

    /// The first keys of a topic with how much is shown of each, and how many keys there are
    /// besides.
    #[cfg(feature = "dashboard")]
    pub(super) fn keys(&self, topic: &str, most: usize) -> (Vec<(String, usize)>, usize) {
        let members = self.topics.get(topic).into_iter().flatten();
        let (mut keys, mut more) = (Vec::<(String, usize)>::new(), 0);
        let mut latest: Option<&Arc<str>> = None;
        for (key, ..) in members.filter(|(.., dot)| self.shows(*dot)) {
            if latest.replace(key).is_none_or(|latest| latest != key) {
                if keys.len() < most {
                    keys.push((key.to_string(), 1));
                } else {
                    more += 1;
                }
            } else if let Some((_, metas)) = keys.last_mut().filter(|_| more == 0) {
                *metas += 1;
            }
        }
        (keys, more)
    }

    /// What is shown of one key.
    pub(super) fn list_key(&self, topic: &str, key: &str) -> Vec<(Arc<str>, Meta)> {
        let Some(members) = self.topics.get(topic) else {
            return Vec::new();
        };
        let from: MemberKey = (key.into(), Tracker::LOWEST, Dot::LOWEST);
        self.metas(members.range(from..).take_while(|(of, ..)| &**of == key))
    }

    fn metas<'a>(&self, members: impl Iterator<Item = &'a MemberKey>) -> Vec<(Arc<str>, Meta)> {
        let mut members: Vec<(&Arc<str>, Dot)> = members
            .filter(|(.., dot)| self.shows(*dot))
            .map(|(key, _, dot)| (key, *dot))
            .collect();
        members.sort();
        members
            .into_iter()
            .filter_map(|(key, dot)| Some((key.clone(), self.entries.get(&dot)?.meta.clone())))
            .collect()
    }

    fn shows(&self, dot: Dot) -> bool {
        self.down.binary_search(&dot.replica).is_err()
    }

    fn of(&self, replica: Replica) -> impl Iterator<Item = (&Dot, &Entry)> {
        self.entries
            .range(Dot::new(replica, 0)..=Dot::new(replica, u64::MAX))
    }

    /// Entries that a delta speaks of and does not have.
    fn gone(&self, delta: &Delta) -> Vec<Dot> {
        let known = delta.known.ranges();
        let here = known
            .flat_map(|(first, last)| self.entries.range(first..=Dot::new(first.replica, last)));
        here.map(|(dot, _)| *dot)
            .filter(|dot| !delta.entries.contains_key(dot))
            .collect()
    }

    fn put(&mut self, dot: Dot, entry: Entry) {
        let member = (entry.key.clone(), entry.by, dot);
        if entry.by.replica == self.replica {
            self.trackers.insert((entry.by, dot));
        }
        self.topics
            .entry(entry.topic.clone())
            .or_default()
            .insert(member);
        self.entries.insert(dot, entry);
    }

    fn take(&mut self, dot: Dot) -> Option<Entry> {
        let entry = self.entries.remove(&dot)?;
        self.trackers.remove(&(entry.by, dot));
        if let Some(members) = self.topics.get_mut(&entry.topic) {
            members.remove(&(entry.key.clone(), entry.by, dot));
            if members.is_empty() {
                self.topics.remove(&entry.topic);
            }
        }
        Some(entry)
    }
}
