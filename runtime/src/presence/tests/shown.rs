//! What a state shows: diffs lead from each list to the next, and replicas that are down do not
//! count.

use std::{collections::BTreeMap, sync::Arc};

use proptest::{collection::vec, prelude::*};

use super::{
    super::{diff::*, entry::*, meta::Meta, seen::*, state::*},
    merge::{Op, REPLICAS, TOPICS, World, full, ops},
};
use crate::pubsub::SubscriberId;

pub(super) type List = BTreeMap<PhxRef, (Arc<str>, Meta)>;

fn list(state: &State, topic: &str) -> List {
    state
        .list(topic)
        .into_iter()
        .map(|(key, meta)| (meta.phx_ref(), (key, meta)))
        .collect()
}

pub(super) fn lists(state: &State) -> Vec<List> {
    TOPICS.iter().map(|topic| list(state, topic)).collect()
}

/// Takes a diff as a client would, and more strictly: who joins was not there, who leaves was.
pub(super) fn apply(lists: &mut [List], diff: &Diff) {
    for (topic, list) in TOPICS.iter().zip(lists) {
        let Changes { joins, leaves } = diff.changes(topic);
        for (dot, entry) in joins {
            let old = list.insert(PhxRef(dot), (entry.key.clone(), entry.meta.clone()));
            assert!(old.is_none(), "{} joined twice", entry.key);
        }
        for (dot, entry) in leaves {
            assert!(
                list.remove(&PhxRef(dot)).is_some(),
                "{} left twice",
                entry.key
            );
        }
    }
}

/// Takes a diff as clients do: some of it may be known.
fn apply_again(lists: &mut [List], diff: &Diff) {
    for (topic, list) in TOPICS.iter().zip(lists) {
        let Changes { joins, leaves } = diff.changes(topic);
        let joins = joins.into_iter();
        list.extend(joins.map(|(dot, entry)| (PhxRef(dot), (entry.key, entry.meta))));
        list.retain(|phx_ref, _| !leaves.contains_key(&phx_ref.0));
    }
}

#[derive(Clone, Debug)]
enum Step {
    Op(Op),
    Down(usize, usize),
    Up(usize, usize),
    Forget(usize, usize),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = (0usize..6, 0usize..3, 0usize..3);
    (ops(), vec(step, 40)).prop_map(|(ops, others)| {
        let mut steps = Vec::new();
        for (op, (kind, at, of)) in ops.into_iter().zip(others) {
            steps.push(Step::Op(op));
            match kind {
                0 => steps.push(Step::Down(at, of)),
                1 => steps.push(Step::Up(at, of)),
                2 => steps.push(Step::Forget(at, of)),
                _ => {}
            }
        }
        steps
    })
}

fn run(world: &mut World, step: Step) -> (usize, Diff) {
    match step {
        Step::Op(op) => world.run(op),
        Step::Down(at, of) => (at, world.states[at].down(REPLICAS[of])),
        Step::Up(at, of) => (at, world.states[at].up(REPLICAS[of])),
        Step::Forget(at, of) => (at, world.states[at].forget(REPLICAS[of])),
    }
}

proptest! {
    #[test]
    fn a_diff_leads_from_the_old_list_to_the_new(steps in steps()) {
        let mut world = World::new();
        for step in steps {
            let old: Vec<Vec<List>> = world.states.iter().map(lists).collect();
            let (at, diff) = run(&mut world, step);
            let mut now = old[at].clone();
            apply(&mut now, &diff);
            prop_assert_eq!(now, lists(&world.states[at]));
        }
    }

    #[test]
    fn the_sum_of_diffs_leads_from_any_list_in_between_to_the_last(steps in steps()) {
        let mut world = World::new();
        let mut sums = [Diff::default(), Diff::default(), Diff::default()];
        let mut seen = vec![Vec::new(); 3];
        for step in steps {
            let (at, diff) = run(&mut world, step);
            sums[at].absorb(diff);
            seen[at].push(lists(&world.states[at]));
        }
        for ((state, sum), seen) in world.states.iter().zip(sums).zip(seen) {
            for mut now in seen {
                apply_again(&mut now, &sum);
                prop_assert_eq!(now, lists(state));
            }
        }
    }

    #[test]
    fn parts_are_the_whole_and_no_key_is_in_two(ops in ops(), size in 1usize..5) {
        let world = World::after(ops);
        let mut fresh = State::new(Replica(9));
        let diff = fresh.merge(&full(&world.states[0]));
        let (mut again, mut keys) = (Diff::default(), Vec::new());
        for (topic, part) in diff.clone().parts(size) {
            let mut of: Vec<_> = part.joins.values().map(|entry| (topic.clone(), entry.key.clone())).collect();
            of.sort();
            of.dedup();
            prop_assert!(part.joins.len() <= size || of.len() == 1);
            keys.extend(of);
            again.add(topic, part);
        }
        let count = keys.len();
        keys.sort();
        keys.dedup();
        prop_assert_eq!(keys.len(), count);
        prop_assert_eq!(again, diff);
    }
}

fn one_each() -> World {
    let by = Tracker {
        replica: Replica(1),
        id: SubscriberId::LOWEST,
    };
    let ops = vec![
        Op::Add(0, ("room:1", "ann", by)),
        Op::Add(1, ("room:1", "ben", by)),
    ];
    let mut world = World::after(ops);
    world.run(Op::Full(0, 1));
    world.run(Op::Full(1, 0));
    world
}

#[test]
fn what_a_replica_tracks_vanishes_and_comes_back_with_it() {
    let mut world = one_each();
    let state = &mut world.states[0];
    let both = list(state, "room:1");
    assert_eq!(both.len(), 2);

    assert_eq!(state.down(Replica(2)).changes("room:1").leaves.len(), 1);
    assert_eq!(state.down(Replica(2)), Diff::default());
    assert_eq!(list(state, "room:1").len(), 1);
    assert!(state.list_key("room:1", "ben").is_empty());
    assert_eq!(
        full(state).entries.len(),
        1,
        "what is not shown is not passed on"
    );

    assert_eq!(state.up(Replica(2)).changes("room:1").joins.len(), 1);
    assert_eq!(state.up(Replica(2)), Diff::default());
    assert_eq!(list(state, "room:1"), both);
}

#[test]
fn what_happens_to_a_replica_that_is_down_is_shown_when_it_is_back() {
    let by = Tracker {
        replica: Replica(1),
        id: SubscriberId::LOWEST,
    };
    let mut world = one_each();
    world.states[0].down(Replica(2));
    world.run(Op::Add(1, ("room:1", "cy", by)));
    world.run(Op::Remove(1, ("room:1", "ben", by)));
    let (_, diff) = world.run(Op::Full(1, 0));
    assert_eq!(diff, Diff::default());
    assert_eq!(
        world.states[0].up(Replica(2)).changes("room:1").joins.len(),
        1
    );
    assert_eq!(lists(&world.states[0]), lists(&world.states[1]));
}

#[test]
fn what_one_replica_does_not_show_others_keep() {
    let mut world = one_each();
    world.run(Op::Full(0, 2));
    world.states[0].down(Replica(2));
    for to in [1, 2] {
        assert_eq!(world.run(Op::Full(0, to)).1, Diff::default());
        assert_eq!(list(&world.states[to], "room:1").len(), 2);
    }
}

#[test]
fn a_forgotten_replica_that_lives_after_all_is_restored() {
    let mut world = one_each();
    let clock = world.states[0].seen().clone();
    assert_eq!(
        world.states[0]
            .forget(Replica(2))
            .changes("room:1")
            .leaves
            .len(),
        1
    );
    assert!(!world.states[0].seen().covers(&clock));
    // That nothing is known of it takes nothing away from those who know it.
    assert_eq!(world.run(Op::Full(0, 1)).1, Diff::default());
    assert_eq!(
        world.run(Op::Delta(1, 0)).1.changes("room:1").joins.len(),
        1
    );
    assert_eq!(lists(&world.states[0]), lists(&world.states[1]));
    assert!(world.states[0].seen().covers(&clock));
}

#[test]
fn a_replica_never_goes_away_from_itself() {
    let mut world = one_each();
    let before = full(&world.states[0]);
    assert_eq!(world.states[0].down(Replica(1)), Diff::default());
    assert_eq!(world.states[0].forget(Replica(1)), Diff::default());
    assert_eq!(full(&world.states[0]), before);
}
