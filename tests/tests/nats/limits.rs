//! How much NATS carries.

use std::time::Duration;

use landfall::pubsub::{
    BroadcastError, PubSub,
    adapter::{Nats, NodeOptions},
};
use landfall_tests::nats::Server;
use tokio::time::{sleep, timeout};

use crate::site::{PATIENCE, expect_delivery, next, node, subscribed, until_alone, until_back};

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs nats-server"]
async fn what_is_larger_than_the_server_carries_is_refused_at_the_call() -> anyhow::Result<()> {
    let mut server = Server::start("max_payload: 65536").await?;
    let (here, there) = (node(&server).await?, node(&server).await?);
    let mut near = subscribed(&here, "room:1").await?;
    let mut far = subscribed(&there, "room:1").await?;
    let refused = here.broadcast("room:1", "large", vec![0; 65_536]);
    let Err(BroadcastError::TooLarge { bytes, limit }) = refused else {
        panic!("{refused:?}");
    };
    assert_eq!(limit, 65_536);
    assert!(bytes > limit);
    let told = refused.expect_err("refused").to_string();
    assert!(told.contains("max_payload"), "{told}");
    // The largest that fits.
    let most = 65_536 - (bytes - 65_536);
    here.broadcast("room:1", "fits", vec![0; most])?;
    assert_eq!(next(&mut far).await?, "fits");
    assert_eq!(next(&mut near).await?, "fits", "nobody got the first one");
    let direct = here.direct_broadcast(
        there.node().expect("a cluster"),
        "room:1",
        "large",
        vec![0; most + 1],
    );
    assert!(matches!(direct, Err(BroadcastError::TooLarge { .. })));

    // The next server carries less.
    server.kill().await?;
    until_alone(&here).await?;
    server.configure("max_payload: 16384");
    server.restart().await?;
    until_back(&here).await?;
    let refused = here.broadcast("room:1", "large", vec![0; 16_384]);
    let limit = 16_384;
    assert!(
        matches!(refused, Err(BroadcastError::TooLarge { limit: told, .. }) if told == limit),
        "{refused:?}"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs nats-server"]
async fn max_message_may_be_less_than_the_server_carries() -> anyhow::Result<()> {
    let server = Server::start("").await?;
    let mut options = NodeOptions::new("chat");
    options.max_message = 1000;
    let here = PubSub::connect(Nats::new(server.url()), options).await?;
    let refused = here.broadcast("room:1", "large", vec![0; 1000]);
    assert!(
        matches!(refused, Err(BroadcastError::TooLarge { limit: 1000, .. })),
        "{refused:?}"
    );
    here.broadcast("room:1", "fits", vec![0; 800])?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs nats-server"]
async fn what_the_server_forbids_is_counted() -> anyhow::Result<()> {
    let permissions = r#"{ publish: { deny: "chat.topic.secret" } }"#;
    let user = format!("{{ user: ship, password: ahoy, permissions: {permissions} }}");
    let server = Server::start(&format!("authorization {{ users: [{user}] }}")).await?;
    let nats = Nats::new(server.url()).user("ship", "ahoy");
    let here = PubSub::connect(nats, NodeOptions::new("chat")).await?;
    here.broadcast("open", "said", vec![])?;
    here.broadcast("secret", "said", vec![])?;
    let counting = async {
        while here.node_stats().refused == 0 {
            sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(PATIENCE, counting).await?;
    here.broadcast("open", "said", vec![])?;
    assert_eq!(here.node_stats().lost, 0);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs nats-server"]
async fn a_user_needs_no_more_than_what_begins_with_the_name() -> anyhow::Result<()> {
    let permissions = r#"{ publish: "chat.>", subscribe: "chat.>" }"#;
    let user = format!("{{ user: ship, password: ahoy, permissions: {permissions} }}");
    let server = Server::start(&format!("authorization {{ users: [{user}] }}")).await?;
    let nats = || Nats::new(server.url()).user("ship", "ahoy");
    let here = PubSub::connect(nats(), NodeOptions::new("chat")).await?;
    let there = PubSub::connect(nats(), NodeOptions::new("chat")).await?;
    let mut far = subscribed(&there, "room:1").await?;
    expect_delivery(&here, &there, &mut far).await?;
    assert_eq!(
        (here.node_stats().refused, there.node_stats().refused),
        (0, 0)
    );
    Ok(())
}
