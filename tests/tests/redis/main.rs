//! Nodes that reach each other by a Redis server.

mod cluster;
mod declared;
mod phoenix;
mod secured;
mod sentinel;
mod site;
mod trouble;

use std::time::Duration;

use landfall::{
    pubsub::{
        Payload, PubSub,
        adapter::{NodeOptions, Redis},
    },
    testing,
};
use landfall_tests::redis::Server;
use tokio::time::{sleep, timeout};

use crate::site::clients;

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs redis-server"]
async fn the_adapter_keeps_to_the_contract() {
    let server = Server::start(&[]);
    testing::conformance(|| Redis::new(server.url())).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs redis-server"]
async fn ten_thousand_broadcasts_reach_the_other_node_once_and_in_order() -> anyhow::Result<()> {
    let server = Server::start(&[]);
    let (here, there) = clients(&server).await?;
    let mut far = there.subscribe("room:1");
    far.confirmed().await?;
    for n in 0..10_000_u32 {
        here.broadcast("room:1", "n", n.to_be_bytes().to_vec())?;
        if n % 500 == 499 {
            // A subscription holds 1,024 broadcasts.
            for n in n - 499..=n {
                let broadcast = far.recv().await?;
                assert_eq!(*broadcast.payload(), n.to_be_bytes().to_vec().into());
            }
        }
    }
    here.shutdown().await?;
    there.shutdown().await?;
    assert!(far.try_recv().is_none());
    Ok(())
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn a_wrong_password_ends_the_start_at_once() -> anyhow::Result<()> {
    let server = Server::start(&["--requirepass", "right"]);
    for required in [true, false] {
        let wrong = Redis::new(server.url()).password("wrong");
        let error = site::start(wrong, required).await;
        let error = error.expect_err("it is refused");
        assert!(error.is_broker());
        assert!(!format!("{error:?}").contains("wrong"), "{error:?}");
    }
    let right = Redis::new(server.url()).password("right");
    site::start(right, true).await?.shutdown().await?;
    Ok(())
}

#[tokio::test]
async fn without_a_server_the_start_fails_and_names_no_password() {
    let nobody = Redis::new("redis://:secret@127.0.0.1:1");
    assert!(!format!("{nobody:?}").contains("secret"));
    let error = site::start(nobody, true).await;
    let error = error.expect_err("nobody is there");
    assert!(
        error.is_broker() && !format!("{error:?}").contains("secret"),
        "{error:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs redis-server"]
async fn what_the_server_forbids_is_counted_and_told_as_lost() -> anyhow::Result<()> {
    let rules = "--user chat on >ahoy resetchannels &landfall:chat:all &landfall:chat:node:* \
                 &landfall:chat:topic:open -@all +@connection +publish +subscribe +unsubscribe";
    let server = Server::start(
        &rules
            .split(' ')
            .filter(|word| !word.is_empty())
            .collect::<Vec<_>>(),
    );
    let redis = Redis::new(server.url()).username("chat").password("ahoy");
    let here = PubSub::connect(redis, NodeOptions::new("chat")).await?;
    here.broadcast("open", "said", Payload::EMPTY)?;
    here.broadcast("secret", "said", Payload::EMPTY)?;
    let counting = async {
        while here.node_stats().refused == 0 || here.node_stats().lost == 0 {
            sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(Duration::from_secs(30), counting).await?;
    here.broadcast("open", "said", Payload::EMPTY)?;
    Ok(())
}
