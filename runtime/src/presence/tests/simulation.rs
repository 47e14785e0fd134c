//! Some nodes, and a broker that loses, delays and doubles what they say, splits them, and sees
//! them die.
//!
//! Time passes in steps, and the dice are the history's: each history ends the same way, each time.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
    time::Duration,
};

use proptest::{collection::vec, prelude::*};
use serde_json::json;

use super::{
    super::{diff::*, meta::*, periods::*, replication::*, seen::*, state::*, wire},
    shown::{List, apply, lists},
};
use crate::pubsub::SubscriberId;

const NAME: &str = "presence";
const TOPICS: [&str; 2] = super::merge::TOPICS;
const KEYS: [&str; 3] = ["ann", "ben", "cy"];
/// How far time goes at once.
const STEP: Duration = Duration::from_millis(500);
/// Small, so that most transfers need several pieces.
const PIECE_BYTES: usize = 150;

pub(super) struct Node {
    name: Arc<str>,
    pub(super) state: State,
    replication: Replication,
    /// What a subscriber knows who was told each diff.
    told: Vec<List>,
}

impl Node {
    fn new(number: usize, replica: u64) -> Self {
        let state = State::new(Replica(replica));
        Node {
            name: format!("node-{number}").into(),
            told: lists(&state),
            state,
            replication: Replication::new(PIECE_BYTES, Periods::default()),
        }
    }

    fn told(&mut self, diff: &Diff) {
        apply(&mut self.told, diff);
        assert_eq!(self.told, lists(&self.state), "diffs lead to the list");
    }

    fn changes(&mut self, delta: Delta) {
        let diff = self.state.merge(&delta);
        self.replication.changed(delta);
        self.told(&diff);
    }

    fn own(&self) -> BTreeMap<PhxRef, (Arc<str>, Meta)> {
        let all = lists(&self.state).into_iter().flatten();
        all.filter(|(phx_ref, _)| phx_ref.0.replica == self.state.replica())
            .collect()
    }
}

/// A small generator of numbers: the history says how it begins.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % most
    }
}

/// What is on its way to a node.
struct Letter {
    at: Duration,
    to: usize,
    from: usize,
    bytes: Vec<u8>,
}

/// How the broker behaves, in hundredths.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Weather {
    lost: u64,
    doubled: u64,
    /// Up to how many steps late.
    late: u64,
}

pub(super) struct World {
    pub(super) nodes: Vec<Option<Node>>,
    letters: VecDeque<Letter>,
    now: Duration,
    dice: Dice,
    weather: Weather,
    /// Which side of a split each node is on.
    sides: Vec<bool>,
    replicas: u64,
    pub(super) sent: usize,
    pub(super) sent_bytes: usize,
}

#[derive(Clone, Debug)]
pub(super) enum Step {
    Track(usize, usize, usize),
    Update(usize, usize),
    Untrack(usize, usize),
    UntrackAll(usize, usize),
    Pass(u64),
    Weather(Weather),
    Split(Vec<bool>),
    Heal,
    Start(usize),
    Stop(usize),
    Crash(usize),
    /// Another node notices at once that one is gone.
    Noticed(usize, usize),
}

impl World {
    pub(super) fn new(count: usize, seed: u64) -> Self {
        let mut world = World {
            nodes: Vec::new(),
            letters: VecDeque::new(),
            now: Duration::ZERO,
            dice: Dice(seed | 1),
            weather: Weather::default(),
            sides: vec![false; count],
            replicas: 0,
            sent: 0,
            sent_bytes: 0,
        };
        world.nodes.resize_with(count, || None);
        (0..count).for_each(|at| world.start(at));
        world
    }

    fn start(&mut self, at: usize) {
        if self.nodes[at].is_none() {
            self.replicas += 1;
            self.nodes[at] = Some(Node::new(at, self.replicas));
        }
    }

    fn stop(&mut self, at: usize) {
        if let Some(node) = self.nodes[at].take() {
            self.send(
                at,
                node.state.replica(),
                vec![(To::All, wire::Message::Gone)],
            );
        }
    }

    fn send(&mut self, from: usize, replica: Replica, messages: Vec<(To, wire::Message)>) {
        for (to, message) in messages {
            let bytes = wire::write(NAME, replica, &message);
            for at in (0..self.nodes.len()).filter(|at| *at != from) {
                let named = |node: &Arc<str>| **node == format!("node-{at}");
                if matches!(&to, To::Node(node) if !named(node)) {
                    continue;
                }
                self.sent += 1;
                self.sent_bytes += bytes.len();
                for _ in 0..1 + u64::from(self.dice.below(100) < self.weather.doubled) {
                    self.post(from, at, bytes.clone());
                }
            }
        }
    }

    fn post(&mut self, from: usize, to: usize, bytes: Vec<u8>) {
        let apart = self.sides[from] != self.sides[to];
        if apart || self.dice.below(100) < self.weather.lost {
            return;
        }
        let late = self.dice.below(self.weather.late + 1);
        let at = self.now + STEP / 10 + STEP * u32::try_from(late).expect("small");
        let after = self.letters.partition_point(|letter| letter.at <= at);
        self.letters.insert(
            after,
            Letter {
                at,
                to,
                from,
                bytes,
            },
        );
    }

    fn follow(&mut self, at: usize, outcome: Outcome) {
        if let Some(node) = &mut self.nodes[at] {
            node.told(&outcome.diff);
            let replica = node.state.replica();
            self.send(at, replica, outcome.messages);
        }
    }

    fn deliver(&mut self, letter: Letter) {
        let from: Arc<str> = format!("node-{}", letter.from).into();
        let Some(node) = &mut self.nodes[letter.to] else {
            return;
        };
        let (name, replica, message) = wire::read(&letter.bytes).expect("well-formed");
        assert_eq!(name, NAME);
        let Node {
            state, replication, ..
        } = node;
        let outcome = replication.hear(state, self.now, (&from, replica), message);
        self.follow(letter.to, outcome);
    }

    /// Time passes, and what is on its way arrives.
    pub(super) fn pass(&mut self, time: Duration) {
        let end = self.now + time;
        while self.now < end {
            let next = self.now + STEP;
            self.tick();
            while self.letters.front().is_some_and(|letter| letter.at <= next) {
                let letter = self.letters.pop_front().expect("there is one");
                self.now = self.now.max(letter.at);
                self.deliver(letter);
            }
            self.now = next;
        }
        self.tick();
    }

    fn tick(&mut self) {
        for at in 0..self.nodes.len() {
            if let Some(Node {
                state, replication, ..
            }) = &mut self.nodes[at]
            {
                let outcome = replication.tick(state, self.now);
                self.follow(at, outcome);
            }
        }
    }

    pub(super) fn run(&mut self, step: Step) {
        let now = self.now;
        match step {
            Step::Track(at, topic, key) => self.track(at, topic, key),
            Step::Update(at, nth) => self.update(at, nth),
            Step::Untrack(at, nth) => self.untrack(at, nth, 1),
            Step::UntrackAll(at, nth) => self.untrack(at, nth, 3),
            Step::Pass(steps) => self.pass(STEP * u32::try_from(steps).expect("small")),
            Step::Weather(weather) => self.weather = weather,
            Step::Split(sides) => self.sides = sides[..self.nodes.len()].to_vec(),
            Step::Heal => self.sides.fill(false),
            Step::Start(at) => self.start(at % self.nodes.len()),
            Step::Stop(at) => self.stop(at % self.nodes.len()),
            Step::Crash(at) => {
                let at = at % self.nodes.len();
                self.nodes[at] = None;
            }
            Step::Noticed(at, of) => {
                let (at, of) = (at % self.nodes.len(), of % self.nodes.len());
                if let Some(Node {
                    state, replication, ..
                }) = &mut self.nodes[at]
                {
                    let outcome = replication.node_down(state, now, &format!("node-{of}"));
                    self.follow(at, outcome);
                }
            }
        }
    }

    fn node(&mut self, at: usize) -> Option<&mut Node> {
        let at = at % self.nodes.len();
        self.nodes[at].as_mut()
    }

    fn track(&mut self, at: usize, topic: usize, key: usize) {
        if let Some(node) = self.node(at) {
            let (topic, key) = (TOPICS[topic].into(), KEYS[key].into());
            node.changes(addition(&node.state, Delta::default(), (topic, key), None));
        }
    }

    fn update(&mut self, at: usize, nth: usize) {
        let Some(node) = self.node(at) else { return };
        let refs: Vec<PhxRef> = node.own().into_keys().collect();
        if refs.is_empty() {
            return;
        }
        let old = refs[nth % refs.len()];
        let entry = node.state.entry(old.0).expect("it is there").clone();
        let place = (entry.topic, entry.key);
        let removal = State::removal(&[old.0]).and(node.state.next());
        node.changes(addition(&node.state, removal, place, Some(old)));
    }

    fn untrack(&mut self, at: usize, nth: usize, most: usize) {
        let Some(node) = self.node(at) else { return };
        let dots: Vec<Dot> = node.own().into_keys().map(|phx_ref| phx_ref.0).collect();
        let dots = &dots[nth % (dots.len() + 1)..];
        if !dots.is_empty() {
            let dots = &dots[..most.min(dots.len())];
            node.changes(State::removal(dots).and(node.state.next()));
        }
    }

    /// All can hear each other again, and for so long that nobody is waited for any more.
    pub(super) fn calm(&mut self) {
        self.weather = Weather::default();
        self.sides.fill(false);
        self.pass(DOWN + BEAT * 8);
    }

    pub(super) fn assert_agree(&self) {
        let alive: Vec<&Node> = self.nodes.iter().flatten().collect();
        let mut all = List::new();
        alive.iter().for_each(|node| all.extend(node.own()));
        for node in alive {
            let list: List = lists(&node.state).into_iter().flatten().collect();
            assert_eq!(list, all, "of {}", node.name);
        }
    }
}

fn addition(
    state: &State,
    delta: Delta,
    (topic, key): (Arc<str>, Arc<str>),
    previous: Option<PhxRef>,
) -> Delta {
    let dot = state.next_after(&delta);
    let fields = Fields::of(&json!({"n": dot.counter})).expect("an object");
    let entry = super::super::entry::Entry {
        topic,
        key,
        by: state.tracker(SubscriberId::LOWEST),
        meta: fields.into_meta(PhxRef(dot), previous).expect("a meta"),
    };
    delta.add(dot, entry)
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let weather = (0u64..40, 0u64..30, 0u64..6).prop_map(|(lost, doubled, late)| Weather {
        lost,
        doubled,
        late,
    });
    let step = prop_oneof![
        14 => (0usize..5, 0usize..2, 0usize..3).prop_map(|(at, topic, key)| Step::Track(at, topic, key)),
        6 => (0usize..5, 0usize..20).prop_map(|(at, nth)| Step::Update(at, nth)),
        6 => (0usize..5, 0usize..20).prop_map(|(at, nth)| Step::Untrack(at, nth)),
        2 => (0usize..5, 0usize..20).prop_map(|(at, nth)| Step::UntrackAll(at, nth)),
        8 => (0u64..8).prop_map(Step::Pass),
        2 => (0u64..90).prop_map(Step::Pass),
        4 => weather.prop_map(Step::Weather),
        2 => vec(any::<bool>(), 5).prop_map(Step::Split),
        2 => Just(Step::Heal),
        3 => (0usize..5).prop_map(Step::Start),
        1 => (0usize..5).prop_map(Step::Stop),
        1 => (0usize..5).prop_map(Step::Crash),
        1 => (0usize..5, 0usize..5).prop_map(|(at, of)| Step::Noticed(at, of)),
    ];
    vec(step, 0..80)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn in_the_end_all_nodes_have_one_list(count in 3usize..=5, seed: u64, steps in steps()) {
        let mut world = World::new(count, seed);
        steps.into_iter().for_each(|step| world.run(step));
        world.calm();
        world.assert_agree();
    }
}

fn tracked(world: &mut World, at: usize, count: usize) {
    (0..count).for_each(|n| world.track(at, n % 2, n % 3));
}

fn total(world: &World, at: usize) -> usize {
    let node = world.nodes[at].as_ref().expect("it is there");
    lists(&node.state).iter().map(List::len).sum()
}

#[test]
fn a_newcomer_gets_all_in_pieces_within_seconds() {
    let mut world = World::new(3, 1);
    world.stop(2);
    tracked(&mut world, 0, 40);
    tracked(&mut world, 1, 40);
    world.pass(BEAT * 2);
    world.start(2);
    world.pass(STEP);
    let before = world.sent;
    world.pass(BEAT * 2 + STEP * 20);
    assert_eq!(total(&world, 2), 80);
    assert!(world.sent - before > 40, "in pieces");
}

#[test]
fn who_is_silent_is_down_for_as_long_and_then_forgotten() {
    let mut world = World::new(3, 1);
    tracked(&mut world, 0, 6);
    tracked(&mut world, 1, 4);
    world.pass(BEAT * 2);
    assert_eq!(total(&world, 2), 10);

    world.sides = vec![true, false, false];
    world.pass(DOWN - BEAT * 2);
    assert_eq!(total(&world, 1), 10, "not yet");
    world.pass(BEAT * 4);
    assert_eq!(
        (total(&world, 0), total(&world, 1), total(&world, 2)),
        (6, 4, 4)
    );

    world.untrack(0, 0, 1);
    world.calm();
    world.assert_agree();
    assert_eq!(total(&world, 2), 9);

    let seen = |world: &World| {
        let gone = world.nodes[0]
            .as_ref()
            .map_or(Replica(1), |node| node.state.replica());
        let node = world.nodes[1].as_ref().expect("it is there");
        node.state.seen().last(gone)
    };
    world.nodes[0] = None;
    world.pass(FORGOTTEN - BEAT * 2);
    assert_ne!(seen(&world), 0);
    world.pass(BEAT * 4);
    assert_eq!(seen(&world), 0);
}

#[test]
fn who_stops_takes_its_presences_along_at_once() {
    let mut world = World::new(3, 1);
    tracked(&mut world, 0, 6);
    world.pass(BEAT);
    assert_eq!(total(&world, 1), 6);
    world.stop(0);
    world.pass(STEP);
    assert_eq!((total(&world, 1), total(&world, 2)), (0, 0));
}

/// Its end was not seen: the others know it from its new start alone.
#[test]
fn who_is_started_again_replaces_what_it_tracked() {
    let mut world = World::new(3, 1);
    tracked(&mut world, 0, 6);
    world.pass(BEAT * 2);
    assert_eq!(total(&world, 1), 6);
    world.run(Step::Crash(0));
    world.start(0);
    tracked(&mut world, 0, 2);
    world.pass(STEP);
    assert_eq!((total(&world, 1), total(&world, 2)), (2, 2));
    // That the first one is gone is noticed when the second one was heard.
    world.run(Step::Noticed(1, 0));
    assert_eq!(total(&world, 1), 2);
    world.pass(DOWN + BEAT);
    world.assert_agree();
}

#[test]
fn what_is_lost_is_noticed_within_a_beat() {
    let mut world = World::new(2, 1);
    tracked(&mut world, 0, 6);
    world.pass(BEAT * 2);
    world.weather.lost = 100;
    world.untrack(0, 0, 2);
    world.update(0, 0);
    world.tick();
    world.weather.lost = 0;
    assert_eq!(total(&world, 1), 6);
    world.pass(BEAT + STEP * 4);
    world.assert_agree();
    assert_eq!(total(&world, 1), 4);
}

#[test]
fn without_a_change_only_beats_are_sent() {
    let mut world = World::new(4, 1);
    tracked(&mut world, 0, 20);
    world.pass(BEAT * 4);
    let (sent, bytes) = (world.sent, world.sent_bytes);
    world.pass(BEAT * 10);
    assert!(world.sent - sent <= 12 * 11, "{}", world.sent - sent);
    assert!(world.sent_bytes - bytes < 12 * 11 * 32);
}
