//! A server that is killed, stopped and started again.

use std::time::Duration;

use landfall::{
    Running,
    pubsub::{BroadcastError, Payload, RecvError, Subscription, adapter::Redis},
};
use landfall_tests::redis::Server;
use tokio::time::{Instant, sleep, timeout};

use crate::site::{Web, clients, start};

/// How long a node may take to notice that the server is gone.
const NOTICED: Duration = Duration::from_secs(10);

/// Broadcasts until the node knows that it is alone.
pub(crate) async fn until_alone(node: &Running<Web>) -> anyhow::Result<()> {
    let noticing = async {
        while node.broadcast("elsewhere", "x", Payload::EMPTY) != Err(BroadcastError::Unreachable) {
            sleep(Duration::from_millis(10)).await;
        }
    };
    Ok(timeout(NOTICED, noticing).await?)
}

pub(crate) async fn expect_gap(subscription: &mut Subscription) -> anyhow::Result<()> {
    let received = timeout(NOTICED, subscription.recv()).await?;
    assert_eq!(received.err(), Some(RecvError::Gap));
    Ok(())
}

/// What one node publishes reaches the other.
async fn expect_delivery(from: &Running<Web>, to: &mut Subscription) -> anyhow::Result<()> {
    from.broadcast("room:1", "after", Payload::EMPTY)?;
    let receiving = async {
        loop {
            match to.recv().await {
                // The other node tells what it could not send, too.
                Err(RecvError::Gap) => {}
                received => return received,
            }
        }
    };
    assert_eq!(timeout(NOTICED, receiving).await??.event(), "after");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs redis-server"]
async fn a_server_that_is_started_again_is_used_again() -> anyhow::Result<()> {
    let mut server = Server::start(&[]);
    let (here, there) = clients(&server).await?;
    let (mut near, mut far) = (here.subscribe("room:1"), there.subscribe("room:1"));
    near.confirmed().await?;
    far.confirmed().await?;
    server.kill();
    until_alone(&here).await?;
    let alone = here.broadcast("room:1", "alone", Payload::EMPTY);
    assert_eq!(alone, Err(BroadcastError::Unreachable));
    assert_eq!(near.recv().await?.event(), "alone", "this node gets it");
    server.run();
    let back = Instant::now();
    expect_gap(&mut near).await?;
    expect_gap(&mut far).await?;
    assert!(
        back.elapsed() < Duration::from_secs(4),
        "{:?}",
        back.elapsed()
    );
    expect_delivery(&here, &mut far).await?;
    expect_delivery(&there, &mut near).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs redis-server"]
async fn a_server_that_hangs_is_given_up_and_found_again() -> anyhow::Result<()> {
    let server = Server::start(&[]);
    let (here, there) = clients(&server).await?;
    let mut far = there.subscribe("room:1");
    far.confirmed().await?;
    server.pause();
    until_alone(&here).await?;
    until_alone(&there).await?;
    server.resume();
    expect_gap(&mut far).await?;
    // What was under way may come after that.
    let delivered = async {
        loop {
            let sent = here.broadcast("room:1", "after", Payload::EMPTY);
            let came = timeout(Duration::from_millis(500), far.recv()).await;
            if let (Ok(()), Ok(Ok(broadcast))) = (sent, came) {
                return broadcast.event().to_owned();
            }
        }
    };
    assert_eq!(timeout(NOTICED, delivered).await?, "after");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs redis-server"]
async fn a_node_that_starts_before_the_server_joins_later() -> anyhow::Result<()> {
    let mut server = Server::start(&[]);
    server.kill();
    let here = start(Redis::new(server.url()), false).await?;
    let mut near = here.subscribe("room:1");
    server.run();
    let there = start(Redis::new(server.url()), true).await?;
    timeout(NOTICED, async { while near.confirmed().await.is_err() {} }).await?;
    expect_delivery(&there, &mut near).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs redis-server"]
async fn thousands_of_topics_stand_again_within_two_seconds_of_the_return() -> anyhow::Result<()> {
    let mut server = Server::start(&[]);
    let (here, there) = clients(&server).await?;
    let topics = 20_000;
    let subscriptions: Vec<_> = (0..topics)
        .map(|n| there.subscribe(&format!("topic:{n}")))
        .collect();
    for subscription in &subscriptions {
        subscription.confirmed().await?;
    }
    server.kill();
    until_alone(&there).await?;
    server.run();
    let back = Instant::now();
    for mut subscription in subscriptions {
        expect_gap(&mut subscription).await?;
    }
    println!(
        "{topics} topics stood again {:?} after the return",
        back.elapsed()
    );
    drop(here);
    Ok(())
}
