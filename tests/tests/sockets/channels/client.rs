//! A client of channels that sends any message, over either transport.

use std::{collections::VecDeque, time::Duration};

use landfall::testing::Network;
use landfall_tests::{
    client,
    wire::{Connection, Frame, Request, Response},
};
use serde_json::{Value, json};
use tokio::{io::DuplexStream, time::sleep};

/// The transport of a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Via {
    WebSocket,
    LongPoll,
}

pub(crate) const BOTH: [Via; 2] = [Via::WebSocket, Via::LongPoll];

/// What a client hears.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Heard {
    Text(String),
    Binary(Vec<u8>),
    /// The end, with the code of the close frame if there was one. Longpoll has no close frames.
    End(Option<u16>),
}

pub(crate) enum Client {
    WebSocket(Box<client::Client<DuplexStream>>),
    LongPoll(Box<Poller>),
}

impl Client {
    pub(crate) async fn open(network: &Network, via: Via, mount: &str, query: &str) -> Client {
        match via {
            Via::WebSocket => Client::WebSocket(Box::new(
                landfall_tests::client::Client::through(
                    network,
                    &format!("{mount}/websocket?{query}"),
                )
                .await,
            )),
            Via::LongPoll => Client::LongPoll(Box::new(
                Poller::open(network, &format!("{mount}/longpoll?{query}")).await,
            )),
        }
    }

    /// Sends a text message.
    pub(crate) async fn text(&mut self, text: &str) {
        match self {
            Client::WebSocket(client) => client.text(text).await,
            Client::LongPoll(poller) => poller.post(text).await,
        }
    }

    pub(crate) async fn say(&mut self, message: Value) {
        self.text(&message.to_string()).await;
    }

    /// Sends a binary message.
    pub(crate) async fn bytes(&mut self, bytes: &[u8]) {
        match self {
            Client::WebSocket(client) => client.send(Frame::new(2, bytes)).await,
            Client::LongPoll(poller) => poller.post(&data_encoding::BASE64.encode(bytes)).await,
        }
    }

    /// The next message. Pings before it are answered, as clients do.
    pub(crate) async fn hear_any(&mut self) -> Heard {
        match self {
            Client::WebSocket(client) => loop {
                let frame = client.hear_within(Duration::from_secs(20)).await;
                match frame.opcode {
                    1 => return Heard::Text(String::from_utf8(frame.payload).expect("UTF-8")),
                    2 => return Heard::Binary(frame.payload),
                    8 => return Heard::End(frame.close_code()),
                    9 => client.send(Frame::new(10, frame.payload)).await,
                    _ => panic!("expected a message, got {frame:?}"),
                }
            },
            Client::LongPoll(poller) => match poller.poll().await {
                Some(text) => Heard::Text(text),
                None => Heard::End(None),
            },
        }
    }

    pub(crate) async fn hear_text(&mut self) -> String {
        match self.hear_any().await {
            Heard::Text(text) => text,
            other => panic!("expected text, got {other:?}"),
        }
    }

    pub(crate) async fn hear(&mut self) -> Value {
        let text = self.hear_text().await;
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
    }

    /// The next message has to be this one.
    #[track_caller]
    pub(crate) fn expects(&mut self, expected: Value) -> impl Future<Output = ()> {
        let caller = std::panic::Location::caller();
        async move {
            let via = self.via();
            assert_eq!(self.hear().await, expected, "over {via:?}, at {caller}");
        }
    }

    /// The next messages have to be these, in any order.
    pub(crate) async fn expects_all(&mut self, mut expected: Vec<Value>) {
        while !expected.is_empty() {
            let heard = self.hear().await;
            let at = expected.iter().position(|message| *message == heard);
            expected
                .swap_remove(at.unwrap_or_else(|| panic!("expected {expected:?}, got {heard}")));
        }
    }

    /// Asks, and the answer has to be this one.
    #[track_caller]
    pub(crate) fn asks(&mut self, message: Value, answer: Value) -> impl Future<Output = ()> {
        let caller = std::panic::Location::caller();
        async move {
            let via = self.via();
            self.say(message).await;
            assert_eq!(self.hear().await, answer, "over {via:?}, at {caller}");
        }
    }

    /// Joins as Phoenix's clients do, with join_ref `j`.
    #[track_caller]
    pub(crate) fn join(&mut self, topic: &str) -> impl Future<Output = ()> {
        self.asks(
            json!(["j", "j", topic, "phx_join", {}]),
            json!(["j", "j", topic, "phx_reply", {"status": "ok", "response": {}}]),
        )
    }

    /// Checks that everything sent so far was handled, and that nothing else is on its way.
    #[track_caller]
    pub(crate) fn is_quiet(&mut self) -> impl Future<Output = ()> {
        let caller = std::panic::Location::caller();
        async move {
            sleep(Duration::from_millis(50)).await;
            let via = self.via();
            self.say(json!([null, "quiet?", "phoenix", "heartbeat", {}]))
                .await;
            let answer =
                json!([null, "quiet?", "phoenix", "phx_reply", {"status": "ok", "response": {}}]);
            assert_eq!(self.hear().await, answer, "over {via:?}, at {caller}");
        }
    }

    /// The connection has to end. Over WebSocket, it has to end with this code.
    pub(crate) async fn ends(&mut self, code: u16) {
        let expected = match self.via() {
            Via::WebSocket => Some(code),
            Via::LongPoll => None,
        };
        assert_eq!(
            self.hear_any().await,
            Heard::End(expected),
            "over {:?}",
            self.via()
        );
    }

    pub(crate) fn via(&self) -> Via {
        match self {
            Client::WebSocket(_) => Via::WebSocket,
            Client::LongPoll(_) => Via::LongPoll,
        }
    }
}

/// Polls, and posts.
pub(crate) struct Poller {
    polls: Connection<DuplexStream>,
    posts: Connection<DuplexStream>,
    target: String,
    token: String,
    arrived: VecDeque<String>,
}

impl Poller {
    async fn open(network: &Network, target: &str) -> Poller {
        let (polls, posts) = (
            Connection::through(network).await,
            Connection::through(network).await,
        );
        let (target, token, arrived) = (target.to_owned(), String::new(), VecDeque::new());
        let mut poller = Poller {
            polls,
            posts,
            target,
            token,
            arrived,
        };
        assert_eq!(poller.get().await, 410, "a new session");
        poller
    }

    /// The next message; `None` when the session has ended.
    async fn poll(&mut self) -> Option<String> {
        for _ in 0..6 {
            if let Some(message) = self.arrived.pop_front() {
                return Some(message);
            }
            match self.get().await {
                200 | 204 => {}
                403 | 410 => return None,
                status => panic!("a poll was answered {status}"),
            }
        }
        panic!("no message came");
    }

    async fn get(&mut self) -> u64 {
        let response = self
            .polls
            .request(&Request::get(&self.path()))
            .await
            .expect("an answer");
        let answer = body(&response);
        if let Some(token) = answer["token"].as_str() {
            self.token = token.to_owned();
        }
        let messages = answer["messages"].as_array().into_iter().flatten();
        self.arrived
            .extend(messages.map(|message| message.as_str().expect("text").to_owned()));
        answer["status"].as_u64().expect("a status")
    }

    /// Sends a line. A session that ends meanwhile may answer 408 or 410.
    async fn post(&mut self, line: &str) {
        let request = Request {
            method: "POST".to_owned(),
            body: line.to_owned(),
            ..Request::get(&self.path())
                .header("content-type", "application/x-ndjson")
                .header("content-length", &line.len().to_string())
        };
        let response = self.posts.request(&request).await.expect("an answer");
        let status = body(&response)["status"].as_u64();
        assert!(
            matches!(status, Some(200 | 408 | 410)),
            "a post was answered {response:?}"
        );
    }

    fn path(&self) -> String {
        format!("{}&token={}", self.target, self.token)
    }
}

fn body(response: &Response) -> Value {
    serde_json::from_str(&response.body).unwrap_or_else(|error| panic!("{error}: {response:?}"))
}

/// A reply as V2 has it.
pub(crate) fn reply(
    join_ref: Option<&str>,
    reference: &str,
    topic: &str,
    status: &str,
    response: Value,
) -> Value {
    json!([join_ref, reference, topic, "phx_reply", {"status": status, "response": response}])
}

/// The reply `ok` to a message of the join `j`.
pub(crate) fn ok(reference: &str, topic: &str, response: Value) -> Value {
    reply(Some("j"), reference, topic, "ok", response)
}

/// The reply to a message for a topic that is not joined.
pub(crate) fn unmatched(reference: &str, topic: &str) -> Value {
    reply(
        None,
        reference,
        topic,
        "error",
        json!({"reason": "unmatched topic"}),
    )
}

/// `phx_close` or `phx_error` of a join.
pub(crate) fn end(join_ref: &str, topic: &str, event: &str) -> Value {
    json!([join_ref, join_ref, topic, event, end_payload(event)])
}

/// What comes with `phx_close` or `phx_error`.
pub(crate) fn end_payload(event: &str) -> Value {
    match event {
        "phx_error" => json!({"reason": "channel_crash"}),
        _ => json!({}),
    }
}
