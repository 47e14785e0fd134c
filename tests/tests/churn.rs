//! Connections that end in good and in bad ways. Nothing is left of them.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use landfall::{
    Message, Running, endpoint, socket,
    socket::{Flow, Outbox, Reason, Refused},
    testing::Network,
};
use landfall_tests::{
    client::{self, Client},
    wait::until,
    wire::Frame,
};
use tokio::{
    task::JoinSet,
    time::{Instant, sleep},
};

endpoint! {
    struct Site;

    http(ip = [127, 0, 0, 1], port = 0);
    server = true;
    state = Crashes;
    socket("/brief", Member, websocket(timeout = millis(200)));
    socket("/pinged", Member, websocket(timeout = secs(30), ping = secs(10)));
}

/// The number of sockets that ended with `Reason::Crash`.
#[derive(Clone, Default)]
struct Crashes(Arc<AtomicUsize>);

/// Forwards `news`, echoes, and panics when asked to.
struct Member(Crashes);

#[socket]
impl Member {
    async fn connect(#[state] crashes: Crashes) -> Result<Self, Refused> {
        Ok(Member(crashes))
    }

    async fn init(&mut self, out: &mut Outbox) -> Flow {
        out.forward("news");
        Flow::Continue
    }

    async fn handle_in(&mut self, message: Message, out: &mut Outbox) -> Flow {
        assert_ne!(message.as_text(), Some("panic"), "as asked");
        out.push(message);
        Flow::Continue
    }

    fn terminate(self, reason: Reason) {
        if reason == Reason::Crash {
            self.0.0.fetch_add(1, Ordering::SeqCst);
        }
    }
}

struct Started {
    site: Running<Site>,
    port: u16,
    tasks: usize,
}

async fn start() -> Started {
    let site = Site::start(Crashes::default())
        .await
        .expect("the site starts");
    let port = client::port(&site);
    let tasks = site.stats().tasks;
    Started { site, port, tasks }
}

impl Started {
    async fn open(&self, mount: &str) -> Client {
        Client::open(self.port, &format!("/{mount}/websocket")).await
    }

    /// Waits until nothing is left of any connection.
    async fn is_as_at_first(&self) {
        until("all connections have ended", || {
            self.site.stats().connections == 0
        })
        .await;
        until("no task is left", || self.site.stats().tasks == self.tasks).await;
        assert_eq!(self.site.pubsub().subscribers("news"), 0);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_thousand_connections_leave_nothing_however_they_end() {
    let started = start().await;
    let port = started.port;
    let mut visits = JoinSet::new();
    for visitor in 0..20 {
        visits.spawn(async move {
            let mut silent = Vec::new();
            for visit in 0..100 {
                let mut client = Client::open(port, "/brief/websocket").await;
                client.text("hello").await;
                assert_eq!(client.hear_text().await, "hello");
                match (visitor + visit) % 4 {
                    0 => {
                        client.send(Frame::close(1000, b"")).await;
                        assert_eq!(client.hear_close().await, Some(1000));
                    }
                    1 => client.shutdown().await,
                    2 => client.reset(),
                    _ => silent.push(client),
                }
            }
            for mut client in silent {
                assert_eq!(client.hear_close_at_last().await, Some(1002));
            }
        });
    }
    while let Some(visit) = visits.join_next().await {
        visit.expect("a visit as planned");
    }
    started.is_as_at_first().await;
    started.site.shutdown().await.expect("a clean end");
    assert_eq!(started.site.stats().tasks, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_panics_leave_no_task_and_each_is_told() {
    let started = start().await;
    let mut neighbour = started.open("pinged").await;
    for _ in 0..10 {
        let mut clients = Vec::new();
        for _ in 0..100 {
            clients.push(started.open("pinged").await);
        }
        for client in &mut clients {
            client.text("panic").await;
        }
        for mut client in clients {
            assert_eq!(client.hear_close().await, Some(1011));
        }
    }
    neighbour.text("all well").await;
    assert_eq!(neighbour.hear_text().await, "all well");
    drop(neighbour);
    started.is_as_at_first().await;
    assert_eq!(started.site.state().0.load(Ordering::SeqCst), 1_000);
}

#[tokio::test(start_paused = true)]
async fn a_silent_client_is_pinged_and_stays_while_it_answers() {
    let (network, listener) = Network::new();
    let site = Site::builder(Crashes::default())
        .listener(listener)
        .start()
        .await
        .expect("the site starts");
    let mut client = Client::through(&network, "/pinged/websocket").await;
    client.is_quiet().await;
    let began = Instant::now();
    for round in 1..=12 {
        let frame = client.hear_within(Duration::from_secs(60)).await;
        assert_eq!((frame.opcode, frame.payload.len()), (9, 0), "{frame:?}");
        let elapsed = began.elapsed().as_secs();
        assert!(
            (round * 10 - 1..=round * 12 + 1).contains(&elapsed),
            "ping {round} after {elapsed} s"
        );
        client.send(Frame::new(10, [])).await;
    }
    assert!(
        began.elapsed() > Duration::from_secs(110),
        "far beyond its timeout"
    );

    // If the client does not answer, it gets one ping, and then the connection ends.
    assert_eq!(client.hear_within(Duration::from_secs(60)).await.opcode, 9);
    let frame = client.hear_within(Duration::from_secs(60)).await;
    assert_eq!(frame.close_code(), Some(1002), "{frame:?}");
    drop(client);
    site.shutdown().await.expect("a clean end");
}

#[tokio::test(start_paused = true)]
async fn a_client_that_speaks_is_not_pinged() {
    let (network, listener) = Network::new();
    let site = Site::builder(Crashes::default())
        .listener(listener)
        .start()
        .await
        .expect("the site starts");
    let mut client = Client::through(&network, "/pinged/websocket").await;
    for _ in 0..20 {
        client.text("still here").await;
        assert_eq!(client.hear_text().await, "still here");
        sleep(Duration::from_secs(8)).await;
    }
    client.is_quiet().await;
    drop(client);
    site.shutdown().await.expect("a clean end");
}
