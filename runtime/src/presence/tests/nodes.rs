//! Nodes that reach each other by a broker, each with a client of its own.

use std::time::Duration;

use proptest::{collection::vec, prelude::*};
use serde_json::{Value, json};

use super::{
    super::*,
    javascript::{Client, Op, op, paused, state, wait},
};
use crate::pubsub::{
    Subscription,
    adapter::{InProcess, NodeOptions},
};

struct Node {
    pubsub: PubSub,
    presence: Presence,
    ids: Vec<SubscriberId>,
    room: Subscription,
    client: Client,
}

impl Node {
    async fn start(broker: &InProcess) -> Self {
        Node::start_with(broker, Options::new()).await
    }

    async fn start_with(broker: &InProcess, options: Options) -> Self {
        let pubsub = PubSub::connect(broker.clone(), NodeOptions::new("chat"));
        let pubsub = pubsub.await.expect("connected");
        let (presence, room) = (Presence::with(&pubsub, options), pubsub.subscribe("room"));
        let ids = (0..4).map(|_| SubscriberId::new()).collect();
        let mut client = Client::default();
        client.on_state(&state(&presence, "room"));
        Node {
            pubsub,
            presence,
            ids,
            room,
            client,
        }
    }

    fn list(&self) -> Value {
        state(&self.presence, "room")
    }

    /// The client knows what is there.
    fn assert_told(&mut self) {
        self.client.hear(&mut self.room);
        assert_eq!(sorted(self.client.list()), sorted(self.list()));
    }
}

/// Arrivals from another node may be older than what is there: clients have them last, lists in
/// their place.
fn sorted(mut list: Value) -> Value {
    for present in list.as_object_mut().expect("an object").values_mut() {
        let metas = present["metas"].as_array_mut().expect("an array");
        metas.sort_by_key(|meta| meta["phx_ref"].to_string());
    }
    list
}

async fn pass(time: Duration) {
    tokio::time::sleep(time).await;
}

#[derive(Clone, Debug)]
enum Step {
    Op(usize, Op),
    Away,
    Back,
    Pass(u64),
    /// A node stops, or dies, and another one starts.
    Replace(usize, bool),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        16 => (0usize..3, op()).prop_map(|(at, op)| Step::Op(at, op)),
        1 => Just(Step::Away),
        2 => Just(Step::Back),
        3 => (0u64..4_000).prop_map(Step::Pass),
        1 => (0u64..40_000).prop_map(Step::Pass),
        1 => (0usize..3, any::<bool>()).prop_map(|(at, stops)| Step::Replace(at, stops)),
    ];
    vec(step, 0..60)
}

async fn converse(steps: Vec<Step>) {
    let broker = InProcess::new();
    let mut nodes = Vec::new();
    for _ in 0..3 {
        nodes.push(Node::start(&broker).await);
    }
    for step in steps {
        match step {
            Step::Op(at, op) => {
                let Node { presence, ids, .. } = &nodes[at];
                op.run(presence, "room", ids).await;
            }
            Step::Away => broker.disconnect().await,
            Step::Back => broker.reconnect().await,
            Step::Pass(milliseconds) => wait(milliseconds).await,
            Step::Replace(at, stops) => {
                broker.reconnect().await;
                let node = std::mem::replace(&mut nodes[at], Node::start(&broker).await);
                if stops {
                    node.pubsub.close().await;
                }
            }
        }
    }
    broker.reconnect().await;
    pass(Duration::from_secs(45)).await;
    let list = nodes[0].list();
    for node in &mut nodes {
        assert_eq!(node.list(), list);
        node.assert_told();
    }
    for node in nodes {
        node.pubsub.close().await;
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn nodes_and_their_clients_end_with_one_list(steps in steps()) {
        paused(converse(steps));
    }
}

#[tokio::test(start_paused = true)]
async fn each_node_tells_its_own_subscribers_within_moments() {
    let broker = InProcess::new();
    let (mut here, mut there) = (Node::start(&broker).await, Node::start(&broker).await);
    pass(Duration::from_secs(2)).await;
    let mut ann = here
        .presence
        .track("room", "ann", json!({"n": 1}))
        .expect("tracked");
    wait(50).await;
    let expected = json!({"ann": {"metas": [{"n": 1, "phx_ref": ann.phx_ref().to_string()}]}});
    for node in [&mut here, &mut there] {
        assert_eq!(node.list(), expected);
        node.assert_told();
    }

    ann.update(json!({"n": 2})).expect("updated");
    wait(50).await;
    assert_eq!(
        there.presence.get_by_key("room", "ann").await,
        here.presence.get_by_key("room", "ann").await
    );
    there.assert_told();
    drop(ann);
    wait(50).await;
    assert_eq!(there.list(), json!({}));
    there.assert_told();
}

#[tokio::test(start_paused = true)]
async fn a_subscribers_number_of_another_node_is_somebody_else() {
    let broker = InProcess::new();
    let (here, there) = (Node::start(&broker).await, Node::start(&broker).await);
    let id = SubscriberId::new();
    here.presence
        .track_as(id, "room", "ann", json!({}))
        .expect("tracked");
    pass(Duration::from_secs(2)).await;
    assert!(!there.presence.untrack(id, "room", "ann"));
    assert_eq!(there.presence.untrack_all(id), 0);
    there
        .presence
        .track_as(id, "room", "ann", json!({}))
        .expect("not tracked there yet");
    for (node, metas) in [(&here, 1), (&there, 2)] {
        let ann = node.presence.get_by_key("room", "ann").await;
        assert_eq!(ann.map(|ann| ann.metas().len()), Some(metas));
    }
}

#[tokio::test(start_paused = true)]
async fn a_late_joiner_gets_thousands_within_seconds() {
    let broker = InProcess::new();
    let here = Node::start(&broker).await;
    let tracked: Vec<_> = (0..5_000)
        .map(|n| {
            let key = format!("user:{n}");
            here.presence
                .track("room", &key, json!({"n": n}))
                .expect("tracked")
        })
        .collect();
    wait(50).await;
    let there = Node::start(&broker).await;
    pass(Duration::from_secs(2)).await;
    assert_eq!(there.presence.list("room").await.len(), tracked.len());
    assert_eq!(there.list(), here.list());
}

#[tokio::test(start_paused = true)]
async fn a_node_that_stops_takes_its_presences_along_at_once() {
    let broker = InProcess::new();
    let (here, mut there) = (Node::start(&broker).await, Node::start(&broker).await);
    let _ann = here
        .presence
        .track("room", "ann", json!({}))
        .expect("tracked");
    pass(Duration::from_secs(2)).await;
    assert_eq!(there.presence.list("room").await.len(), 1);
    here.pubsub.close().await;
    wait(50).await;
    assert!(there.presence.list("room").await.is_empty());
    there.assert_told();
}

#[tokio::test(start_paused = true)]
async fn a_presence_that_is_dropped_takes_its_presences_along() {
    let broker = InProcess::new();
    let (here, there) = (Node::start(&broker).await, Node::start(&broker).await);
    let id = SubscriberId::new();
    here.presence
        .track_as(id, "room", "ann", json!({}))
        .expect("tracked");
    pass(Duration::from_secs(2)).await;
    assert_eq!(there.presence.list("room").await.len(), 1);
    drop(here.presence);
    wait(50).await;
    assert!(there.presence.list("room").await.is_empty());
    // Its name is free again.
    let again = Presence::new(&here.pubsub);
    again
        .track_as(id, "room", "ben", json!({}))
        .expect("tracked");
    pass(Duration::from_secs(2)).await;
    assert_eq!(there.presence.list("room").await.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn silence_is_borne_for_as_long_as_the_options_say() {
    let hasty = || {
        Options::new()
            .broadcast_period(Duration::from_millis(200))
            .down_period(Duration::from_secs(2))
            .permdown_period(Duration::from_secs(10))
    };
    for (options, patience) in [(hasty as fn() -> Options, 2), (Options::new, 30)] {
        let broker = InProcess::new();
        let here = Node::start_with(&broker, options()).await;
        let there = Node::start_with(&broker, options()).await;
        let _ann = there.presence.track("room", "ann", json!({})).expect("ann");
        pass(Duration::from_secs(2)).await;
        assert!(here.list()["ann"].is_object());
        broker.disconnect().await;
        pass(Duration::from_secs(patience) - Duration::from_millis(1800)).await;
        assert!(here.list()["ann"].is_object(), "{patience} s");
        pass(Duration::from_millis(3600)).await;
        assert_eq!(here.list(), json!({}), "{patience} s");
        // It is heard again.
        broker.reconnect().await;
        pass(Duration::from_secs(4)).await;
        assert!(here.list()["ann"].is_object(), "{patience} s");
        for node in [here, there] {
            node.pubsub.close().await;
        }
    }
}

#[test]
fn periods_that_are_too_short_are_lengthened() {
    let told = format!(
        "{:?}",
        Options::new()
            .down_period(Duration::from_secs(1))
            .permdown_period(Duration::ZERO)
            .periods
            .in_order()
    );
    assert_eq!(told, "Periods { beat: 1.5s, down: 3s, forgotten: 3s }");
}

#[test]
#[should_panic(expected = "`broadcast_period` is at least 100 ms")]
fn nobody_speaks_without_a_pause() {
    let _ = Options::new().broadcast_period(Duration::ZERO);
}
