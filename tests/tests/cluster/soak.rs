//! Random joins, leaves and broadcasts on three nodes, while the broker is restarted again and
//! again. `LANDFALL_CLUSTER_SOAK=300` goes on for so many seconds.

use std::{collections::BTreeSet, time::Duration};

use anyhow::Context;
use landfall_tests::redis::Server;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::{Instant, sleep},
};

use crate::{presence::agree, process::Node};

const TOPICS: [&str; 3] = ["room:1", "room:2", "room:3"];
const KEYS: u64 = 40;

/// How soon all is as it should be once the broker stays.
const SOON: Duration = Duration::from_secs(15);
/// A topic that nobody wants stays subscribed for 5 seconds, in case it is wanted again.
const GRACE: Duration = Duration::from_secs(7);
/// What may be left: tables that have grown do not shrink.
const LEFT: u64 = 128 * 1024;

/// Numbers that look random, and are the same each time.
struct Chance(u64);

impl Chance {
    /// Below `most`.
    fn below(&mut self, most: u64) -> u64 {
        // Knuth's MMIX.
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % most
    }
}

struct Soak {
    redis: Server,
    nodes: Vec<Node>,
    chance: Chance,
    /// The keys that each node tracks, with their topics.
    tracked: Vec<BTreeSet<(&'static str, String)>>,
    actions: u64,
    restarts: u64,
}

impl Soak {
    async fn start() -> anyhow::Result<Self> {
        let redis = Server::start(&[]);
        let mut nodes = Vec::new();
        for name in ["one", "two", "three"] {
            nodes.push(Node::start(name, &redis).await?);
        }
        Ok(Soak {
            redis,
            tracked: vec![BTreeSet::new(); nodes.len()],
            nodes,
            chance: Chance(7),
            actions: 0,
            restarts: 0,
        })
    }

    /// Lets things happen for some time.
    async fn churn(&mut self, time: Duration, restart: Duration) -> anyhow::Result<()> {
        for node in &mut self.nodes {
            for topic in TOPICS {
                assert_eq!(node.ask(&["follow", topic]).await?, json!(true));
            }
        }
        let end = Instant::now() + time;
        let mut next = Instant::now() + restart;
        while Instant::now() < end {
            self.act().await?;
            if Instant::now() >= next {
                self.redis.kill();
                for _ in 0..20 {
                    self.act().await?;
                }
                self.redis.run();
                self.restarts += 1;
                next = Instant::now() + restart;
            }
        }
        Ok(())
    }

    async fn act(&mut self) -> anyhow::Result<()> {
        self.actions += 1;
        let place = self.chance.below(3) as usize;
        let topic = TOPICS[self.chance.below(3) as usize];
        let (node, tracked) = (&mut self.nodes[place], &mut self.tracked[place]);
        // Keys of different nodes are different.
        let key = format!("{} {}", node.name(), self.chance.below(KEYS));
        let entry = (topic, key.clone());
        match self.chance.below(4) {
            0 => {
                let new = node.ask(&["track", topic, &key]).await?;
                assert_eq!(new, json!(tracked.insert(entry)));
            }
            1 => {
                let old = node.ask(&["untrack", topic, &key]).await?;
                assert_eq!(old, json!(tracked.remove(&entry)));
            }
            _ => {
                node.ask(&["say", topic]).await?;
            }
        }
        sleep(Duration::from_millis(self.chance.below(4))).await;
        Ok(())
    }

    /// All lists agree, and nobody missed a broadcast without having been told.
    async fn is_right(&mut self) -> anyhow::Result<Vec<Value>> {
        for topic in TOPICS {
            let all = self.tracked.iter().flatten();
            let keys: Vec<_> = all
                .filter(|(of, _)| *of == topic)
                .map(|(_, key)| &**key)
                .collect();
            let mut nodes: Vec<_> = self.nodes.iter_mut().collect();
            agree(&mut nodes, topic, &keys, SOON).await?;
        }
        let mut told = Vec::new();
        let deadline = Instant::now() + SOON;
        for node in &mut self.nodes {
            for topic in TOPICS {
                let heard = loop {
                    let heard = node.ask(&["heard", topic]).await?;
                    assert_eq!(heard["wrong"], 0, "{} {topic}: {heard}", node.name());
                    if heard["missing"] == 0 {
                        break heard;
                    }
                    let name = node.name();
                    anyhow::ensure!(Instant::now() < deadline, "{name} {topic}: {heard}");
                    sleep(Duration::from_millis(100)).await;
                };
                told.push(heard);
            }
        }
        Ok(told)
    }

    /// Ends all that was begun, and returns what each node has in use then.
    async fn clear(&mut self) -> anyhow::Result<Vec<Value>> {
        for (node, tracked) in self.nodes.iter_mut().zip(&mut self.tracked) {
            for (topic, key) in std::mem::take(tracked) {
                assert_eq!(node.ask(&["untrack", topic, &key]).await?, json!(true));
            }
            for topic in TOPICS {
                node.ask(&["unfollow", topic]).await?;
            }
        }
        sleep(GRACE).await;
        let mut figures = Vec::new();
        for node in &mut self.nodes {
            for topic in TOPICS {
                assert_eq!(node.ask(&["list", topic]).await?, json!({}));
                let of_it = node.ask(&["figures", topic]).await?;
                assert_eq!(of_it["subscribers"], 0);
            }
            figures.push(node.ask(&["figures", ""]).await?);
        }
        let channels = channels(&self.redis).await?;
        assert!(!channels.contains("room:"), "{channels}");
        Ok(figures)
    }
}

/// The channels that are subscribed at the broker, as it lists them.
async fn channels(redis: &Server) -> anyhow::Result<String> {
    let mut connection = TcpStream::connect(redis.url().replace("redis://", "")).await?;
    connection.write_all(b"PUBSUB CHANNELS\r\nQUIT\r\n").await?;
    let mut answer = String::new();
    connection.read_to_string(&mut answer).await?;
    Ok(answer)
}

fn bytes(figures: &Value) -> anyhow::Result<u64> {
    figures["bytes"].as_u64().context("a number of bytes")
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs redis-server"]
async fn a_soak_leaves_lists_that_agree_and_nothing_else() -> anyhow::Result<()> {
    let seconds = std::env::var("LANDFALL_CLUSTER_SOAK");
    let seconds = seconds.map_or(Ok(20), |seconds| seconds.parse())?;
    let restart = Duration::from_secs(if seconds > 60 { 20 } else { 3 });
    let mut soak = Soak::start().await?;
    soak.churn(Duration::from_secs(5), Duration::from_secs(2))
        .await?;
    soak.is_right().await?;
    let before = soak.clear().await?;

    soak.churn(Duration::from_secs(seconds), restart).await?;
    let heard = soak.is_right().await?;
    let after = soak.clear().await?;
    println!("{} actions, {} restarts", soak.actions, soak.restarts);
    println!("heard: {heard:?}\nbefore: {before:?}\nafter: {after:?}");
    for (before, after) in before.iter().zip(&after) {
        assert_eq!(after["tasks"], before["tasks"]);
        let (before, after) = (bytes(before)?, bytes(after)?);
        assert!(
            after < before + LEFT,
            "{before} bytes before, {after} after"
        );
    }
    for node in soak.nodes {
        node.stop().await?;
    }
    Ok(())
}
