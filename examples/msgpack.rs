//! A serializer of one's own: channels in MessagePack, which Phoenix's JavaScript client speaks by
//! its options `encode` and `decode`.
//!
//! ```text
//! cargo run --example msgpack
//! ```
//!
//! Then open <http://localhost:4000>. Look at the sizes: the page shows how many bytes each message
//! has, and how many it would have as JSON. Bytes, such as the picture that it draws, travel as they
//! are. Clients that ask for version 2, as all others do, still speak JSON on the same socket.
//! `tests/in_memory.rs` tests it without a browser.

use axum::{Router, response::Html, routing::get};
use landfall::{
    assets::Static,
    channel::{ClientMessage, EncodeError, Ref, Serializer, ServerMessage, Undecodable, V2},
    prelude::*,
};
use rmpv::Value;
use serde_json::json;

endpoint! {
    pub struct Edge;

    http(ip = [127, 0, 0, 1], port = env("PORT").or(4000));
    check_origin = conn;

    socket("/socket", UserSocket, websocket(max_frame_size = 65_536));
    plug(Static::new(concat!(env!("CARGO_MANIFEST_DIR"), "/chat")).only(["phoenix.js"]));
    plug(Static::new(concat!(env!("CARGO_MANIFEST_DIR"), "/msgpack")).only(["msgpack.js"]));
    service(Router::new().route("/", get(Html(include_str!("msgpack/index.html")))));
}

/// `[join_ref, ref, topic, event, payload]`, as version 2 of Phoenix's format has it in JSON.
pub struct MessagePack;

/// Speaks both: clients ask for MessagePack by `vsn: "3.0.0"`.
pub struct UserSocket;

#[socket(
    channel("room:*", Room),
    serializers = [(V2, "~> 2.0.0"), (MessagePack, "~> 3.0.0")],
)]
impl UserSocket {
    async fn connect() -> Result<Self, Refused> {
        Ok(UserSocket)
    }
}

/// A room that sends everything back to everybody.
pub struct Room;

#[channel(UserSocket)]
impl Room {
    async fn join() -> Result<Self, JoinError> {
        Ok(Room)
    }

    #[handle_in("say")]
    async fn say(&mut self, said: serde_json::Value, out: &mut Outlet) -> Result<Reply, Reply> {
        out.broadcast("said", Json(&said))?;
        Ok(Reply::ok(json!({ "heard": said })))
    }

    #[handle_in("draw")]
    async fn draw(&mut self, Binary(bytes): Binary, out: &mut Outlet) -> Result<(), Reply> {
        Ok(out.broadcast("drawn", Payload::Binary(bytes))?)
    }
}

impl Serializer for MessagePack {
    fn decode(&self, message: Message) -> Result<ClientMessage, Undecodable> {
        let mut bytes = message.as_bytes();
        // The depth is limited: a client could nest deeper than the stack is.
        let value = rmpv::decode::read_value_with_max_depth(&mut bytes, 64);
        let parts = match value {
            Ok(Value::Array(parts)) if bytes.is_empty() => <[Value; 5]>::try_from(parts).ok(),
            _ => None,
        };
        let [join_ref, reference, topic, event, payload] =
            parts.ok_or_else(|| Undecodable::new("expected an array of five"))?;
        let name = |value: &Value| {
            let name = value.as_str().map(str::to_owned);
            name.ok_or_else(|| Undecodable::new("topic and event are text"))
        };
        Ok(ClientMessage {
            join_ref: reference_of(&join_ref)?,
            reference: reference_of(&reference)?,
            topic: name(&topic)?.as_str().into(),
            event: name(&event)?.as_str().into(),
            payload: match payload {
                Value::Binary(bytes) => Payload::Binary(bytes.into()),
                other => Payload::from_json(&other)
                    .map_err(|_| Undecodable::new("the payload has no form in JSON"))?,
            },
        })
    }

    fn encode(&self, message: &ServerMessage<'_>) -> Result<Message, EncodeError> {
        let name = |reference: &Ref| match reference.is_null() {
            true => Value::Nil,
            false => Value::from(reference.to_string()),
        };
        let parts = match *message {
            ServerMessage::Push {
                join_ref,
                reference,
                topic,
                event,
                payload,
            } => [
                name(join_ref),
                name(reference),
                topic.into(),
                event.into(),
                value_of(payload)?,
            ],
            ServerMessage::Reply {
                join_ref,
                reference,
                topic,
                status,
                payload,
            } => {
                let response = value_of(payload)?;
                let reply = vec![
                    ("status".into(), status.into()),
                    ("response".into(), response),
                ];
                let topic = topic.to_string();
                [
                    name(join_ref),
                    name(reference),
                    topic.into(),
                    "phx_reply".into(),
                    Value::Map(reply),
                ]
            }
            ServerMessage::Broadcast {
                topic,
                event,
                payload,
            } => [
                Value::Nil,
                Value::Nil,
                topic.into(),
                event.into(),
                value_of(payload)?,
            ],
            _ => return Err(EncodeError::new("this format has no such message")),
        };
        let mut bytes = Vec::new();
        rmpv::encode::write_value(&mut bytes, &Value::Array(parts.into()))
            .map_err(|_| EncodeError::new("the message has no form in MessagePack"))?;
        Ok(Message::from(bytes))
    }
}

/// What a client named its message, or nothing.
fn reference_of(value: &Value) -> Result<Ref, Undecodable> {
    match (value, value.as_str()) {
        (Value::Nil, _) => Ok(Ref::NULL),
        (_, Some(text)) => Ok(text.into()),
        _ => Err(Undecodable::new("a ref is text")),
    }
}

fn value_of(payload: &Payload) -> Result<Value, EncodeError> {
    match payload {
        Payload::Binary(bytes) => Ok(Value::Binary(bytes.to_vec())),
        Payload::Text(text) => Ok(Value::from(text.as_str())),
        _ => payload
            .parse()
            .map_err(|_| EncodeError::new("the payload is not JSON")),
    }
}

#[tokio::main]
async fn main() -> Result<(), landfall::Error> {
    tracing_subscriber::fmt::init();
    Edge::start().await?.wait_for_signal().await
}
