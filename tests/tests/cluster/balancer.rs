//! Clients that reach any of three nodes by longpoll, request by request, while the nodes are
//! restarted one by one.

use std::{
    collections::{HashMap, HashSet},
    net::{Ipv4Addr, TcpListener},
    path::Path,
    process::Stdio,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use anyhow::Context;
use landfall::pubsub::{
    PubSub, RecvError,
    adapter::{NodeOptions, Redis},
};
use landfall_tests::{proxy::Proxy, redis::Server};
use serde::Deserialize;
use tokio::{process::Command, time::timeout};

use crate::{manual, process::PROGRAM};

const ROOM: &str = "room:harbour";

/// How long the clients may take.
const PATIENCE: Duration = Duration::from_secs(100);

/// A message: who has sent it, and its number among that client's.
type Said = (usize, u64);

/// What the script prints.
#[derive(Deserialize)]
struct Report {
    /// How many nodes were restarted before the last messages were sent.
    restarts: usize,
    clients: Vec<Told>,
}

/// What a client tells.
#[derive(Deserialize)]
struct Told {
    /// The numbers of messages for which it was told that they are on their way.
    acknowledged: Vec<u64>,
    /// What it heard, for each time that it joined.
    heard: Vec<Vec<Said>>,
}

/// A node that is never restarted, and hears all.
struct Observer {
    pubsub: PubSub,
    heard: Arc<Mutex<Vec<Said>>>,
}

impl Observer {
    async fn start(redis: &Server) -> anyhow::Result<Self> {
        let options = NodeOptions::new("cluster");
        let pubsub = PubSub::connect(Redis::new(redis.url()), options).await?;
        let mut room = pubsub.subscribe(ROOM);
        room.confirmed().await?;
        let heard = Arc::new(Mutex::new(Vec::new()));
        let hears = heard.clone();
        tokio::spawn(async move {
            loop {
                let broadcast = match room.recv().await {
                    Ok(broadcast) => broadcast,
                    Err(RecvError::Closed) => return,
                    // What is lost is found missing.
                    Err(_) => continue,
                };
                let said: Said = broadcast.parse::<Spoken>().expect("as sent").into();
                hears
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .push(said);
            }
        });
        Ok(Observer { pubsub, heard })
    }

    fn heard(&self) -> Vec<Said> {
        let heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        heard.clone()
    }
}

#[derive(Deserialize)]
struct Spoken {
    from: usize,
    n: u64,
}

impl From<Spoken> for Said {
    fn from(Spoken { from, n }: Spoken) -> Self {
        (from, n)
    }
}

/// Runs the clients. They start the nodes.
async fn run(proxy: Proxy, redis: &Server) -> anyhow::Result<Report> {
    let [port, nodes @ ..] = free_ports()?;
    let _balancer = manual::balancer(proxy, port, nodes).start()?;
    let ports = [port, nodes[0], nodes[1], nodes[2]].map(|port| port.to_string());
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("clients");
    let script = Command::new("node")
        .args(["restarts.mjs", PROGRAM, &redis.url()])
        .args(ports)
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()?;
    let output = timeout(PATIENCE, script.wait_with_output()).await??;
    let errors = String::from_utf8_lossy(&output.stderr);
    anyhow::ensure!(output.status.success(), "{}: {errors}", output.status);
    let last = output.stdout.split(|byte| *byte == b'\n').rev();
    let mut report = last.filter(|line| !line.is_empty());
    Ok(serde_json::from_slice(report.next().context("a report")?)?)
}

fn free_ports() -> anyhow::Result<[u16; 4]> {
    let free = || TcpListener::bind((Ipv4Addr::LOCALHOST, 0));
    let mut ports = [0; 4];
    // Together, so that they differ.
    for (port, listener) in ports.iter_mut().zip([free()?, free()?, free()?, free()?]) {
        *port = listener.local_addr()?.port();
    }
    Ok(ports)
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs HAProxy, redis-server and Node, and `npm ci` in tests/clients"]
async fn nothing_is_lost_or_doubled_behind_haproxy() -> anyhow::Result<()> {
    nothing_is_lost_or_doubled(Proxy::HaProxy).await
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs nginx, redis-server and Node, and `npm ci` in tests/clients"]
async fn nothing_is_lost_or_doubled_behind_nginx() -> anyhow::Result<()> {
    nothing_is_lost_or_doubled(Proxy::Nginx).await
}

async fn nothing_is_lost_or_doubled(proxy: Proxy) -> anyhow::Result<()> {
    let redis = Server::start(&[]);
    let observer = Observer::start(&redis).await?;
    let report = run(proxy, &redis).await?;
    assert_eq!(report.restarts, 3);

    let heard = observer.heard();
    let once: HashSet<Said> = heard.iter().copied().collect();
    assert_eq!(once.len(), heard.len(), "nothing is doubled");
    let mut acknowledged = HashMap::new();
    for (client, told) in report.clients.iter().enumerate() {
        let of_it: HashSet<u64> = told.acknowledged.iter().copied().collect();
        let reached: Vec<u64> = numbers(&heard, client, &of_it);
        assert_eq!(
            reached, told.acknowledged,
            "nothing is lost, and the order is kept"
        );
        acknowledged.insert(client, (of_it, reached));
    }
    let count: usize = acknowledged.values().map(|(of_it, _)| of_it.len()).sum();
    assert_eq!(count, 10_000);

    let (mut received, mut joins) = (0, 0);
    for told in &report.clients {
        let all = told.heard.iter().flatten();
        let once: HashSet<&Said> = all.clone().collect();
        assert_eq!(once.len(), all.count(), "nothing is doubled");
        for heard in &told.heard {
            joins += 1;
            received += heard.len();
            for (client, (of_it, reached)) in &acknowledged {
                let heard = numbers(heard, *client, of_it);
                let Some(first) = heard.first() else { continue };
                let place = reached.iter().position(|n| n == first);
                let place = place.context("what was heard was said")?;
                let expected = &reached[place..][..heard.len()];
                assert_eq!(
                    heard, expected,
                    "there is no hole between a join and its end"
                );
            }
        }
    }
    println!(
        "{count} acknowledged, {} said, {received} heard in {joins} joins",
        heard.len()
    );
    assert!(joins > report.clients.len(), "clients were moved");
    drop(observer.pubsub);
    Ok(())
}

/// The numbers of a client's messages, of those that were acknowledged.
fn numbers(said: &[Said], client: usize, acknowledged: &HashSet<u64>) -> Vec<u64> {
    let of_it = said.iter().filter(|(from, _)| *from == client);
    let numbers = of_it.map(|(_, n)| *n);
    numbers.filter(|n| acknowledged.contains(n)).collect()
}
