//! Who has seen what: dots, and sets of them.

use std::{collections::BTreeMap, fmt, ops::RangeInclusive};

use data_encoding::BASE64URL_NOPAD;

use crate::random::random;

/// One [`Presence`](super::Presence) among those that tell each other their changes: a random
/// number, never used twice.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Replica(pub(super) u64);

impl Replica {
    pub(super) const LOWEST: Self = Replica(0);

    pub(super) fn new() -> Self {
        Replica(u64::from_be_bytes(random()))
    }
}

impl fmt::Debug for Replica {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Replica({:016x})", self.0)
    }
}

/// The name of one addition: the replica where it happened, and its number there, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Dot {
    pub(super) replica: Replica,
    pub(super) counter: u64,
}

impl Dot {
    /// Neither is anybody's; all others are in between.
    pub(super) const LOWEST: Self = Dot {
        replica: Replica::LOWEST,
        counter: 0,
    };
    pub(super) const HIGHEST: Self = Dot {
        replica: Replica(u64::MAX),
        counter: u64::MAX,
    };

    pub(super) fn new(replica: Replica, counter: u64) -> Self {
        Dot { replica, counter }
    }

    /// All dots of a replica.
    pub(super) fn all_of(replica: Replica) -> RangeInclusive<Self> {
        Dot::new(replica, 0)..=Dot::new(replica, u64::MAX)
    }
}

/// What tells one meta from all others, on every node: `phx_ref`. It prints as clients see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PhxRef(pub(super) Dot);

impl fmt::Display for PhxRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Dot { replica, counter } = self.0;
        let (head, tail) = (replica.0.to_be_bytes(), counter.to_be_bytes());
        let zeros = counter.leading_zeros() as usize / 8;
        f.write_str(&BASE64URL_NOPAD.encode(&[&head, &tail[zeros..]].concat()))
    }
}

/// The additions that a replica has seen, whether what they added is still there or not.
///
/// A vector clock that may have gaps: of each replica it keeps ranges of numbers, one if nothing is
/// missing. So what arrives late or twice is told from what is new.
#[derive(Clone, Default, PartialEq, Eq)]
pub(super) struct Seen {
    /// The last of each range by its first. Ranges neither overlap nor touch.
    ranges: BTreeMap<Dot, u64>,
}

impl Seen {
    /// A clock that has seen nothing.
    pub(super) fn new() -> Self {
        Seen::default()
    }

    /// Whether all that the other has seen was seen here.
    #[cfg(test)]
    pub(super) fn covers(&self, other: &Seen) -> bool {
        other
            .ranges()
            .all(|(first, last)| self.range_of(first).is_some_and(|(_, end)| end >= last))
    }

    pub(super) fn contains(&self, dot: Dot) -> bool {
        self.range_of(dot).is_some()
    }

    /// Whether all numbers of a replica up to this one were seen.
    pub(super) fn reaches(&self, replica: Replica, last: u64) -> bool {
        let first = self.range_of(Dot::new(replica, 1));
        last == 0 || first.is_some_and(|(_, end)| end >= last)
    }

    /// What was seen of a replica from a number on: at most so many ranges.
    pub(super) fn part(&self, replica: Replica, from: u64, most: usize) -> Self {
        let ranges = self.ranges_of(replica).filter(|(_, last)| *last >= from);
        let mut part = Seen::new();
        for (first, last) in ranges.take(most) {
            let first = Dot::new(replica, first.counter.max(from));
            part.ranges.insert(first, last);
        }
        part
    }

    /// The highest number seen of a replica; 0 if none.
    pub(super) fn last(&self, replica: Replica) -> u64 {
        self.ranges_of(replica)
            .next_back()
            .map_or(0, |(_, last)| last)
    }

    pub(super) fn ranges(&self) -> impl Iterator<Item = (Dot, u64)> {
        self.ranges.iter().map(|(first, last)| (*first, *last))
    }

    pub(super) fn insert(&mut self, dot: Dot) {
        self.insert_range(dot, dot.counter);
    }

    pub(super) fn remove(&mut self, dot: Dot) {
        let Some((first, last)) = self.range_of(dot) else {
            return;
        };
        self.ranges.remove(&first);
        if first < dot {
            self.ranges.insert(first, dot.counter - 1);
        }
        if dot.counter < last {
            self.ranges
                .insert(Dot::new(dot.replica, dot.counter + 1), last);
        }
    }

    pub(super) fn union(&mut self, other: &Seen) {
        for (first, last) in other.ranges() {
            self.insert_range(first, last);
        }
    }

    /// As if nothing of a replica had ever been seen.
    pub(super) fn forget(&mut self, replica: Replica) {
        let gone: Vec<(Dot, u64)> = self.ranges_of(replica).collect();
        for (first, _) in gone {
            self.ranges.remove(&first);
        }
    }

    pub(super) fn insert_range(&mut self, first: Dot, last: u64) {
        let (replica, mut start, mut end) = (first.replica, first.counter, last);
        while let Some((from, to)) = self
            .range_before(Dot::new(replica, end.saturating_add(1)))
            .filter(|(_, to)| *to >= start - 1)
        {
            self.ranges.remove(&from);
            (start, end) = (start.min(from.counter), end.max(to));
        }
        self.ranges.insert(Dot::new(replica, start), end);
    }

    fn range_of(&self, dot: Dot) -> Option<(Dot, u64)> {
        self.range_before(dot)
            .filter(|(_, last)| dot.counter <= *last)
    }

    /// The last range of the same replica that begins at or before a dot.
    fn range_before(&self, dot: Dot) -> Option<(Dot, u64)> {
        let begins = self.ranges.range(..=dot).next_back();
        begins
            .map(|(first, last)| (*first, *last))
            .filter(|(first, _)| first.replica == dot.replica)
    }

    pub(super) fn ranges_of(
        &self,
        replica: Replica,
    ) -> impl DoubleEndedIterator<Item = (Dot, u64)> {
        let ranges = self.ranges.range(Dot::all_of(replica));
        ranges.map(|(first, last)| (*first, *last))
    }
}

impl fmt::Debug for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ranges = self
            .ranges()
            .map(|(first, last)| (first.replica, first.counter..=last));
        f.debug_list().entries(ranges).finish()
    }
}
