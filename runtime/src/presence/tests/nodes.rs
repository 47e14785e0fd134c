//! Two nodes that tell each other their changes, each with clients of its own.

use proptest::{collection::vec, prelude::*};
use serde_json::{Value, json};

use super::{
    super::*,
    javascript::{Client, Op, op, paused, state, wait},
};
use crate::pubsub::Subscription;

struct Node {
    presence: Presence,
    ids: Vec<SubscriberId>,
    room: Subscription,
    client: Client,
    /// What arrived twice or late may come again.
    heard: Vec<Delta>,
}

impl Node {
    fn start() -> Self {
        let pubsub = PubSub::new();
        let (presence, room) = (Presence::new(&pubsub), pubsub.subscribe("room"));
        let ids = (0..4).map(|_| SubscriberId::new()).collect();
        let mut client = Client::default();
        client.on_state(&state(&presence, "room"));
        Node {
            presence,
            ids,
            room,
            client,
            heard: Vec::new(),
        }
    }

    fn hear(&mut self, from: &Presence) {
        let delta = from.delta(&self.presence.seen());
        self.presence.merge(&delta);
        self.heard.push(delta);
    }

    fn hear_again(&mut self, which: prop::sample::Index) {
        if !self.heard.is_empty() {
            self.presence.merge(which.get(&self.heard));
        }
    }
}

#[derive(Clone, Debug)]
enum Step {
    Op(usize, Op),
    Hear(usize),
    HearAgain(usize, prop::sample::Index),
    Down(usize),
    Up(usize),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        8 => (0usize..2, op()).prop_map(|(at, op)| Step::Op(at, op)),
        3 => (0usize..2).prop_map(Step::Hear),
        1 => (0usize..2, any::<prop::sample::Index>()).prop_map(|(at, which)| Step::HearAgain(at, which)),
        1 => (0usize..2).prop_map(Step::Down),
        1 => (0usize..2).prop_map(Step::Up),
    ];
    vec(step, 0..60)
}

/// Arrivals from another node may be older than what is there: clients have them last, lists in their place.
fn sorted(mut list: Value) -> Value {
    for present in list.as_object_mut().expect("an object").values_mut() {
        let metas = present["metas"].as_array_mut().expect("an array");
        metas.sort_by_key(|meta| meta["phx_ref"].to_string());
    }
    list
}

async fn converse(steps: Vec<Step>) {
    let mut nodes = [Node::start(), Node::start()];
    for step in steps {
        match step {
            Step::Op(at, op) => {
                let Node { presence, ids, .. } = &nodes[at];
                op.run(presence, "room", ids).await;
            }
            Step::Hear(at) => {
                let from = nodes[1 - at].presence.clone();
                nodes[at].hear(&from);
            }
            Step::HearAgain(at, which) => nodes[at].hear_again(which),
            Step::Down(at) => nodes[at]
                .presence
                .replica_down(nodes[1 - at].presence.replica()),
            Step::Up(at) => nodes[at]
                .presence
                .replica_up(nodes[1 - at].presence.replica()),
        }
    }
    for at in 0..2 {
        let from = nodes[1 - at].presence.clone();
        nodes[at].presence.replica_up(from.replica());
        nodes[at].hear(&from);
    }
    wait(20).await;
    let list = state(&nodes[0].presence, "room");
    assert_eq!(state(&nodes[1].presence, "room"), list);
    for node in &mut nodes {
        node.client.hear(&mut node.room);
        assert_eq!(sorted(node.client.list()), sorted(list.clone()));
    }
}

proptest! {
    #[test]
    fn nodes_and_their_clients_end_with_one_list(steps in steps()) {
        paused(converse(steps));
    }
}

#[tokio::test(start_paused = true)]
async fn each_node_tells_its_own_subscribers() {
    let (mut here, mut there) = (Node::start(), Node::start());
    let mut ann = here
        .presence
        .track("room", "ann", json!({"n": 1}))
        .expect("tracked");
    there.hear(&here.presence);
    let expected = json!({"ann": {"metas": [{"n": 1, "phx_ref": ann.phx_ref().to_string()}]}});
    wait(20).await;
    for node in [&mut here, &mut there] {
        node.client.hear(&mut node.room);
        assert_eq!(node.client.list(), expected);
    }

    ann.update(json!({"n": 2})).expect("updated");
    there.hear(&here.presence);
    assert_eq!(
        there.presence.get_by_key("room", "ann"),
        here.presence.get_by_key("room", "ann")
    );
    assert!(
        here.presence
            .delta(&there.presence.seen())
            .entries
            .is_empty()
    );
}

#[tokio::test(start_paused = true)]
async fn a_subscribers_number_of_another_node_is_somebody_else() {
    let (here, mut there) = (Node::start(), Node::start());
    let id = SubscriberId::new();
    here.presence
        .track_as(id, "room", "ann", json!({}))
        .expect("tracked");
    there.hear(&here.presence);
    assert!(!there.presence.untrack(id, "room", "ann"));
    assert_eq!(there.presence.untrack_all(id), 0);
    there
        .presence
        .track_as(id, "room", "ann", json!({}))
        .expect("not tracked there yet");
    let metas = |node: &Node| {
        node.presence
            .get_by_key("room", "ann")
            .map(|present| present.metas().len())
    };
    assert_eq!((metas(&here), metas(&there)), (Some(1), Some(2)));
}
