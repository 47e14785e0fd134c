//! Clients that stay: readers of broadcasts, a publisher, and one that measures the time of its
//! echoes.

use std::{sync::Arc, time::Duration};

use serde_json::{Value, json};
use tokio::{
    sync::watch,
    task::JoinSet,
    time::{Instant, sleep, timeout},
};

use super::{
    site::NEWS,
    tally::{Sequence, Tally},
};
use crate::{
    client::Client,
    longpoll::Poller,
    wire::{Connection, Frame},
};

const RAW: usize = 20;
const JOINED: usize = 10;
const POLLING: usize = 5;

/// The time between two broadcasts.
const PACE: Duration = Duration::from_millis(50);
/// How long the last broadcast may take to arrive.
const CATCH_UP: Duration = Duration::from_secs(10);

/// The clients that listen to [`NEWS`].
pub(super) struct Readers {
    heard: Vec<Arc<Sequence>>,
    tasks: JoinSet<()>,
    over: watch::Sender<bool>,
}

impl Readers {
    pub(super) async fn start(port: u16, tally: &Arc<Tally>) -> Self {
        let mut readers = Readers {
            heard: Vec::new(),
            tasks: JoinSet::new(),
            over: watch::channel(false).0,
        };
        for index in 0..RAW + JOINED + POLLING {
            let heard = Arc::new(Sequence::default());
            readers.heard.push(heard.clone());
            let (tally, mut over) = (tally.clone(), readers.over.subscribe());
            let mut reader = Reader::open(port, index).await;
            readers.tasks.spawn(async move {
                tokio::select! {
                    () = reader.read(&heard, &tally) => {}
                    _ = over.wait_for(|over| *over) => {}
                }
            });
        }
        readers
    }

    pub(super) fn count(&self) -> usize {
        self.heard.len()
    }

    /// Waits until all have heard the last broadcast. What is not heard in time counts as lost.
    pub(super) async fn catch_up(&self, last: u64, tally: &Tally) {
        let deadline = Instant::now() + CATCH_UP;
        let behind = || {
            self.heard
                .iter()
                .map(|heard| last.saturating_sub(heard.last()))
                .sum::<u64>()
        };
        while behind() > 0 && Instant::now() < deadline {
            sleep(Duration::from_millis(20)).await;
        }
        tally.lost(behind());
    }

    pub(super) async fn stop(mut self, tally: &Tally) {
        let _ = self.over.send(true);
        while let Some(done) = self.tasks.join_next().await {
            tally.note(done);
        }
    }
}

enum Reader {
    /// A socket that forwards, or a channel.
    WebSocket(Client),
    LongPoll(Poller<tokio::net::TcpStream>),
}

impl Reader {
    async fn open(port: u16, index: usize) -> Self {
        if index < RAW {
            return Reader::WebSocket(Client::open(port, "/steady/websocket?news=true").await);
        }
        if index < RAW + JOINED {
            let mut client = Client::open(port, "/halls/websocket?vsn=2.0.0").await;
            client
                .text(&json!(["1", "1", NEWS, "phx_join", {}]).to_string())
                .await;
            client.hear_text().await;
            return Reader::WebSocket(client);
        }
        let connection = Connection::open(([127, 0, 0, 1], port).into())
            .await
            .expect("a listener");
        Reader::LongPoll(Poller::open(connection, "/steady/longpoll?news=true").await)
    }

    async fn read(&mut self, heard: &Sequence, tally: &Tally) {
        loop {
            match self {
                Reader::WebSocket(client) => {
                    let frame = client.hear_within(Duration::from_secs(60)).await;
                    match frame.opcode {
                        1 => heard.heard(number(&frame.payload), tally),
                        9 => client.send(Frame::new(10, frame.payload)).await,
                        _ => panic!("a reader got {frame:?}"),
                    }
                }
                Reader::LongPoll(poller) => {
                    let answer = poller.poll().await;
                    assert!(
                        matches!(answer.status, 200 | 204),
                        "a reader got {answer:?}"
                    );
                    answer
                        .messages
                        .iter()
                        .for_each(|text| heard.heard(number(text.as_bytes()), tally));
                }
            }
        }
    }
}

/// The number in a payload, or in the message of a channel that carries it.
fn number(text: &[u8]) -> u64 {
    let news: Value = serde_json::from_slice(text).expect("news in JSON");
    let payload = if news.is_array() { &news[4] } else { &news };
    payload["n"]
        .as_u64()
        .unwrap_or_else(|| panic!("no news: {news}"))
}

/// A client that publishes.
pub(super) struct Publisher(Client);

impl Publisher {
    pub(super) async fn open(port: u16) -> Self {
        Publisher(Client::open(port, "/steady/websocket").await)
    }

    /// Publishes until `over`, and returns the number of broadcasts.
    pub(super) async fn run(mut self, over: watch::Receiver<bool>) -> u64 {
        let mut last = 0;
        while !*over.borrow() {
            self.0.text(&format!("publish {}", last + 1)).await;
            last += u64::from(self.0.hear_text().await == "published");
            sleep(PACE).await;
        }
        self.0.send(Frame::close(1000, b"")).await;
        assert_eq!(self.0.hear_close().await, Some(1000));
        last
    }
}

/// An ordinary client that measures the time of its echoes.
#[derive(Default)]
pub(super) struct Healthy(Option<Client>);

impl Healthy {
    pub(super) async fn open(port: u16) -> Self {
        Healthy(Some(Client::open(port, "/steady/websocket").await))
    }

    /// Returns the times of its echoes in ascending order, and the client, which stays open.
    pub(super) async fn run(mut self, over: watch::Receiver<bool>) -> (Vec<Duration>, Healthy) {
        let mut times = Vec::new();
        let Some(client) = &mut self.0 else {
            return (times, self);
        };
        while !*over.borrow() {
            let start = Instant::now();
            client.text("well?").await;
            let heard = timeout(
                Duration::from_secs(30),
                client.hear_within(Duration::from_secs(30)),
            )
            .await;
            assert!(
                heard.is_ok_and(|frame| frame.payload == b"well?"),
                "a healthy client got no echo"
            );
            times.push(start.elapsed());
            sleep(Duration::from_millis(20)).await;
        }
        times.sort_unstable();
        (times, self)
    }
}
