//! The dashboard, in Chromium, while a thousand sockets talk.

use std::{path::Path, time::Duration};

use landfall::{
    Endpoint, Handle, Message,
    channel::JoinError,
    config::Scheme,
    dashboard::LogLines,
    endpoint,
    endpoint::Address,
    presence::Tracked,
    socket,
    socket::{Outbox, Refused},
};
use landfall_tests::{client::Client, wait::until};
use serde_json::json;
use tokio::{task::JoinSet, time::sleep};
use tracing_subscriber::{Layer, filter::LevelFilter, layer::SubscriberExt};

use crate::node::script;

/// The sockets that talk.
const SOCKETS: usize = 1_000;

endpoint! {
    struct Harbour;

    http(ip = [127, 0, 0, 1], port = 0);
    pubsub(adapter = landfall::pubsub::adapter::InProcess::new(), node = "quay");
    socket("/echo/:berth", Echo);
    socket("/socket", UserSocket);
    dashboard(path = "/dashboard");
}

/// Echoes, and is present at its berth.
struct Echo {
    topic: String,
    _tracked: Tracked,
}

#[socket]
impl Echo {
    async fn connect(handle: Handle, #[param] berth: u32) -> Result<Self, Refused> {
        let topic = format!("berth:{}", berth % 40);
        let key = format!("ship {berth}");
        let tracked = handle.presence().track(&topic, &key, json!({}));
        tracked
            .map(|tracked| Echo {
                topic,
                _tracked: tracked,
            })
            .map_err(|_| Refused::new())
    }

    async fn init(&mut self, out: &mut Outbox) {
        out.forward(&self.topic);
    }

    async fn handle_in(&mut self, message: Message, out: &mut Outbox) {
        out.push(message);
    }
}

struct UserSocket;

#[socket(channel("berth:*", Berth))]
impl UserSocket {
    async fn connect() -> Result<Self, Refused> {
        Ok(UserSocket)
    }
}

struct Berth;

#[landfall::channel(UserSocket)]
impl Berth {
    async fn join() -> Result<Self, JoinError> {
        Ok(Berth)
    }
}

/// Opens a socket, and talks over it once or twice a second until it is ended.
async fn talk(port: u16, number: usize) {
    let mut client = Client::open(port, &format!("/echo/{number}/websocket")).await;
    loop {
        client.text(&"x".repeat(20 + number % 400)).await;
        if client.hear_within(Duration::from_secs(60)).await.opcode == 8 {
            return;
        }
        sleep(Duration::from_millis(500 + (number as u64 * 7) % 500)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs Chromium and Node, and `npm ci` in tests/clients"]
async fn a_dashboard_shows_a_thousand_sockets() {
    let lines = LogLines::new().with_filter(LevelFilter::INFO);
    let subscriber = tracing_subscriber::registry().with(lines);
    tracing::subscriber::set_global_default(subscriber).expect("no other test sets one");
    let site = Harbour::start().await.expect("it starts");
    let address = site.server_info(Scheme::Http).expect("it listens");
    let Address::Tcp(address) = address else {
        panic!("{address:?}")
    };
    let port = address.port();
    let mut clients = JoinSet::new();
    for number in 0..SOCKETS {
        clients.spawn(talk(port, number));
    }
    until("all of them are there", || {
        site.stats().connections >= SOCKETS
    })
    .await;
    tracing::warn!(target: "harbour", left = 3, "the tide comes <b>soon</b>");
    let shots = Path::new(env!("CARGO_TARGET_TMPDIR")).join("dashboard");
    std::fs::create_dir_all(&shots).expect("a directory");
    let shots = shots.to_str().expect("a path in UTF-8");
    let page = format!("http://localhost:{port}/dashboard");
    script("dashboard.mjs", &[&page, shots, &SOCKETS.to_string()]).await;
    assert!(site.stats().connections < SOCKETS, "the page has ended one");
    clients.shutdown().await;
    site.shutdown().await.expect("it stops");
}
