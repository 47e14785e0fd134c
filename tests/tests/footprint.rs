//! The memory and the descriptors that connections cost, as Linux reports them.

#![cfg(target_os = "linux")]

use std::time::Duration;

use landfall::{
    Endpoint, Message, Running, endpoint, socket,
    socket::{Flow, Outbox, Refused},
};
use landfall_tests::{
    client::{self, Client},
    process::resident_bytes,
    wait::until,
    wire::Frame,
};
use tokio::{
    sync::{Mutex, MutexGuard},
    time::timeout,
};

endpoint! {
    struct Site;

    http(ip = [127, 0, 0, 1], port = 0);
    server = true;
    socket("/narrow", Member, websocket(outbox(limit = 65_536)));
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

/// Lets one test run at a time. The memory of the whole process is measured.
static MEASURED: Mutex<()> = Mutex::const_new(());

struct Started {
    site: Running<Site>,
    port: u16,
    tasks: usize,
    _alone: MutexGuard<'static, ()>,
}

async fn start() -> Started {
    let alone = MEASURED.lock().await;
    let site = Site::start().await.expect("the site starts");
    let (port, tasks) = (client::port(&site), site.stats().tasks);
    Started {
        site,
        port,
        tasks,
        _alone: alone,
    }
}

impl Started {
    async fn open(&self) -> Client {
        let mut client = Client::open(self.port, "/narrow/websocket").await;
        client.is_quiet().await;
        client
    }

    /// Waits until nothing is left of any connection.
    async fn is_as_at_first(&self) {
        until("all connections have ended", || {
            self.site.stats().connections == 0
        })
        .await;
        until("no task is left", || self.site.stats().tasks == self.tasks).await;
    }
}

/// The number of descriptors that the process has open.
fn descriptors() -> usize {
    std::fs::read_dir("/proc/self/fd").map_or(0, Iterator::count)
}

#[tokio::test]
async fn readers_that_do_not_read_cost_their_limit_and_no_more() {
    const READERS: usize = 20;
    let started = start().await;
    let mut reader = started.open().await;
    let mut stuck = Vec::new();
    for _ in 0..READERS {
        stuck.push(started.open().await);
    }
    let payload = "n".repeat(16 * 1024);
    let before = resident_bytes();
    let mut sent = 0;
    while started.site.stats().connections > 1 {
        started
            .site
            .broadcast("news", "headline", payload.clone())
            .expect("room for a broadcast");
        assert_eq!(reader.hear_text().await.len(), payload.len());
        sent += payload.len();
        // A client that is ended stays until the kernel takes its close frame, for at most 30 s.
        if started.site.pubsub().subscribers("news") == 1 {
            break;
        }
        assert!(sent < 512 * 1024 * 1024, "nobody is ended");
    }
    let grown = resident_bytes().saturating_sub(before);
    assert!(
        grown < 64 * 1024 * 1024,
        "{grown} bytes more after {sent} bytes to each of {READERS}"
    );
    drop((stuck, reader));
    started.is_as_at_first().await;
}

/// Pongs for a client that does not read are not collected in memory.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flood_of_pings_costs_little_and_disturbs_nobody() {
    let started = start().await;
    let mut flooding = started.open().await;
    let mut other = started.open().await;
    let pings = Frame::ping(&[7; 125]).to_bytes().repeat(5_000);
    let before = resident_bytes();
    for _ in 0..100 {
        let sent = timeout(Duration::from_millis(50), flooding.write(&pings)).await;
        other.text("undisturbed").await;
        assert_eq!(other.hear_text().await, "undisturbed");
        if sent.is_err() {
            break;
        }
    }
    let grown = resident_bytes().saturating_sub(before);
    assert!(grown < 32 * 1024 * 1024, "{grown} bytes more");
    drop((flooding, other));
    started.is_as_at_first().await;
}

#[tokio::test]
async fn descriptors_are_given_back() {
    let started = start().await;
    drop(started.open().await);
    started.is_as_at_first().await;
    let before = descriptors();
    for _ in 0..3 {
        let mut clients = Vec::new();
        for _ in 0..50 {
            clients.push(started.open().await);
        }
        clients.into_iter().for_each(Client::reset);
        started.is_as_at_first().await;
    }
    // The runtimes of other tests have a few descriptors, too.
    until("they are closed", || descriptors() <= before + 20).await;
}
