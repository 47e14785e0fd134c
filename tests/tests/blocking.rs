//! A callback that blocks its thread harms its own connection only, and is named in the log. The
//! tests run with real threads and in real time.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc},
    thread::sleep,
    time::{Duration, Instant},
};

use landfall::{Running, prelude::*};
use landfall_tests::{
    client::{Client, port},
    logged::Log,
};
use serde_json::json;
use tokio::runtime::{Builder, Runtime};

endpoint! {
    struct Site;

    http(ip = [127, 0, 0, 1], port = 0);
    server = true;
    check_origin = conn;
    state = Gate;
    socket("/parrot", Parrot, log = false);
    socket("/users", Users, log = false);
}

/// Echoes, or blocks until the test releases it.
struct Parrot;

#[socket]
impl Parrot {
    async fn connect() -> Result<Self, Refused> {
        Ok(Parrot)
    }

    async fn handle_in(&mut self, message: Message, out: &mut Outbox, #[state] gate: Gate) {
        if message.as_text() == Some("block") {
            gate.block();
        }
        out.push(message);
    }
}

struct Users;

#[socket(channel("*", Room))]
impl Users {
    fn connect() -> Result<Self, Refused> {
        Ok(Users)
    }
}

struct Room;

#[channel(Users)]
impl Room {
    async fn join() -> Self {
        Room
    }

    /// Blocks in a task of its own.
    #[handle_in("block")]
    async fn block(&mut self, #[state] gate: Gate) -> Reply {
        tokio::task::yield_now().await;
        gate.block();
        Reply::ok(json!({}))
    }
}

/// Lets one test run at a time. The tests block threads, and a machine has few.
static TURN: Mutex<()> = Mutex::new(());

/// Callbacks wait here until the test that has the sender opens the gate.
#[derive(Clone)]
struct Gate(Arc<Mutex<mpsc::Receiver<()>>>);

impl Gate {
    /// Blocks its thread until the test opens the gate.
    fn block(&self) {
        let _ = lock(&self.0).recv();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Logs to `log` what happens on this thread.
fn start(log: &Log) -> tracing::subscriber::DefaultGuard {
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .without_time()
        .with_ansi(false)
        .with_writer(move || writer.clone());
    tracing::subscriber::set_default(subscriber.finish())
}

/// Lines about callbacks.
fn lines(log: &Log) -> Vec<String> {
    log.text()
        .lines()
        .filter(|line| line.contains("callback"))
        .map(str::to_owned)
        .collect()
}

/// An endpoint on its own runtime. Its clients are on another one, which nothing blocks.
struct Harbour {
    /// The gate is dropped first, which releases the callbacks. A dropped runtime waits for them.
    gate: mpsc::Sender<()>,
    runtime: Runtime,
    site: Running<Site>,
    log: Log,
    _turn: MutexGuard<'static, ()>,
}

impl Harbour {
    fn open() -> Self {
        let turn = lock(&TURN);
        let (gate, waits) = mpsc::channel();
        let log = Log::default();
        let _logging = start(&log);
        let runtime = Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .expect("a runtime");
        let site = runtime
            .block_on(Site::start(Gate(Arc::new(Mutex::new(waits)))))
            .expect("it starts");
        Harbour {
            runtime,
            site,
            gate,
            log,
            _turn: turn,
        }
    }

    /// The lines of the log, once there are at least N.
    fn lines(&self, count: usize) -> Vec<String> {
        until(|| lines(&self.log).len() >= count);
        lines(&self.log)
    }

    fn close(self) {
        self.runtime
            .block_on(self.site.shutdown())
            .expect("a clean end");
        assert_eq!(watches(), 0, "no thread is left");
    }
}

fn until(condition: impl Fn() -> bool) {
    let start = Instant::now();
    while !condition() {
        assert!(
            start.elapsed() < Duration::from_secs(10),
            "it does not come"
        );
        sleep(Duration::from_millis(5));
    }
}

/// The threads of watchdogs in this process.
fn watches() -> usize {
    let tasks = std::fs::read_dir("/proc/self/task")
        .into_iter()
        .flatten()
        .flatten();
    let names = tasks.filter_map(|task| std::fs::read_to_string(task.path().join("comm")).ok());
    names.filter(|name| name.starts_with("watch Site")).count()
}

fn clients() -> Runtime {
    Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime")
}

#[test]
fn others_are_served_while_a_callback_blocks() {
    let harbour = Harbour::open();
    let port = port(&harbour.site);
    clients().block_on(async {
        let mut blocked = Client::open(port, "/parrot/websocket").await;
        let mut other = Client::open(port, "/parrot/websocket").await;
        // After this pause, no task is left that could wake a worker.
        tokio::time::sleep(Duration::from_millis(300)).await;
        blocked.text("block").await;
        // The worker that waits for I/O runs the callback. No other worker has a reason to wake.
        tokio::time::sleep(Duration::from_millis(300)).await;
        let start = Instant::now();
        while start.elapsed() < Duration::from_secs(3) {
            let asked = Instant::now();
            other.text("there?").await;
            assert_eq!(other.hear_text().await, "there?");
            assert!(
                asked.elapsed() < Duration::from_secs(1),
                "{:?}",
                asked.elapsed()
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        // New clients are served too.
        let mut third = Client::open(port, "/parrot/websocket").await;
        third.text("there?").await;
        assert_eq!(third.hear_text().await, "there?");

        let lines = harbour.lines(1);
        let named = r#"socket="Parrot" callback="handle_in""#;
        assert!(
            lines[0].contains("a callback blocks its thread") && lines[0].contains(named),
            "{lines:?}"
        );
        assert!(
            lines[0].trim_start().starts_with("WARN") && !lines[0].contains("topic"),
            "{lines:?}"
        );
        assert_eq!(
            (lines.len(), harbour.site.stats().blocked_callbacks),
            (1, 1)
        );

        harbour.gate.send(()).expect("it waits");
        assert_eq!(blocked.hear_text().await, "block");
        let lines = harbour.lines(2);
        assert!(
            lines[1].contains("has returned") && lines[1].contains(named),
            "{lines:?}"
        );
        assert!(lines[1].contains("took=3."), "{lines:?}");
    });
    assert_eq!(
        (
            lines(&harbour.log).len(),
            harbour.site.stats().blocked_callbacks
        ),
        (2, 1)
    );
    harbour.close();
}

#[test]
fn a_callback_of_a_channel_is_named_with_its_topic() {
    let harbour = Harbour::open();
    clients().block_on(async {
        let mut client = Client::open(port(&harbour.site), "/users/websocket?vsn=2.0.0").await;
        let topic = "room\r\nWARN forged";
        client
            .text(&json!(["1", "1", topic, "phx_join", {}]).to_string())
            .await;
        client.hear_text().await;
        client
            .text(&json!(["1", "2", topic, "block", {}]).to_string())
            .await;
        let lines = harbour.lines(1);
        let named = r#"socket="Users" callback="handle_in" topic="room\r\nWARN forged""#;
        assert!(
            lines[0].contains("a callback blocks its thread") && lines[0].contains(named),
            "{lines:?}"
        );
        // The client's other messages are handled meanwhile.
        client
            .text(&json!([null, "3", "phoenix", "heartbeat", {}]).to_string())
            .await;
        assert!(client.hear_text().await.contains("\"3\""));
        harbour.gate.send(()).expect("it waits");
        assert!(client.hear_text().await.contains("\"2\""));
        assert!(harbour.lines(2)[1].contains(named));
    });
    harbour.close();
}

#[test]
#[cfg(target_os = "linux")]
fn no_thread_is_left_by_a_runtime_that_is_dropped() {
    let Harbour { runtime, _turn, .. } = Harbour::open();
    until(|| watches() == 1);
    drop(runtime);
    until(|| watches() == 0);
}
