//! More bytes of broadcasts than may wait.

use bytes::Bytes;
use landfall::{
    prelude::*,
    pubsub::{BroadcastError, PubSub, RecvError, Subscription},
};
use landfall_tests::client::{self, Client};

const MIB: usize = 1 << 20;

/// 8 MB, in memory that all share.
fn large() -> Bytes {
    Bytes::from_static(&[b'x'; 8_000_000])
}

async fn receive(subscription: &mut Subscription, count: usize) {
    for _ in 0..count {
        subscription.recv().await.expect("a broadcast");
    }
}

/// The runtime has one thread. Nothing is delivered until the test waits.
#[tokio::test]
async fn what_waits_has_64_mib_at_most() {
    let pubsub = PubSub::new();
    let mut news = pubsub.subscribe("news");
    for _ in 0..2 {
        let results: Vec<_> = (0..300)
            .map(|_| pubsub.broadcast("news", "picture", large()))
            .collect();
        assert!(results[..8].iter().all(Result::is_ok));
        assert!(
            results[8..]
                .iter()
                .all(|result| *result == Err(BroadcastError::Overloaded))
        );
        receive(&mut news, 8).await;
        assert!(news.try_recv().is_none(), "what was refused reaches nobody");
        // The last one counts until the task that delivers has dropped it.
        tokio::task::yield_now().await;
    }
}

/// A small broadcast counts more bytes than its payload has.
#[tokio::test]
async fn small_ones_count_their_names_and_256_bytes() {
    let pubsub = PubSub::with_queue(65_536, 100_000);
    let _news = pubsub.subscribe("news");
    let accepted = (0..1_000)
        .take_while(|_| pubsub.broadcast("news", "", "").is_ok())
        .count();
    assert_eq!(accepted, 100_000 / (256 + 4));
    assert!(
        pubsub.broadcast("nobody", "hears", large()).is_ok(),
        "it does not wait"
    );
}

#[tokio::test]
async fn one_that_is_larger_passes_alone() {
    let pubsub = PubSub::with_queue(65_536, MIB);
    let mut news = pubsub.subscribe("news");
    pubsub
        .broadcast("news", "picture", large())
        .expect("nothing else waits");
    assert_eq!(
        pubsub.broadcast("news", "headline", "short"),
        Err(BroadcastError::Overloaded)
    );
    receive(&mut news, 1).await;
    tokio::task::yield_now().await;
    pubsub
        .broadcast("news", "headline", "short")
        .expect("room again");
    assert_eq!(
        pubsub.broadcast("news", "picture", large()),
        Err(BroadcastError::Overloaded)
    );
    receive(&mut news, 1).await;
}

/// A broadcast counts once, until the last shard has delivered it.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_was_delivered_is_free_again() {
    let pubsub = PubSub::with_queue(65_536, 12 * MIB);
    let mut all: Vec<_> = (0..16).map(|_| pubsub.subscribe("news")).collect();
    for _ in 0..50 {
        while pubsub.broadcast("news", "picture", large()) == Err(BroadcastError::Overloaded) {
            tokio::time::sleep(std::time::Duration::from_millis(1)).await;
        }
        for subscription in &mut all {
            receive(subscription, 1).await;
        }
    }
}

/// A slow receiver keeps at most the queue, and is told how much it missed.
#[tokio::test]
async fn a_slow_receiver_keeps_as_much_as_may_wait() {
    let pubsub = PubSub::new();
    let (mut slow, mut news) = (pubsub.subscribe("news"), pubsub.subscribe("news"));
    for _ in 0..20 {
        pubsub.broadcast("news", "picture", large()).expect("room");
        receive(&mut news, 1).await;
        tokio::task::yield_now().await;
    }
    assert!(matches!(slow.recv().await, Err(RecvError::Lagged(12))));
    receive(&mut slow, 8).await;
    assert!(slow.try_recv().is_none());
}

endpoint! {
    /// Its queue has room for few bytes.
    struct Tight;

    http(ip = [127, 0, 0, 1], port = 0);
    server = true;
    pubsub(queue_bytes = 10_000);
    socket("/burst", Burst);
}

/// Broadcasts many times in one go, and says how often that was accepted.
struct Burst;

#[socket]
impl Burst {
    fn connect() -> Result<Self, Refused> {
        Ok(Burst)
    }

    fn init(&mut self, out: &mut Outbox) {
        out.forward("news");
    }

    fn handle_in(&mut self, message: Message, out: &mut Outbox) {
        let accepted = (0..10)
            .filter(|_| out.broadcast("news", "said", message.clone()).is_ok())
            .count();
        out.push(accepted.to_string());
    }
}

/// The forms of a broadcast count too, such as the frame that its sender writes.
#[tokio::test]
async fn the_endpoint_says_how_many_bytes() {
    let tight = Tight::start().await.expect("the endpoint starts");
    let mut burst = Client::open(client::port(&tight), "/burst/websocket").await;
    burst.is_quiet().await;
    let said = "x".repeat(1_500);
    for _ in 0..3 {
        burst.text(&said).await;
        for _ in 0..3 {
            assert_eq!(burst.hear_text().await, said);
        }
        assert_eq!(burst.hear_text().await, "3");
        burst.is_quiet().await;
    }
    tight.shutdown().await.expect("a clean end");
}
