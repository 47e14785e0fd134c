//! A client like Phoenix's, and a network that fails all the time.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use landfall::{Running, prelude::*};
use landfall_tests::{
    client,
    longpoll::{Answer, poll, post},
    wire::{Connection, Request},
};
use tokio::time::{sleep, timeout};

use super::site::SECRET;

const MESSAGES: u64 = 100_000;
const TARGET: &str = "/storm/longpoll";

endpoint! {
    struct Cape;

    http(ip = [127, 0, 0, 1], port = 0);
    server = true;
    secret_key_base = SECRET;
    socket("/storm", Counter, longpoll(window = secs(1), outbox(limit = 4_194_304)));
}

/// Counts up to a number, partly by pushes and partly by broadcasts.
struct Counter {
    next: u64,
    topic: String,
}

#[socket]
impl Counter {
    async fn connect(#[param] topic: String) -> Result<Self, Refused> {
        Ok(Counter { next: 0, topic })
    }

    async fn init(&mut self, out: &mut Outbox) -> Flow {
        out.forward(&self.topic);
        Flow::Continue
    }

    async fn handle_in(&mut self, message: Message, out: &mut Outbox) -> Flow {
        let upto = message
            .as_text()
            .and_then(|text| text.parse().ok())
            .unwrap_or(self.next);
        while self.next < upto {
            if self.next % 10 == 9 {
                let _ = out.broadcast(&self.topic, "count", self.next.to_string());
            } else {
                out.push(self.next.to_string());
            }
            self.next += 1;
        }
        Flow::Continue
    }
}

/// Numbers that look random, the same ones for the same seed (splitmix64).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % sides
    }
}

/// A client that takes only the answer to its latest poll, and the token of that answer.
struct Sailor {
    port: u16,
    dice: Dice,
    target: String,
    token: String,
    received: u64,
    told: u64,
    /// Its connection for polls, as long as it lasts.
    connection: Option<Connection>,
    /// Connections with polls that it has given up without closing them.
    adrift: Vec<Connection>,
    log: Voyage,
}

/// How often each event happened.
#[derive(Debug, Default)]
struct Voyage {
    polls: u32,
    reset: u32,
    given_up: u32,
    unread: u32,
    retried: u32,
}

async fn connect(port: u16) -> Connection {
    Connection::open(([127, 0, 0, 1], port).into())
        .await
        .expect("a listener")
}

impl Sailor {
    async fn sail(&mut self) {
        let mut connection = connect(self.port).await;
        let opened = connection
            .request(&poll(&self.target, ""))
            .await
            .expect("an answer");
        self.token = Answer::of(opened).token.expect("a token");
        // One answer has to reach the client. Before that, the server does not know its kind.
        let request = poll(&self.target, &self.token);
        self.take(&mut connection, &request).await;
        while self.received < MESSAGES {
            if self.dice.roll(3) > 0 {
                self.ask_for_more(Duration::ZERO).await;
            }
            self.poll().await;
        }
    }

    /// Asks the socket to send more after a pause, on a connection that is not lost.
    fn ask_for_more(&mut self, pause: Duration) -> impl Future<Output = ()> + use<> {
        self.told = (self.told + 1 + self.dice.roll(200)).min(MESSAGES);
        let (port, request) = (
            self.port,
            post(&self.target, &self.token, &self.told.to_string()),
        );
        async move {
            sleep(pause).await;
            let answer = connect(port)
                .await
                .request(&request)
                .await
                .expect("an answer");
            assert_eq!(Answer::of(answer).status, 200);
        }
    }

    /// Polls, and may or may not get an answer.
    async fn poll(&mut self) {
        self.log.polls += 1;
        let request = poll(&self.target, &self.token);
        let mut connection = match self.connection.take() {
            Some(connection) => connection,
            None => connect(self.port).await,
        };
        match self.dice.roll(10) {
            0 => {
                // The connection breaks before, while or after the answer is written.
                self.log.reset += 1;
                connection.write(&request.to_bytes()).await;
                self.pause().await;
                connection.reset();
            }
            1 => {
                // The client gives the poll up, and the server is not told.
                self.log.given_up += 1;
                connection.write(&request.to_bytes()).await;
                self.pause().await;
                self.adrift.push(connection);
            }
            2 => {
                // A part of the request arrives, or a part of the answer is read.
                self.log.unread += 1;
                let bytes = request.to_bytes();
                let part = self.dice.roll(bytes.len() as u64 + 1) as usize;
                connection.write(&bytes[..part]).await;
                let _ = timeout(
                    Duration::from_millis(self.dice.roll(3)),
                    connection.arrival(),
                )
                .await;
            }
            3 => {
                // The same poll is sent twice. The answer to the later one counts.
                self.log.retried += 1;
                connection.write(&request.to_bytes()).await;
                self.pause().await;
                let mut again = connect(self.port).await;
                self.adrift.push(connection);
                self.take(&mut again, &request).await;
            }
            _ => {
                self.take(&mut connection, &request).await;
                self.connection = Some(connection);
            }
        }
        while self.adrift.len() > 20 {
            let lost = self.dice.roll(20) as usize;
            self.adrift.swap_remove(lost);
        }
    }

    async fn pause(&mut self) {
        if self.dice.roll(2) == 0 {
            sleep(Duration::from_micros(self.dice.roll(4_000))).await;
        }
    }

    /// Polls, and takes the answer.
    async fn take(&mut self, connection: &mut Connection, request: &Request) {
        // A poll that finds no message waits. The next message wakes it.
        let pause = Duration::from_micros(self.dice.roll(2_000));
        let more = (self.told == self.received).then(|| self.ask_for_more(pause));
        let more = async {
            if let Some(more) = more {
                more.await
            }
        };
        let (answer, ()) = tokio::join!(connection.request(request), more);
        let answer = Answer::of(answer.expect("an answer"));
        assert!(matches!(answer.status, 200 | 204), "{answer:?}");
        for message in answer.messages {
            assert_eq!(message, self.received.to_string(), "once, and in order");
            self.received += 1;
        }
        self.token = answer.token.expect("a token");
    }
}

/// Prints the seed if the test fails.
struct Seed(u64);

impl Drop for Seed {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("to see it again: SEED={}", self.0);
        }
    }
}

fn seed() -> Seed {
    let given = std::env::var("SEED")
        .ok()
        .and_then(|seed| seed.parse().ok());
    let now = || {
        SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default()
            .as_nanos() as u64
    };
    Seed(given.unwrap_or_else(now))
}

async fn start() -> (Running<Cape>, u16) {
    let cape = Cape::start().await.expect("it starts");
    let port = client::port(&cape);
    (cape, port)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_hundred_thousand_messages_none_is_lost_and_none_comes_twice() {
    let seed = seed();
    let (cape, port) = start().await;
    let target = format!("{TARGET}?topic=count:{}", seed.0);
    let mut sailor = Sailor {
        port,
        dice: Dice(seed.0),
        target,
        token: String::new(),
        received: 0,
        told: 0,
        connection: None,
        adrift: Vec::new(),
        log: Voyage::default(),
    };
    sailor.sail().await;
    assert_eq!(sailor.received, MESSAGES);
    let Voyage {
        reset,
        given_up,
        unread,
        retried,
        ..
    } = sailor.log;
    assert!(
        [reset, given_up, unread, retried]
            .iter()
            .all(|count| *count > 10),
        "{:?}",
        sailor.log
    );
    assert_eq!(
        cape.stats().connections,
        1,
        "it was one session all the time"
    );
    println!("{:?}", sailor.log);
    drop(sailor);
    cape.shutdown().await.expect("a clean end");
    assert_eq!(cape.stats().tasks, 0);
}
