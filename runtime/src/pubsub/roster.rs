//! The members of one topic, at places that stay fixed.

use std::{mem, sync::Arc};

use crate::slab::Slab;

/// Members that are served before other tasks of the worker get their turn.
pub(super) const STRETCH: usize = 128;

/// Members at places that stay fixed. Those of a small topic are copied to be served. Those of a
/// large one stand in stretches that are shared with who serves them: only a stretch that changes
/// meanwhile is copied.
pub(super) enum Roster<T> {
    Small(Slab<T>),
    Large(Box<Stretches<T>>),
}

/// The members of a large topic.
pub(super) struct Stretches<T> {
    /// Each has at most [`STRETCH`] places.
    list: Vec<Arc<Slab<T>>>,
    /// The numbers of those that have room.
    roomy: Vec<usize>,
    len: usize,
}

/// Members of a stretch, as of one moment.
pub(super) enum Stretch<T> {
    Copied(Vec<T>),
    Shared(Arc<Slab<T>>),
}

impl<T> Default for Roster<T> {
    fn default() -> Self {
        Roster::Small(Slab::default())
    }
}

impl<T: Clone> Roster<T> {
    /// Returns the member's place.
    pub(super) fn insert(&mut self, member: T) -> usize {
        if let Roster::Small(members) = self
            && members.len() == STRETCH
        {
            *self = Roster::Large(Box::new(Stretches {
                len: members.len(),
                list: vec![Arc::new(mem::take(members))],
                roomy: Vec::new(),
            }));
        }
        match self {
            Roster::Small(members) => members.insert(member),
            Roster::Large(stretches) => stretches.insert(member),
        }
    }

    pub(super) fn remove(&mut self, place: usize) -> Option<T> {
        match self {
            Roster::Small(members) => members.remove(place),
            Roster::Large(stretches) => stretches.remove(place),
        }
    }

    pub(super) fn len(&self) -> usize {
        match self {
            Roster::Small(members) => members.len(),
            Roster::Large(stretches) => stretches.len,
        }
    }

    /// The members of the stretch that begins at a place, and the place behind it; `None` past the
    /// end. Members that are not wanted may be missing.
    pub(super) fn stretch(
        &self,
        place: usize,
        is_wanted: impl Fn(&T) -> bool,
    ) -> Option<(Stretch<T>, usize)> {
        match self {
            Roster::Small(members) => {
                let mut copied = Vec::with_capacity(members.len());
                members.copy_some_from_place(place, STRETCH, is_wanted, &mut copied)?;
                // It is all of them. If the topic grows meanwhile, who joins stands behind them.
                Some((Stretch::Copied(copied), STRETCH))
            }
            Roster::Large(stretches) => {
                let stretch = stretches.list.get(place / STRETCH)?;
                Some((Stretch::Shared(stretch.clone()), place + STRETCH))
            }
        }
    }

    /// Copies the members at the next places from one on, at most `most`, and returns the place to
    /// continue at; `None` past the end.
    pub(super) fn copy_from_place(
        &self,
        place: usize,
        most: usize,
        out: &mut Vec<T>,
    ) -> Option<usize> {
        match self {
            Roster::Small(members) => members.copy_from_place(place, most, out),
            Roster::Large(stretches) => {
                let begin = place - place % STRETCH;
                let stretch = stretches.list.get(place / STRETCH)?;
                let next = stretch.copy_from_place(place - begin, most, out);
                Some(begin + next.unwrap_or(STRETCH))
            }
        }
    }
}

impl<T: Clone> Stretches<T> {
    fn insert(&mut self, member: T) -> usize {
        let number = match self.roomy.last() {
            Some(number) => *number,
            None => {
                self.list.push(Arc::default());
                self.roomy.push(self.list.len() - 1);
                self.list.len() - 1
            }
        };
        let stretch = Arc::make_mut(&mut self.list[number]);
        let place = stretch.insert(member);
        if stretch.len() == STRETCH {
            self.roomy.pop();
        }
        self.len += 1;
        number * STRETCH + place
    }

    fn remove(&mut self, place: usize) -> Option<T> {
        let number = place / STRETCH;
        let stretch = Arc::make_mut(self.list.get_mut(number)?);
        let was_full = stretch.len() == STRETCH;
        let gone = stretch.remove(place % STRETCH)?;
        if was_full {
            self.roomy.push(number);
        }
        self.len -= 1;
        Some(gone)
    }
}

impl<T> Stretch<T> {
    pub(super) fn for_each(&self, visit: impl FnMut(&T)) {
        match self {
            Stretch::Copied(members) => members.iter().for_each(visit),
            Stretch::Shared(members) => members.values().for_each(visit),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    /// All members that are served.
    fn served(roster: &Roster<u32>) -> Vec<u32> {
        let (mut place, mut all) = (0, Vec::new());
        while let Some((stretch, next)) = roster.stretch(place, |_| true) {
            stretch.for_each(|member| all.push(*member));
            place = next;
        }
        all
    }

    fn copied(roster: &Roster<u32>, most: usize) -> Vec<u32> {
        let (mut place, mut all) = (0, Vec::new());
        while let Some(next) = roster.copy_from_place(place, most, &mut all) {
            place = next;
        }
        all
    }

    #[test]
    fn who_serves_a_stretch_sees_it_as_it_was() {
        let mut roster = Roster::default();
        let places: Vec<_> = (0..300).map(|member| roster.insert(member)).collect();
        let Some((stretch, STRETCH)) = roster.stretch(0, |_| true) else {
            panic!("a stretch");
        };
        assert_eq!(roster.remove(places[5]), Some(5));
        assert_eq!(roster.insert(1_000), places[5]);
        let mut seen = Vec::new();
        stretch.for_each(|member| seen.push(*member));
        assert_eq!(seen, (0..128).collect::<Vec<_>>());
        assert_eq!(served(&roster)[5], 1_000);
    }

    #[test]
    fn nobody_is_served_twice_when_a_topic_grows_meanwhile() {
        let mut roster = Roster::default();
        for member in 0..100 {
            roster.insert(member);
        }
        let (_, next) = roster.stretch(0, |_| true).expect("members");
        for member in 100..200 {
            roster.insert(member);
        }
        let mut seen = Vec::new();
        let (stretch, _) = roster.stretch(next, |_| true).expect("members");
        stretch.for_each(|member| seen.push(*member));
        assert_eq!(seen, (128..200).collect::<Vec<_>>());
    }

    #[test]
    fn only_small_topics_ask_who_wants_something() {
        let mut roster = Roster::default();
        let places: Vec<_> = (0..2).map(|member| roster.insert(member)).collect();
        assert_eq!(places, [0, 1]);
        let (stretch, next) = roster.stretch(0, |member| *member == 1).expect("members");
        let mut seen = Vec::new();
        stretch.for_each(|member| seen.push(*member));
        assert_eq!((seen, next), (vec![1], STRETCH));
    }

    proptest! {
        #[test]
        fn members_keep_their_places(
            steps in prop::collection::vec((any::<bool>(), any::<prop::sample::Index>()), 0..1_500),
            most in 1usize..400,
        ) {
            let (mut roster, mut known) = (Roster::default(), BTreeMap::new());
            for (member, (leaves, which)) in (0..).zip(steps) {
                if leaves && member > 400 && !known.is_empty() {
                    let place = *which.get(&known.keys().copied().collect::<Vec<usize>>());
                    prop_assert_eq!(roster.remove(place), known.remove(&place));
                    prop_assert_eq!(roster.remove(place), None);
                } else {
                    prop_assert_eq!(known.insert(roster.insert(member), member), None);
                }
                prop_assert_eq!(roster.len(), known.len());
            }
            let members: Vec<u32> = known.into_values().collect();
            prop_assert_eq!(&served(&roster), &members);
            prop_assert_eq!(&copied(&roster, most), &members);
        }
    }
}
