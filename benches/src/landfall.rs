//! The server: it echoes at `/echo/websocket`, broadcasts `pub:X` at `/fan/websocket`, says hello at
//! `/hello`, and serves channels at `/socket`.

use std::convert::Infallible;

use http::{Request, Response};
use landfall::{prelude::*, presence::Tracked, pubsub::Payload};
use serde_json::json;

use crate::Result;

endpoint! {
    struct Edge;

    http(ip = [127, 0, 0, 1]);
    secret_key_base = insecure(
        "the secret of a server that lives for one measurement, and has nothing to hide",
        reason = "it is the same for each run",
    );
    socket("/echo", Echo);
    socket("/fan", Fan, websocket(outbox(limit = 64 * 1024 * 1024)));
    socket("/socket", Visitor, longpoll(max_sessions_per_ip = 10_000));
    service(tower::service_fn(hello));
}

async fn hello(_: Request<Body>) -> std::result::Result<Response<Body>, Infallible> {
    Ok(Response::new(Body::from("Hello, World!")))
}

pub(crate) struct Echo;

#[socket(log = false)]
impl Echo {
    async fn connect() -> std::result::Result<Self, Refused> {
        Ok(Echo)
    }

    async fn handle_in(&mut self, message: Message, out: &mut Outbox) {
        out.push(message);
    }
}

pub(crate) struct Fan;

#[socket(log = false)]
impl Fan {
    async fn connect() -> std::result::Result<Self, Refused> {
        Ok(Fan)
    }

    async fn init(&mut self, out: &mut Outbox) {
        out.forward("fan");
    }

    async fn handle_in(&mut self, message: Message, out: &mut Outbox) {
        if let Some(text) = message.as_text().and_then(|text| text.strip_prefix("pub:")) {
            let _ = out.broadcast("fan", "said", Payload::from(text));
        }
    }
}

struct Visitor;

#[socket(channel("room:*", Room), channel("crew:*", Crew), log = false)]
impl Visitor {
    async fn connect() -> std::result::Result<Self, Refused> {
        Ok(Visitor)
    }
}

struct Room;

#[channel(Visitor)]
impl Room {
    async fn join() -> std::result::Result<Self, JoinError> {
        Ok(Room)
    }

    #[handle_in("echo")]
    async fn echo(&mut self, payload: Payload) -> Reply {
        Reply::ok(payload)
    }

    #[handle_in("shout")]
    async fn shout(&mut self, payload: Payload, out: &mut Outlet) {
        let _ = out.broadcast("shout", payload);
    }
}

/// A channel that tracks what it is told to.
struct Crew {
    tracked: Vec<Tracked>,
}

#[channel(Visitor)]
impl Crew {
    async fn join() -> std::result::Result<Self, JoinError> {
        Ok(Crew {
            tracked: Vec::new(),
        })
    }

    /// The keys of the numbers between these two.
    #[handle_in("track")]
    async fn track(&mut self, numbers: (u32, u32), out: &mut Outlet) -> Reply {
        for number in numbers.0..numbers.1 {
            let key = format!("sailor-{number}");
            let meta = json!({ "since": number });
            if let Ok(tracked) = out.handle().presence().track(out.topic(), &key, meta) {
                self.tracked.push(tracked);
            }
        }
        Reply::ok(Payload::EMPTY)
    }
}

pub(crate) async fn serve(port: u16) -> Result<()> {
    let edge = Edge::builder()
        .listener(tokio::net::TcpListener::bind(("127.0.0.1", port)).await?)
        .start()
        .await?;
    Ok(edge.wait_for_signal().await?)
}
