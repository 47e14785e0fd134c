//! A client that reads is never closed as slow, however much its callbacks send.

use std::time::Duration;

use landfall::{prelude::*, presence::Tracked};
use landfall_tests::{
    client::Client,
    longpoll::Poller,
    wait::until,
    wire::{Connection, Frame},
};
use serde_json::{Value, json};
use tokio::io::DuplexStream;

use crate::connections::site::{Harbour, start};

/// Larger than all that may wait for a client by default.
const LARGE: usize = 1_060_000;

/// Sends as much as it is told.
pub(crate) struct Speaker {
    room: String,
    site: Handle,
}

#[socket]
impl Speaker {
    async fn connect(#[param] room: String, site: Handle) -> Result<Self, Refused> {
        Ok(Speaker { room, site })
    }

    async fn init(&mut self, out: &mut Outbox) {
        out.forward(&self.room);
    }

    async fn handle_in(&mut self, message: Message, out: &mut Outbox) {
        let text = message.as_text().unwrap_or_default();
        let text = text
            .strip_prefix("[\"")
            .and_then(|text| text.strip_suffix("\"]"))
            .unwrap_or(text);
        match text {
            "shout" => out
                .broadcast(&self.room, "said", "x".repeat(LARGE))
                .expect("room for a broadcast"),
            "push" => out.push("x".repeat(LARGE)),
            "many" => (0..25_000).for_each(|number| out.push(format!("{number:0200}"))),
            "pause" => {
                out.push("x".repeat(LARGE));
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            "for ever" => {
                for _ in 0..10_000 {
                    out.push("x".repeat(10_000));
                    tokio::time::sleep(Duration::from_millis(1)).await;
                }
            }
            _ => {}
        }
        out.push("done");
    }

    fn terminate(self, reason: Reason) {
        let _ = self
            .site
            .broadcast("speakers' ends", "end", format!("{reason:?}"));
    }
}

/// A client of either transport that reads what comes, as it comes.
enum Reader {
    WebSocket(Client<DuplexStream>),
    LongPoll(Poller<DuplexStream>, Vec<String>),
}

const BOTH: [&str; 2] = ["websocket", "longpoll"];

impl Reader {
    async fn open(harbour: &Harbour, transport: &str, target: &str) -> Reader {
        let (path, query) = target.split_once('?').expect("a query");
        let target = format!("{path}/{transport}?{query}");
        if transport == "websocket" {
            return Reader::WebSocket(Client::through(&harbour.network, &target).await);
        }
        Reader::LongPoll(
            Poller::open(Connection::through(&harbour.network).await, &target).await,
            Vec::new(),
        )
    }

    async fn say(&mut self, text: &str) {
        match self {
            Reader::WebSocket(client) => client.text(text).await,
            Reader::LongPoll(poller, _) => assert_eq!(poller.say(text).await, 200, "{text}"),
        }
    }

    async fn hear(&mut self) -> String {
        match self {
            Reader::WebSocket(client) => {
                let frame = client.hear().await;
                assert_eq!(frame.opcode, 1, "close code {:?}", frame.close_code());
                String::from_utf8(frame.payload).expect("UTF-8")
            }
            Reader::LongPoll(poller, waiting) => {
                while waiting.is_empty() {
                    let answer = poller.poll().await;
                    assert!(matches!(answer.status, 200 | 204), "{:?}", answer.status);
                    waiting.extend(answer.messages);
                    waiting.reverse();
                }
                waiting.pop().expect("a message")
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_large_message_and_its_answer_both_arrive() {
    let harbour = start().await;
    for transport in BOTH {
        for (text, count, length) in [
            ("shout", 1, LARGE),
            ("push", 1, LARGE),
            ("pause", 1, LARGE),
            ("many", 25_000, 200),
        ] {
            let mut reader = Reader::open(&harbour, transport, "/speaker?room=large").await;
            for _ in 0..3 {
                reader.say(&format!("[\"{text}\"]")).await;
                for number in 0..count {
                    assert_eq!(
                        reader.hear().await.len(),
                        length,
                        "{transport}, {text}, {number}"
                    );
                }
                assert_eq!(reader.hear().await, "done");
            }
        }
    }
}

/// A large message of a callback does not make broadcasts of others overflow.
#[tokio::test(start_paused = true)]
async fn broadcasts_of_others_arrive_behind_a_large_message() {
    let harbour = start().await;
    for transport in BOTH {
        let mut reader = Reader::open(
            &harbour,
            transport,
            &format!("/speaker?room=behind-{transport}"),
        )
        .await;
        reader.say("[\"push\"]").await;
        for number in 0..100 {
            let room = format!("behind-{transport}");
            harbour
                .site
                .broadcast(&room, "said", format!("{number}"))
                .expect("room for a broadcast");
            tokio::task::yield_now().await;
        }
        assert_eq!(reader.hear().await.len(), LARGE);
        let mut heard = Vec::new();
        while heard.len() < 101 {
            heard.push(reader.hear().await);
        }
        heard.retain(|text| text != "done");
        assert_eq!(
            heard,
            (0..100)
                .map(|number: usize| number.to_string())
                .collect::<Vec<_>>()
        );
    }
}

/// One message may always wait, whatever its size. It does not count for those behind it.
#[tokio::test(start_paused = true)]
async fn a_broadcast_larger_than_the_limit_leaves_room_for_more() {
    let harbour = start().await;
    for transport in BOTH {
        let room = format!("over-{transport}");
        let mut reader = Reader::open(&harbour, transport, &format!("/speaker?room={room}")).await;
        until("it listens", || {
            harbour.site.pubsub().subscribers(&room) == 1
        })
        .await;
        let say = |text: String| {
            harbour
                .site
                .broadcast(&room, "said", text)
                .expect("room for a broadcast")
        };
        for number in 0..3 {
            say(number.to_string().repeat(100_000));
            tokio::task::yield_now().await;
        }
        say("x".repeat(LARGE));
        tokio::task::yield_now().await;
        (0..50).for_each(|number| say(format!("{number}")));
        for _ in 0..3 {
            assert_eq!(reader.hear().await.len(), 100_000);
        }
        assert_eq!(reader.hear().await.len(), LARGE);
        for number in 0..50 {
            assert_eq!(reader.hear().await, number.to_string());
        }
    }
}

/// Memory for a client that does not read is bounded, though a callback may send for ever.
#[tokio::test(start_paused = true)]
async fn a_callback_that_sends_for_ever_to_one_who_does_not_read_ends() {
    let harbour = start().await;
    let mut ends = harbour.site.subscribe("speakers' ends");
    let mut client = Client::through(&harbour.network, "/speaker/websocket?room=ever").await;
    client.text("for ever").await;
    let end = ends.recv().await.expect("an end");
    assert_eq!(end.payload().as_text(), Some("Overflow"));
    let mut arrived = 0;
    loop {
        let frame = client.hear().await;
        if frame.opcode == 8 {
            assert_eq!(frame.close_code(), Some(1013));
            break;
        }
        arrived += frame.payload.len();
    }
    assert!(arrived < 20 * 1024 * 1024, "{arrived}");
}

#[socket(channel("hall:*", Hall))]
impl Visitors {
    async fn connect() -> Result<Self, Refused> {
        Ok(Visitors)
    }
}

pub(crate) struct Visitors;

/// A channel that sends much.
pub(crate) struct Hall;

#[channel(Visitors)]
impl Hall {
    async fn join() -> Result<Self, JoinError> {
        Ok(Hall)
    }

    #[handle_in("shout")]
    async fn shout(&mut self, payload: Value, out: &mut Outlet) -> Result<Reply, Reply> {
        out.broadcast("shouted", payload)
            .expect("room for a broadcast");
        Ok(Reply::ok(json!({})))
    }

    #[handle_in("who")]
    async fn who(&mut self, out: &mut Outlet) -> Result<Reply, Reply> {
        out.push_presence().await;
        Ok(Reply::ok(json!({})))
    }

    #[handle_in("who, later")]
    async fn who_later(&mut self, out: &mut Outlet) -> Result<Reply, Reply> {
        tokio::time::sleep(Duration::from_millis(10)).await;
        out.push_presence().await;
        Ok(Reply::ok(json!({})))
    }
}

async fn say(reader: &mut Reader, event: &str, payload: Value) {
    reader
        .say(&json!(["1", "7", "hall:1", event, payload]).to_string())
        .await;
}

/// The next message that is not about others coming and going.
async fn hear(reader: &mut Reader) -> Value {
    loop {
        let message: Value = serde_json::from_str(&reader.hear().await).expect("JSON");
        if message[3] != "presence_diff" {
            return message;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn so_it_is_in_channels() {
    let harbour = start().await;
    let tracked: Vec<Tracked> = (0..25_000)
        .map(|number| {
            let meta = json!({"name": format!("visitor number {number}")});
            harbour
                .site
                .presence()
                .track("hall:1", &format!("user-{number}"), meta)
                .expect("tracked")
        })
        .collect();
    // By then, all have been told of each other.
    tokio::time::sleep(Duration::from_secs(1)).await;
    for transport in BOTH {
        let mut reader = Reader::open(&harbour, transport, "/hall?vsn=2.0.0").await;
        say(&mut reader, "phx_join", json!({})).await;
        assert_eq!(hear(&mut reader).await[3], "phx_reply");
        for event in ["who", "who, later"] {
            say(&mut reader, event, json!({})).await;
            let state = hear(&mut reader).await;
            assert_eq!(state[3], "presence_state", "{transport}");
            assert_eq!(state[4].as_object().map(serde_json::Map::len), Some(25_000));
            assert_eq!(hear(&mut reader).await[3], "phx_reply");
        }
        for _ in 0..5 {
            say(&mut reader, "shout", json!({"text": "x".repeat(LARGE)})).await;
            assert_eq!(hear(&mut reader).await[3], "shouted", "{transport}");
            assert_eq!(hear(&mut reader).await[3], "phx_reply", "{transport}");
        }
    }
    drop(tracked);
}

/// The close frame comes after everything that was sent before it.
#[tokio::test(start_paused = true)]
async fn a_close_frame_comes_behind_what_was_sent() {
    let harbour = start().await;
    let mut client = Client::through(&harbour.network, "/speaker/websocket?room=last").await;
    client.text("many").await;
    client.send(Frame::close(1000, b"")).await;
    for number in 0..25_000 {
        assert_eq!(client.hear_text().await, format!("{number:0200}"));
    }
    assert_eq!(client.hear_text().await, "done");
    assert_eq!(client.hear_close().await, Some(1000));
}
