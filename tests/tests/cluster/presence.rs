//! Who is there, by the lists of three nodes, whatever happens to nodes and to the broker.

use std::{collections::BTreeMap, time::Duration};

use landfall_tests::redis::Server;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use crate::process::Node;

const ROOM: &str = "room:1";

/// How soon lists agree once nodes hear each other: they say every 1.5 seconds what they know.
const SOON: Duration = Duration::from_secs(10);
/// After 30 seconds of silence a node is down.
const SILENCE: Duration = Duration::from_secs(30);

/// Waits until the list of each node has each of these keys once, and no other.
pub(crate) async fn agree(
    nodes: &mut [&mut Node],
    topic: &str,
    keys: &[&str],
    patience: Duration,
) -> anyhow::Result<()> {
    let expected: BTreeMap<&str, Value> = keys.iter().map(|key| (*key, json!(1))).collect();
    let expected = json!(expected);
    let deadline = Instant::now() + patience;
    for node in nodes {
        loop {
            let list = node.ask(&["list", topic]).await?;
            if list == expected {
                break;
            }
            let name = node.name();
            anyhow::ensure!(
                Instant::now() < deadline,
                "{name} lists {list}, not {expected}"
            );
            sleep(Duration::from_millis(20)).await;
        }
    }
    Ok(())
}

/// Waits until these are the other nodes that a node knows.
async fn knows(node: &mut Node, others: &[&str]) -> anyhow::Result<()> {
    let deadline = Instant::now() + SOON;
    loop {
        let known = node.ask(&["nodes"]).await?;
        if known == json!(others) {
            return Ok(());
        }
        anyhow::ensure!(
            Instant::now() < deadline,
            "it knows {known}, not {others:?}"
        );
        sleep(Duration::from_millis(20)).await;
    }
}

async fn track(node: &mut Node, key: &str) -> anyhow::Result<()> {
    assert_eq!(node.ask(&["track", ROOM, key]).await?, json!(true));
    Ok(())
}

async fn untrack(node: &mut Node, key: &str) -> anyhow::Result<()> {
    assert_eq!(node.ask(&["untrack", ROOM, key]).await?, json!(true));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs redis-server"]
async fn lists_agree_whatever_happens_to_nodes_and_to_the_broker() -> anyhow::Result<()> {
    let mut redis = Server::start(&[]);
    let mut one = Node::start("one", &redis).await?;
    let mut two = Node::start("two", &redis).await?;
    let mut three = Node::start("three", &redis).await?;

    track(&mut one, "ann").await?;
    track(&mut two, "ben").await?;
    track(&mut three, "cy").await?;
    let all = &["ann", "ben", "cy"];
    agree(&mut [&mut one, &mut two, &mut three], ROOM, all, SOON).await?;
    untrack(&mut two, "ben").await?;
    track(&mut two, "bea").await?;
    let all = &["ann", "bea", "cy"];
    agree(&mut [&mut one, &mut two, &mut three], ROOM, all, SOON).await?;

    // Without the broker each goes on with what it knows. What has changed is told after that.
    redis.kill();
    untrack(&mut one, "ann").await?;
    track(&mut one, "amy").await?;
    track(&mut two, "bob").await?;
    agree(&mut [&mut three], ROOM, all, SOON).await?;
    redis.run();
    let all = &["amy", "bea", "bob", "cy"];
    agree(&mut [&mut one, &mut two, &mut three], ROOM, all, SOON).await?;

    // A node that stops takes its presences along at once.
    three.stop().await?;
    let all = &["amy", "bea", "bob"];
    agree(&mut [&mut one, &mut two], ROOM, all, SOON).await?;
    let mut three = Node::start("three", &redis).await?;
    track(&mut three, "cy").await?;
    let all = &["amy", "bea", "bob", "cy"];
    agree(&mut [&mut one, &mut two, &mut three], ROOM, all, SOON).await?;

    // One that is killed and comes back at once leaves nothing behind.
    three.kill().await?;
    let mut three = Node::start("three", &redis).await?;
    track(&mut three, "cy").await?;
    agree(&mut [&mut one, &mut two, &mut three], ROOM, all, SOON).await?;

    // One is killed, and one hangs: both are given up when they have been silent for long enough.
    let silent = Instant::now();
    three.kill().await?;
    two.signal("-STOP").await?;
    sleep(SILENCE / 2).await;
    agree(&mut [&mut one], ROOM, all, SOON).await?;
    agree(&mut [&mut one], ROOM, &["amy"], SILENCE).await?;
    let gone = silent.elapsed();
    assert!(gone > SILENCE - Duration::from_secs(2), "{gone:?}");
    knows(&mut one, &[]).await?;

    // What the one that hung has missed is told to it, and it is there again.
    track(&mut one, "ada").await?;
    untrack(&mut one, "amy").await?;
    two.signal("-CONT").await?;
    let all = &["ada", "bea", "bob"];
    agree(&mut [&mut one, &mut two], ROOM, all, SOON).await?;
    // They stay.
    sleep(Duration::from_secs(5)).await;
    agree(&mut [&mut one, &mut two], ROOM, all, Duration::ZERO).await?;
    knows(&mut one, &["two"]).await?;
    one.stop().await?;
    two.stop().await
}
