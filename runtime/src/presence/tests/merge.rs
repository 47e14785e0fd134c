//! The laws of merging, on histories that three replicas make together.

use std::collections::{BTreeMap, BTreeSet};

use proptest::{collection::vec, prelude::*, sample::Index};
use serde_json::json;

use super::super::{diff::Diff, entry::*, meta::*, seen::*, state::*};
use crate::pubsub::SubscriberId;

pub(super) const REPLICAS: [Replica; 3] = [Replica(1), Replica(2), Replica(3)];
pub(super) const TOPICS: [&str; 2] = ["room:1", "room:2"];
const KEYS: [&str; 3] = ["ann", "ben", "cy"];

/// Something that may be tracked, by any replica: two of them may add the same independently.
type Element = (&'static str, &'static str, Tracker);

#[derive(Clone, Debug)]
pub(super) enum Op {
    /// Tracks or, if it is tracked, updates.
    Add(usize, Element),
    Remove(usize, Element),
    /// All that one replica knows goes to another.
    Full(usize, usize),
    /// What one replica thinks that another lacks goes there.
    Delta(usize, usize),
}

pub(super) fn ops() -> impl Strategy<Value = Vec<Op>> {
    let element = (0usize..2, 0usize..3, 0u64..2).prop_map(|(topic, key, by)| {
        let by = Tracker {
            replica: Replica(by),
            id: SubscriberId::LOWEST,
        };
        (TOPICS[topic], KEYS[key], by)
    });
    let op = prop_oneof![
        4 => (0usize..3, element.clone()).prop_map(|(at, element)| Op::Add(at, element)),
        2 => (0usize..3, element).prop_map(|(at, element)| Op::Remove(at, element)),
        1 => (0usize..3, 0usize..3).prop_map(|(from, to)| Op::Full(from, to)),
        1 => (0usize..3, 0usize..3).prop_map(|(from, to)| Op::Delta(from, to)),
    ];
    vec(op, 0..40)
}

/// Three replicas, and what happened to them.
#[derive(Default)]
pub(super) struct World {
    pub(super) states: Vec<State>,
    pub(super) deltas: Vec<Delta>,
    /// Everything that was ever added.
    added: BTreeMap<Dot, Entry>,
    /// What somebody saw, and took away.
    removed: BTreeSet<Dot>,
}

impl World {
    pub(super) fn new() -> Self {
        World {
            states: REPLICAS.map(State::new).into(),
            ..World::default()
        }
    }

    pub(super) fn after(ops: Vec<Op>) -> Self {
        let mut world = World::new();
        ops.into_iter().for_each(|op| drop(world.run(op)));
        world
    }

    /// Says which replica changed, and how.
    pub(super) fn run(&mut self, op: Op) -> (usize, Diff) {
        let (at, delta) = match op {
            Op::Add(at, element) => (at, self.add(at, element)),
            Op::Remove(at, (topic, key, by)) => {
                let dots = self.states[at].find(topic, key, by);
                self.removed.extend(&dots);
                (at, State::removal(&dots))
            }
            Op::Full(from, to) => (to, full(&self.states[from])),
            Op::Delta(from, to) => (to, self.states[from].delta(self.states[to].seen())),
        };
        self.deltas.push(delta.clone());
        (at, self.states[at].merge(&delta))
    }

    fn add(&mut self, at: usize, (topic, key, by): Element) -> Delta {
        let state = &self.states[at];
        let (dot, old) = (state.next(), state.find(topic, key, by));
        let meta =
            Fields::of(&json!({ "at": at })).and_then(|fields| fields.into_meta(PhxRef(dot), None));
        let entry = Entry {
            topic: topic.into(),
            key: key.into(),
            by,
            meta: meta.expect("an object"),
        };
        self.added.insert(dot, entry.clone());
        self.removed.extend(&old);
        State::removal(&old).add(dot, entry)
    }
}

pub(super) fn full(state: &State) -> Delta {
    state.delta(&Seen::new())
}

fn merged(a: &State, b: &State) -> State {
    let mut merged = a.clone();
    merged.merge(&full(b));
    merged
}

proptest! {
    #[test]
    fn merging_is_commutative_associative_and_idempotent(ops in ops()) {
        let world = World::after(ops);
        let [a, b, c] = &world.states[..] else { unreachable!("three replicas") };
        prop_assert_eq!(full(&merged(a, b)), full(&merged(b, a)));
        prop_assert_eq!(full(&merged(&merged(a, b), c)), full(&merged(a, &merged(b, c))));
        prop_assert_eq!(full(&merged(a, a)), full(a));
        let both = merged(a, b);
        prop_assert_eq!(full(&merged(&both, b)), full(&both));
    }

    #[test]
    fn what_is_left_was_added_and_not_taken_away_by_one_who_saw_it(ops in ops()) {
        let world = World::after(ops);
        let all = world.states.iter().fold(State::new(Replica(9)), |all, state| merged(&all, state));
        let mut left = world.added.clone();
        left.retain(|dot, _| !world.removed.contains(dot));
        prop_assert_eq!(&full(&all).entries, &left);
        for (dot, entry) in &left {
            prop_assert!(all.find(&entry.topic, &entry.key, entry.by).contains(dot));
            // Who is tracked by whom is known where it happened.
            let own = world.states.iter().find(|state| state.replica() == entry.by.replica);
            let knows = own.filter(|own| own.entry(*dot).is_some());
            prop_assert!(knows.is_none_or(|own| own.tracked_by(entry.by).contains(dot)));
        }
        prop_assert!(world.added.keys().all(|dot| all.seen().contains(*dot)));
    }

    #[test]
    fn deltas_in_any_order_and_twice_are_the_full_state(ops in ops(), order in vec(any::<Index>(), 0..120)) {
        let world = World::after(ops);
        let all = world.states.iter().fold(State::new(Replica(9)), |all, state| merged(&all, state));
        let mut late = State::new(Replica(9));
        for index in order.iter().filter(|_| !world.deltas.is_empty()) {
            late.merge(index.get(&world.deltas));
        }
        world.deltas.iter().rev().for_each(|delta| drop(late.merge(delta)));
        prop_assert_eq!(full(&late), full(&all));
    }

    #[test]
    fn a_delta_brings_exactly_what_its_reader_lacks(ops in ops()) {
        let world = World::after(ops);
        let [a, b, c] = &world.states[..] else { unreachable!("three replicas") };
        let delta = a.delta(b.seen());
        prop_assert!(delta.entries.keys().all(|dot| !b.seen().contains(*dot)));
        let mut with_delta = b.clone();
        with_delta.merge(&delta);
        prop_assert_eq!(full(&with_delta), full(&merged(b, a)));
        // One that was meant for somebody else does no harm.
        let mut strayed = c.clone();
        strayed.merge(&delta);
        prop_assert_eq!(full(&merged(&strayed, a)), full(&merged(c, a)));
    }
}

#[test]
fn an_addition_wins_over_a_removal_that_did_not_see_it() {
    let element = (
        "room:1",
        "ann",
        Tracker {
            replica: Replica(1),
            id: SubscriberId::LOWEST,
        },
    );
    let mut world = World::after(vec![Op::Add(0, element), Op::Full(0, 1)]);
    // At once: one takes away what both have seen, the other adds it anew.
    world.run(Op::Remove(0, element));
    world.run(Op::Add(1, element));
    world.run(Op::Full(0, 1));
    world.run(Op::Full(1, 0));
    for state in &world.states[..2] {
        assert_eq!(state.list("room:1").len(), 1);
        assert_eq!(
            state.find("room:1", "ann", element.2),
            [Dot::new(Replica(2), 1)]
        );
    }
    // Now it is seen.
    world.run(Op::Remove(0, element));
    world.run(Op::Full(0, 1));
    assert!(world.states[1].list("room:1").is_empty());
    assert!(full(&world.states[1]).entries.is_empty());
}

#[test]
fn a_removal_may_come_before_what_it_removes() {
    let element = (
        "room:1",
        "ann",
        Tracker {
            replica: Replica(1),
            id: SubscriberId::LOWEST,
        },
    );
    let world = World::after(vec![Op::Add(0, element), Op::Remove(0, element)]);
    let mut late = State::new(Replica(9));
    for delta in world.deltas.iter().rev() {
        assert_eq!(late.merge(delta), Diff::default());
    }
    assert_eq!(full(&late), full(&world.states[0]));
}
