//! The memory that longpoll sessions cost. A program of its own, because the process is measured.

#![cfg(target_os = "linux")]

use std::time::Duration;

use landfall::prelude::*;
use landfall_tests::{
    client,
    longpoll::{Poller, poll},
    process::resident_bytes,
    wait::until,
    wire::Connection,
};
use tokio::{net::TcpStream, task::JoinSet};

const SECRET: &str = "a secret of 64 bytes for a site that is there for its tests only.";
const SESSIONS: usize = 2_000;
const KIB: usize = 1024;

endpoint! {
    struct Site;

    http(ip = [127, 0, 0, 1], port = 0);
    server = true;
    secret_key_base = SECRET;
    socket("/poll", Member, longpoll(window = secs(15), max_sessions_per_ip = 10_000));
}

/// Forwards `news`, and echoes.
struct Member;

#[socket]
impl Member {
    async fn connect() -> Result<Self, Refused> {
        Ok(Member)
    }

    async fn init(&mut self, out: &mut Outbox) -> Flow {
        out.forward("news");
        Flow::Continue
    }

    async fn handle_in(&mut self, message: Message, out: &mut Outbox) -> Flow {
        out.push(message);
        Flow::Continue
    }
}

async fn connect(port: u16) -> Connection {
    Connection::open(([127, 0, 0, 1], port).into())
        .await
        .expect("a listener")
}

/// The memory that each session costs beyond `before`, in KiB.
fn each(what: &str, before: usize) -> usize {
    let each = resident_bytes().saturating_sub(before) / SESSIONS / KIB;
    println!("{what}: {each} KiB each");
    each
}

/// Waits until all sessions have the text, and their next token with it.
async fn hear(clients: Vec<Poller<TcpStream>>, text: &'static str) -> Vec<Poller<TcpStream>> {
    let mut hearing = JoinSet::new();
    for mut client in clients {
        hearing.spawn(async move {
            // On a busy machine, two thousand answers take longer than a connection waits for one.
            let mut rounds = 0..10;
            while client.waits(Duration::from_secs(4)).await {
                rounds.next().expect("an answer");
            }
            let answer = client.answer().await;
            assert_eq!(answer.messages, [text]);
            client
        });
    }
    hearing.join_all().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn threat_9_two_thousand_sessions_that_poll_cost_little() {
    let site = Site::start().await.expect("the site starts");
    let (port, tasks) = (client::port(&site), site.stats().tasks);
    drop(Poller::open(connect(port).await, "/poll/longpoll").await);
    let before = resident_bytes();

    // One connection opens them all, so that only sessions are measured.
    let (mut opener, mut tokens) = (
        Poller::with(connect(port).await, "/poll/longpoll", ""),
        Vec::new(),
    );
    for _ in 0..SESSIONS {
        let answer = opener.ask(&poll("/poll/longpoll", "")).await;
        tokens.push(answer.token.expect("a token"));
    }
    assert_eq!(site.stats().connections, SESSIONS + 1);
    let session = each("sessions at rest", before);
    assert!(session <= 8, "{session} KiB");

    // This includes both ends of the connections, and the memory of the clients.
    let mut clients = Vec::new();
    for token in &tokens {
        clients.push(opener.beside(connect(port).await));
        let client = clients.last_mut().expect("one");
        client.token.clone_from(token);
        client.begin().await;
    }
    until("all of them wait", || {
        site.stats().tasks >= tasks + 2 * SESSIONS
    })
    .await;
    let polling = each("sessions that poll", before);
    assert!(polling <= 48, "{polling} KiB");

    // Acknowledged messages are not kept, in any round.
    for round in 0..5 {
        site.broadcast("news", "headline", "ship sighted")
            .expect("room");
        clients = hear(clients, "ship sighted").await;
        for client in &mut clients {
            client.begin().await;
        }
        let after = each("after a broadcast to all", before);
        assert!(after <= polling + 24, "{after} KiB in round {round}");
    }
    drop((clients, opener));
    let stopping = tokio::time::timeout(Duration::from_secs(20), site.shutdown());
    stopping.await.expect("soon").expect("a clean end");
    let stats = site.stats();
    assert_eq!((stats.connections, stats.tasks), (0, 0));
}
