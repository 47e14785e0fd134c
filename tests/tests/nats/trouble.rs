//! A server that is killed, stopped and started again.

use std::time::Duration;

use landfall::pubsub::{
    BroadcastError, Payload, PubSub, RecvError,
    adapter::{Nats, NodeOptions},
};
use landfall_tests::nats::Server;
use tokio::{
    runtime::Handle,
    time::{Instant, sleep, timeout},
};

use crate::site::{
    PATIENCE, expect_delivery, expect_gap, next, node, subscribed, until_alone, until_back,
};

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs nats-server"]
async fn a_server_that_is_started_again_is_used_again() -> anyhow::Result<()> {
    let mut server = Server::start("").await?;
    let (here, there) = (node(&server).await?, node(&server).await?);
    let (mut near, mut far) = (
        subscribed(&here, "room:1").await?,
        subscribed(&there, "room:1").await?,
    );
    server.kill().await?;
    until_alone(&here).await?;
    let alone = here.broadcast("room:1", "alone", Payload::EMPTY);
    assert_eq!(alone, Err(BroadcastError::Unreachable));
    assert_eq!(next(&mut near).await?, "alone", "this node gets it");
    server.restart().await?;
    let back = Instant::now();
    expect_gap(&mut near).await?;
    expect_gap(&mut far).await?;
    println!("the gap was told {:?} after the return", back.elapsed());
    expect_delivery(&here, &there, &mut far).await?;
    expect_delivery(&there, &here, &mut near).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs nats-server"]
async fn a_server_that_hangs_is_given_up_and_found_again() -> anyhow::Result<()> {
    let server = Server::start("").await?;
    let (here, there) = (node(&server).await?, node(&server).await?);
    let mut far = subscribed(&there, "room:1").await?;
    server.pause().await?;
    until_alone(&here).await?;
    until_alone(&there).await?;
    server.resume().await?;
    let back = Instant::now();
    expect_gap(&mut far).await?;
    println!("the gap was told {:?} after the return", back.elapsed());
    expect_delivery(&here, &there, &mut far).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs nats-server"]
async fn a_node_that_starts_before_the_server_joins_later() -> anyhow::Result<()> {
    let mut server = Server::start("").await?;
    server.kill().await?;
    let mut options = NodeOptions::new("chat");
    options.required = false;
    let here = PubSub::connect(Nats::new(server.url()), options).await?;
    let mut near = here.subscribe("room:1");
    let alone = here.broadcast("room:1", "alone", Payload::EMPTY);
    assert_eq!(alone, Err(BroadcastError::Unreachable));
    server.restart().await?;
    let there = node(&server).await?;
    expect_delivery(&there, &here, &mut near).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs nats-server"]
async fn thousands_of_topics_stand_again_after_the_return() -> anyhow::Result<()> {
    const TOPICS: usize = 10_000;
    let mut server = Server::start("").await?;
    let (here, there) = (node(&server).await?, node(&server).await?);
    let subscriptions: Vec<_> = (0..TOPICS)
        .map(|n| there.subscribe(&format!("topic:{n}")))
        .collect();
    for subscription in &subscriptions {
        timeout(PATIENCE, async {
            while subscription.confirmed().await.is_err() {}
        })
        .await?;
    }
    server.kill().await?;
    until_alone(&there).await?;
    server.restart().await?;
    let back = Instant::now();
    for mut subscription in subscriptions {
        expect_gap(&mut subscription).await?;
    }
    println!(
        "{TOPICS} topics stood again {:?} after the return",
        back.elapsed()
    );
    drop(here);
    Ok(())
}

/// The client of NATS itself would try to connect for ever.
#[tokio::test]
#[ignore = "needs nats-server"]
async fn nothing_is_left_of_a_node_that_stops_while_the_server_is_away() -> anyhow::Result<()> {
    let mut server = Server::start("").await?;
    let alive = || Handle::current().metrics().num_alive_tasks();
    let before = alive();
    let here = node(&server).await?;
    assert!(alive() > before);
    server.kill().await?;
    until_alone(&here).await?;
    drop(here);
    let ending = async {
        while alive() > before {
            sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(PATIENCE, ending).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs nats-server"]
async fn a_server_may_go_and_come_many_times() -> anyhow::Result<()> {
    let mut server = Server::start("").await?;
    let (here, there) = (node(&server).await?, node(&server).await?);
    let mut far = subscribed(&there, "room:1").await?;
    for _ in 0..3 {
        server.kill().await?;
        until_alone(&here).await?;
        server.restart().await?;
        until_back(&here).await?;
        expect_gap(&mut far).await?;
        expect_delivery(&here, &there, &mut far).await?;
        // What the other node could not send is told as one more gap.
        while let Some(received) = far.try_recv() {
            assert_eq!(received.err(), Some(RecvError::Gap));
        }
    }
    Ok(())
}
