//! What reaches whom.

use std::time::Instant;

use landfall::pubsub::Payload;
use landfall_tests::nats::Server;

use crate::site::{PATIENCE, next, node, subscribed};

#[tokio::test]
#[ignore = "needs nats-server"]
async fn each_topic_reaches_its_subscribers_on_other_nodes() -> anyhow::Result<()> {
    let server = Server::start("").await?;
    let (here, there) = (node(&server).await?, node(&server).await?);
    let long = "long:".to_owned() + &"é".repeat(4000);
    let topics = [
        "room:1",
        "room.1",
        "room.*",
        "room.>",
        "room 1\r\n",
        "%",
        "",
        "é",
        &long,
    ];
    let mut far = Vec::new();
    for topic in topics {
        far.push(subscribed(&there, topic).await?);
    }
    let mut near = here.subscribe("room:1");
    for (at, topic) in topics.iter().enumerate() {
        here.broadcast(topic, &at.to_string(), Payload::from(vec![at as u8]))?;
    }
    for (at, subscription) in far.iter_mut().enumerate() {
        assert_eq!(next(subscription).await?, at.to_string());
        assert!(subscription.try_recv().is_none(), "{at}");
    }
    assert_eq!(next(&mut near).await?, "0");
    Ok(())
}

#[tokio::test]
#[ignore = "needs nats-server"]
async fn broadcasts_of_a_node_arrive_in_order_and_once() -> anyhow::Result<()> {
    const COUNT: usize = 1000;
    let server = Server::start("").await?;
    let (here, there) = (node(&server).await?, node(&server).await?);
    let mut far = subscribed(&there, "room:1").await?;
    let mut near = subscribed(&here, "room:1").await?;
    for at in 0..COUNT {
        here.broadcast_from(near.id(), "room:1", &at.to_string(), Payload::EMPTY)?;
    }
    for at in 0..COUNT {
        assert_eq!(next(&mut far).await?, at.to_string());
    }
    there.broadcast("room:1", "answer", Payload::EMPTY)?;
    assert_eq!(next(&mut near).await?, "answer");
    assert_eq!(next(&mut far).await?, "answer");
    assert!(near.try_recv().is_none() && far.try_recv().is_none());
    Ok(())
}

#[tokio::test]
#[ignore = "needs nats-server"]
async fn a_broadcast_may_be_for_one_node() -> anyhow::Result<()> {
    let server = Server::start("").await?;
    let nodes = [
        node(&server).await?,
        node(&server).await?,
        node(&server).await?,
    ];
    let mut first = subscribed(&nodes[1], "room:1").await?;
    let mut second = subscribed(&nodes[2], "room:1").await?;
    let name = nodes[1].node().expect("a cluster").to_owned();
    nodes[0].direct_broadcast(&name, "room:1", "direct", Payload::EMPTY)?;
    nodes[0].broadcast("room:1", "all", Payload::EMPTY)?;
    assert_eq!(next(&mut first).await?, "direct");
    assert_eq!(next(&mut first).await?, "all");
    assert_eq!(next(&mut second).await?, "all");
    Ok(())
}

#[tokio::test]
#[ignore = "needs nats-server"]
async fn thousands_of_topics_are_confirmed_together() -> anyhow::Result<()> {
    const COUNT: usize = 10_000;
    let server = Server::start("").await?;
    let (here, there) = (node(&server).await?, node(&server).await?);
    let topics: Vec<_> = (0..COUNT)
        .map(|at| there.subscribe(&format!("room:{at}")))
        .collect();
    let started = Instant::now();
    let last = subscribed(&there, "last").await;
    // It may take longer than a join waits.
    if last.is_err() {
        for topic in &topics {
            while topic.confirmed().await.is_err() {
                assert!(started.elapsed() < PATIENCE);
            }
        }
    }
    println!("{COUNT} topics confirmed in {:?}", started.elapsed());
    for (at, mut topic) in topics.into_iter().enumerate().step_by(997) {
        topic.confirmed().await?;
        here.broadcast(&format!("room:{at}"), "said", Payload::EMPTY)?;
        assert_eq!(next(&mut topic).await?, "said");
    }
    Ok(())
}
