//! Channels of clients on several nodes.

use std::time::Duration;

use landfall::{Endpoint, config::Setting, pubsub::adapter::InProcess, testing};
use serde_json::{Value, json};

use crate::site::{Web, joined, sites};

#[tokio::test(start_paused = true)]
async fn a_broadcast_reaches_the_clients_of_all_nodes_in_order() -> anyhow::Result<()> {
    let (here, there) = sites(&InProcess::new()).await;
    let mut near = joined(&here, "room:1").await?;
    let mut far = joined(&there, "room:1").await?;
    for n in 0..100 {
        let _ = near.push("shout", json!({"n": n}));
    }
    for n in 0..100 {
        let shouted = json!({"n": n});
        assert_eq!(far.expect("shout").await.parse::<Value>(), shouted);
        assert_eq!(near.expect("shout").await.parse::<Value>(), shouted);
    }
    far.expect_nothing().await;
    near.expect_nothing().await;
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn the_sender_is_left_out_on_its_own_node_and_on_another() -> anyhow::Result<()> {
    let (here, there) = sites(&InProcess::new()).await;
    let mut near = joined(&here, "room:1").await?;
    let mut far = joined(&there, "room:1").await?;
    let _ = near.push("shout_to_others", json!({}));
    far.expect("shout").await;
    near.expect_nothing().await;

    // A task of the other node leaves out a subscriber of this one.
    let mut subscriber = here.subscribe("room:1");
    subscriber.confirmed().await?;
    there.broadcast_from(subscriber.id(), "room:1", "told", json!({}))?;
    near.expect("told").await;
    far.expect("told").await;
    assert!(subscriber.try_recv().is_none());
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_local_and_a_direct_broadcast_stay_on_one_node() -> anyhow::Result<()> {
    let (here, there) = sites(&InProcess::new()).await;
    let mut near = joined(&here, "room:1").await?;
    let mut far = joined(&there, "room:1").await?;
    here.local_broadcast("room:1", "local", json!({}))?;
    near.expect("local").await;
    let node = there.node().expect("it is not alone").to_owned();
    here.direct_broadcast(&node, "room:1", "direct", json!({}))?;
    far.expect("direct").await;
    there.direct_broadcast(&node, "room:1", "to itself", json!({}))?;
    far.expect("to itself").await;
    near.expect_nothing().await;
    far.expect_nothing().await;
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_join_that_the_broker_does_not_confirm_is_refused() -> anyhow::Result<()> {
    let broker = InProcess::new();
    let (here, _there) = sites(&broker).await;
    let standing = joined(&here, "room:1").await?;
    broker.disconnect().await;
    tokio::time::sleep(Duration::from_millis(10)).await;
    let client = here.connect("/socket").await?;
    let asked = tokio::time::Instant::now();
    let refused = client.join("room:2", json!({})).await;
    let refused = refused.expect_err("nobody has confirmed it");
    assert_eq!(refused.parse::<Value>(), json!({"reason": "unavailable"}));
    assert!(
        asked.elapsed() >= Duration::from_secs(2),
        "it is waited for"
    );

    broker.reconnect().await;
    client.join("room:2", json!({})).await?;
    drop(standing);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_join_waits_for_nothing_if_so_declared() -> anyhow::Result<()> {
    let broker = InProcess::new();
    let builder = Web::builder().adapter(broker.clone());
    let builder = builder.settings(|settings| settings.pubsub.confirm = Setting::exact(false));
    let site = testing::start_builder(builder).await;
    broker.disconnect().await;
    tokio::time::sleep(Duration::from_millis(10)).await;
    let asked = tokio::time::Instant::now();
    joined(&site, "room:1").await?;
    assert!(asked.elapsed() < Duration::from_secs(1));
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_topic_is_subscribed_while_it_has_members_and_five_seconds_more() -> anyhow::Result<()> {
    let broker = InProcess::new();
    let (here, there) = sites(&broker).await;
    let (mut one, mut other) = (
        joined(&here, "room:1").await?,
        joined(&here, "room:1").await?,
    );
    let far = joined(&there, "room:1").await?;
    assert_eq!(broker.subscriptions(), 2, "one for each node");
    one.leave().await;
    tokio::time::sleep(Duration::from_secs(10)).await;
    assert_eq!(broker.subscriptions(), 2);
    other.leave().await;
    tokio::time::sleep(Duration::from_secs(4)).await;
    assert_eq!(broker.subscriptions(), 2);
    let mut again = joined(&here, "room:1").await?;
    tokio::time::sleep(Duration::from_secs(4)).await;
    assert_eq!(broker.subscriptions(), 2, "it is wanted again");
    again.leave().await;
    tokio::time::sleep(Duration::from_secs(6)).await;
    assert_eq!(broker.subscriptions(), 1);
    drop(far);
    tokio::time::sleep(Duration::from_secs(6)).await;
    assert_eq!(broker.subscriptions(), 0);
    Ok(())
}
