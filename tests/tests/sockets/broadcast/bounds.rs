//! More broadcasts than may wait.

use landfall::{
    Endpoint, Message, endpoint,
    pubsub::{BroadcastError, PubSub},
    socket,
    socket::{Flow, Outbox, Refused},
};
use landfall_tests::client::{self, Client};

const SHARDS: usize = 4;

/// While the queue is full, a broadcast is refused for all subscribers in all shards.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_refused_broadcast_reaches_nobody() {
    // Each shard in turn has most of the subscribers, and is behind the others.
    for busy in 0..SHARDS {
        let pubsub = PubSub::with_queue(1, 1 << 20);
        let all: Vec<_> = (0..SHARDS * 500)
            .map(|_| pubsub.subscribe("news"))
            .collect();
        let kept = all
            .into_iter()
            .enumerate()
            .filter(|(n, _)| n % SHARDS == busy || *n < SHARDS * 2);
        let mut subscriptions: Vec<_> = kept.map(|(_, subscription)| subscription).collect();
        let accepted = broadcast_until_accepted(&pubsub, 100).await;
        for subscription in &mut subscriptions {
            for expected in &accepted {
                let broadcast = subscription.recv().await.expect("a broadcast");
                assert_eq!(broadcast.payload().as_text(), Some(expected.as_str()));
            }
        }
        assert!(
            subscriptions
                .iter_mut()
                .all(|subscription| subscription.try_recv().is_none())
        );
    }
}

/// Broadcasts until at least N are accepted and one is refused. Returns the accepted ones. On a
/// busy machine the shards may keep up for a while.
async fn broadcast_until_accepted(pubsub: &PubSub, count: usize) -> Vec<String> {
    // A subscription that is read afterwards holds no more.
    const MOST: usize = 1_000;

    let (mut accepted, mut refused) = (Vec::new(), 0);
    while accepted.len() < count || (refused == 0 && accepted.len() < MOST) {
        let said = (accepted.len() + refused).to_string();
        match pubsub.broadcast("news", "said", said.as_str()) {
            Ok(()) => accepted.push(said),
            Err(error) => {
                assert_eq!(error, BroadcastError::Overloaded);
                refused += 1;
                tokio::task::yield_now().await;
            }
        }
    }
    assert!(refused > 0, "nothing was refused");
    accepted
}

endpoint! {
    /// Its queue has room for one broadcast.
    struct Tight;

    http(ip = [127, 0, 0, 1], port = 0);
    server = true;
    pubsub(queue = 1);
    socket("/burst", Burst);
}

/// Broadcasts many times in one go, and says how often that was refused.
struct Burst;

#[socket]
impl Burst {
    async fn connect() -> Result<Self, Refused> {
        Ok(Burst)
    }

    async fn init(&mut self, out: &mut Outbox) -> Flow {
        out.forward("news");
        Flow::Continue
    }

    async fn handle_in(&mut self, _: Message, out: &mut Outbox) -> Flow {
        let results: Vec<_> = (0..5)
            .map(|n| out.broadcast("news", "said", n.to_string()))
            .collect();
        out.push(format!("{results:?}"));
        Flow::Continue
    }
}

#[tokio::test]
async fn the_endpoints_queue_bounds_what_sockets_broadcast() {
    let tight = Tight::start().await.expect("the endpoint starts");
    let mut burst = Client::open(client::port(&tight), "/burst/websocket").await;
    let mut other = Client::open(client::port(&tight), "/burst/websocket").await;
    burst.is_quiet().await;
    other.is_quiet().await;
    burst.text("go").await;
    // The runtime has one thread. While the callback runs, nothing is delivered.
    assert_eq!(burst.hear_text().await, "0");
    let refused = "Err(Overloaded), Err(Overloaded), Err(Overloaded), Err(Overloaded)";
    assert_eq!(burst.hear_text().await, format!("[Ok(()), {refused}]"));
    assert_eq!(other.hear_text().await, "0");
    other.is_quiet().await;
    burst.is_quiet().await;
    drop((burst, other));
    tight.shutdown().await.expect("a clean end");
}
