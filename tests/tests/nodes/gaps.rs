//! What is told when broadcasts of other nodes may be lost.

use std::time::Duration;

use landfall::{
    pubsub::{BroadcastError, RecvError, adapter::InProcess},
    testing::Site,
};
use serde_json::json;
use tokio::time::sleep;

use crate::site::{Web, joined, sites};

/// Takes the broker away, and brings it back.
async fn interrupt(broker: &InProcess) {
    broker.disconnect().await;
    sleep(Duration::from_millis(500)).await;
    broker.reconnect().await;
}

#[tokio::test(start_paused = true)]
async fn each_channel_does_what_it_has_declared() -> anyhow::Result<()> {
    let broker = InProcess::new();
    let (here, _there) = sites(&broker).await;
    let mut room = joined(&here, "room:1").await?;
    let mut told = joined(&here, "told:1").await?;
    let mut quiet = joined(&here, "quiet:1").await?;
    interrupt(&broker).await;
    room.expect_error().await;
    told.expect("read anew").await;
    told.expect_nothing().await;
    quiet.expect_nothing().await;
    interrupt(&broker).await;
    told.expect("read anew").await;
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn who_joins_again_gets_what_comes_then() -> anyhow::Result<()> {
    let broker = InProcess::new();
    let (here, there) = sites(&broker).await;
    let mut room = joined(&here, "room:1").await?;
    interrupt(&broker).await;
    room.expect_error().await;
    let mut room = joined(&here, "room:1").await?;
    there.broadcast("room:1", "news", json!({}))?;
    room.expect("news").await;
    room.expect_nothing().await;
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn without_the_broker_a_broadcast_reaches_this_node_and_says_so() -> anyhow::Result<()> {
    let broker = InProcess::new();
    let (here, there) = sites(&broker).await;
    let mut near = joined(&here, "told:1").await?;
    let mut far = joined(&there, "told:1").await?;
    broker.disconnect().await;
    sleep(Duration::from_millis(10)).await;
    let alone = here.broadcast("told:1", "news", json!({}));
    assert_eq!(alone, Err(BroadcastError::Unreachable));
    near.expect("news").await;
    far.expect_nothing().await;
    broker.reconnect().await;
    far.expect("read anew").await;
    Ok(())
}

/// The next thing that a subscription says is that something may be lost.
async fn expect_gap(site: &Site<Web>, topic: &str, broker: &InProcess) -> anyhow::Result<()> {
    let mut subscription = site.subscribe(topic);
    subscription.confirmed().await?;
    interrupt(broker).await;
    assert_eq!(subscription.recv().await.err(), Some(RecvError::Gap));
    site.local_broadcast(topic, "next", json!({}))?;
    assert_eq!(subscription.recv().await?.event(), "next");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_subscription_is_told_and_goes_on() -> anyhow::Result<()> {
    let broker = InProcess::new();
    let (here, _there) = sites(&broker).await;
    expect_gap(&here, "news", &broker).await
}

#[tokio::test(start_paused = true)]
async fn who_subscribes_while_the_broker_is_away_has_missed_nothing() -> anyhow::Result<()> {
    let broker = InProcess::new();
    let (here, there) = sites(&broker).await;
    broker.disconnect().await;
    sleep(Duration::from_millis(10)).await;
    let mut subscription = here.subscribe("news");
    assert!(subscription.confirmed().await.is_err());
    broker.reconnect().await;
    subscription.confirmed().await?;
    there.broadcast("news", "first", json!({}))?;
    assert_eq!(subscription.recv().await?.event(), "first");
    Ok(())
}
