//! Nodes, and what tests expect of them.

use std::time::Duration;

use landfall::pubsub::{
    BroadcastError, Payload, PubSub, RecvError, Subscription,
    adapter::{ConnectError, Nats, NodeOptions},
};
use landfall_tests::nats::Server;
use tokio::time::{sleep, timeout};

/// How long anything may take on a busy machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

pub(crate) async fn node(server: &Server) -> Result<PubSub, ConnectError> {
    PubSub::connect(Nats::new(server.url()), NodeOptions::new("chat")).await
}

pub(crate) async fn subscribed(pubsub: &PubSub, topic: &str) -> anyhow::Result<Subscription> {
    let subscription = pubsub.subscribe(topic);
    subscription.confirmed().await?;
    Ok(subscription)
}

/// The event of the next broadcast.
pub(crate) async fn next(subscription: &mut Subscription) -> anyhow::Result<String> {
    let broadcast = timeout(PATIENCE, subscription.recv()).await??;
    Ok(broadcast.event().to_owned())
}

/// Broadcasts until the node knows that it is alone.
pub(crate) async fn until_alone(node: &PubSub) -> anyhow::Result<()> {
    let noticing = async {
        while node.broadcast("elsewhere", "x", Payload::EMPTY) != Err(BroadcastError::Unreachable) {
            sleep(Duration::from_millis(10)).await;
        }
    };
    Ok(timeout(PATIENCE, noticing).await?)
}

/// Broadcasts until the node knows that it is not alone.
pub(crate) async fn until_back(node: &PubSub) -> anyhow::Result<()> {
    let noticing = async {
        while node.broadcast("elsewhere", "x", Payload::EMPTY).is_err() {
            sleep(Duration::from_millis(10)).await;
        }
    };
    Ok(timeout(PATIENCE, noticing).await?)
}

/// Waits for the gap. What was under way when the server went may come before it.
pub(crate) async fn expect_gap(subscription: &mut Subscription) -> anyhow::Result<()> {
    let gap = async {
        loop {
            match subscription.recv().await {
                Ok(_) => {}
                Err(error) => break error,
            }
        }
    };
    assert_eq!(timeout(PATIENCE, gap).await?, RecvError::Gap);
    Ok(())
}

/// What one node publishes on `room:1` reaches the other, once.
pub(crate) async fn expect_delivery(
    from: &PubSub,
    to: &PubSub,
    far: &mut Subscription,
) -> anyhow::Result<()> {
    until_back(from).await?;
    timeout(PATIENCE, async { while far.confirmed().await.is_err() {} }).await?;
    from.broadcast("room:1", "after", Payload::EMPTY)?;
    // Of the same node, and therefore behind it.
    from.broadcast("room:1", "last", Payload::EMPTY)?;
    let mut events = Vec::new();
    let receiving = async {
        while events.last().is_none_or(|event| event != "last") {
            match far.recv().await {
                Ok(broadcast) => events.push(broadcast.event().to_owned()),
                // The other node tells what it could not send, too.
                Err(RecvError::Gap) => {}
                Err(error) => panic!("{error}"),
            }
        }
    };
    timeout(PATIENCE, receiving).await?;
    let count = |wanted| events.iter().filter(|event| *event == wanted).count();
    assert_eq!((count("after"), count("last")), (1, 1), "{events:?}");
    assert!(to.node() != from.node());
    Ok(())
}
