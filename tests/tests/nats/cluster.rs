//! Three servers that are one cluster.

use std::time::Duration;

use landfall::pubsub::{PubSub, RecvError, Subscription};
use landfall_tests::nats::Server;
use tokio::time::{sleep, timeout};

use crate::site::{PATIENCE, expect_delivery, next, node, subscribed};

async fn servers() -> anyhow::Result<[Server; 3]> {
    let first = Server::in_cluster("", &[]).await?;
    let second = Server::in_cluster("", &[&first]).await?;
    let third = Server::in_cluster("", &[&first, &second]).await?;
    Ok([first, second, third])
}

/// Waits until what one node publishes reaches another: servers tell each other who subscribes.
async fn joined(from: &PubSub, to: &mut Subscription) -> anyhow::Result<()> {
    let joining = async {
        loop {
            from.broadcast("room:1", "joining", vec![])?;
            if timeout(Duration::from_millis(50), to.recv()).await.is_ok() {
                return anyhow::Ok(());
            }
        }
    };
    timeout(PATIENCE, joining).await??;
    // Those that came late.
    while timeout(Duration::from_millis(300), to.recv()).await.is_ok() {}
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs nats-server"]
async fn nodes_at_different_servers_reach_each_other() -> anyhow::Result<()> {
    let servers = servers().await?;
    let (here, there) = (node(&servers[0]).await?, node(&servers[2]).await?);
    let mut near = subscribed(&here, "room:1").await?;
    let mut far = subscribed(&there, "room:1").await?;
    joined(&here, &mut far).await?;
    joined(&there, &mut near).await?;
    expect_delivery(&here, &there, &mut far).await?;
    Ok(())
}

/// The subscriber's own server stays, so only the publisher can know of what is lost.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs nats-server"]
async fn what_is_lost_with_the_server_of_the_publisher_is_told_to_the_others() -> anyhow::Result<()>
{
    let [mut first, second, third] = servers().await?;
    let (here, there) = (node(&first).await?, node(&second).await?);
    let mut far = subscribed(&there, "room:1").await?;
    joined(&here, &mut far).await?;
    for n in 0..100 {
        here.broadcast("room:1", &n.to_string(), vec![])?;
        assert_eq!(next(&mut far).await?, n.to_string());
    }
    // It takes what is written to it, and does nothing with it.
    first.pause().await?;
    for n in 100..200 {
        here.broadcast("room:1", &n.to_string(), vec![])?;
    }
    sleep(Duration::from_millis(300)).await;
    first.kill().await?;
    let received = timeout(PATIENCE, far.recv()).await?;
    assert_eq!(received.err(), Some(RecvError::Gap));
    expect_delivery(&here, &there, &mut far).await?;
    drop((second, third));
    Ok(())
}
