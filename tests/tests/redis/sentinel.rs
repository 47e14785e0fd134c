//! Sentinels that put a replica in the place of its master.

use landfall::{
    Running,
    pubsub::{Payload, RecvError, adapter::Redis},
    testing,
};
use landfall_tests::redis::Sentinels;
use tokio::time::timeout;

use crate::{
    cluster::{FAILOVER, allow, delivered},
    site::{Web, start},
    trouble::until_alone,
};

fn redis(sentinels: &Sentinels) -> Redis {
    Redis::sentinel(sentinels.name(), sentinels.urls())
}

async fn node(sentinels: &Sentinels) -> anyhow::Result<Running<Web>> {
    Ok(start(redis(sentinels), true).await?)
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs redis-server"]
async fn the_adapter_keeps_to_the_contract() {
    let sentinels = Sentinels::start(None);
    testing::conformance(|| redis(&sentinels)).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs redis-server"]
async fn the_new_master_is_found_when_the_old_one_dies() -> anyhow::Result<()> {
    let mut sentinels = Sentinels::start(None);
    let (here, there) = (node(&sentinels).await?, node(&sentinels).await?);
    let mut far = there.subscribe("room:1");
    far.confirmed().await?;
    sentinels.master.kill();
    until_alone(&here).await?;
    let gap = timeout(FAILOVER, far.recv()).await?;
    assert_eq!(gap.err(), Some(RecvError::Gap));
    delivered(&here, "room:1", &mut far).await?;
    let role = sentinels.replica.ask(&["ROLE"]);
    assert!(role.starts_with("master"), "{role}");
    // It comes back, and is a replica soon: nobody follows it.
    sentinels.master.run();
    here.broadcast("room:1", "last", Payload::EMPTY)?;
    let last = async {
        loop {
            if let Ok(broadcast) = far.recv().await
                && broadcast.event() == "last"
            {
                return;
            }
        }
    };
    timeout(FAILOVER, last).await?;
    // A node that starts now finds the same master.
    let late = node(&sentinels).await?;
    delivered(&late, "room:1", &mut far).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs redis-server"]
async fn the_new_master_is_found_when_the_old_one_hangs() -> anyhow::Result<()> {
    let sentinels = Sentinels::start(None);
    let (here, there) = (node(&sentinels).await?, node(&sentinels).await?);
    let mut far = there.subscribe("room:1");
    far.confirmed().await?;
    sentinels.master.pause();
    until_alone(&here).await?;
    let gap = timeout(FAILOVER, far.recv()).await?;
    assert_eq!(gap.err(), Some(RecvError::Gap));
    delivered(&here, "room:1", &mut far).await?;
    sentinels.master.resume();
    delivered(&there, "room:1", &mut far).await
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs redis-server"]
async fn a_user_needs_no_more_than_the_chapter_says() -> anyhow::Result<()> {
    let sentinels = Sentinels::start(None);
    allow(
        &sentinels.master,
        "+@connection +publish +subscribe +unsubscribe +role",
    );
    let node = || start(redis(&sentinels).username("chat").password("word"), true);
    let (here, there) = (node().await?, node().await?);
    let mut far = there.subscribe("room:1");
    far.confirmed().await?;
    here.broadcast("room:1", "told", Payload::EMPTY)?;
    assert_eq!(timeout(FAILOVER, far.recv()).await??.event(), "told");
    Ok(())
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn who_is_refused_does_not_start() -> anyhow::Result<()> {
    let sentinels = Sentinels::start(Some("right"));
    sentinels
        .master
        .ask(&["CONFIG", "SET", "requirepass", "other"]);
    let with = |sentinel: &str, server: &str| {
        redis(&sentinels)
            .sentinel_password(sentinel)
            .password(server)
    };
    for required in [true, false] {
        for (sentinel, server) in [("wrong", "other"), ("right", "right")] {
            let error = start(with(sentinel, server), required).await;
            assert!(error.expect_err("it is refused").is_broker());
        }
        let unknown = Redis::sentinel("nobody", sentinels.urls()).sentinel_password("right");
        let error = start(unknown, required).await.expect_err("it is unknown");
        let told = format!("{error:?}");
        assert!(told.contains("know no master of this name"), "{told}");
    }
    start(with("right", "other"), true)
        .await?
        .shutdown()
        .await?;
    Ok(())
}
