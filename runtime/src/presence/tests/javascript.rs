//! What a client of the `phoenix` package for JavaScript makes of what it is told.

use std::{
    collections::BTreeMap,
    pin::pin,
    task::{Context, Poll, Waker},
};

use proptest::{collection::vec, prelude::*};
use serde_json::{Value, json};

use super::super::*;
use crate::pubsub::{RecvError, Subscription};

/// The list of one client, by the rules of its `Presence`.
#[derive(Default)]
pub(super) struct Client {
    /// Metas by key.
    list: BTreeMap<String, Vec<Value>>,
    synced: bool,
    /// Diffs that came before the state.
    early: Vec<Value>,
}

impl Client {
    /// The client joins again: diffs wait for the new state.
    fn rejoin(&mut self) {
        (self.synced, self.early) = (false, Vec::new());
    }

    /// `presence_state`: the difference to what is known is applied as if it were a diff, then what
    /// came early.
    pub(super) fn on_state(&mut self, state: &Value) {
        let new = metas_by_key(state);
        let (mut joins, mut leaves) = (BTreeMap::new(), BTreeMap::new());
        for (key, metas) in &self.list {
            let left = without(metas, new.get(key).map_or(&[], Vec::as_slice));
            if !left.is_empty() {
                leaves.insert(key.clone(), left);
            }
        }
        for (key, metas) in &new {
            let joined = without(metas, self.list.get(key).map_or(&[], Vec::as_slice));
            if !joined.is_empty() {
                joins.insert(key.clone(), joined);
            }
        }
        self.apply(joins, leaves);
        self.synced = true;
        for diff in std::mem::take(&mut self.early) {
            self.on_diff(diff);
        }
    }

    /// `presence_diff`.
    pub(super) fn on_diff(&mut self, diff: Value) {
        if self.synced {
            self.apply(metas_by_key(&diff["joins"]), metas_by_key(&diff["leaves"]));
        } else {
            self.early.push(diff);
        }
    }

    fn apply(&mut self, joins: BTreeMap<String, Vec<Value>>, leaves: BTreeMap<String, Vec<Value>>) {
        for (key, joined) in joins {
            let metas = self.list.entry(key).or_default();
            // Old ones come first; one that joins again is taken as it is now.
            *metas = without(metas, &joined);
            metas.extend(joined);
        }
        for (key, left) in leaves {
            let Some(metas) = self.list.get_mut(&key) else {
                continue;
            };
            *metas = without(metas, &left);
            if metas.is_empty() {
                self.list.remove(&key);
            }
        }
    }

    pub(super) fn hear(&mut self, room: &mut Subscription) {
        while let Some(broadcast) = room.try_recv() {
            // What nodes tell their own subscribers has no gaps.
            if matches!(broadcast, Err(RecvError::Gap)) {
                continue;
            }
            let broadcast = broadcast.expect("not too slow");
            assert_eq!(broadcast.event(), "presence_diff");
            let text = broadcast.payload().as_text().expect("JSON");
            self.on_diff(serde_json::from_str(text).expect("JSON"));
        }
    }

    /// The list in the shape of `presence_state`.
    pub(super) fn list(&self) -> Value {
        self.list
            .iter()
            .map(|(key, metas)| (key.clone(), json!({ "metas": metas })))
            .collect()
    }
}

fn metas_by_key(presences: &Value) -> BTreeMap<String, Vec<Value>> {
    let keys = presences.as_object().expect("an object");
    let metas = |present: &Value| present["metas"].as_array().expect("an array").clone();
    keys.iter()
        .map(|(key, present)| (key.clone(), metas(present)))
        .collect()
}

/// Clients know metas by their refs only.
fn without(metas: &[Value], others: &[Value]) -> Vec<Value> {
    let is = |meta: &Value| {
        others
            .iter()
            .any(|other| other["phx_ref"] == meta["phx_ref"])
    };
    metas.iter().filter(|meta| !is(meta)).cloned().collect()
}

pub(super) fn state(presence: &Presence, topic: &str) -> Value {
    let mut list = pin!(presence.list(topic));
    match list.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(list) => serde_json::to_value(list).expect("JSON"),
        Poll::Pending => panic!("a list without callbacks that wait is there at once"),
    }
}

/// In time that stands still until all wait.
pub(super) fn paused<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build();
    runtime.expect("a runtime").block_on(future)
}

pub(super) async fn wait(milliseconds: u64) {
    tokio::time::sleep(std::time::Duration::from_millis(milliseconds)).await;
}

const KEYS: [&str; 3] = ["ann", "ben", "7"];

#[derive(Clone, Debug)]
pub(super) enum Op {
    Track(usize, usize),
    Update(usize, usize),
    Untrack(usize, usize),
    Gone(usize),
    Wait(u64),
}

impl Op {
    /// Does it in the topic, on behalf of one of these.
    pub(super) async fn run(self, presence: &Presence, topic: &str, ids: &[SubscriberId]) {
        match self {
            Op::Track(id, key) => {
                drop(presence.track_as(ids[id], topic, KEYS[key], json!({ "of": id })))
            }
            Op::Update(id, key) => {
                drop(presence.update(ids[id], topic, KEYS[key], json!({ "new": id })))
            }
            Op::Untrack(id, key) => drop(presence.untrack(ids[id], topic, KEYS[key])),
            Op::Gone(id) => drop(presence.untrack_all(ids[id])),
            Op::Wait(milliseconds) => wait(milliseconds).await,
        }
    }
}

pub(super) fn op() -> impl Strategy<Value = Op> {
    prop_oneof![
        5 => (0usize..4, 0usize..3).prop_map(|(id, key)| Op::Track(id, key)),
        3 => (0usize..4, 0usize..3).prop_map(|(id, key)| Op::Update(id, key)),
        3 => (0usize..4, 0usize..3).prop_map(|(id, key)| Op::Untrack(id, key)),
        1 => (0usize..4).prop_map(Op::Gone),
        3 => (0u64..15).prop_map(Op::Wait),
    ]
}

#[derive(Clone, Debug)]
enum Step {
    Op(Op),
    /// A client joins, or joins again: the state of this moment is on its way to it.
    Join(usize),
    /// It arrives.
    Arrive(usize),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        6 => op().prop_map(Step::Op),
        1 => (0usize..3).prop_map(Step::Join),
        1 => (0usize..3).prop_map(Step::Arrive),
    ];
    vec(step, 0..60)
}

/// A client, its subscription, and the state that is on its way to it.
#[derive(Default)]
struct Connection {
    client: Client,
    room: Option<Subscription>,
    state: Option<Value>,
}

impl Connection {
    fn join(&mut self, pubsub: &PubSub, presence: &Presence) {
        self.client.rejoin();
        self.room = Some(pubsub.subscribe("room"));
        self.state = Some(state(presence, "room"));
    }

    fn arrive(&mut self) {
        if let Some(room) = &mut self.room {
            self.client.hear(room);
        }
        if let Some(state) = self.state.take() {
            self.client.on_state(&state);
        }
    }
}

async fn converse(steps: Vec<Step>) {
    let pubsub = PubSub::new();
    let presence = Presence::new(&pubsub);
    let ids: Vec<SubscriberId> = (0..4).map(|_| SubscriberId::new()).collect();
    let mut connections: [Connection; 3] = Default::default();
    for step in steps {
        match step {
            Step::Op(op) => op.run(&presence, "room", &ids).await,
            Step::Join(client) => connections[client].join(&pubsub, &presence),
            Step::Arrive(client) => connections[client].arrive(),
        }
    }
    wait(20).await;
    let list = state(&presence, "room");
    for connection in connections
        .iter_mut()
        .filter(|connection| connection.room.is_some())
    {
        connection.arrive();
        assert_eq!(connection.client.list(), list);
    }
}

proptest! {
    #[test]
    fn a_client_ends_with_the_servers_list(steps in steps()) {
        paused(converse(steps));
    }
}

#[test]
fn the_model_keeps_the_rules() {
    let meta = |n: u32| json!({"phx_ref": n.to_string()});
    let mut client = Client::default();
    // What comes before the state is applied after it.
    client.on_diff(
        json!({"joins": {"ann": {"metas": [meta(2)]}}, "leaves": {"ben": {"metas": [meta(3)]}}}),
    );
    assert_eq!(client.list(), json!({}));
    client.on_state(&json!({"ann": {"metas": [meta(1)]}, "ben": {"metas": [meta(3)]}}));
    assert_eq!(client.list(), json!({"ann": {"metas": [meta(1), meta(2)]}}));
    // Those who leave and are not known are ignored.
    client.on_diff(
        json!({"joins": {}, "leaves": {"cy": {"metas": [meta(9)]}, "ann": {"metas": [meta(1)]}}}),
    );
    assert_eq!(client.list(), json!({"ann": {"metas": [meta(2)]}}));
    // A new state replaces the old.
    client.rejoin();
    client.on_state(&json!({"dee": {"metas": [meta(4)]}}));
    assert_eq!(client.list(), json!({"dee": {"metas": [meta(4)]}}));
}
