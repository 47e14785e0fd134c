//! The endpoint that the clients talk to.

use std::{future::Future, time::Duration};

use landfall::{
    Endpoint, Message, Running,
    config::Scheme,
    endpoint,
    endpoint::Address,
    message::Control,
    socket,
    socket::{Flow, Outbox, Refused},
};

endpoint! {
    /// A mount for each thing that clients try.
    pub(crate) struct Site;

    http(ip = [127, 0, 0, 1], port = 0);
    server = true;
    check_origin = ["https://example.com"];

    socket("/echo", Echo);
    socket("/pinged", Echo, websocket(timeout = secs(2), ping = millis(300)));
    socket("/spoken", Echo, websocket(subprotocols = ["v2", "v1"]));
    socket("/deflate", Echo, websocket(compress = true));
    socket("/narrow", Echo, websocket(compress = true, deflate_options(level = 1, memory_level = 2, window_bits = 10)));
    socket("/own", Echo, websocket(compress = true, check_origin = conn));
    socket("/rooms/:room", Visitor, websocket(compress = true));
    socket("/closed", Closed);
}

/// A running site, and where it listens.
pub(crate) struct Started {
    pub(crate) running: Running<Site>,
    pub(crate) port: u16,
}

pub(crate) async fn start() -> Started {
    let running = Site::start().await.expect("the site starts");
    let address = running.server_info(Scheme::Http).expect("the site listens");
    let Address::Tcp(address) = address else {
        panic!("listens at {address}")
    };
    let port = address.port();
    Started { running, port }
}

impl Started {
    /// The URL of a mount.
    pub(crate) fn url(&self, mount: &str) -> String {
        format!("ws://127.0.0.1:{}{mount}/websocket", self.port)
    }
}

/// Bounds how long a test waits.
pub(crate) async fn within<T>(what: &str, future: impl Future<Output = T>) -> T {
    match tokio::time::timeout(Duration::from_secs(20), future).await {
        Ok(value) => value,
        Err(_) => panic!("waited too long for {what}"),
    }
}

/// Echoes, and obeys a few words.
pub(crate) struct Echo;

#[socket]
impl Echo {
    async fn connect() -> Result<Self, Refused> {
        Ok(Echo)
    }

    async fn handle_in(&mut self, message: Message, out: &mut Outbox) -> Flow {
        match message.as_text() {
            Some("stop") => return Flow::stop(),
            Some("fail") => return Flow::fail("as asked"),
            Some("panic") => panic!("as asked"),
            Some("close 4001") => return Flow::close(4001, "as asked"),
            Some("ping me") => out.ping("are you there?"),
            _ => out.push(message),
        }
        Flow::Continue
    }

    async fn handle_control(&mut self, control: Control, out: &mut Outbox) -> Flow {
        if let Control::Pong(payload) = control {
            // Pings of the site have no payload. Pings of tests have one.
            if !payload.is_empty() {
                out.push(format!("pong: {}", String::from_utf8_lossy(&payload)));
            }
        }
        Flow::Continue
    }
}

/// Broadcasts each message to the room.
pub(crate) struct Visitor {
    room: String,
}

#[socket]
impl Visitor {
    async fn connect(#[param] room: String) -> Result<Self, Refused> {
        Ok(Visitor { room })
    }

    async fn init(&mut self, out: &mut Outbox) {
        out.forward(&self.room);
        // A client that has received this is a member of the room.
        out.push("welcome");
    }

    async fn handle_in(&mut self, message: Message, out: &mut Outbox) -> Flow {
        match out.broadcast(&self.room, "said", message) {
            Ok(()) => Flow::Continue,
            Err(overloaded) => Flow::close(1013, overloaded.to_string()),
        }
    }
}

/// Refuses every client.
pub(crate) struct Closed;

#[socket]
impl Closed {
    async fn connect() -> Result<Self, Refused> {
        Err(Refused::because("nobody enters"))
    }

    async fn handle_in(&mut self, _message: Message, _out: &mut Outbox) {}
}
