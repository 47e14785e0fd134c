//! What reaches the subscribers of other nodes.

use std::time::Duration;

use landfall::pubsub::{BroadcastError, Payload, PubSub, Subscription, adapter::InProcess};
use tokio::time::sleep;

use crate::site::node;

/// The events of the next broadcasts.
async fn events(subscription: &mut Subscription, count: usize) -> anyhow::Result<Vec<String>> {
    let mut events = Vec::new();
    for _ in 0..count {
        events.push(subscription.recv().await?.event().to_owned());
    }
    Ok(events)
}

#[tokio::test]
async fn each_kind_of_payload_arrives_as_it_was_sent() -> anyhow::Result<()> {
    let broker = InProcess::new();
    let (here, there) = (node(broker.clone()).await?, node(broker).await?);
    let mut far = there.subscribe("room:1");
    far.confirmed().await?;
    let payloads = [
        Payload::from(serde_json::json!({"n": [1, 2]})),
        Payload::from("text"),
        Payload::from(vec![0, 255]),
    ];
    for payload in &payloads {
        here.broadcast("room:1", "said", payload.clone())?;
    }
    for payload in &payloads {
        assert_eq!(far.recv().await?.payload(), payload);
    }
    here.shutdown().await?;
    there.shutdown().await?;
    Ok(())
}

#[tokio::test]
async fn a_broadcast_reaches_each_subscriber_of_all_nodes_once() -> anyhow::Result<()> {
    let broker = InProcess::new();
    let (here, there) = (node(broker.clone()).await?, node(broker).await?);
    let (mut near, mut far) = (here.subscribe("room:1"), there.subscribe("room:1"));
    near.confirmed().await?;
    far.confirmed().await?;
    here.broadcast("room:1", "first", Payload::EMPTY)?;
    assert_eq!(events(&mut far, 1).await?, ["first"]);
    there.broadcast("room:1", "second", Payload::EMPTY)?;
    assert_eq!(events(&mut near, 2).await?, ["first", "second"]);
    assert_eq!(events(&mut far, 1).await?, ["second"]);
    // All that was sent has arrived when the nodes have stopped.
    here.shutdown().await?;
    there.shutdown().await?;
    assert!(near.try_recv().is_none() && far.try_recv().is_none());
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_direct_broadcast_that_reaches_nobody_says_so() -> anyhow::Result<()> {
    let broker = InProcess::new();
    let (here, there) = (node(broker.clone()).await?, node(broker.clone()).await?);
    let name = there.node().expect("a cluster").to_owned();
    let mut near = here.subscribe("room:1");
    broker.disconnect().await;
    sleep(Duration::from_millis(10)).await;
    let direct = here.direct_broadcast(&name, "room:1", "direct", Payload::EMPTY);
    assert_eq!(direct, Err(BroadcastError::NodeUnreachable));
    let told = BroadcastError::NodeUnreachable.to_string();
    assert_eq!(
        told,
        "delivered to nobody: the other node cannot be reached"
    );
    assert!(near.try_recv().is_none());

    let alone = PubSub::new();
    let direct = alone.direct_broadcast(&name, "room:1", "direct", Payload::EMPTY);
    assert_eq!(direct, Err(BroadcastError::NodeUnreachable));
    Ok(())
}
