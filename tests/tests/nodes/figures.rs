//! What is counted.

use std::{sync::Arc, time::Duration};

use landfall::{
    Running,
    endpoint::Stats,
    pubsub::{BroadcastError, NodeStats, Payload, adapter::InProcess},
};
use landfall_tests::broker::Scripted;
use tokio::time::{sleep, timeout};

use crate::site::{Web, node};

/// Waits until the figures are these.
async fn until(node: &Running<Web>, expected: impl Fn(&NodeStats) -> bool) {
    let waiting = async {
        while !expected(&node.stats().nodes) {
            sleep(Duration::from_millis(10)).await;
        }
    };
    let came = timeout(Duration::from_secs(30), waiting).await;
    assert!(came.is_ok(), "{:?}", node.stats().nodes);
}

#[tokio::test(start_paused = true)]
async fn an_endpoint_that_is_alone_has_nothing_to_count() {
    assert_eq!(Stats::default().nodes, NodeStats::default());
    let broker = InProcess::new();
    let one = node(broker).await.expect("a node");
    assert_eq!(one.stats().nodes, NodeStats::default());
}

#[tokio::test(start_paused = true)]
async fn what_cannot_leave_the_node_is_lost() -> anyhow::Result<()> {
    let broker = InProcess::new();
    let here = node(broker.clone()).await?;
    broker.disconnect().await;
    sleep(Duration::from_millis(10)).await;
    let alone = here.broadcast("room:1", "said", Payload::EMPTY);
    assert_eq!(alone, Err(BroadcastError::Unreachable));
    let direct = here.direct_broadcast("there", "room:1", "said", Payload::EMPTY);
    assert_eq!(direct, Err(BroadcastError::NodeUnreachable));
    assert_eq!(here.stats().nodes.lost, 2);
    here.local_broadcast("room:1", "said", Payload::EMPTY)?;
    assert_eq!(here.stats().nodes.lost, 2);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn what_the_broker_does_not_take_is_lost() -> anyhow::Result<()> {
    let broker = Scripted::default();
    let here = node(broker.clone()).await?;
    sleep(Duration::from_millis(100)).await;
    assert_eq!(here.stats().nodes.lost, 0);
    broker.fail(true);
    here.broadcast("room:1", "said", Payload::EMPTY)?;
    until(&here, |nodes| nodes.lost == 1).await;
    broker.fail(false);

    let topics: [Arc<str>; 2] = ["room:1".into(), "room:2".into()];
    broker.arrivals().unsent(Some(&topics)).await;
    until(&here, |nodes| nodes.lost == 3).await;
    broker.arrivals().unsent(None).await;
    until(&here, |nodes| nodes.lost == 4).await;
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_read_is_told_apart() -> anyhow::Result<()> {
    let broker = Scripted::default();
    let here = node(broker.clone()).await?;
    let arrivals = broker.arrivals();
    arrivals.message(vec![0; 18].into()).await;
    arrivals.message(vec![].into()).await;
    until(&here, |nodes| nodes.malformed == 2).await;
    assert_eq!(here.stats().nodes.skipped, 0);
    let mut later = vec![0; 18];
    later[0] = 200;
    arrivals.message(later.into()).await;
    until(&here, |nodes| nodes.skipped == 1).await;
    assert_eq!(here.stats().nodes.malformed, 2);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn what_the_adapter_tells_is_counted() -> anyhow::Result<()> {
    let broker = Scripted::default();
    let here = node(broker.clone()).await?;
    let arrivals = broker.arrivals();
    arrivals.lost(None).await;
    arrivals.lost(Some("room:1".into())).await;
    until(&here, |nodes| nodes.missed == 2).await;
    arrivals.refused("you may not").await;
    until(&here, |nodes| nodes.refused == 1).await;
    let expected = here.pubsub().node_stats();
    assert_eq!(here.stats().nodes, expected);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn what_is_larger_than_the_broker_carries_is_refused_at_the_call() -> anyhow::Result<()> {
    let broker = Scripted::default();
    let here = node(broker.clone()).await?;
    here.broadcast("room:1", "said", vec![0; 2000])?;
    broker.arrivals().carries(1000);
    let refused = here.broadcast("room:1", "said", vec![0; 2000]);
    assert!(
        matches!(refused, Err(BroadcastError::TooLarge { limit: 1000, .. })),
        "{refused:?}"
    );
    assert_eq!(here.stats().nodes.lost, 0, "nobody got it");
    broker.arrivals().carries(usize::MAX);
    here.broadcast("room:1", "said", vec![0; 2000])?;
    Ok(())
}
