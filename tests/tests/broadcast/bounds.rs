//! More broadcasts than may wait.

use landfall::{
    Endpoint, Flow, Message, Outbox, Refused, endpoint,
    pubsub::{BroadcastError, PubSub},
    socket,
};
use landfall_tests::client::{self, Client};

/// What comes while the queue is full is refused for all subscribers, whichever shard they are in.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_refused_broadcast_reaches_nobody() {
    const BROADCASTS: usize = 2_000;
    let pubsub = PubSub::with_queue(1);
    let mut subscriptions: Vec<_> = (0..16).map(|_| pubsub.subscribe("news")).collect();
    let mut accepted = Vec::new();
    let mut refused = 0;
    for number in 0..BROADCASTS {
        match pubsub.broadcast("news", "said", number.to_string()) {
            Ok(()) => accepted.push(number.to_string()),
            Err(error) => {
                assert_eq!(error, BroadcastError::Overloaded);
                refused += 1;
                tokio::task::yield_now().await;
            }
        }
        // Nobody may lag: that is another bound.
        if accepted.len() == 1_000 {
            break;
        }
    }
    assert!(refused > 0 && !accepted.is_empty(), "{refused} refused, {} accepted", accepted.len());
    for subscription in &mut subscriptions {
        for expected in &accepted {
            let broadcast = subscription.recv().await.expect("a broadcast");
            assert_eq!(broadcast.payload().as_text(), Some(expected.as_str()));
        }
    }
    assert!(subscriptions.iter_mut().all(|subscription| subscription.try_recv().is_none()));
}

endpoint! {
    /// With room for one broadcast.
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
        out.subscribe("news");
        Flow::Continue
    }

    async fn handle_in(&mut self, _: Message, out: &mut Outbox) -> Flow {
        let results: Vec<_> = (0..5).map(|n| out.broadcast("news", "said", n.to_string())).collect();
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
    // A worker with one thread delivers nothing while the callback runs.
    assert_eq!(burst.hear_text().await, "0");
    let refused = "Err(Overloaded), Err(Overloaded), Err(Overloaded), Err(Overloaded)";
    assert_eq!(burst.hear_text().await, format!("[Ok(()), {refused}]"));
    assert_eq!(other.hear_text().await, "0");
    other.is_quiet().await;
    burst.is_quiet().await;
    drop((burst, other));
    tight.shutdown().await.expect("a clean end");
}
