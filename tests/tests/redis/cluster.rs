//! A cluster of servers: slots that move, masters that die and hang.

use std::time::{Duration, Instant};

use landfall::{
    Running,
    pubsub::{Payload, RecvError, Subscription, adapter::Redis},
    testing,
};
use landfall_tests::redis::{Cluster, Server};
use tokio::time::{sleep, timeout};

use crate::{
    site::{Web, start},
    trouble::{expect_gap, until_alone},
};

/// How long a cluster may take to put a replica in place of its master.
pub(crate) const FAILOVER: Duration = Duration::from_secs(40);

async fn node(cluster: &Cluster) -> anyhow::Result<Running<Web>> {
    Ok(start(Redis::cluster(cluster.urls()), true).await?)
}

/// A topic for each master, whose slot that master has.
pub(crate) fn topics(cluster: &Cluster) -> Vec<String> {
    let count = cluster.masters.len();
    let mut topics = vec![None; count];
    for n in 0.. {
        let topic = format!("room:{n}");
        topics[cluster.master_of(&channel(&topic))].get_or_insert(topic);
        if topics.iter().all(Option::is_some) {
            break;
        }
    }
    topics.into_iter().flatten().collect()
}

fn channel(topic: &str) -> String {
    format!("landfall:Web:topic:{topic}")
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs redis-server"]
async fn the_adapter_keeps_to_the_contract() {
    let cluster = Cluster::start(3, 0, &[]);
    testing::conformance(|| Redis::cluster(cluster.urls())).await;
    // One server is enough to find the others.
    let url = cluster.masters[1].url();
    testing::conformance(|| Redis::cluster([url.as_str()])).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs redis-server"]
async fn broadcasts_on_all_masters_arrive_once_and_in_order() -> anyhow::Result<()> {
    let cluster = Cluster::start(3, 0, &[]);
    let (here, there) = (node(&cluster).await?, node(&cluster).await?);
    let topics = topics(&cluster);
    let mut subscriptions: Vec<_> = topics.iter().map(|topic| there.subscribe(topic)).collect();
    for subscription in &subscriptions {
        subscription.confirmed().await?;
    }
    for round in 0..20_u32 {
        let numbers = round * 200..(round + 1) * 200;
        for n in numbers.clone() {
            for topic in &topics {
                here.broadcast(topic, "n", n.to_be_bytes().to_vec())?;
            }
        }
        for subscription in &mut subscriptions {
            for n in numbers.clone() {
                let broadcast = timeout(FAILOVER, subscription.recv()).await??;
                assert_eq!(*broadcast.payload(), n.to_be_bytes().to_vec().into());
            }
        }
    }
    here.shutdown().await?;
    there.shutdown().await?;
    assert!(subscriptions.iter_mut().all(|one| one.try_recv().is_none()));
    Ok(())
}

/// Publishes until something arrives: either node may not be back yet.
pub(crate) async fn delivered(
    from: &Running<Web>,
    topic: &str,
    to: &mut Subscription,
) -> anyhow::Result<()> {
    let delivering = async {
        loop {
            let sent = from.broadcast(topic, "after", Payload::EMPTY);
            match timeout(Duration::from_millis(500), to.recv()).await {
                Ok(Ok(broadcast)) if sent.is_ok() && broadcast.event() == "after" => return,
                _ => sleep(Duration::from_millis(20)).await,
            }
        }
    };
    Ok(timeout(FAILOVER, delivering).await?)
}

/// Reads until a broadcast has this event. Returns how many gaps were told before.
async fn gaps_before(subscription: &mut Subscription, event: &str) -> anyhow::Result<usize> {
    let reading = async {
        let mut gaps = 0;
        loop {
            match subscription.recv().await {
                Ok(broadcast) if broadcast.event() == event => return Ok(gaps),
                Ok(_) => {}
                Err(RecvError::Gap) => gaps += 1,
                Err(error) => return Err(error.into()),
            }
        }
    };
    timeout(FAILOVER, reading).await?
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs redis-server"]
async fn a_slot_that_moves_is_followed_and_its_topics_alone_have_a_gap() -> anyhow::Result<()> {
    let cluster = Cluster::start(3, 0, &[]);
    let (here, there) = (node(&cluster).await?, node(&cluster).await?);
    let topics = topics(&cluster);
    let mut subscriptions: Vec<_> = topics.iter().map(|topic| there.subscribe(topic)).collect();
    for subscription in &subscriptions {
        subscription.confirmed().await?;
    }
    cluster.move_slot(&channel(&topics[0]), 1);
    expect_gap(&mut subscriptions[0]).await?;
    for (topic, subscription) in topics.iter().zip(&mut subscriptions) {
        here.broadcast(topic, "after", Payload::EMPTY)?;
        assert_eq!(gaps_before(subscription, "after").await?, 0, "{topic}");
    }
    // And back; this time a node joins that has seen nothing of it.
    cluster.move_slot(&channel(&topics[0]), 0);
    expect_gap(&mut subscriptions[0]).await?;
    let late = node(&cluster).await?;
    let mut subscription = late.subscribe(&topics[0]);
    subscription.confirmed().await?;
    here.broadcast(&topics[0], "last", Payload::EMPTY)?;
    assert_eq!(gaps_before(&mut subscription, "last").await?, 0);
    assert_eq!(gaps_before(&mut subscriptions[0], "last").await?, 0);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs redis-server"]
async fn messages_that_meet_a_moving_slot_arrive_in_order_or_are_missed() -> anyhow::Result<()> {
    let cluster = Cluster::start(3, 0, &[]);
    let (here, there) = (node(&cluster).await?, node(&cluster).await?);
    let topic = &topics(&cluster)[0];
    let mut subscription = there.subscribe(topic);
    subscription.confirmed().await?;
    let publishing = async {
        for n in 0..2000_u32 {
            // A node that has lost its session says so.
            let _ = here.broadcast(topic, "n", n.to_be_bytes().to_vec());
            if n % 20 == 0 {
                sleep(Duration::from_millis(5)).await;
            }
        }
        for _ in 0..100 {
            if here.broadcast(topic, "end", Payload::EMPTY).is_ok() {
                sleep(Duration::from_millis(100)).await;
            }
        }
        anyhow::Ok(())
    };
    let reading = async {
        let (mut last, mut gaps, mut missed) = (None, 0, false);
        loop {
            match subscription.recv().await {
                // The gap may be told later.
                Ok(broadcast) if broadcast.event() == "end" => {
                    if gaps > 0 || !missed {
                        return anyhow::Ok(());
                    }
                }
                Ok(broadcast) => {
                    let Payload::Binary(bytes) = broadcast.payload() else {
                        anyhow::bail!("not what was sent");
                    };
                    let n = u32::from_be_bytes(bytes[..].try_into()?);
                    assert!(last < Some(n), "{n} after {last:?}");
                    missed |= last.map_or(0, |last| last + 1) != n;
                    last = Some(n);
                }
                Err(RecvError::Gap) => gaps += 1,
                Err(error) => return Err(error.into()),
            }
        }
    };
    let moving = async {
        for to in [1, 2, 0, 1] {
            sleep(Duration::from_millis(100)).await;
            let channel = channel(topic);
            tokio::task::block_in_place(|| cluster.move_slot(&channel, to));
        }
    };
    // What is missed without a word is waited for in vain.
    let all = async { tokio::join!(publishing, reading, moving) };
    let (published, read, ()) = timeout(FAILOVER, all).await?;
    published?;
    read
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs redis-server"]
async fn a_replica_takes_the_place_of_its_master() -> anyhow::Result<()> {
    let mut cluster = Cluster::start(3, 1, &[]);
    let (here, there) = (node(&cluster).await?, node(&cluster).await?);
    let topics = topics(&cluster);
    let mut subscriptions: Vec<_> = topics.iter().map(|topic| there.subscribe(topic)).collect();
    for subscription in &subscriptions {
        subscription.confirmed().await?;
    }
    cluster.masters[0].kill();
    until_alone(&here).await?;
    let begun = Instant::now();
    for (topic, subscription) in topics.iter().zip(&mut subscriptions) {
        let gap = timeout(FAILOVER, subscription.recv()).await?;
        assert_eq!(gap.err(), Some(RecvError::Gap));
        delivered(&here, topic, subscription).await?;
    }
    println!("all topics were back after {:?}", begun.elapsed());
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs redis-server"]
async fn a_master_that_hangs_is_noticed_and_found_again() -> anyhow::Result<()> {
    let cluster = Cluster::start(3, 0, &[]);
    let (here, there) = (node(&cluster).await?, node(&cluster).await?);
    // Not the one that every node speaks to all the time.
    let own = cluster.master_of("landfall:Web:all");
    let hung = (own + 1) % 3;
    let mut far = there.subscribe("room:1");
    far.confirmed().await?;
    cluster.masters[hung].pause();
    until_alone(&here).await?;
    until_alone(&there).await?;
    cluster.masters[hung].resume();
    let gap = timeout(FAILOVER, far.recv()).await?;
    assert_eq!(gap.err(), Some(RecvError::Gap));
    delivered(&here, "room:1", &mut far).await
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs redis-server"]
async fn thousands_of_topics_stand_again_when_a_master_is_started_again() -> anyhow::Result<()> {
    let mut cluster = Cluster::start(3, 0, &[]);
    let (here, there) = (node(&cluster).await?, node(&cluster).await?);
    let topics: Vec<_> = (0..20_000).map(|n| format!("topic:{n}")).collect();
    let mut subscriptions: Vec<_> = topics.iter().map(|topic| there.subscribe(topic)).collect();
    for subscription in &subscriptions {
        subscription.confirmed().await?;
    }
    cluster.masters[2].kill();
    until_alone(&there).await?;
    cluster.masters[2].run();
    cluster.wait_until_up();
    let back = Instant::now();
    for subscription in &mut subscriptions {
        let gap = timeout(FAILOVER, subscription.recv()).await?;
        assert_eq!(gap.err(), Some(RecvError::Gap));
    }
    println!(
        "{} topics stood again {:?} after the return",
        topics.len(),
        back.elapsed()
    );
    for n in [0, 10_000, 19_999] {
        delivered(&here, &topics[n], &mut subscriptions[n]).await?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs redis-server"]
async fn a_user_needs_no_more_than_the_chapter_says() -> anyhow::Result<()> {
    const MAY: &str =
        "+@connection +spublish +ssubscribe +sunsubscribe +cluster|slots +cluster|info";
    let cluster = Cluster::start(3, 0, &[]);
    for server in &cluster.masters {
        allow(server, MAY);
    }
    let node = || {
        start(
            Redis::cluster(cluster.urls())
                .username("chat")
                .password("word"),
            true,
        )
    };
    let (here, there) = (node().await?, node().await?);
    let mut far = there.subscribe("room:1");
    far.confirmed().await?;
    // Longer than it takes until all servers are looked after.
    sleep(Duration::from_secs(4)).await;
    here.broadcast("room:1", "told", Payload::EMPTY)?;
    assert_eq!(gaps_before(&mut far, "told").await?, 0);
    Ok(())
}

/// Lets the user `chat` do this alone.
pub(crate) fn allow(server: &Server, what: &str) {
    let mut command = vec!["ACL", "SETUSER", "chat", "on", ">word", "resetchannels"];
    command.extend(["&landfall:Web:*", "-@all"]);
    command.extend(what.split(' '));
    assert_eq!(server.ask(&command), "OK");
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn what_is_no_cluster_or_refuses_the_node_ends_the_start() -> anyhow::Result<()> {
    let alone = Server::start(&[]);
    let cluster = Cluster::start(3, 0, &[]);
    for server in &cluster.masters {
        server.ask(&["CONFIG", "SET", "requirepass", "right"]);
    }
    for required in [true, false] {
        let error = start(Redis::cluster([alone.url()]), required).await;
        let told = format!("{:?}", error.expect_err("it is refused"));
        assert!(told.contains("not one of a cluster"), "{told}");
        let wrong = Redis::cluster(cluster.urls()).password("wrong");
        let error = start(wrong, required).await.expect_err("it is refused");
        assert!(error.is_broker());
    }
    // As Redis 6 is.
    let old = Cluster::start(1, 0, &["--rename-command", "SSUBSCRIBE", ""]);
    let error = start(Redis::cluster(old.urls()), false).await;
    let told = format!("{:?}", error.expect_err("it is too old"));
    assert!(told.contains("needs Redis 7"), "{told}");
    let nobody = start(Redis::cluster(Vec::<String>::new()), true).await;
    let told = format!("{:?}", nobody.expect_err("it is refused"));
    assert!(told.contains("`cluster` is empty"), "{told}");
    let right = Redis::cluster(cluster.urls()).password("right");
    start(right, true).await?.shutdown().await?;
    Ok(())
}
