//! A channel without `#[channel]`, which runs a task of its own for as long as it lives.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use landfall::{channel::Channel, channel::Joined, prelude::*, state::Need, testing};
use serde_json::{Value, json};
use tokio::{task::JoinSet, time::interval};

endpoint! {
    struct Web;
    state = Alive;
    socket("/socket", UserSocket);
}

struct UserSocket;

#[socket(channel("clock:*", Clock))]
impl UserSocket {
    fn connect() -> Self {
        UserSocket
    }
}

/// Tasks that run.
#[derive(Clone, Default)]
struct Alive(Arc<AtomicUsize>);

/// One of them.
struct Running(Alive);

impl Running {
    fn new(alive: Alive) -> Self {
        alive.0.fetch_add(1, Ordering::SeqCst);
        Running(alive)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::SeqCst);
    }
}

struct Clock {
    ticks: u32,
    /// Its task, which ends with the channel.
    _task: JoinSet<()>,
}

impl Channel for Clock {
    type Socket = UserSocket;
    type Info = Duration;
    type State = Need<Alive>;

    async fn join(join: Join<Self>) -> Result<Joined<Self>, JoinError> {
        let every = match join.rest().parse() {
            Ok(seconds @ 1..) => Duration::from_secs(seconds),
            _ => return Err(JoinError::because("no such clock")),
        };
        let (mailbox, running) = (join.mailbox(), Running::new(join.take::<Self::State>()));
        let mut task = JoinSet::new();
        task.spawn(async move {
            let _running = running;
            let mut ticks = interval(every);
            ticks.tick().await;
            loop {
                ticks.tick().await;
                if mailbox.send(every).is_err() {
                    return;
                }
            }
        });
        let clock = Clock {
            ticks: 0,
            _task: task,
        };
        Ok(Joined::new(clock).reply(json!({"every": every.as_secs()})))
    }

    async fn handle_in(&mut self, event: Event, _: &mut Outlet) -> Answer {
        match event.name() {
            "stop" => Answer::stop(),
            _ => panic!("as asked"),
        }
    }

    async fn handle_info(&mut self, every: Duration, out: &mut Outlet) -> Answer {
        self.ticks += 1;
        out.push("tick", json!({"n": self.ticks, "every": every.as_secs()}));
        Answer::NoReply
    }
}

#[tokio::test(start_paused = true)]
async fn its_task_lives_as_long_as_it_does() {
    let alive = Alive::default();
    let site = testing::start_with::<Web>(alive.clone()).await;
    let running = || alive.0.load(Ordering::SeqCst);
    let client = site.connect("/socket").await.expect("a connection");
    let refused = client.join("clock:0", json!({})).await.expect_err("none");
    assert_eq!(refused.parse::<Value>(), json!({"reason": "no such clock"}));
    for end in ["stop", "crash", "leave", "disconnect"] {
        let client = site.connect("/socket").await.expect("a connection");
        let mut clock = client.join("clock:7", json!({})).await.expect("a channel");
        assert_eq!(clock.joined().parse::<Value>(), json!({"every": 7}));
        for n in 1..=2 {
            tokio::time::sleep(Duration::from_secs(6)).await;
            let tick = clock.expect("tick").await.parse::<Value>();
            assert_eq!(tick, json!({"n": n, "every": 7}));
        }
        assert_eq!(running(), 1, "{end}");
        match end {
            "leave" => clock.leave().await,
            "disconnect" => drop(client.disconnect().await),
            _ => drop(clock.push(end, json!({}))),
        }
        for _ in 0..100 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        assert_eq!(running(), 0, "{end}");
    }
}
