//! Clients that come and go in every way.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use serde_json::{Value, json};
use tokio::{
    net::TcpStream,
    sync::{Semaphore, watch},
    time::timeout,
};

use super::tally::{Sequence, Tally};
use crate::{
    client::Client,
    longpoll::Poller,
    wire::{Connection, Frame},
};

/// Messages of a visit.
const MESSAGES: u64 = 10;

/// Makes one visit after the other until `over`.
pub(super) async fn visitor(
    port: u16,
    first: usize,
    tally: Arc<Tally>,
    silent: Arc<Semaphore>,
    over: watch::Receiver<bool>,
) {
    let mut turn = first;
    while !*over.borrow() {
        let visit = Visit {
            port,
            turn,
            tally: tally.clone(),
            silent: silent.clone(),
        };
        tally.note(tokio::spawn(visit.run()).await);
        turn += 1;
    }
}

struct Visit {
    port: u16,
    turn: usize,
    tally: Arc<Tally>,
    silent: Arc<Semaphore>,
}

impl Visit {
    async fn run(self) {
        // Of eight visits four are plain sockets, two are channels and two are longpoll. The way to
        // leave changes every eight visits, so that each kind leaves in each way.
        match self.turn % 8 {
            0 | 2 | 4 | 6 => self.plain().await,
            1 | 5 => self.channels().await,
            3 => self.longpoll().await,
            _ => self.longpoll_channel().await,
        }
    }

    fn way(&self) -> usize {
        self.turn / 8
    }

    async fn open(&self, target: &str) -> Client {
        let client = Client::open(self.port, target).await;
        self.tally.connected();
        client
    }

    async fn poller(&self, target: &str) -> Poller<TcpStream> {
        let address = SocketAddr::from(([127, 0, 0, 1], self.port));
        let connection = Connection::open(address).await.expect("a listener");
        let poller = Poller::open(connection, target).await;
        self.tally.connected();
        poller
    }

    async fn plain(self) {
        let mut client = self.open("/brief/websocket").await;
        let heard = Sequence::default();
        if self.turn.is_multiple_of(4) {
            let frames: Vec<_> = (1..=MESSAGES)
                .map(|number| Frame::text(&number.to_string()))
                .collect();
            client.send_all(&frames).await;
            for _ in 0..MESSAGES {
                heard.heard(number(&client.hear_text().await), &self.tally);
            }
        } else {
            for number in 1..=MESSAGES {
                client.text(&number.to_string()).await;
                heard.heard(self::number(&client.hear_text().await), &self.tally);
            }
        }
        match self.way() % 16 {
            7 => {
                client.text("slow").await;
                assert_eq!(client.hear_text().await, "slow");
            }
            15 => {
                client.text("panic").await;
                assert_eq!(client.hear_close().await, Some(1011));
                return;
            }
            _ => {}
        }
        self.leave(client).await;
    }

    /// Leaves by Close, FIN, RST or silence.
    async fn leave(self, mut client: Client) {
        match self.way() % 4 {
            0 => {
                client.send(Frame::close(1000, b"")).await;
                assert_eq!(client.hear_close_at_last().await, Some(1000));
            }
            1 => client.shutdown().await,
            2 => client.reset(),
            _ => {
                let permit = self
                    .silent
                    .clone()
                    .acquire_owned()
                    .await
                    .expect("it is never closed");
                // The next visit does not wait for it.
                tokio::spawn(async move {
                    let closed =
                        tokio::spawn(async move { client.hear_close_at_last().await }).await;
                    let code = self.tally.note(closed);
                    if code.is_some_and(|code| code != Some(1002)) {
                        let wrong =
                            tokio::spawn(async move { panic!("silence ended with {code:?}") });
                        self.tally.note::<()>(wrong.await);
                    }
                    drop(permit);
                });
            }
        }
    }

    /// Joins, asks, leaves, joins again, and crashes or not.
    async fn channels(self) {
        let mut client = self.open("/rooms/websocket?vsn=2.0.0").await;
        let topic = format!("room:{}", self.turn % 50);
        join(&mut client, &topic, "1").await;
        let heard = Sequence::default();
        for number in 1..=MESSAGES {
            let event = if self.way() % 16 == 3 && number == 1 {
                "slow"
            } else {
                "echo"
            };
            push(&mut client, "1", &topic, event, number).await;
        }
        for _ in 0..MESSAGES {
            let answer: Value = serde_json::from_str(&client.hear_text().await).expect("JSON");
            heard.heard(
                answer[4]["response"]["n"].as_u64().expect("a number"),
                &self.tally,
            );
        }
        push(&mut client, "1", &topic, "phx_leave", 20).await;
        hear(&mut client, "phx_close").await;
        join(&mut client, &topic, "30").await;
        if self.way() % 2 == 1 {
            push(&mut client, "30", &topic, "panic", 40).await;
            hear(&mut client, "phx_error").await;
            join(&mut client, &topic, "50").await;
        }
        self.leave(client).await;
    }

    async fn longpoll(self) {
        let mut poller = self.poller("/brief/longpoll").await;
        for number in 1..=MESSAGES {
            assert_eq!(poller.say(&number.to_string()).await, 200);
        }
        let heard = Sequence::default();
        for text in poller.messages(MESSAGES as usize).await {
            heard.heard(number(&text), &self.tally);
        }
        abandon(poller, self.way()).await;
    }

    async fn longpoll_channel(self) {
        let mut poller = self.poller("/rooms/longpoll?vsn=2.0.0").await;
        let topic = format!("room:{}", self.turn % 50);
        let mut lines = json!(["1", "1", topic, "phx_join", {}]).to_string();
        for number in 1..=MESSAGES {
            lines.push('\n');
            lines.push_str(&json!(["1", "2", topic, "echo", {"n": number}]).to_string());
        }
        assert_eq!(poller.say_all(&lines).await, 200);
        let heard = Sequence::default();
        for text in poller.messages(MESSAGES as usize + 1).await {
            let answer: Value = serde_json::from_str(&text).expect("JSON");
            if let Some(number) = answer[4]["response"]["n"].as_u64() {
                heard.heard(number, &self.tally);
            }
        }
        abandon(poller, self.way()).await;
    }
}

/// Leaves a session. A client cannot ask for its end.
async fn abandon(mut poller: Poller<TcpStream>, way: usize) {
    match way % 3 {
        // It never polls again.
        0 => {}
        // It resets the connection of a poll that waits.
        1 => {
            poller.begin().await;
            let _ = timeout(Duration::from_millis(5), poller.answer()).await;
            poller.into_connection().reset();
        }
        // It drops the connection of a poll that waits.
        _ => {
            poller.begin().await;
        }
    }
}

fn number(text: &str) -> u64 {
    text.parse()
        .unwrap_or_else(|_| panic!("expected a number, got {text:?}"))
}

async fn join(client: &mut Client, topic: &str, join_ref: &str) {
    client
        .text(&json!([join_ref, join_ref, topic, "phx_join", {}]).to_string())
        .await;
    let answer = hear(client, "phx_reply").await;
    assert_eq!(
        (&answer[1], &answer[4]["status"]),
        (&json!(join_ref), &json!("ok")),
        "{answer}"
    );
}

async fn push(client: &mut Client, join_ref: &str, topic: &str, event: &str, number: u64) {
    let message = json!([join_ref, number.to_string(), topic, event, {"n": number}]);
    client.text(&message.to_string()).await;
}

/// The next message of this event. The reply to a leave may come before it, and is skipped.
async fn hear(client: &mut Client, event: &str) -> Value {
    loop {
        let message: Value = serde_json::from_str(&client.hear_text().await).expect("JSON");
        if message[3] == event && message[1] != "20" {
            return message;
        }
    }
}
